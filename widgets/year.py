"""A year at a glance: twelve months of days, each coloured by its kind and named for those who can't see colours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

import streamlit as st

DAYS = 7


@dataclass(frozen=True)
class Day:
    """kind: work, weekend, off, made_up, outside; words: what it is and is called; edited: the edit changes it."""

    kind: str
    words: str
    edited: bool = False


def year(
    number: int, day: Callable[[date], Day], *, months: Sequence[str], weekdays: Sequence[str], today: date | None
) -> None:
    """Draw a year. months: twelve names; weekdays: seven short ones, Monday first; today: underlined."""
    drawn = (_month(number, n, day, months[n - 1], weekdays, today) for n in range(1, 13))
    st.html(f'<div class="year">{"".join(drawn)}</div>')


def _month(
    number: int, month: int, day: Callable[[date], Day], name: str, weekdays: Sequence[str], today: date | None
) -> str:
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in weekdays)
    at = date(number, month, 1)
    cells = ["<td></td>"] * at.weekday()
    while at.month == month:
        cells.append(_cell(at, day(at), today))
        at += timedelta(days=1)
    cells += ["<td></td>"] * (-len(cells) % DAYS)
    rows = "".join(f"<tr>{''.join(cells[i : i + DAYS])}</tr>" for i in range(0, len(cells), DAYS))
    return f"<table><caption>{escape(name)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(at: date, day: Day, today: date | None) -> str:
    classes = " ".join([day.kind, *(["edited"] if day.edited else []), *(["today"] if at == today else [])])
    words = f' title="{escape(day.words)}"' if day.words else ""
    return f'<td class="{classes}"{words}>{at.day}</td>'


def year_legend(entries: Sequence[tuple[str, str]]) -> None:
    """(kind, its word) of each kind that is drawn."""
    parts = "".join(
        f'<span class="entry"><span class="swatch {kind}"></span>{escape(word)}</span>' for kind, word in entries
    )
    st.html(f'<div class="legend">{parts}</div>')
