"""Figures are links: the address of the list of dossiers behind a number, and how such an address is read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from typing import Any, get_args
from urllib.parse import urlencode

import streamlit as st

from config.registry import registry
from config.screens import seen
from data_access.queries.dossiers import AGES, SETS, DossierFilter
from data_access.queries.quality import DOUBTS
from data_access.queries.read_dossiers import READ as READ_DOSSIERS
from data_access.queries.scored import SCORED
from data_access.rules.decompose import Kind
from pages.address import PUT_ASIDE
from pages.language import language_params
from pages.paths import COMPARE, COVERAGE, DOSSIERS, PROCESS
from pages.places import CHANNELS, TIERS
from pages.viewer import Viewer

CODE = re.compile(r"[\w./ -]{1,60}")
"""What codes of any source look like; nothing else is asked for."""


HOLDERS = re.compile(r"[\w./ ,-]{1,300}")
"""Officers, or role and tier (read_dossiers.holders)."""


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _text(raw: str) -> str | None:
    return raw if 0 < len(raw) <= 200 and raw.isprintable() else None


def _part(raw: str) -> str | None:
    kind, _, day = raw.partition(" ")
    return raw if kind in get_args(Kind) and _day(day) is not None else None


def _holders(raw: str) -> str | None:
    return raw if HOLDERS.fullmatch(raw) else None


def _code(raw: str) -> str | None:
    return raw if CODE.fullmatch(raw) else None


UNKNOWN = "unknown"
"""How an address writes the code "" of what no list has."""
ONLINE = {"yes": True, "no": False}


READ: dict[str, Callable[[str], Any]] = {
    "what": lambda raw: raw if raw in SETS else None,
    "district": lambda raw: raw if raw in registry().districts else None,
    "ward": lambda raw: raw if raw in registry().wards else None,
    "unit": _code,
    "tier": lambda raw: "" if raw == UNKNOWN else raw if raw in TIERS else None,
    "field": lambda raw: "" if raw == UNKNOWN else _code(raw),
    "procedure": _code,
    "channel": lambda raw: int(raw) if raw in {str(code) for code in CHANNELS} else None,
    "online": ONLINE.get,
    "officer": _code,
    "role": _code,
    "staff": lambda raw: raw if raw in registry().districts else None,
    "staff_tier": lambda raw: raw if raw in TIERS else None,
    "step": _text,
    "read": lambda raw: raw if raw in READ_DOSSIERS else None,
    "gone": _text,
    "gone_to": _text,
    "giver": _holders,
    "taker": _holders,
    "age": lambda raw: raw if raw in AGES else None,
    "first": _day,
    "last": _day,
    "doubt": lambda raw: raw if raw in DOUBTS else None,
    "score": lambda raw: raw if raw in SCORED else None,
    "part": _part,
    "code": _code,
}
"""How each filter of a list reads its parameter; None: not a value of it. Parameters are named as the filters."""


def list_of(viewer: Viewer, what: str, **filters: Any) -> str:
    """The address of the dossiers that a number counts (DossierFilter); "" for who sees no lists.

    In a `filters` value "{key}" stands for the key of a table's row (widgets/table.py).
    """
    known = {field.name for field in fields(DossierFilter)}
    if unknown := set(filters) - known:
        raise TypeError(f"no filters of a list: {sorted(unknown)}")
    chosen = {name: _written(value) for name, value in filters.items() if value is not None}
    return _address(viewer, {"what": what, **chosen})


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return next(said for said, meant in ONLINE.items() if meant == value)
    return str(value) or UNKNOWN


def gaps_of(viewer: Viewer, ward: str) -> str:
    """The address of a ward's procedures that are not online yet."""
    return screen(viewer, COVERAGE, ward=ward)


def one_dossier(viewer: Viewer, code: str = "{text}") -> str:
    """The address of one dossier; by default of the one whose code is a table's cell."""
    return _address(viewer, {"dossier": code})


def to_process(viewer: Viewer, procedure: str = "{key}", **where: str) -> str:
    """The address of a procedure's steps; `where`: the screen's filters (district, ward, by, period).

    By default of the procedure whose code is the key of a table's row.
    """
    return screen(viewer, PROCESS, procedure=procedure, **where)


def to_compare(viewer: Viewer, wards: Iterable[str], **params: str) -> str:
    """The address of some wards side by side (`mode`: "periods" or "alike" for a single one)."""
    return screen(viewer, COMPARE, wards=",".join(wards), **params)


def screen(viewer: Viewer, path: str, **params: str) -> str:
    """The address of a screen with parameters; "" for who does not see it (devices see none)."""
    if path not in seen(viewer.role):
        return ""
    return f"{path}?{urlencode(params | language_params(viewer.t), safe='{}')}"


def _address(viewer: Viewer, params: dict[str, str]) -> str:
    return screen(viewer, DOSSIERS, **params)


def go(viewer: Viewer, path: str, **params: str) -> None:
    """Go to a screen now; who does not see it stays."""
    if path in seen(viewer.role):
        st.switch_page(st.session_state["links"][path], query_params=params | language_params(viewer.t))


def follow(address: tuple[str, dict[str, str]] | None) -> None:
    """Go to the screen of a link that was clicked (widgets/go.py), if any; called by the shell before it draws.

    What stands in the filters of the screen left, or of the same one, gives way to the address.
    """
    if address is None or address[0] not in st.session_state["links"]:
        return
    st.session_state.pop(PUT_ASIDE, None)
    for key in [key for key in st.session_state if str(key).startswith("choice-")]:
        del st.session_state[key]
    st.switch_page(st.session_state["links"][address[0]], query_params=address[1])
