"""The screens' menus: native disclosures full of links, so that keys, new tabs and screen readers work as anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Entry:
    """A link to a screen: its words, its address, the screen's name, and whether it is the one shown."""

    text: str
    href: str
    screen: str = ""
    current: bool = False


def menu_bar(brand: Entry, menus: Sequence[tuple[str, Sequence[Entry]]], label: str) -> None:
    """`brand` and a menu for each (words, entries); a menu of one entry is that link. `label` is read aloud.

    assets/go.js follows the links and closes an open menu.
    """
    items = "".join(_item(words, entries) for words, entries in menus)
    st.html(
        f'<nav class="menus" aria-label="{escape(label)}"><a class="brand" data-go href="{escape(brand.href)}">'
        f"{escape(brand.text)}</a>{items}</nav>",
        width="content",
    )


def _item(words: str, entries: Sequence[Entry]) -> str:
    if len(entries) == 1:
        return _link(entries[0])
    shown = ' class="current"' if any(entry.current for entry in entries) else ""
    links = "".join(_link(entry) for entry in entries)
    return f"<details><summary{shown}>{escape(words)}</summary><div>{links}</div></details>"


def _link(entry: Entry) -> str:
    now = ' class="current" aria-current="page"' if entry.current else ""
    return f'<a data-go data-screen="{escape(entry.screen)}" href="{escape(entry.href)}"{now}>{escape(entry.text)}</a>'
