"""Signing in and out: streamlit-authenticator behind one module, with what it lacks put around it.

It keeps hashes (bcrypt), the signed cookie and the session's keys. Around it: the form in the reader's
language, equal work for unknown names, a limit of attempts, and accounts re-read when their file changes.
"""

import bcrypt
import streamlit as st
import streamlit_authenticator as stauth
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from streamlit_authenticator.utilities import LoginError

from config.i18n import Texts
from config.settings import settings
from data_access import accounts as accounts_file
from data_access.store.engine import WHOLE_CITY, Scope
from pages.viewer import Viewer
from widgets.figures import banner, brand

ATTEMPTS = parse("5 per 15 minutes")
_limiter = MovingWindowRateLimiter(MemoryStorage())
_NOBODY = bcrypt.hashpw(b"nobody", bcrypt.gensalt(12))


def viewer(t: Texts) -> Viewer | None:
    """Who is signed in, from the session or the cookie; None when nobody is."""
    accounts = accounts_file.load_configured(settings())
    if not st.session_state.get("authentication_status"):
        _from_cookie(_authenticator(accounts))
    name = st.session_state.get("username")
    if not st.session_state.get("authentication_status") or name not in accounts.users:
        return None
    account = accounts.users[name]
    scope = Scope(tuple(account.districts)) if account.role == "district" else WHOLE_CITY
    return Viewer(name, account.name, account.role, scope, t)


def form(t: Texts) -> None:
    """The sign-in form. A wrong name and a wrong password get the same answer after the same work."""
    with st.container(key="signin"):
        brand(t("One-Stop Operations"), t("Hanoi smart operations centre"))
        with st.form("signin-form", border=False):
            name = st.text_input(t("User name"), autocomplete="username").strip().lower()
            password = st.text_input(t("Password"), type="password", autocomplete="current-password")
            sent = st.form_submit_button(t("Sign in"), type="primary", width="stretch")
        if sent:
            _try(name, password, t)


def leave() -> None:
    """Sign out: forget the session and delete the cookie."""
    authenticator = _authenticator(accounts_file.load_configured(settings()))
    authenticator.authentication_controller.logout()
    authenticator.cookie_controller.delete_cookie()


def _try(name: str, password: str, t: Texts) -> None:
    if not _limiter.test(ATTEMPTS, name):
        banner(
            t("Too many wrong attempts for this account. Wait 15 minutes or ask the IT staff to reset it."),
            bad=True,
        )
        return
    accounts = accounts_file.load_configured(settings())
    authenticator = _authenticator(accounts)
    known = name in accounts.users
    if not known:
        bcrypt.checkpw(password.encode()[:72], _NOBODY)
    try:
        right = known and authenticator.authentication_controller.login(name, password[:72])
    except LoginError:
        right = False
    if right:
        authenticator.cookie_controller.set_cookie()
        st.session_state["just-signed-in"] = True
        return
    _limiter.hit(ATTEMPTS, name)
    left = _limiter.get_window_stats(ATTEMPTS, name).remaining
    st.session_state["authentication_status"] = None
    if left:
        banner(t("User name or password is not right. Attempts left: {left}.", left=left), bad=True)
    else:
        banner(
            t("Too many wrong attempts for this account. Wait 15 minutes or ask the IT staff to reset it."),
            bad=True,
        )


def _authenticator(accounts: accounts_file.Accounts) -> stauth.Authenticate:
    return stauth.Authenticate(**accounts.to_authenticator())


def _from_cookie(authenticator: stauth.Authenticate) -> None:
    """Sign in again by the cookie; one that is expired, forged or of a removed account is nobody's."""
    token = authenticator.cookie_controller.get_cookie()
    if not token:
        return
    try:
        authenticator.authentication_controller.login(token=token)
    except LoginError:
        st.session_state["authentication_status"] = None
