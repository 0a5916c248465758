"""Approximate ward cells from the registry's centres and areas alone; no boundary file is used.

The city's outline is the smoothed union of discs as large as the wards. In it lies a power diagram whose
sites and weights are moved until each cell has about its ward's area and centre.

`python -m data_access.geo.cells` writes config/geo/cells_2018.json again (about ten seconds).
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from config.registry import REGISTRY_STATE, Registry, registry
from config.settings import CONFIG_DIR
from data_access.geo.power import Array, power_cells

CELLS_FILE = CONFIG_DIR / "geo" / f"cells_{REGISTRY_STATE}.json"
KM_PER_DEGREE = 110.72  # a degree of latitude near 21° N
DECIMALS = 5  # about one metre
ROUNDS = 60
REACH = 0.8  # a site keeps within this many radii of its ward's centre


def inputs_digest(city: Registry) -> str:
    """SHA-256 of what the cells are computed from; stored in the file so that a test sees it age."""
    rows = [(w.code, w.lat, w.lon, w.area_km2) for w in city.wards.values()]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


class Plane:
    """Kilometres on a plane around the city's middle; equal-area within 0.3 % over its 100 km."""

    def __init__(self, city: Registry) -> None:
        self.lat = float(np.mean([w.lat for w in city.wards.values()]))
        self.lon = float(np.mean([w.lon for w in city.wards.values()]))
        self.scale = np.array([111.32 * np.cos(np.radians(self.lat)), KM_PER_DEGREE])

    def to_km(self, lonlat: Array) -> Array:
        """Degrees (n, 2) longitude, latitude → kilometres (n, 2)."""
        return (lonlat - [self.lon, self.lat]) * self.scale

    def to_degrees(self, km: Array) -> Array:
        """Kilometres (n, 2) → degrees (n, 2) longitude, latitude."""
        return km / self.scale + [self.lon, self.lat]


def outline(points: Array, areas: Array, closing: float = 3.0, opening: float = 1.2) -> Polygon:
    """The city's rough outline: discs of the wards' areas grown until it holds their sum; km.

    Closing (by `closing` km) fills the notches between discs, opening takes off thin horns; no holes.
    Straight runs of some kilometres say "approximate" as plainly as the cells inside do.
    """
    radii = np.sqrt(areas / np.pi)
    low, high = 0.6, 2.0
    for _ in range(24):
        factor = (low + high) / 2
        discs = shapely.buffer(shapely.points(points), radii * factor, quad_segs=16)
        grown = shapely.union_all(discs).buffer(closing).buffer(-closing - opening).buffer(opening)
        if grown.geom_type != "Polygon":
            grown = max(grown.geoms, key=lambda part: part.area)
        shape = Polygon(grown.exterior).simplify(0.5)
        low, high = (factor, high) if shape.area < areas.sum() else (low, factor)
    return shape


def fit(points: Array, areas: Array, city: Polygon, rounds: int = ROUNDS) -> list[Array]:
    """Cells (not yet clipped) of a power diagram fitted to centres and areas, km and km².

    1. A cell too small gets more weight, one too large less; a ward whose error changes sign steps
       half as far next time, so that small wards beside large ones settle.
    2. Its site moves by the difference between the ward's centre and the cell's, at most REACH radii.
    """
    sites, weights = points.copy(), np.zeros(len(points))
    radii = np.sqrt(areas / np.pi)
    x0, y0, x1, y1 = city.bounds
    box = (x0 - 1, y0 - 1, x1 + 1, y1 + 1)
    shapely.prepare(city)
    best: tuple[float, list[Array]] = (np.inf, [])
    pace, before = np.full(len(points), 0.5), np.zeros(len(points))
    for step in range(rounds):
        cells = power_cells(sites, weights, box)
        clipped = shapely.intersection([Polygon(c) if len(c) else Polygon() for c in cells], city)
        found = shapely.area(clipped)
        offset = np.zeros_like(points)
        alive = found > 0
        offset[alive] = points[alive] - shapely.get_coordinates(shapely.centroid(clipped[alive]))
        # Relative misfit of areas and of centres, each against the ward's own size.
        misfit = np.abs(np.log(np.maximum(found, 1e-3) / areas))
        score = 2 * misfit.mean() + 0.2 * misfit.max() + np.mean(np.linalg.norm(offset, axis=1) / np.sqrt(areas))
        if alive.all() and score < best[0]:
            best = (float(score), cells)
        error = (areas - found).clip(-areas, areas)
        pace = np.where(error * before < 0, pace * 0.5, np.minimum(pace * 1.1, 0.5))
        before = error
        weights += pace * error / np.pi
        if step < rounds * 2 // 3:
            away = sites + 0.25 * offset - points
            limit = REACH * radii / np.maximum(np.linalg.norm(away, axis=1), 1e-9)
            sites = points + away * np.minimum(1, limit)[:, None]
        weights -= weights.mean()
    return best[1]


