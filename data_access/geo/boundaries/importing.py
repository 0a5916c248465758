"""A boundary file read from end to end: opened, read, joined, placed, repaired, simplified; nothing is stored here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from config.problems import Problem
from config.registry import Registry
from config.shapes import Area
from data_access.geo.boundaries import placing
from data_access.geo.boundaries.joining import join
from data_access.geo.boundaries.opening import open_file
from data_access.geo.boundaries.reading import Layer, read
from data_access.geo.boundaries.report import LISTED, Report
from data_access.geo.boundaries.shaping import shape

Told = Callable[[str, float], None]
"""Hears the stage (read, join, shape) and how much of it is done, 0 to 1."""


@dataclass(frozen=True)
class Imported:
    """What maps would draw, ward code → area, and what was found."""

    areas: dict[str, Area]
    report: Report


def import_file(
    path: Path, name: str, work: Path, city: Registry, told: Told, *, crs: str | None = None, swap: bool = False,
    gids: Mapping[str, str] | None = None,
) -> Imported:  # fmt: skip
    """Read `path`, which its user calls `name`; `work` is an empty folder for parts of a zip.

    crs: the projection that the person chose against the file's own; swap: x and y change places; gids: known GADM
    ids. Raises Problem (boundary_…) where there is nothing that maps could draw.
    """
    if crs is not None and not placing.is_known(crs):
        raise Problem("boundary_crs", file=name, crs=crs[:40])
    opened = open_file(path, name, work)
    layer = read(opened, name, lambda share: told("read", share))
    told("join", 0.0)
    at = placing.middles(layer.areas)
    inside = placing.somewhere(at[:, ::-1] if swap else at, crs or layer.crs, city)
    joined = join(layer.columns, list(inside), city, gids or {})
    if not any(joined.wards):
        raise Problem("boundary_nothing_joined", file=name, columns=", ".join(list(layer.columns)[:12]) or "–")
    placed = placing.place(at, joined.wards, layer.crs, city, chosen=crs, swap=swap, file=name)
    inside = placing.in_city(placing.project(at, placed.crs, swap=placed.swapped), city)
    report = Report(
        features=len(layer.areas), skipped=int((~inside).sum()), without_area=layer.without_area,
        projection=placed.words, guessed=placed.guessed, swapped=placed.swapped, kind=opened.kind,
        renamed=opened.renamed, keys=joined.keys, columns=joined.columns, gids=joined.gids,
        corners_before=layer.corners,
    )  # fmt: skip
    wards = _of_wards(layer, joined.wards, inside, city, report)
    lonlat = {
        code: shapely.transform(layer.areas[rows], lambda p: placing.project(p, placed.crs, swap=placed.swapped))
        for code, rows in wards.items()
    }
    return Imported(shape(lonlat, city, report, lambda share: told("shape", share)), report)


def _of_wards(
    layer: Layer, wards: list[str | None], inside: np.ndarray, city: Registry, report: Report
) -> dict[str, list[int]]:
    """Ward → its areas' places in the layer, in registry order; notes what doesn't fit."""
    rows: dict[str, list[int]] = {}
    strange = []
    for i, ward in enumerate(wards):
        if ward is not None and inside[i]:
            rows.setdefault(ward, []).append(i)
        elif inside[i]:
            strange.append(i)
    report.joined = len(rows)
    report.missing = [code for code in city.wards if code not in rows]
    report.duplicate = [code for code in city.wards if len(rows.get(code, ())) > 1]
    report.repaired = [code for code in city.wards if not all(layer.valid[i] for i in rows.get(code, ()))]
    report.unknown_count = len(strange)
    report.unknown = [_label(layer, i) for i in strange[:LISTED]]
    return {code: rows[code] for code in city.wards if code in rows}


def _label(layer: Layer, row: int) -> str:
    """An area as its file words it."""
    said = [str(values[row]) for values in layer.columns.values() if isinstance(values[row], str) and values[row]]
    return " · ".join(said[:5])[:120] or f"#{row + 1}"
