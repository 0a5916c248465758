"""Boundary files for tests, made of our own approximate cells: every format, projection and fault."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyproj import Transformer

from config.registry import registry
from config.shapes import cells

Wards = dict[str, Any]
"""Ward code → shapely area, WGS84."""


def wards() -> Wards:
    """All 584 wards as the approximate cells have them."""
    return {
        code: shapely.from_geojson(json.dumps({"type": "MultiPolygon", "coordinates": area}))
        for code, area in cells().areas.items()
    }


def coded(code: str) -> dict[str, Any]:
    """Properties with a GSO code."""
    return {"ma_xa": code, "ghi_chu": "thử"}


def named(code: str) -> dict[str, Any]:
    """Properties with names alone, spelt as other lists do: without kinds, the other tone marks."""
    ward = registry().wards[code]
    name = ward.short_name.replace("oà", "òa").replace("uỵ", "ụy")
    name = "Chương Dương Độ" if code == "00067" else name
    return {"huyen": registry().districts[ward.district_code].name, "ten": name, "loai": ward.kind.capitalize()}


def projected(areas: Sequence[Any], epsg: int, *, swap: bool = False) -> np.ndarray:
    """The areas in another projection."""
    turn = Transformer.from_crs(4326, epsg, always_xy=True)

    def move(at: np.ndarray) -> np.ndarray:
        x, y = turn.transform(at[:, 0], at[:, 1])
        return np.column_stack([y, x] if swap else [x, y])

    return np.asarray(shapely.transform(np.array(areas, dtype=object), move), dtype=object)


def write(
    path: Path, of: Mapping[str, Any], says: Callable[[str], dict[str, Any]] = coded, epsg: int = 4326,
    crs: str | None = "same", swap: bool = False,
) -> Path:  # fmt: skip
    """`of` at `path` (.geojson, .gpkg or .zip of a shapefile) in a projection; `crs`: the one the file claims."""
    rows = [says(code) for code in of]
    fields = list(rows[0])
    target = path.with_suffix(".shp") if path.suffix == ".zip" else path
    pyogrio.raw.write(
        target, shapely.to_wkb(projected(list(of.values()), epsg, swap=swap)),
        [np.array([row[f] for row in rows], dtype=object) for f in fields], fields, geometry_type="MultiPolygon",
        crs=f"EPSG:{epsg}" if crs == "same" else crs,
        driver={".geojson": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}[target.suffix], encoding="UTF-8",
    )  # fmt: skip
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for part in target.parent.glob(f"{target.stem}.*"):
                if part != path:
                    packed.write(part, f"ranh gioi/{part.name}")
                    part.unlink()
    return path


def plain_geojson(path: Path, of: Mapping[str, Any], says: Callable[[str], dict[str, Any]] = coded) -> Path:
    """A GeoJSON written by hand, corner for corner as given; no projection is named."""
    features = [
        {"type": "Feature", "properties": says(code), "geometry": json.loads(shapely.to_geojson(area))}
        for code, area in of.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path
