"""A report or list as data: the screen, Excel, CSV and PDF draw this same object, so they say the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from config.i18n import Texts
from data_access.value_words import in_words

Value = str | int | float | date | datetime | None
Kind = Literal["text", "count", "decimal", "day", "moment"]
Style = Literal["", "section", "total"]
Place = Literal["commune", "district", "city"]


@dataclass(frozen=True)
class Column:
    """`width`: its share of the page, about in characters; `group`: a head above this and its neighbours."""

    title: str
    kind: Kind = "text"
    width: float = 8
    group: str = ""


@dataclass(frozen=True)
class Row:
    """A value a column: text, whole and decimal numbers, days, instants; None where there is none.

    about: what its numbers count, as filters of a list of dossiers (queries/dossiers.py).
    """

    values: tuple[Value, ...]
    style: Style = ""
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamp:
    """Where a file comes from. `by`: name and account; `at`: when it was made; `as_of`: of the figures."""

    by: str
    at: datetime
    scope: str
    place: str
    period: str
    version: int
    as_of: datetime
    rule: str

    def lines(self, t: Texts) -> list[tuple[str, str]]:
        """(what, value), in words."""
        return [
            (t("Exported by"), self.by),
            (t("Exported at"), t.moment(self.at)),
            (t("Viewer's scope"), self.scope),
            (t("Place"), self.place),
            (t("Period"), self.period),
            (t("Figures as of"), t.moment(self.as_of)),
            (t("Data version"), str(self.version)),
            (t("Timeliness rule"), self.rule),
        ]


@dataclass(frozen=True)
class Document:
    """One table in the official layout. `rows` of a large list may be read only once; `count` says how many.

    issuer: (the authority above, the own one); numbered: columns bear numbers below their heads; signs: who
    signs below.
    """

    form: str
    name: str
    number: str
    title: str
    period: str
    issuer: tuple[str, str]
    parties: tuple[str, ...]
    unit: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    count: int
    stamp: Stamp
    notes: tuple[str, ...] = ()
    numbered: bool = False
    signs: tuple[str, ...] = ()
    facts: Sequence[tuple[str, str]] = field(default=())
    """What stands above the table, as (what, value)."""
    template: str = "form.typ"
    pack: Mapping[str, Any] = field(default_factory=dict)
    """What the PDF's template draws besides the table: texts and drawings."""

    @property
    def groups(self) -> list[tuple[str, int]]:
        """(head, columns below it) from left to right; '' for a column without."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return found


def shown(value: Value, kind: Kind, t: Texts) -> str:
    """A value as people read it."""
    return in_words(value, t, lambda n: t.number(n, 1 if kind == "decimal" else 0))
