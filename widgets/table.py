"""A table in the reader's own language: sorts by its heads, reports the row that was clicked.

Streamlit's data grid has English menus that cannot be translated; this draws plain, accessible HTML.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import streamlit as st

ASSETS = Path(__file__).parent / "assets"
_component = st.components.v2.component(
    "ops_table",
    html='<div class="wrap"></div>',
    css=(ASSETS / "table.css").read_text(encoding="utf-8"),
    js=(ASSETS / "table.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Column:
    """One head. Numbers stand right and sort from the largest first; `note` is the head's explanation."""

    title: str
    align: Literal["left", "right"] = "left"
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """What is read (`text`, with a quiet `small` line), what it sorts by, and a tone of the stylesheet."""

    text: str
    sort: float | str | None = None
    tone: Literal["", "strong", "bad", "warn", "quiet"] = ""
    small: str = ""


@dataclass(frozen=True)
class Row:
    """A row with the key that a click returns."""

    key: str
    cells: Sequence[Cell] = field(default_factory=tuple)


def table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    key: str,
    label: str,
    empty: str,
    height: int = 420,
    selected: str | None = None,
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Draw `rows`; `on_pick(row key)` is called once for each click when given.

    `label` names the table for screen readers, `empty` stands where there are no rows, height is in px.
    """
    data: dict[str, Any] = {
        "columns": [{"title": c.title, "align": c.align, "note": c.note} for c in columns],
        "rows": [
            {
                "key": row.key,
                "cells": [[c.text, c.small] if c.small else c.text for c in row.cells],
                "sort": [c.sort for c in row.cells],
                "tones": [c.tone for c in row.cells],
            }
            for row in rows
        ],
        "height": height,
        "label": label,
        "empty": empty,
        "pick": on_pick is not None,
        "selected": selected,
    }

    def picked() -> None:
        choice = st.session_state.get(key, {}).get("row")
        if choice and on_pick is not None:
            on_pick(choice["key"])

    _component(key=key, data=data, on_row_change=picked)
