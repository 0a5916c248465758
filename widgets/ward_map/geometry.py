"""What travels once: the shapes of the wards, with names, as the browser fetches them by URL."""

import json
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Literal

from config.registry import REGISTRY_STATE, Registry, registry
from config.settings import CONFIG_DIR

Layout = Literal["cells", "tiles"]


@lru_cache(maxsize=2)
def geometry(layout: Layout) -> bytes:
    """The file for /geo/<layout>.json: shapes and names only, never a figure (about 200 and 85 kB).

    cells: a GeoJSON FeatureCollection, WGS84; tiles: {size, tile, wards: [{…, x, y}]} in tile heights.
    Both carry for each ward `i` (position in registry order), `code`, `name`, `short`, `district` (code),
    `area` (district's name), and `districts` {code: {name, short, urban, …}}; cells also `inset`
    [west, south, east, north].
    """
    made = _cells(registry()) if layout == "cells" else _tiles(registry())
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=2)
def version(layout: Layout) -> str:
    """Digest of `geometry(layout)`: ETag of the file and `?v=` of its address."""
    return sha256(geometry(layout)).hexdigest()[:12]


@lru_cache(maxsize=1)
def district_borders() -> bytes:
    """GeoJSON MultiLineString of the edges between districts and around the city (about 25 kB)."""
    sides: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for feature in json.loads(geometry("cells"))["features"]:
        for ring in feature["geometry"]["coordinates"]:
            for a, b in pairwise(tuple(point) for point in ring):
                sides.setdefault((min(a, b), max(a, b)), []).append(feature["properties"]["district"])
    # Two sides in one district are no border; one side alone is the city's edge.
    lines = [edge for edge, districts in sides.items() if len(districts) == 1 or len(set(districts)) == 2]
    return json.dumps({"type": "MultiLineString", "coordinates": lines}, separators=(",", ":")).encode()


def _wards(city: Registry) -> list[dict[str, object]]:
    return [
        {
            "i": i,
            "code": w.code,
            "name": w.name,
            "short": w.short_name,
            "district": w.district_code,
            "area": city.district(w.district_code).name,
        }
        for i, w in enumerate(city.wards.values())
    ]


def _districts(city: Registry) -> dict[str, dict[str, object]]:
    return {d.code: {"name": d.name, "short": d.short_name, "urban": d.is_urban} for d in city.districts.values()}


def _file(layout: Layout) -> dict[str, dict[str, list[float]]]:
    text = (CONFIG_DIR / "geo" / f"{layout}_{REGISTRY_STATE}.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, list[float]]] = json.loads(text)
    return loaded


def _cells(city: Registry) -> dict[str, object]:
    stored = _file("cells")
    flat, cells = list(stored["corners"]), stored["cells"]
    corners = list(zip(flat[::2], flat[1::2], strict=True))
    features = []
    for ward in _wards(city):
        ring = [corners[int(k)] for k in cells[str(ward["code"])]]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": ward, "geometry": shape})
    return {
        "type": "FeatureCollection",
        "features": features,
        "districts": _districts(city),
        "inset": _inset(city),
    }


def _inset(city: Registry) -> list[float]:
    """West, south, east, north of the inner city: where nine tenths of the urban wards' centres lie."""
    urban = [w for w in city.wards.values() if city.district(w.district_code).is_urban]
    lons, lats = sorted(w.lon for w in urban), sorted(w.lat for w in urban)
    cut = len(urban) // 16
    pad = 0.006
    return [round(v, 4) for v in (lons[cut] - pad, lats[cut] - pad, lons[-cut - 1] + pad, lats[-cut - 1] + pad)]


def _tiles(city: Registry) -> dict[str, object]:
    stored = _file("tiles")
    districts = _districts(city)
    for code, (x, y, width) in stored["districts"].items():
        districts[code] |= {"x": x, "y": y, "width": width}
    wards = _wards(city)
    for ward in wards:
        ward["x"], ward["y"] = stored["tiles"][str(ward["code"])]
    return {"size": stored["size"], "tile": stored["tile"], "wards": wards, "districts": districts}
