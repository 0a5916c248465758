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
ANY = "any"
PUT_ASIDE = "put-aside"
SEEDED = "seeded"
COMMON = {"lang", "unknown", "embed", "embed_options"}


class Address:
    """The page's parameters. `get` reads one; complaints are shown by `complain`."""

    def __init__(self, known: Sequence[str], t: Texts) -> None:
        self._t = t
        self._page = (*known, t.lang)
        # A redraw must not take a sentence away before it is read: it stays until the person changes something.
        kept = st.session_state.get(PUT_ASIDE)
        self.complaints: list[str] = kept[1] if kept and kept[0] == self._page else []
        # Kept from the start: a redraw may cut this run short after a parameter is put aside.
        st.session_state[PUT_ASIDE] = (self._page, self.complaints)
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

    def district(self, viewer: Viewer) -> str | None:
        """The district named in the URL when it exists and lies in the viewer's scope."""
        code = self.get("district", lambda raw: raw if raw in registry().districts else None)
        if code is None or viewer.scope.allows(code):
            return code
        t = self._t
        self.complaints.append(t("The district in this address is not in your scope; nothing of it is shown."))
        del st.query_params["district"]
        return None

    def complain(self) -> None:
        """Show what was put aside."""
        for sentence in dict.fromkeys(self.complaints):
            banner(sentence)


def put(name: str, value: str | None) -> None:
    """Write one parameter into the URL, or take it out: what the person did, so old complaints go."""
    st.session_state.pop(PUT_ASIDE, None)
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def seed(key: str, start: T, fits: Callable[[T], bool]) -> None:
    """The value that a widget starts with, and has again when what it holds no longer fits.

    Told to the browser by every run until a person has changed it: a run that is cut short by a redraw may never
    reach the browser, which then shows (and sends back) the first of the options.
    """
    seeded = st.session_state.setdefault(SEEDED, set())
    known = st.session_state.get(key)
    if known is None or not fits(known):
        seeded.add(key)
        known = start
    if key in seeded:
        st.session_state[key] = known


def touched(key: str) -> bool:
    """A person has changed the widget: what it holds is theirs from now on.

    False when it holds nothing any more: a link was followed (links.follow), and what the browser says of the screen
    that it still shows comes late.
    """
    st.session_state.get(SEEDED, set()).discard(key)
    return key in st.session_state


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
    # Streamlit takes None and "" for nothing chosen, so the widget holds codes and ANY stands for None.
    by_code = {ANY if option is None else code(option): option for option in options}
    key = f"choice-{param}"
    start = current if current in options else default
    seed(key, ANY if start is None else code(start), lambda known: known in by_code)

    def changed() -> None:
        if not touched(key):
            return
        picked = by_code.get(st.session_state[key], default)
        put(param, None if picked is None or picked == default else code(picked))

    def words(picked: str) -> str:
        return shown(by_code.get(picked, default))

    if kind == "segments":
        st.segmented_control(label, list(by_code), format_func=words, key=key, on_change=changed, required=True)
    else:
        st.selectbox(label, list(by_code), format_func=words, key=key, on_change=changed)
    return by_code.get(st.session_state[key], default)
