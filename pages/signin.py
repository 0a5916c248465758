"""Signing in and out: streamlit-authenticator behind one module, with what it lacks put around it.

It keeps hashes (bcrypt), the signed cookie and the session's keys. Around it: the form in the reader's
language, equal work for unknown names, a limit of attempts, and accounts re-read when their file changes.
"""

import secrets
import time

import bcrypt
import jwt
import streamlit as st
import streamlit_authenticator as stauth
import structlog
from jwt import PyJWTError
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from streamlit.delta_generator import DeltaGenerator
from streamlit_authenticator.utilities import LoginError

from config.i18n import Texts
from config.settings import settings
from data_access import accounts as accounts_file
from data_access.store.engine import WHOLE_CITY, Scope
from pages.language import language_switch
from pages.viewer import Viewer
from widgets.cookie import CookieOrder, carry_out
from widgets.figures import banner, brand

ATTEMPTS = parse("5 per 15 minutes")
BCRYPT_BYTES = 72
"""bcrypt refuses longer passwords."""
ORDER = "cookie-order"
log = structlog.get_logger(__name__)
_limiter = MovingWindowRateLimiter(MemoryStorage())
_NOBODY = bcrypt.hashpw(b"nobody", bcrypt.gensalt(12))


class Gate:
    """The door for one run of the script. At most one authenticator a run: it mounts a browser component.

    `place` stands at the same spot in every run and takes what the library mounts now and then. Otherwise
    all that follows would move by one, and a fragment of the run before would write where it has no place:
    the browser then drops the whole page ("setIn cannot be called on an ElementNode").
    """

    def __init__(self, t: Texts, place: DeltaGenerator) -> None:
        self._t = t
        self._place = place
        self._accounts = accounts_file.load_configured(settings())
        self._made: stauth.Authenticate | None = None

    @property
    def _authenticator(self) -> stauth.Authenticate:
        if self._made is None:
            with self._place:
                self._made = stauth.Authenticate(**self._accounts.to_authenticator())
        return self._made

    def viewer(self) -> Viewer | None:
        """Who is signed in, from the session or the cookie; None when nobody is (any more)."""
        if ORDER in st.session_state:
            with self._place:
                carry_out(st.session_state[ORDER])
        if not st.session_state.get("authentication_status"):
            self._from_cookie()
        name = st.session_state.get("username")
        if not st.session_state.get("authentication_status") or name not in self._accounts.users:
            return None
        account = self._accounts.users[name]
        scope = Scope(tuple(account.districts)) if account.role == "district" else WHOLE_CITY
        return Viewer(name, account.name, account.role, scope, self._t)

    def form(self) -> None:
        """The sign-in form. A wrong name and a wrong password get the same answer after the same work."""
        t = self._t
        with st.container(key="signin"):
            brand(t("One-Stop Operations"), t("Hanoi smart operations centre"))
            with st.form("signin-form", border=False):
                name = st.text_input(t("User name"), autocomplete="username").strip().lower()
                password = st.text_input(t("Password"), type="password", autocomplete="current-password")
                sent = st.form_submit_button(t("Sign in"), type="primary", width="stretch")
            if sent:
                self._try(name, password.strip())
            language_switch(t)

    def leave(self) -> None:
        """Sign out: forget the session and delete the cookie."""
        self._authenticator.authentication_controller.logout()
        self._order_cookie("", 0)
        st.rerun()

    def _order_cookie(self, value: str, seconds: int) -> None:
        """Have the browser keep (or drop) the cookie. Mounted by every run from now on, carried out once.

        The library's own way is a frame that must load before the next redraw removes it; a slow browser
        then stays without its cookie.
        """
        name = self._accounts.cookie.name
        st.session_state[ORDER] = CookieOrder(secrets.token_hex(8), name, value, seconds)

    def _token(self, name: str, seconds: int) -> str:
        """The cookie's value as the library reads it: user name and expiry, signed."""
        return jwt.encode(
            {"username": name, "exp_date": time.time() + seconds}, self._accounts.cookie_key, algorithm="HS256"
        )

    def _try(self, name: str, password: str) -> None:
        """1. Refuse when the account is locked. 2. Check, with the same work for unknown names. 3. Count."""
        t = self._t
        locked = t("Too many wrong attempts for this account. Wait 15 minutes or ask the IT staff to reset it.")
        if not _limiter.test(ATTEMPTS, name):
            banner(locked, bad=True)
            return
        known = name in self._accounts.users
        if not known:
            bcrypt.checkpw(password.encode()[:72], _NOBODY)
        try:
            fits = len(password.encode()) <= BCRYPT_BYTES
            right = known and fits and self._authenticator.authentication_controller.login(name, password)
        except LoginError:
            right = False
        if right:
            seconds = int(self._accounts.cookie.expiry_days * 86_400)
            self._order_cookie(self._token(name, seconds), seconds)
            st.rerun()
        _limiter.hit(ATTEMPTS, name)
        st.session_state["authentication_status"] = None
        left = _limiter.get_window_stats(ATTEMPTS, name).remaining
        wrong = t("User name or password is not right. Attempts left: {left}.", left=left)
        banner(wrong if left else locked, bad=True)

    def _from_cookie(self) -> None:
        """Sign in again by the cookie; one that is expired, forged or of a removed account is nobody's."""
        try:
            token = self._authenticator.cookie_controller.get_cookie()
            if token:
                self._authenticator.authentication_controller.login(token=token)
        except (LoginError, PyJWTError, KeyError, TypeError) as error:
            log.info("cookie refused", reason=type(error).__name__)
            st.session_state["authentication_status"] = None
