"""Signing in and out: streamlit-authenticator behind one module, with what it lacks put around it.

It keeps hashes (bcrypt), the signed cookie and the session's keys. Around it: the form in the reader's
language, equal work for unknown names, a limit of attempts, accounts re-read when their file changes, and sessions
that IT staff can end (data_access/sessions.py): the cookie names the session.
"""

import secrets
import time

import bcrypt
import jwt
import streamlit as st
import streamlit_authenticator as stauth
import structlog
from jwt import PyJWTError
from streamlit.delta_generator import DeltaGenerator
from streamlit_authenticator.utilities import LoginError

from config.city import city
from config.i18n import Texts
from config.settings import settings
from data_access import accounts as accounts_file
from data_access import attempts, audit, oidc, sessions
from data_access.accounts import Account
from data_access.audit import Entry
from data_access.store.engine import WHOLE_CITY, Scope
from pages.language import language_switch
from pages.running import Held, current_sessions, owner_url
from pages.viewer import Viewer
from widgets.cookie import CookieOrder, carry_out
from widgets.figures import banner, brand, note

BCRYPT_BYTES = 72
"""bcrypt refuses longer passwords."""
ORDER, SESSION, TOLD = "cookie-order", "session-id", "signin-told"
UNTIL, NO_ROLE = "oidc-until", "oidc-no-role"
log = structlog.get_logger(__name__)
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
        if oidc.configured(settings()) and st.user.is_logged_in:
            return self._from_oidc()
        if not st.session_state.get("authentication_status"):
            self._from_cookie()
        name = str(st.session_state.get("username"))
        account = self._accounts.may_enter(name)
        if not st.session_state.get("authentication_status") or account is None:
            return None
        if not in_force():
            self._put_out()
            return None
        scope = Scope(tuple(account.districts)) if account.role == "district" else WHOLE_CITY
        return Viewer(name, account.name, account.role, scope, self._t)

    def _from_oidc(self) -> Viewer | None:
        """Who the city's provider says that this is, with the role of their groups; None without one, or put out."""
        t, claims = self._t, st.user.to_dict()
        person = oidc.person(claims)
        if person.role is None:
            if NO_ROLE not in st.session_state:
                refused = Entry("sign_in_refused", person.username, facts={"reason": "no_role"}, address=_address())
                audit.record(owner_url(), refused)
            st.session_state[NO_ROLE] = person.name
            return None
        began = oidc.began_at(claims)
        seconds = began + self._accounts.cookie.expiry_days * 86_400 - time.time()
        key = oidc.session_of(claims)
        if seconds <= 0 or current_sessions().ended(key):
            st.session_state[TOLD] = t("Your session was ended by the IT staff. Sign in again.")
            st.session_state.pop(SESSION, None)
            return None
        if st.session_state.get(SESSION) != key:
            current_sessions().begin(sessions.new(person.username, person.role, "oidc", _address(), seconds, key))
            st.session_state[SESSION] = key
            st.session_state[UNTIL] = time.time() + seconds
        scope = Scope(person.districts) if person.role == "district" else WHOLE_CITY
        return Viewer(person.username, person.name, person.role, scope, t)

    def form(self) -> None:
        """The sign-in form. A wrong name and a wrong password get the same answer after the same work."""
        t = self._t
        with st.container(key="signin"):
            brand(t.pick(**city().application), t.pick(**city().centre))
            if NO_ROLE in st.session_state:
                self._no_role(st.session_state[NO_ROLE])
                return
            if TOLD in st.session_state:
                banner(st.session_state[TOLD])
            if oidc.configured(settings()):
                st.button(t("Sign in with the city's account"), key="oidc", type="primary", width="stretch",
                          on_click=st.login)  # fmt: skip
                note(t("or"))
            with st.form("signin-form", border=False):
                name = st.text_input(t("User name"), autocomplete="username").strip().lower()
                password = st.text_input(t("Password"), type="password", autocomplete="current-password")
                sent = st.form_submit_button(t("Sign in"), type="primary", width="stretch")
            if sent:
                self._try(name, password.strip())
            language_switch(t)

    def _no_role(self, name: str) -> None:
        t = self._t
        banner(
            t("Your account “{name}” has no role in this system. Ask the IT staff to give it one.", name=name), bad=True
        )
        st.button(t("Sign in as somebody else"), key="oidc-leave", on_click=st.logout)
        language_switch(t)

    def leave(self) -> None:
        """Sign out: end the session, forget it and delete the cookie."""
        by_oidc = oidc.configured(settings()) and st.user.is_logged_in
        known = oidc.person(st.user.to_dict()).username if by_oidc else st.session_state.get("username")
        name, key = str(known), st.session_state.pop(SESSION, None)
        if key is not None:
            current_sessions().leave(key, name)
        audit.record(owner_url(), Entry("signed_out", name, address=_address()))
        if by_oidc:
            st.logout()
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

    def _token(self, name: str, session: str, seconds: int) -> str:
        """The cookie's value as the library reads it: user name and expiry, signed; and our session."""
        said = {"username": name, "exp_date": time.time() + seconds, "session": session}
        return jwt.encode(said, self._accounts.cookie_key, algorithm="HS256")

    def _put_out(self) -> None:
        """The session was ended: forget it, and drop its cookie."""
        self._authenticator.authentication_controller.logout()
        st.session_state.pop(SESSION, None)
        self._order_cookie("", 0)
        t = self._t
        st.session_state[TOLD] = t("Your session was ended by the IT staff. Sign in again.")

    def _try(self, name: str, password: str) -> None:
        """1. Refuse when the account is locked. 2. Check, with the same work for unknown names. 3. Count.

        It may have been locked by others during 2: then the answer is that of 1, whatever the password is.
        """
        t, url, who = self._t, owner_url(), _typed(name)
        if not attempts.left(url, who):
            self._refuse(url, who)
            return
        account = self._accounts.may_enter(name)
        if account is None:
            bcrypt.checkpw(password.encode()[:72], _NOBODY)
        try:
            fits = len(password.encode()) <= BCRYPT_BYTES
            right = account and fits and self._authenticator.authentication_controller.login(name, password)
        except LoginError:
            right = False
        if right and account and attempts.passed(url, who):
            st.session_state.pop(TOLD, None)
            self._enter(name, account)
        st.session_state["authentication_status"] = None
        if right and account:
            self._refuse(url, who)
            return
        reason = "password" if account else "disabled" if name in self._accounts.users else "unknown"
        left = attempts.failed(url, Entry("sign_in_failed", who, facts={"reason": reason}, address=_address()))
        if left:
            banner(t("User name or password is not right. Attempts left: {left}.", left=left), bad=True)
        elif left is None:
            self._refuse(url, who)
        else:
            self._locked()

    def _refuse(self, url: str, who: str) -> None:
        audit.record(url, Entry("sign_in_refused", who, facts={"reason": "locked"}, address=_address()))
        self._locked()

    def _locked(self) -> None:
        t = self._t
        banner(
            t("Too many wrong attempts for this account. Wait 15 minutes or ask the IT staff to reset it."), bad=True
        )

    def _enter(self, name: str, account: Account) -> None:
        """A new session with its cookie, and on to the screens."""
        seconds = int(self._accounts.cookie.expiry_days * 86_400)
        session = sessions.new(name, account.role, "password", _address(), seconds)
        current_sessions().begin(session)
        st.session_state[SESSION] = session.session_id
        self._order_cookie(self._token(name, session.session_id, seconds), seconds)
        st.rerun()

    def _from_cookie(self) -> None:
        """Sign in again by the cookie; one that is expired, forged or of a removed account is nobody's."""
        try:
            token = self._authenticator.cookie_controller.get_cookie()
            if token and not current_sessions().ended(token["session"]):
                self._authenticator.authentication_controller.login(token=token)
                st.session_state[SESSION] = token["session"]
        except (LoginError, PyJWTError, KeyError, TypeError) as error:
            log.info("cookie refused", reason=type(error).__name__)
            st.session_state["authentication_status"] = None


def held() -> Held | None:
    """This browser's session, when somebody is signed in."""
    key = st.session_state.get(SESSION)
    return None if key is None else Held(key, str(st.session_state.get("username")), st.session_state.get(UNTIL))


def in_force() -> bool:
    """Whether this browser's session still holds; also says that it is alive."""
    session = held()
    return session is not None and session.in_force()


def _address() -> str:
    return st.context.ip_address or ""


def _typed(name: str) -> str:
    """What was typed for a name, as the audit keeps it; who types a password there does not find it in the audit."""
    return name if accounts_file.USERNAME.match(name) else "?"
