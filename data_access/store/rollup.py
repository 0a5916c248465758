"""What a rollup is; the list of them is in rollups.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rollup:
    """`contributions` is a SELECT of keys, attributes and measures FROM {facts} (one or more rows a fact).

    moment: contributions read data_version and change as time passes (store/moment.py says which facts').
    renewal: a SELECT of the same columns from rollups before this one in the list, by which it is filled: quicker
    than from the facts, with which it is compared. With `moment` too it is made anew when the day changes.
    """

    table: str
    fact: str
    keys: tuple[str, ...]
    attributes: tuple[str, ...]
    measures: tuple[str, ...]
    contributions: str
    moment: bool = False
    renewal: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order the contributions give them."""
        return (*self.keys, *self.attributes, *self.measures)
