"""Follows links between screens (`a[data-go]`, in figures and tables) without loading the page anew."""

from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

_component = st.components.v2.component(
    "ops_go",
    html="<span></span>",
    js=(Path(__file__).parent / "assets" / "go.js").read_text(encoding="utf-8"),
)


def clicked() -> tuple[str, dict[str, str]] | None:
    """Mount once a page: the screen's path and the parameters of the link clicked just now, if any."""
    with st.container(key="go"):
        href = _component(key="go-links", on_href_change=lambda: None, width="content").href
    if not href:
        return None
    address = urlsplit(href)
    return address.path.strip("/"), dict(parse_qsl(address.query))


def anchor(text: str, href: str, title: str = "") -> str:
    """A link as HTML; the plain text where there is no address."""
    if not href:
        return escape(text)
    hint = f' title="{escape(title)}"' if title else ""
    return f'<a class="go" data-go href="{escape(href)}"{hint}>{escape(text)}</a>'
