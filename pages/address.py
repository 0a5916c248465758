"""Filters and selection live in the URL, so that every view is a link.

A page names the parameters it understands; what it can't understand, or what lies outside the viewer's
scope, is put aside with a sentence instead of an error.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from config.i18n import Texts
from config.registry import registry
from pages.viewer import Viewer
from widgets.figures import banner

T = TypeVar("T")
COMMON = {"lang", "embed", "embed_options"}


class Address:
    """The page's parameters. `get` reads one; complaints are shown by `complain`."""

    def __init__(self, known: Sequence[str], t: Texts) -> None:
        self._t = t
        self.complaints: list[str] = []
        for name in sorted(set(st.query_params) - set(known) - COMMON):
            self.complaints.append(
                t("This page does not know the address parameter “{name}”; it was ignored.", name=name)
            )
            del st.query_params[name]

    def get(self, name: str, parse: Callable[[str], T | None]) -> T | None:
        """The value of `name`, or None when absent or not understood (which is complained about)."""
        t = self._t
        raw = st.query_params.get(name)
        if raw is None:
            return None
        value = parse(raw)
        if value is None:
            self.complaints.append(
                t("The address says “{name}={raw}”, which is not a value of it; it was ignored.",
                        name=name, raw=raw[:40])
            )  # fmt: skip
            del st.query_params[name]
        return value

    def ward(self, viewer: Viewer) -> str | None:
        """The ward named in the URL when it exists and lies in the viewer's scope."""
        code = self.get("ward", lambda raw: raw if raw in registry().wards else None)
        if code is None:
            return None
        ward = registry().wards[code]
        if not viewer.scope.allows(ward.district_code):
            t = self._t
            self.complaints.append(t("The ward in this address is not in your scope; nothing of it is shown."))
            del st.query_params["ward"]
            return None
        return code

    def complain(self) -> None:
        """Show what was put aside."""
        for sentence in self.complaints:
            banner(sentence)


def put(name: str, value: str | None) -> None:
    """Write one parameter into the URL, or take it out."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def choose(
    label: str,
    options: Sequence[T],
    *,
    param: str,
    current: T | None,
    default: T,
    code: Callable[[T], str],
    shown: Callable[[T], str],
    kind: str = "select",
) -> T:
    """A filter bound to the URL: a select box, or a segmented control when `kind` is "segments"."""
    key = f"choice-{param}"
    if key not in st.session_state or st.session_state[key] not in options:
        st.session_state[key] = current if current in options else default

    def changed() -> None:
        value = st.session_state[key]
        put(param, None if value is None or value == default else code(value))

    if kind == "segments":
        picked = st.segmented_control(label, options, format_func=shown, key=key, on_change=changed, required=True)
        return default if picked is None else picked
    return st.selectbox(label, options, format_func=shown, key=key, on_change=changed)


def language_params(t: Texts) -> dict[str, str]:
    """The part of the URL that keeps the language from screen to screen."""
    return {"lang": t.lang} if t.lang != "vi" else {}
