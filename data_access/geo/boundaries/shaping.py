"""From what a file holds to what maps draw: valid, without gaps or overlaps, and small."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from config.registry import Registry, registry
from config.shapes import Area, Shapes, known, remember
from data_access.geo.boundaries.reading import Geometries
from data_access.geo.boundaries.report import Report
from data_access.geo.cells import DECIMALS, Plane

MOST_CORNERS = 12_000
"""Of all shapes together: about 250 kB as they travel, uncompressed, and 110 kB of names on top. The approximate cells
have 4,400 corners, 90 kB."""
HAIRLINE_KM = 0.01
"""Gaps narrower than this are the file's carelessness, wider ones may be meant (water, another province)."""
FINEST_KM, FARTHEST_KM = 0.005, 20.0
STEPS = 5


def shape(
    wards: Mapping[str, Geometries], city: Registry, report: Report, told: Callable[[float], None]
) -> dict[str, Area]:
    """Each ward's area, in degrees rounded to a metre; what was mended and how small it became goes into the report.

    `wards`: code → its areas in longitude and latitude, in registry order.
    """
    plane = Plane(city)
    whole = np.array([_united(shapely.transform(areas, plane.to_km)) for areas in wards.values()], dtype=object)
    told(0.3)
    before = float(shapely.area(whole).sum())
    covered = whole
    if not shapely.coverage_is_valid(whole):
        # Gaps open to the outside are none to GEOS: snapping closes those.
        covered = shapely.coverage_clean(whole, gap_width=HAIRLINE_KM, snapping_distance=HAIRLINE_KM / 2)
    told(0.6)
    union = float(shapely.area(shapely.union_all(whole)))
    report.overlaps_m2 = round(max(0.0, before - union) * 1e6, 1)
    report.gaps_m2 = round(max(0.0, float(shapely.area(covered).sum()) - union) * 1e6, 1)
    report.far = _far(dict(zip(wards, covered, strict=True)), city, plane)
    simple, tolerance = simplified(covered)
    told(0.9)
    report.tolerance_m = round(tolerance * 1000, 1)
    drawn = degrees(simple, plane)
    report.corners = int(shapely.get_num_coordinates(drawn).sum())
    areas = {code: coordinates(area) for code, area in zip(wards, drawn, strict=True)}
    report.kilobytes = round(len(json.dumps(areas, separators=(",", ":"))) / 1000, 1)
    return areas


def _united(areas: Geometries) -> BaseGeometry:
    """One valid area of a ward's areas."""
    valid = [polygons(shapely.make_valid(area, method="structure", keep_collapsed=False)) for area in areas]
    return shapely.union_all(valid) if len(valid) > 1 else valid[0]


def polygons(area: BaseGeometry) -> BaseGeometry:
    """Its polygons; lines and points that a repair left are no area."""
    if area.geom_type in ("Polygon", "MultiPolygon"):
        return area
    return shapely.multipolygons([p for p in shapely.get_parts(area) if p.geom_type == "Polygon"])


def simplified(covered: Geometries) -> tuple[Geometries, float]:
    """The coverage with at most MOST_CORNERS corners, and the tolerance in km that made it so.

    `coverage_simplify` moves shared borders alike, so no gap arises; no ward vanishes.
    """

    def small(areas: Geometries) -> bool:
        return int(shapely.get_num_coordinates(areas).sum()) <= MOST_CORNERS

    if small(covered):
        return covered, 0.0
    base, low, high = covered, 0.0, FINEST_KM
    # Coarser and coarser, each from the one before: a large file is gone through once.
    while not small(tried := _simpler(base, high)) and high < FARTHEST_KM:
        base, low, high = tried, high, high * 2
    for _ in range(STEPS):
        middle = (low + high) / 2
        finer = _simpler(base, middle)
        if small(finer):
            tried, high = finer, middle
        else:
            low = middle
    return tried, high


def _simpler(areas: Geometries, tolerance: float) -> Geometries:
    return np.asarray(shapely.coverage_simplify(areas, tolerance), dtype=object)


def degrees(areas: Geometries, plane: Plane) -> Geometries:
    """On the plane → degrees rounded to a metre; a shared corner stays shared."""
    return np.asarray(shapely.transform(areas, lambda km: np.round(plane.to_degrees(km), DECIMALS)), dtype=object)


def coordinates(area: BaseGeometry) -> Area:
    """[polygon: [ring: [[longitude, latitude], …]]], outer rings one way round and holes the other."""
    parts = shapely.get_parts(shapely.orient_polygons(area))
    found = []
    for polygon in parts:
        rings = [_ring(ring) for ring in (polygon.exterior, *polygon.interiors)]
        if rings[0]:
            found.append([ring for ring in rings if ring])
    return found


def _ring(ring: Any) -> list[list[float]]:
    at = shapely.get_coordinates(ring)
    kept = np.concatenate([[True], np.any(at[1:] != at[:-1], axis=1)])
    corners = [[round(float(x), DECIMALS), round(float(y), DECIMALS)] for x, y in at[kept]]
    return corners if len(corners) >= 4 else []


@lru_cache(maxsize=4)
def _km2(version: str) -> dict[str, float]:
    drawn, plane = known(version), Plane(registry())
    found = {}
    for code, area in (drawn.areas if drawn else {}).items():
        whole = shapely.from_geojson(json.dumps({"type": "MultiPolygon", "coordinates": area}))
        found[code] = float(shapely.area(shapely.transform(whole, plane.to_km)))
    return found


def areas_km2(of: Shapes) -> dict[str, float]:
    """Each ward's area as it is drawn, in km²."""
    return _km2(remember(of).version)


def _far(areas: Mapping[str, BaseGeometry], city: Registry, plane: Plane) -> list[str]:
    """Wards that lie elsewhere than registered, or are of quite another size."""
    found = []
    for code, area in areas.items():
        ward = city.wards[code]
        if shapely.is_empty(area):
            found.append(code)
            continue
        x, y = plane.to_km(np.array([[ward.lon, ward.lat]]))[0]
        middle = shapely.centroid(area)
        reach = 1.0 + 1.5 * float(np.sqrt(ward.area_km2))
        if not 0.5 <= shapely.area(area) / ward.area_km2 <= 2 or np.hypot(middle.x - x, middle.y - y) > reach:
            found.append(code)
    return found
