"""The wards' shapes that maps draw now: approximate cells until boundaries are live (data_access/geo/boundaries).

The store says which boundaries are live; whoever watches the store tells this process by `use`.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from config.registry import REGISTRY_STATE
from config.settings import CONFIG_DIR

Ring = Sequence[Sequence[float]]
"""Corners [longitude, latitude], WGS84 degrees; the last is the first again."""
Area = Sequence[Sequence[Ring]]
"""Polygons, each its outer ring and then its holes (as GeoJSON's MultiPolygon)."""
KEPT = 4


@dataclass(frozen=True)
class Shapes:
    """Ward code → area. `version` is their digest; wards share their borders' corners exactly."""

    areas: Mapping[str, Area]
    version: str
    approximate: bool = False


def shapes_of(areas: Mapping[str, Area], *, approximate: bool = False) -> Shapes:
    """Shapes with their digest."""
    return Shapes(areas, sha256(json.dumps(areas, sort_keys=True).encode()).hexdigest()[:12], approximate)


@lru_cache(maxsize=1)
def cells() -> Shapes:
    """The approximate cells that the project ships."""
    stored = json.loads((CONFIG_DIR / "geo" / f"cells_{REGISTRY_STATE}.json").read_text(encoding="utf-8"))
    flat = stored["corners"]
    corners = list(zip(flat[::2], flat[1::2], strict=True))
    rings = {code: [corners[int(k)] for k in ring] for code, ring in stored["cells"].items()}
    return shapes_of({code: [[[*ring, ring[0]]]] for code, ring in rings.items()}, approximate=True)


_known: OrderedDict[str, Shapes] = OrderedDict()
_live: list[Shapes] = []


def shapes() -> Shapes:
    """The shapes to draw."""
    return _live[0] if _live else remember(cells())


def use(live: Shapes | None) -> None:
    """Draw these from now on; None: the approximate cells."""
    _live[:] = [remember(live)] if live is not None else []


def remember(some: Shapes) -> Shapes:
    """Keep them at hand by version, as a preview needs; the last few are kept."""
    _known[some.version] = some
    _known.move_to_end(some.version)
    while len(_known) > KEPT:
        _known.popitem(last=False)
    return some


def known(version: str) -> Shapes | None:
    """The shapes of this version when they are at hand."""
    return next((some for some in (*_live, *_known.values()) if some.version == version), None)
