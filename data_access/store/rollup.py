"""What a rollup is; the list of them is in rollups.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rollup:
    """`contributions` is a SELECT of keys, attributes and measures FROM {facts} (one or more rows a fact)."""

    table: str
    fact: str
    keys: tuple[str, ...]
    attributes: tuple[str, ...]
    measures: tuple[str, ...]
    contributions: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order the contributions give them."""
        return (*self.keys, *self.attributes, *self.measures)
