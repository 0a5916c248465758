"""The text that a person is editing of one configuration file, and the text it began from.

Kept in the session, so that it survives a look at another screen; the screens Configuration and Working calendar
edit the same one. Nothing of it is in force before it is saved.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st
from sqlalchemy import Engine

from config.problems import Problem
from data_access.acting import act
from data_access.config_history import Change, Standing, standing
from data_access.demo.stack import runtime
from pages.viewer import Viewer

TOLD = "config-told"
"""What came of the last save: (file, sentence, whether it failed)."""


@dataclass(frozen=True)
class Draft:
    """base: what the edit began from; text: what it is now; turn: how often another text was put in its place."""

    file: str
    base: Standing
    text: str
    turn: int = 0

    @property
    def edited(self) -> bool:
        """Whether it says anything else than it began from."""
        return self.text != self.base.text


def draft(file: str) -> tuple[Draft, Standing]:
    """This session's draft of a file and what stands in it now. An unedited draft follows what stands.

    Raises Problem (config_unreadable).
    """
    stands = standing(file)
    known: Draft | None = st.session_state.get(_key(file))
    if known is None or (not known.edited and known.base != stands):
        known = _put(Draft(file, stands, stands.text, known.turn + 1 if known else 0))
    elif known.text == stands.text:  # somebody else saved the same
        known = _put(replace(known, base=stands))
    return known, stands


def write(known: Draft, text: str, *, anew: bool = True) -> Draft:
    """The draft with another text. anew: put there by a button, not typed: the editor shows it."""
    st.session_state.pop(TOLD, None)
    return _put(replace(known, text=text, turn=known.turn + anew))


def rebase(known: Draft, stands: Standing, *, keep: bool) -> Draft:
    """Go on from what stands now, with the own text or (not `keep`) with theirs."""
    text = known.text if keep else stands.text
    return _put(replace(known, base=stands, text=text, turn=known.turn + 1))


def _put(known: Draft) -> Draft:
    st.session_state[_key(known.file)] = known
    return known


def _key(file: str) -> str:
    return f"config-draft-{file}"


def carry_out(viewer: Viewer, file: str, save: Callable[[Engine, str], Change], why: str) -> bool:
    """Save, and keep what came of it for the next run; True when it is in force."""
    known = runtime()
    try:
        if known is None or not known.ready:
            raise Problem("act_no_answer")
        done = act(known.store_owner_url, save, why)
    except Problem as problem:
        st.session_state[TOLD] = (file, problem.text(viewer.t.lang), True)
        return False
    words = viewer.t("Saved as change no. {n}; in force in every process within 5 seconds.", n=done.change_id)
    st.session_state[TOLD] = (file, words, False)
    st.session_state.pop(_key(file), None)
    return True