def coverage(cells: list[Array], city: Polygon, plane: Plane) -> list[Polygon]:
    """Clipped cells in degrees, rounded, with shared corners equal: a coverage without gaps.

    1. A piece cut off by a bay of the outline goes to the neighbour with the longest common border.
    2. Corners within 3 m become one and are rounded to metres; every ring uses the same corners.
    """
    clipped = [_polygons(shapely.intersection(Polygon(c), city)) for c in cells]
    parts = [max(pieces, key=lambda p: p.area) for pieces in clipped]
    strays = [p for pieces, main in zip(clipped, parts, strict=True) for p in pieces if p is not main]
    for stray in strays:
        shared = [stray.buffer(1e-6).intersection(p).length if p.distance(stray) < 1e-6 else 0 for p in parts]
        owner = int(np.argmax(shared))
        parts[owner] = _polygons(shapely.union_all([parts[owner].buffer(1e-6), stray]))[0]
    corner = _Corners(plane)
    rings = [[corner.index(x, y) for x, y in shapely.get_coordinates(p)[:-1]] for p in parts]
    lonlat = corner.degrees()
    polygons = []
    for ring in rings:
        kept = [i for k, i in enumerate(ring) if i != ring[k - 1]]
        polygons.append(shapely.orient_polygons(Polygon(lonlat[kept])))
    return polygons


class _Corners:
    """One number a corner: a corner within 3 m of an earlier one is that one."""

    def __init__(self, plane: Plane, tolerance: float = 0.003) -> None:
        self.plane, self.tolerance = plane, tolerance
        self.points: list[tuple[float, float]] = []
        self.squares: dict[tuple[int, int], list[int]] = {}

    def index(self, x: float, y: float) -> int:
        column, row = int(x // 0.05), int(y // 0.05)
        for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for k in self.squares.get(near, ()):
                if np.hypot(self.points[k][0] - x, self.points[k][1] - y) < self.tolerance:
                    return k
        self.points.append((x, y))
        self.squares.setdefault((column, row), []).append(len(self.points) - 1)
        return len(self.points) - 1

    def degrees(self) -> Array:
        return np.round(self.plane.to_degrees(np.array(self.points)), DECIMALS)


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    parts = [shape] if isinstance(shape, Polygon) else list(getattr(shape, "geoms", []))
    return sorted((p for p in parts if isinstance(p, Polygon) and p.area > 0), key=lambda p: -p.area)


def compute(city: Registry) -> dict[str, object]:
    """What the file holds: {state, inputs, corners: [lon, lat, …], cells: {code: [corner, …]}}."""
    plane = Plane(city)
    wards = list(city.wards.values())
    points = plane.to_km(np.array([(w.lon, w.lat) for w in wards]))
    areas = np.array([w.area_km2 for w in wards])
    shape = outline(points, areas)
    polygons = coverage(fit(points, areas, shape), shape, plane)
    numbers: dict[tuple[float, float], int] = {}
    cells = {
        ward.code: [numbers.setdefault((x, y), len(numbers)) for x, y in polygon.exterior.coords[:-1]]
        for ward, polygon in zip(wards, polygons, strict=True)
    }
    corners = [round(float(v), DECIMALS) for corner in numbers for v in corner]
    return {"state": city.state, "inputs": inputs_digest(city), "corners": corners, "cells": cells}


def write(path: Path = CELLS_FILE) -> Path:
    """Compute the cells of the shipped registry and write them to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(compute(registry()), separators=(",", ":")) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    write()
