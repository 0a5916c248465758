"""What a preview says: sentences and tables in the reader's language, with what each cell sorts by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from config.i18n import Texts

Tone = Literal["", "good", "bad", "quiet"]
"""bad: worse than before; good: better."""
MOST = 200
"""Rows of one table; what is more is counted in a sentence."""


@dataclass(frozen=True)
class Item:
    """A cell: its text, what it sorts by, a quiet second line."""

    text: str
    sort: float | str | None = None
    tone: Tone = ""
    small: str = ""


@dataclass(frozen=True)
class Table:
    """heads: (text, whether numbers stand below it); `empty` stands where there are no rows."""

    title: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Item]]
    empty: str


@dataclass(frozen=True)
class Preview:
    """What an edit changes now. said: sentences, the weightiest first; stops: it must not be saved as it is."""

    said: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    stops: bool = False


def fewer_is_better(before: float, after: float) -> Tone:
    """How a number with the edit stands to the one now."""
    return "bad" if after > before else "good" if after < before else ""


def shortened(rows: Sequence[Sequence[Item]], said: list[str], t: Texts, title: str = "") -> Sequence[Sequence[Item]]:
    """The first rows; `said` gets a sentence about those left out. title: of the table, where there are several."""
    if title and len(rows) > MOST:
        said.append(t("“{table}” shows the first {n} of {all} rows.", table=title, n=t.number(MOST),
                      all=t.number(len(rows))))  # fmt: skip
    else:
        count_left_out(len(rows), said, t)
    return rows[:MOST]


def count_left_out(rows: int, said: list[str], t: Texts) -> None:
    """The sentence about rows beyond MOST, when there are any."""
    if rows > MOST:
        said.append(t("The table shows the first {n} of {all} rows.", n=t.number(MOST), all=t.number(rows)))
