"""Sets a cookie in the viewer's browser at once, from the page itself."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "ops_cookie",
    html="<span></span>",
    js=(Path(__file__).parent / "assets" / "cookie.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class CookieOrder:
    """`value` for `seconds` from now; 0 seconds deletes. Each order has an `id` and is carried out once."""

    id: str
    name: str
    value: str
    seconds: int


def carry_out(order: CookieOrder) -> None:
    """Mount the order; it may stay mounted through redraws."""
    _component(key="cookie", data=asdict(order), width="content")
