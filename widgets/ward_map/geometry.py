"""What travels once: the shapes of the wards, with names, as the browser fetches them by URL."""

import json
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Literal

from config.registry import REGISTRY_STATE, Registry, registry
from config.settings import CONFIG_DIR
from config.shapes import Shapes, known, shapes

Layout = Literal["cells", "tiles"]


def geometry(layout: Layout, of: Shapes | None = None) -> bytes:
    """The file for /geo/<layout>.json: shapes and names only, never a figure (200 to 360 and 85 kB).

    cells: a GeoJSON FeatureCollection, WGS84, of the shapes in force unless `of` others; tiles: {size, tile,
    wards: [{…, x, y}]} in tile heights. Both carry for each ward `i` (position in registry order), `code`, `name`,
    `short`, `district` (code), `area` (district's name), and `districts` {code: {name, short, urban, …}}; cells also
    `inset` [west, south, east, north].
    """
    return _tiles_file() if layout == "tiles" else _cells_file((of or shapes()).version)


@lru_cache(maxsize=1)
def _tiles_file() -> bytes:
    return _packed(_tiles(registry()))


@lru_cache(maxsize=4)
def _cells_file(version: str) -> bytes:
    return _packed(_cells(registry(), known(version) or shapes()))


def _packed(made: dict[str, object]) -> bytes:
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def version(layout: Layout, of: Shapes | None = None) -> str:
    """Digest of `geometry(layout, of)`: ETag of the file and `?v=` of its address."""
    return _digest(geometry(layout, of))


@lru_cache(maxsize=8)
def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:12]


def district_borders() -> bytes:
    """GeoJSON MultiLineString of the edges between districts and around the city (25 kB and more)."""
    return _borders(shapes().version)


@lru_cache(maxsize=2)
def _borders(version: str) -> bytes:
    sides: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for feature in json.loads(_cells_file(version))["features"]:
        for ring in (ring for polygon in feature["geometry"]["coordinates"] for ring in polygon):
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


def _cells(city: Registry, drawn: Shapes) -> dict[str, object]:
    features = [
        {"type": "Feature", "properties": ward,
         "geometry": {"type": "MultiPolygon", "coordinates": drawn.areas[str(ward["code"])]}}
        for ward in _wards(city) if ward["code"] in drawn.areas
    ]  # fmt: skip
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
    stored = json.loads((CONFIG_DIR / "geo" / f"tiles_{REGISTRY_STATE}.json").read_text(encoding="utf-8"))
    districts = _districts(city)
    for code, (x, y, width) in stored["districts"].items():
        districts[code] |= {"x": x, "y": y, "width": width}
    wards = _wards(city)
    for ward in wards:
        ward["x"], ward["y"] = stored["tiles"][str(ward["code"])]
    return {"size": stored["size"], "tile": stored["tile"], "wards": wards, "districts": districts}
