"""The running store and the sessions of its desks, without Streamlit: for runs of screens and for plain routes.

app.py imports this before Streamlit's runtime exists; what declares components (streamlit-authenticator) must not be
imported by then, or the browser doesn't find them.
"""

import time
from dataclasses import dataclass

from config.settings import settings
from data_access import accounts as accounts_file
from data_access.demo.stack import runtime
from data_access.queries.desk import Desk, desk
from data_access.sessions import SessionDesk, session_desk


def current_desk() -> Desk:
    """The desk of the running store; only called once the shell has seen that it runs."""
    known = runtime()
    if known is None or not known.ready:
        raise RuntimeError("asked before the store was up")
    return desk(known.store_reader_url)


def owner_url() -> str:
    """The running store's, by its owner; only called once the shell has seen that it runs."""
    known = runtime()
    assert known is not None
    return known.store_owner_url


def current_sessions() -> SessionDesk:
    """The sessions that the running store knows."""
    return session_desk(owner_url())


@dataclass(frozen=True)
class Held:
    """A session by its id and account's name; `until`: when it ends, seconds since 1970, if the city's provider let
    it in, which has no account here."""

    key: str
    username: str
    until: float | None = None

    def in_force(self) -> bool:
        """Whether it still holds; also says that it is alive. For every look and redraw: a look into memory."""
        if current_sessions().ended(self.key):
            return False
        if self.until is None:
            holds = accounts_file.load_configured(settings()).may_enter(self.username) is not None
        else:
            holds = time.time() <= self.until
        if holds:
            current_sessions().seen(self.key)
        return holds
