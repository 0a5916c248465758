"""A table in the reader's own language: sorts by its heads, reports the row that was clicked.

Streamlit's data grid has English menus that cannot be translated; this draws plain, accessible HTML.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import streamlit as st

Tone = Literal["", "strong", "code", "bad", "warn", "quiet"]
"""A tone of the stylesheet."""
ASSETS = Path(__file__).parent / "assets"
_component = st.components.v2.component(
    "ops_table",
    html='<div class="wrap"></div>',
    css=(ASSETS / "table.css").read_text(encoding="utf-8"),
    js=(ASSETS / "table.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Column:
    """One head. Numbers stand right and sort from the largest first; `note` is the head's explanation.

    link: the address that a cell which says something leads to; "{key}" in it is the row's key, "{text}" the cell's
    own text. order: what `on_order` is told when the head is clicked.
    """

    title: str
    align: Literal["left", "right"] = "left"
    note: str = ""
    link: str = ""
    order: str = ""


@dataclass(frozen=True)
class Cell:
    """What is read (`text`, with a quiet `small` line), what it sorts by, and a tone of the stylesheet.

    spark: a course of values, oldest first, drawn as a small line in place of the text, which describes it.
    link: the address it leads to, whatever its column says.
    """

    text: str
    sort: float | str | None = None
    tone: Tone = ""
    small: str = ""
    spark: Sequence[float] = ()
    link: str = ""


@dataclass(frozen=True)
class Row:
    """A row with the key that a click returns."""

    key: str
    cells: Sequence[Cell] = field(default_factory=tuple)


class Packed(list[dict[str, Any]]):
    """Rows as they travel."""


def packed(rows: Sequence[Row]) -> Packed:
    """What `table` sends for these rows, to be made once for many viewers."""
    return Packed(
        {
            "key": row.key,
            "cells": [[c.text, c.small] if c.small else c.text for c in row.cells],
            "sort": [c.sort for c in row.cells],
            "tones": [c.tone for c in row.cells],
            "links": [c.link for c in row.cells] if any(c.link for c in row.cells) else None,
            "sparks": [list(c.spark) for c in row.cells] if any(c.spark for c in row.cells) else None,
        }
        for row in rows
    )


def table(
    columns: Sequence[Column],
    rows: Sequence[Row] | Packed,
    *,
    key: str,
    label: str,
    empty: str,
    height: int = 420,
    selected: str | None = None,
    on_pick: Callable[[str], None] | None = None,
    order: str | None = None,
    on_order: Callable[[str], None] | None = None,
) -> None:
    """Draw `rows`; `on_pick(row key)` is called once for each click when given.

    `label` names the table for screen readers, `empty` stands where there are no rows, height is in px. With `on_order`
    the rows are a page of more and stay as they come, sorted by `order` ("-": from the largest on); heads that have an
    order ask for it.
    """
    data: dict[str, Any] = {
        "columns": [
            {"title": c.title, "align": c.align, "note": c.note, "link": c.link, "order": c.order} for c in columns
        ],
        "rows": rows if isinstance(rows, Packed) else packed(rows),
        "height": height,
        "label": label,
        "empty": empty,
        "pick": on_pick is not None,
        "selected": selected,
        "order": (order or "") if on_order else None,
    }

    def picked() -> None:
        choice = st.session_state.get(key, {}).get("row")
        if choice and on_pick is not None:
            on_pick(choice["key"])

    def ordered() -> None:
        choice = st.session_state.get(key, {}).get("order")
        if choice and on_order is not None:
            on_order(choice["by"])

    _component(key=key, data=data, on_row_change=picked, on_order_change=ordered)
