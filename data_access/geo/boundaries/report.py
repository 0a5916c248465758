"""What an import found: kept with the boundaries, shown on the screen, printed by the command."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Report:
    """Ward codes as the registry has them; labels as the file has them (at most LISTED of a kind)."""

    features: int = 0
    """Areas in the file; `skipped` of them lie outside the city, `without_area` others are points, lines or nothing."""
    skipped: int = 0
    without_area: int = 0
    projection: str = ""
    """ "EPSG:3405 VN-2000 / UTM zone 48N"; `guessed` when the file names none and the city's place told it."""
    guessed: bool = False
    swapped: bool = False
    kind: str = ""
    """geojson, shapefile or gpkg by content; `renamed`: the file's name says something else."""
    renamed: bool = False
    keys: dict[str, int] = field(default_factory=dict)
    """How many wards were joined by code, gid, name."""
    columns: dict[str, list[str]] = field(default_factory=dict)
    """The file's columns that each key was read from."""
    joined: int = 0
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unknown_count: int = 0
    duplicate: list[str] = field(default_factory=list)
    """Wards made of several areas of the file; they were united."""
    repaired: list[str] = field(default_factory=list)
    """Wards whose shape was invalid."""
    overlaps_m2: float = 0.0
    gaps_m2: float = 0.0
    """Overlap and hairline gaps between wards, closed."""
    far: list[str] = field(default_factory=list)
    """Wards whose area lies elsewhere than the registry says, or is less than half or more than twice as large."""
    corners_before: int = 0
    corners: int = 0
    tolerance_m: float = 0.0
    kilobytes: float = 0.0
    """Of the simplified shapes as stored and drawn."""
    gids: dict[str, str] = field(default_factory=dict)
    """GADM id → ward, as this file joins them; a later file may come with the ids alone."""

    @property
    def complete(self) -> bool:
        """Every ward of the registry has an area: only then may it go live."""
        return not self.missing

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Report":
        """From JSON; what an older version did not say stays empty."""
        return cls(**{k: v for k, v in document.items() if k in cls.__dataclass_fields__})


LISTED = 50
