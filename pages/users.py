"""Users and devices: accounts, who is signed in, who tried, and the wall devices. For IT staff."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

import streamlit as st

from config.i18n import Texts
from config.problems import Problem
from config.registry import registry
from config.screens import seen
from config.settings import settings
from data_access import accounts, attempts, sessions
from data_access.account_desk import AccountDesk, Wish
from data_access.accounts import Account, Accounts, Role
from data_access.acting import act, look
from data_access.attempts import MOST
from data_access.audit_words import district_words, fact_words, kind_words, role_words
from data_access.demo.stack import Runtime, runtime
from data_access.queries.people import People, SignIns, people
from pages import account_sight, device_panel
from pages.address import Address, put
from pages.links import screen
from pages.paths import AUDIT
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title, title
from widgets.go import anchor
from widgets.table import Cell, Column, Row, table

TOLD, ONCE, SEEN = "users-told", "users-password", "users-seen"
NEW = "new"
HEIGHT = 430


def page(viewer: Viewer) -> None:
    """Draw the accounts, their sessions and the devices."""
    t = viewer.t
    address = Address(("user",), t)
    known, configured = runtime(), accounts.load_configured(settings())
    assert known is not None
    chosen = address.get("user", lambda raw: raw if raw in configured.users or raw == NEW else None)
    title(t("Users and devices"), t("Who may sign in, with which role and for which districts; who is signed in now; "
                                    "which wall devices show screens. Changes hold within seconds."))  # fmt: skip
    address.complain()
    with st.container(key="users-told"):
        _told(t)
    try:
        found = look(known.store_reader_url, viewer.scope, people, chosen if chosen != NEW else None)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    left, right = st.columns([1.7, 1], gap="small")
    with left, st.container(key="panel-accounts", height="stretch"):
        _accounts(configured, found, chosen, t)
    with right, st.container(key="panel-account", height="stretch"):
        if chosen is None:
            panel_title(t("Account"), t("Choose an account on the left to change it, or make a new one."))
            st.button(t("New account"), key="user-new", type="primary", on_click=put, args=("user", NEW))
        else:
            _editor(viewer, known, chosen, configured.users.get(chosen), found)
    left, right = st.columns([1.35, 1], gap="small")
    with left, st.container(key="panel-sessions", height="stretch"):
        _sessions(viewer, known, found, configured)
    with right, st.container(key="panel-history", height="stretch"):
        _history(viewer, found, chosen if chosen != NEW else None)
    with st.container(key="panel-devices"):
        device_panel.show(viewer, known)


def _told(t: Texts) -> None:
    """What came of the last click; a password until it is noted; why the newest file is not in force."""
    trouble = accounts.trouble()
    if trouble is not None:
        banner(trouble.text(t.lang), bad=True)
    if TOLD in st.session_state:
        words, bad = st.session_state[TOLD]
        banner(words, bad=bad)
    if ONCE in st.session_state:
        who, secret = st.session_state[ONCE]
        banner(t("Password of “{who}”, shown this once. Hand it over by a safe way:", who=who))
        st.code(secret, language=None)
        st.button(t("I have noted it"), key="users-noted", on_click=st.session_state.pop, args=(ONCE, None))


def _accounts(configured: Accounts, found: People, chosen: str | None, t: Texts) -> None:
    panel_title(t("Accounts · {n}", n=t.number(len(configured.users))),
                t("From the accounts file; a click on one opens it."))  # fmt: skip
    rows = [
        Row(name, _account_cells(name, user, found.sign_ins.get(name, SignIns()), t))
        for name, user in sorted(configured.users.items())
    ]
    table(
        [Column(t("User name")), Column(t("Role")), Column(t("State")), Column(t("Last sign-in"), "right"),
         Column(t("Failed in 24 h"), "right", t("Wrong passwords within the last 24 hours"))],
        rows, key="users", label=t("Accounts"), empty=t("There are no accounts."), height=HEIGHT, selected=chosen,
        on_pick=lambda name: put("user", name),
    )  # fmt: skip


def _account_cells(name: str, user: Account, signed: SignIns, t: Texts) -> list[Cell]:
    locked = signed.lately >= MOST
    state = t("Disabled") if user.disabled else t("Locked") if locked else t("Works")
    return [
        Cell(name, name, "strong", user.name),
        Cell(role_words(user.role, t), user.role, "", district_words(user.districts)),
        Cell(state, state, "quiet" if user.disabled else "bad" if locked else ""),
        Cell(
            t.moment(signed.last) if signed.last else t("not in 90 days"),
            signed.last.isoformat() if signed.last else "",
        ),
        Cell(t.number(signed.failed), signed.failed, "warn" if signed.failed else ""),
    ]


def _editor(viewer: Viewer, known: Runtime, name: str, account: Account | None, found: People) -> None:
    """The form of one account, or of a new one, and what else can be done with it."""
    t = viewer.t
    head, close = st.columns([3, 1], vertical_alignment="top")
    with head:
        panel_title(t("New account") if account is None else name)
    with close:
        st.button(t("Close"), key="user-close", on_click=_close, width="stretch")
    turn = st.session_state.get(f"{SEEN}-turn", 0)
    seen: Account | None = st.session_state.setdefault(f"{SEEN}-{name}-{turn}", account)
    key = f"user-{name}-{turn}"
    with st.container(key=f"{key}-form"):  # no form: what a choice changes is told before it is saved
        username = "" if account is not None else st.text_input(t("User name"), key=f"{key}-username", max_chars=40)
        full = st.text_input(t("Name"), seen.name if seen else "", key=f"{key}-name", max_chars=80)
        roles: list[Role] = list(get_args(Role))
        role = st.selectbox(t("Role"), roles, roles.index(seen.role) if seen else 1, key=f"{key}-role",
                            format_func=lambda code: role_words(code, t))  # fmt: skip
        codes = list(registry().districts)
        districts = st.multiselect(t("Districts (for district leadership only)"), codes,
                                   list(seen.districts) if seen else [], key=f"{key}-districts",
                                   format_func=lambda code: registry().districts[code].name,
                                   placeholder=t("no district"))  # fmt: skip
        password = (
            st.text_input(t("Password (empty: one is made)"), type="password", key=f"{key}-password",
                          autocomplete="new-password", max_chars=72)
            if account is None else ""
        )  # fmt: skip
        wish = Wish(full, role, tuple(districts))
        with st.container(key="user-sight"):
            for sentence in account_sight.sentences(seen, wish, t):
                note(sentence)
        label = t("Create") if account is None else t("Save")
        sent = st.button(label, key=f"{key}-save", type="primary", width="stretch")
    if sent and account is None:
        _create(viewer, known, username.strip().lower(), wish, password)
    elif sent and seen is not None:
        _done(viewer, lambda: _desk(viewer, known, lambda d: d.change(name, seen, wish)), t("Saved."))
    if account is not None and seen is not None:
        _more(viewer, known, name, seen, found.sign_ins.get(name, SignIns()))


def _more(viewer: Viewer, known: Runtime, name: str, seen: Account, signed: SignIns) -> None:
    t = viewer.t
    with st.container(key="user-more", horizontal=True, gap="small"):
        if st.button(t("Enable") if seen.disabled else t("Disable"), key="user-disable"):
            words = t("The account may sign in again.") if seen.disabled else t("The account is shut out.")
            _done(viewer, lambda: _desk(viewer, known, lambda d: d.set_disabled(name, seen, not seen.disabled)),
                  words)  # fmt: skip
        if st.button(t("New password"), key="user-reset"):
            words = t("The old password no longer holds; the account's sessions are ended.")
            made = _done(viewer, lambda: _desk(viewer, known, lambda d: d.reset_password(name, seen)), words, False)
            if made is not None:
                st.session_state[ONCE] = (name, made)
            st.rerun()
        if signed.lately >= MOST and st.button(t("Unlock"), key="user-unlock"):
            _done(viewer, lambda: act(known.store_owner_url, attempts.forgive, name, viewer.username),
                  t("The account may try again."))  # fmt: skip


def _create(viewer: Viewer, known: Runtime, username: str, wish: Wish, password: str) -> None:
    t = viewer.t
    made = _done(viewer, lambda: _desk(viewer, known, lambda d: d.create(username, wish, password)),
                 t("The account “{name}” is made.", name=username), rerun=False)  # fmt: skip
    if made is not None:
        st.session_state[ONCE] = (username, made)
        put("user", username)
        st.rerun()


def _desk(viewer: Viewer, known: Runtime, what: Callable[[AccountDesk], str | None]) -> str | None:
    return act(known.store_owner_url, lambda engine: what(AccountDesk(settings(), engine, viewer.username)))


def _done(viewer: Viewer, what: Callable[[], str | None], words: str, rerun: bool = True) -> str | None:
    """Do it; what came of it is told by the next run, which shows the account as it is then."""
    try:
        made = what()
    except Problem as problem:
        told: tuple[str, Literal[True, False]] = (problem.text(viewer.t.lang), True)
        if problem.code in ("account_meanwhile", "account_gone"):
            _again()
        st.session_state[TOLD] = told
        st.rerun()
    st.session_state[TOLD] = (words, False)
    _again()
    if rerun:
        st.rerun()
    return made


def _again() -> None:
    """The form begins anew with the account as it is then."""
    st.session_state[f"{SEEN}-turn"] = st.session_state.get(f"{SEEN}-turn", 0) + 1


def _close() -> None:
    put("user", None)
    st.session_state.pop(TOLD, None)
    _again()


def _sessions(viewer: Viewer, known: Runtime, found: People, configured: Accounts) -> None:
    t = viewer.t
    alive = sum(s.alive for s in found.sessions)
    panel_title(
        t("Sessions · {n}, of them {alive} looking now", n=t.number(len(found.sessions)), alive=t.number(alive)),
        t("One a sign-in. An ended one loses its screens within seconds, also in other tabs of that browser."),
    )
    picked = st.session_state.get("session-picked")
    table(
        [Column(t("Who")), Column(t("Role")), Column(t("Signed in"), "right"), Column(t("Last seen"), "right"),
         Column(t("Address"))],
        [Row(s.session_id, _session_cells(s, configured.users, t)) for s in found.sessions],
        key="sessions", label=t("Sessions"), empty=t("Nobody is signed in."), height=300, selected=picked,
        on_pick=lambda key: st.session_state.update({"session-picked": key}),
    )  # fmt: skip
    with st.container(key="session-end"):
        chosen = next((s for s in found.sessions if s.session_id == picked), None)
        if chosen is None:
            note(t("Click a session to end it."))
            return
        label = t("End the session of “{who}”", who=chosen.username)
        if st.button(label, key="session-end-it", type="primary"):
            st.session_state.pop("session-picked")
            _done(viewer, lambda: act(known.store_owner_url, sessions.end, chosen.session_id, viewer.username),
                  t("The session is ended."))  # fmt: skip


def _session_cells(session: sessions.OpenSession, users: Mapping[str, Account], t: Texts) -> list[Cell]:
    name = users[session.username].name if session.username in users else ""
    return [
        Cell(session.username, session.username, "strong", name),
        Cell(role_words(session.role, t)),
        Cell(t.moment(session.began_at), session.began_at.isoformat()),
        Cell(t("now") if session.alive else t.moment(session.seen_at), session.seen_at.isoformat(),
             "" if session.alive else "quiet"),
        Cell(session.address or "–", None, "quiet"),
    ]  # fmt: skip


def _history(viewer: Viewer, found: People, who: str | None) -> None:
    t = viewer.t
    panel_title(t("Signing in lately") if who is None else t("Signing in lately: {who}", who=who))
    table(
        [Column(t("Time")), Column(t("Who")), Column(t("What was done"))],
        [Row(str(n), [Cell(t.moment(row["at"])), Cell(row["who"], None, "strong", row["address"]),
                      Cell(kind_words(row["kind"], t), None,
                           "warn" if row["kind"].startswith("sign_in_") else "", fact_words(row, t))])
         for n, row in enumerate(found.history)],
        key="sign-ins", label=t("Signing in lately"), empty=t("Nobody has signed in yet."), height=340,
    )  # fmt: skip
    if AUDIT in seen(viewer.role):
        all_of_it = anchor(t("All of it in the audit log"), screen(viewer, AUDIT, kind="sign_ins"))
        st.html(f'<div class="panel-note">{all_of_it}</div>')
