"""An area after another out of the file, thinned while it is read, so that a large file needs little memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyogrio.raw import open_arrow

from config.problems import Problem
from data_access.geo.boundaries.opening import DRIVERS, Opened

BATCH = 20
LOOKED = 0.4
"""How much of the reading is done once it is known what the file holds."""
MANY_CORNERS = 400_000
"""Beyond it the grid to which corners are moved gets coarser: nobody sees a metre on a map of a city."""
MOST_FEATURES = 60_000
Geometries = npt.NDArray[np.object_]
Progress = Callable[[float], None]


@dataclass
class Layer:
    """What was read: `areas` and the columns beside them have one entry an area, in the file's own coordinates."""

    areas: Geometries
    columns: dict[str, list[Any]]
    crs: str | None
    valid: npt.NDArray[np.bool_]
    """Before thinning."""
    corners: int = 0
    without_area: int = 0


@dataclass
class _Parts:
    areas: list[Geometries] = field(default_factory=list)
    valid: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    columns: list[dict[str, list[Any]]] = field(default_factory=list)
    corners: int = 0
    without_area: int = 0
    kept: int = 0
    grid: float = 0.0


def read(opened: Opened, name: str, told: Progress) -> Layer:
    """All areas of the file's one layer of polygons.

    Raises Problem: boundary_no_map, boundary_zip_layers, boundary_no_polygons, boundary_many, boundary_damaged.
    """
    parts = _Parts()
    try:
        # A GeoJSON has one layer, and each look at it goes through the whole file.
        layer = None if opened.kind == "geojson" else _layer(opened, name)
        told(0.0)
        info = pyogrio.read_info(opened.path, layer=layer)
        told(LOOKED)
        if info["driver"] != DRIVERS[opened.kind]:
            raise Problem("boundary_no_map", file=name)
        whole = max(int(info["features"]), 0)
        if whole > MOST_FEATURES:
            raise Problem("boundary_many", file=name, n=whole, most=MOST_FEATURES)
        with open_arrow(opened.path, layer=layer, batch_size=BATCH, use_pyarrow=True) as (meta, batches):
            geometry = meta["geometry_name"] or "wkb_geometry"
            for done, batch in enumerate(batches):
                _take(parts, batch, geometry)
                told(LOOKED + (1 - LOOKED) * min(1.0, (done + 1) * BATCH / whole) if whole else LOOKED)
    except (DataSourceError, DataLayerError, FeatureError, pa.ArrowException, shapely.errors.GEOSException) as error:
        raise Problem("boundary_damaged", file=name) from error
    if not parts.kept:
        raise Problem("boundary_no_polygons", file=name)
    names = parts.columns[0].keys()
    columns = {n: [value for part in parts.columns for value in part[n]] for n in names}
    areas = np.concatenate(parts.areas)
    return Layer(areas, columns, info["crs"], np.concatenate(parts.valid), parts.corners, parts.without_area)


def _layer(opened: Opened, name: str) -> str | None:
    """The one layer that can hold areas; a file of one layer has no need of a name."""
    layers = [
        str(n) for n, kind in pyogrio.list_layers(opened.path) if kind and "Point" not in kind and "Line" not in kind
    ]
    if len(layers) > 1:
        raise Problem("boundary_zip_layers", file=name, found=", ".join(layers[:5]))
    return layers[0] if layers else None


def _take(parts: _Parts, batch: pa.RecordBatch, geometry: str) -> None:
    shapes = shapely.from_wkb(batch.column(geometry).to_numpy(zero_copy_only=False), on_invalid="fix")
    is_area = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    parts.without_area += int((~is_area).sum())
    parts.columns.append({n: _kept(batch, n, is_area) for n in batch.schema.names if n != geometry})
    shapes = np.atleast_1d(shapely.force_2d(shapes[is_area]))
    parts.corners += int(shapely.get_num_coordinates(shapes).sum())
    parts.valid.append(shapely.is_valid(shapes))
    if len(shapes) and not parts.grid:
        parts.grid = 1e-5 if np.nanmax(np.abs(shapely.total_bounds(shapes))) <= 360 else 1.0
    thin = thinned(shapes, parts.grid)
    parts.areas.append(thin)
    parts.kept += int(shapely.get_num_coordinates(thin).sum())
    if parts.kept > MANY_CORNERS:
        parts.grid *= 3
        parts.areas = [thinned(part, parts.grid) for part in parts.areas]
        parts.kept = sum(int(shapely.get_num_coordinates(part).sum()) for part in parts.areas)


def thinned(shapes: Geometries, grid: float) -> Geometries:
    """Corners moved to the grid, those that fall on the one before left out; neighbours' corners move alike."""
    moved = shapely.transform(shapes, lambda at: np.round(at / grid) * grid)
    return np.atleast_1d(shapely.remove_repeated_points(moved))


def _kept(batch: pa.RecordBatch, name: str, rows: npt.NDArray[np.bool_]) -> list[Any]:
    column = batch.column(name)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type)
            or pa.types.is_floating(column.type)):  # fmt: skip
        return [None] * int(rows.sum())
    return [value for value, keep in zip(column.to_pylist(), rows, strict=True) if keep]
