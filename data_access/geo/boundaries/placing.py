"""Where the areas lie: in the projection that the file names, or in the one that puts them where the city is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from config.problems import Problem
from config.registry import Registry
from data_access.geo.boundaries.reading import Geometries

WGS84 = "EPSG:4326"
# What Vietnamese boundary files come in: WGS84, VN-2000 and UTM zone 48, web maps, VN-2000 by provinces' meridians.
CANDIDATES = ("EPSG:4326", "EPSG:3405", "EPSG:32648", "EPSG:5897", "EPSG:9210", "EPSG:3857", "EPSG:9209", "EPSG:9208",
              "EPSG:9211", "EPSG:9207", "EPSG:32649", "EPSG:3406", "EPSG:4756")  # fmt: skip
NEAR_KM = 2.0
"""How far an area's middle may lie from its ward's registered centre, in the median."""
MARGIN = 0.3
"""Degrees around the outermost centres of wards within which the city lies."""
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Placed:
    """The projection used ("EPSG:…" or as the file words it), whether it was guessed, whether axes were swapped."""

    crs: str
    guessed: bool = False
    swapped: bool = False

    @property
    def words(self) -> str:
        """ "EPSG:3405 VN-2000 / UTM zone 48N"."""
        return words(self.crs)


@lru_cache(maxsize=64)
def words(crs: str) -> str:
    """A projection with its name, for people."""
    known = CRS.from_user_input(crs)
    authority = ":".join(known.to_authority() or ())
    return f"{authority} {known.name}".strip()


def middles(areas: Geometries) -> Points:
    """The middle of each area's box, (n, 2)."""
    box = shapely.bounds(areas)
    return np.column_stack([(box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2])


def project(at: Points, crs: str, *, swap: bool = False) -> Points:
    """Points (n, 2) of a file → longitude, latitude; infinite where the projection does not reach."""
    x, y = (at[:, 1], at[:, 0]) if swap else (at[:, 0], at[:, 1])
    turn = _to_wgs84(crs)
    if turn is None:
        return np.column_stack([x, y])
    try:
        lon, lat = turn.transform(x, y)
    except ProjError:
        return np.full((len(at), 2), np.inf)
    return np.column_stack([lon, lat])


@lru_cache(maxsize=32)
def _to_wgs84(crs: str) -> Transformer | None:
    """None where nothing changes."""
    same = CRS.from_user_input(crs) == CRS.from_user_input(WGS84)
    return None if same else Transformer.from_crs(crs, WGS84, always_xy=True)


def is_known(crs: str) -> bool:
    """Whether there is such a projection."""
    try:
        CRS.from_user_input(crs)
    except CRSError:
        return False
    return True


def in_city(lonlat: Points, city: Registry) -> npt.NDArray[np.bool_]:
    """Which points lie in the city or near it."""
    lon, lat = np.array([(w.lon, w.lat) for w in city.wards.values()]).T
    return np.asarray((np.abs(lonlat[:, 0] - (lon.min() + lon.max()) / 2) <= np.ptp(lon) / 2 + MARGIN)
                      & (np.abs(lonlat[:, 1] - (lat.min() + lat.max()) / 2) <= np.ptp(lat) / 2 + MARGIN))  # fmt: skip


def somewhere(at: Points, crs: str | None, city: Registry) -> npt.NDArray[np.bool_]:
    """Which middles lie in the city under the file's projection; all, when under it none does."""
    inside = in_city(project(at, crs if crs and is_known(crs) else WGS84), city)
    return inside if inside.any() else np.ones(len(at), bool)


def place(
    at: Points,
    wards: Sequence[str | None],
    named: str | None,
    city: Registry,
    *,
    chosen: str | None,
    swap: bool,
    file: str,
) -> Placed:
    """The projection of areas with middles `at`, joined to `wards`; `named` by the file, `chosen` by the person.

    Right is the one that puts the areas where the registry has their wards. Raises Problem: boundary_projection (the
    file's or chosen one doesn't, another does), boundary_swapped, boundary_elsewhere (none does).
    """
    rows = [i for i, ward in enumerate(wards) if ward is not None]
    points = at[rows]
    centres = np.array([(city.wards[w].lon, city.wards[w].lat) for w in wards if w is not None])

    def away(crs: str, turned: bool) -> float:
        return distance(project(points, crs, swap=turned), centres)

    says = chosen or _named(named, points)
    if says is not None:
        if away(says, swap) < NEAR_KM:
            return Placed(says, swapped=swap)
        if not swap and away(says, True) < NEAR_KM:
            raise Problem("boundary_swapped", file=file)
    fits = sorted(_fitting(CANDIDATES, away, (swap,) if swap else (False, True)))
    if not fits:
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        box = f"{west:.6g} {south:.6g} – {east:.6g} {north:.6g}"
        raise Problem("boundary_elsewhere", file=file, projection=words(says) if says else "–", box=box)
    _, crs, turned = fits[0]
    if turned != swap:
        raise Problem("boundary_swapped", file=file)
    if says is not None:
        raise Problem("boundary_projection", file=file, says=words(says), fits=words(crs))
    return Placed(crs, guessed=True, swapped=turned)


def _fitting(candidates: Iterable[str], away: Any, turns: Iterable[bool]) -> list[tuple[float, str, bool]]:
    tried = [(away(crs, turned), crs, turned) for crs in candidates for turned in turns]
    return [one for one in tried if one[0] < NEAR_KM]


def distance(lonlat: Points, centres: Points) -> float:
    """Median kilometres between points and centres; infinite without points."""
    if not len(lonlat):
        return float("inf")
    apart = (lonlat - centres) * [111.32 * np.cos(np.radians(centres[:, 1].mean())), 110.72]
    return float(np.median(np.hypot(apart[:, 0], apart[:, 1])))


def _named(named: str | None, points: Points) -> str | None:
    """The file's own projection; a GeoJSON without one passes for degrees, which its numbers may contradict."""
    if not named or not is_known(named):
        return None
    if CRS.from_user_input(named).is_geographic and np.abs(points).max() > 360:
        return None
    return named
