"""Each run of a screen has an id: it stands in every line of the log that the run writes, and in what a user reads
when the run fails.
"""

import secrets

import streamlit as st
import structlog

from config.i18n import Texts
from pages.language import texts
from widgets.figures import banner

REQUEST = "request-id"
log = structlog.get_logger(__name__)


def begin_request() -> None:
    """A new id for this run; fragments of the screen that it draws keep it."""
    key = secrets.token_hex(4)
    st.session_state[REQUEST] = key
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=key)


def who_looks(username: str) -> None:
    """Whose run this is, for the log."""
    structlog.contextvars.bind_contextvars(user=username)


def tell_failure(error: Exception) -> bool:
    """Whatever goes wrong in a run or fragment: the details into the log, a plain sentence with the id onto the screen.

    True: Streamlit shows nothing of its own, which would be in English.
    """
    key = structlog.contextvars.get_contextvars().get("request") or st.session_state.get(REQUEST, "")
    log.error("a run failed", request=key, path=_path(), exc_info=error)
    t = _texts()
    banner(
        t("Something failed on this screen. It was written to the log; the other screens keep working. "
          "Request id: {id}", id=key or "–"),
        bad=True,
    )  # fmt: skip
    return True


def _path() -> str:
    return str(st.context.url).partition("?")[0]


def _texts() -> Texts:
    try:
        return texts()
    except Exception:  # noqa: BLE001 - the failure itself must be told, in Vietnamese if nothing else is known
        return Texts()
