"""Tile layout: one equal tile a ward, in blocks by district, blocks roughly where the districts lie.

`python -m data_access.geo.tiles` writes config/geo/tiles_2018.json again (under a second).
"""

import json
from itertools import pairwise
from math import ceil
from pathlib import Path

from config.registry import REGISTRY_STATE, District, Registry, registry
from config.settings import CONFIG_DIR

TILES_FILE = CONFIG_DIR / "geo" / f"tiles_{REGISTRY_STATE}.json"
ROWS = 5  # rows of blocks
DEPTH = 4  # tiles a block may be high
LEAST = 4  # tiles a block is at least wide, so that its district's name fits above
GAP = 0.8  # between blocks of a row, in tile widths
LABEL = 1.25  # height kept for the district's name, in tile heights
TILE = (1.12, 1.0)  # width and height of a tile: 584 of them fill about 16:10


def columns(wards: int) -> int:
    """How many tiles a block of this many wards is wide."""
    return max(LEAST, ceil(wards / DEPTH))


def rows_of_blocks(districts: list[District]) -> list[list[District]]:
    """The districts in ROWS rows north to south, each row west to east, rows about equally wide.

    Of all cuts of the list sorted by latitude the one with the least squared row width is taken.
    """
    north_first = sorted(districts, key=lambda d: (-d.lat, d.code))
    widths = [columns(len(d.ward_codes)) + GAP for d in north_first]
    count = len(north_first)
    best: list[dict[int, tuple[float, tuple[int, ...]]]] = [{0: (0.0, (0,))}]
    for _ in range(min(ROWS, count)):
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, cuts) in best[-1].items():
            for end in range(start + 1, count + 1):
                total = cost + sum(widths[start:end]) ** 2
                if end not in reached or total < reached[end][0]:
                    reached[end] = (total, (*cuts, end))
        best.append(reached)
    cuts = best[-1][count][1]
    return [sorted(north_first[a:b], key=lambda d: (d.lon, d.code)) for a, b in pairwise(cuts)]


def compute(city: Registry) -> dict[str, object]:
    """{state, size: [w, h], tile: [w, h], districts: {code: [x, y, width]}, tiles: {code: [x, y]}}.

    Units are tile heights, y downwards; a district's y is its label's top, its tiles begin LABEL below.
    """
    wide, high = TILE
    rows = rows_of_blocks(list(city.districts.values()))
    natural = [sum(columns(len(d.ward_codes)) * wide for d in row) for row in rows]
    width = max(n + GAP * wide * (len(row) - 1) for n, row in zip(natural, rows, strict=True))
    labels: dict[str, list[float]] = {}
    tiles: dict[str, list[float]] = {}
    top = 0.0
    for used, row in zip(natural, rows, strict=True):
        # Every row fills the whole width: the spare room goes between its blocks.
        gap = (width - used) / max(len(row) - 1, 1)
        left = 0.0 if len(row) > 1 else (width - used) / 2
        for district in row:
            across = columns(len(district.ward_codes))
            labels[district.code] = [round(left, 3), round(top, 3), round(across * wide, 3)]
            for k, code in enumerate(district.ward_codes):
                x, y = left + (k % across) * wide, top + LABEL + (k // across) * high
                tiles[code] = [round(x, 3), round(y, 3)]
            left += across * wide + gap
        deepest = max(ceil(len(d.ward_codes) / columns(len(d.ward_codes))) for d in row)
        top += LABEL + deepest * high + 0.35
    size = [round(width, 3), round(top - 0.35, 3)]
    return {"state": city.state, "size": size, "tile": list(TILE), "districts": labels, "tiles": tiles}


def write(path: Path = TILES_FILE) -> Path:
    """Compute the layout of the shipped registry and write it to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(compute(registry()), separators=(",", ":")) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    write()
