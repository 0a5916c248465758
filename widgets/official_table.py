"""A table as an official form has it: grouped heads, numbered columns, sections and a total."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

import streamlit as st

from widgets.go import anchor

CSS = (Path(__file__).parent / "assets" / "official.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class OfficialTable:
    """Texts as people read them. groups: (head, columns below it), '' for a column of its own head.

    rows: (style, cells), style "", "section" or "total", with the addresses that their cells lead to ("": nowhere);
    empty stands where there are none.
    """

    title: str
    line: str
    heads: Sequence[str]
    aligns: Sequence[Literal["left", "right", "centre"]]
    groups: Sequence[tuple[str, int]]
    rows: Sequence[tuple[str, Sequence[str], Sequence[str]]]
    empty: str
    numbered: bool = False
    notes: Sequence[str] = field(default=())


def official_table(table: OfficialTable) -> None:
    """Draw the form."""
    body = "".join(_row(style, cells, links, table.aligns) for style, cells, links in table.rows)
    if not table.rows:
        body = f'<tr><td class="nothing" colspan="{len(table.heads)}">{escape(table.empty)}</td></tr>'
    notes = "".join(f"<div>{escape(note)}</div>" for note in table.notes)
    st.html(
        f'<style>{CSS}</style><div class="official-head"><b>{escape(table.title)}</b>'
        f"<span>{escape(table.line)}</span></div>"
        f'<div class="official-wrap" tabindex="0"><table class="official" aria-label="{escape(table.title)}">'
        f"<thead>{_head(table)}</thead><tbody>{body}</tbody></table></div>"
        f'<div class="official-notes">{notes}</div>'
    )


def _head(table: OfficialTable) -> str:
    grouped = any(name for name, _ in table.groups)
    top, below, at = [], [], 0
    for name, wide in table.groups:
        if name:
            top.append(f'<th colspan="{wide}">{escape(name)}</th>')
            below += [f"<th>{escape(head)}</th>" for head in table.heads[at : at + wide]]
        else:
            down = ' rowspan="2"' if grouped else ""
            top += [f"<th{down}>{escape(head)}</th>" for head in table.heads[at : at + wide]]
        at += wide
    lines = [top, below] if grouped else [top]
    if table.numbered:
        lines.append([f'<th class="n">({n})</th>' for n in range(1, len(table.heads) + 1)])
    return "".join(f"<tr>{''.join(line)}</tr>" for line in lines)


def _row(style: str, cells: Sequence[str], links: Sequence[str], aligns: Sequence[str]) -> str:
    drawn = "".join(f'<td class="{a}">{anchor(c, to)}</td>' for c, to, a in zip(cells, links, aligns, strict=True))
    return f'<tr class="{style}">{drawn}</tr>'
