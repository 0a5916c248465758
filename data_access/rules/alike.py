"""Which wards are like a ward: of its kind, about as many people, about as many dossiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log


@dataclass(frozen=True)
class Traits:
    """What wards are told alike by: kind (phường, xã, thị trấn), people, dossiers received since the system began."""

    kind: str
    population: int
    demand: int


def alike(ward: str, wards: Mapping[str, Traits], most: int) -> list[str]:
    """At most `most` wards of the same kind, the likest first: least apart in people and in demand, as ratios."""
    own = wards[ward]

    def apart(code: str) -> float:
        other = wards[code]
        return abs(log((other.population + 1) / (own.population + 1))) + abs(log((other.demand + 1) / (own.demand + 1)))

    others = [code for code, traits in wards.items() if code != ward and traits.kind == own.kind]
    return sorted(others, key=lambda code: (apart(code), code))[:most]
