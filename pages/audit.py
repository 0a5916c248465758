"""The audit log: who did what and when, searched and filtered, page by page, exported."""

from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from config.i18n import Texts, mark
from config.problems import Problem
from config.settings import settings
from data_access import accounts
from data_access.acting import look
from data_access.audit_words import GROUPS, fact_words, kind_words, object_words, role_words
from data_access.demo.stack import runtime
from data_access.exports.audit import document, make_audit
from data_access.exports.log import About, Format
from data_access.exports.official import Exporter, Official, stamp
from data_access.queries.audit import COUNTED, AuditFilter, AuditPage, Place, audit_page, audit_people
from pages.address import Address, choose, put
from pages.export_panel import export_panel
from pages.running import current_desk
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title, title
from widgets.table import Cell, Column, Row, Tone, table

DAYS: dict[int, str] = {
    1: mark("Today"), 7: mark("Last 7 days"), 30: mark("Last 30 days"), 365: mark("Last 12 months"),
}  # fmt: skip
HEIGHT = 620
WISH = "audit-wish"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TONES: dict[str, Tone] = {"sign_in_failed": "warn", "sign_in_refused": "bad", "account_disabled": "warn",
                          "session_ended": "warn", "device_revoked": "warn"}  # fmt: skip


def page(viewer: Viewer) -> None:
    """Draw the audit log for IT staff."""
    t = viewer.t
    address = Address(("kind", "who", "days", "q", "after", "before"), t)
    title(
        t("Audit log"),
        t("Sign-ins, exports, alerts, configuration, accounts and devices: who, when, what. Entries can only be added; "
          "the application itself can't change or remove one."),
    )  # fmt: skip
    known = runtime()
    assert known is not None
    try:
        people = look(known.store_reader_url, viewer.scope, audit_people)
        wish = _filters(address, people, t)
        after, before = address.get("after", _place), address.get("before", _place)
        if st.session_state.setdefault(WISH, wish) != wish:  # another filter begins with the newest entry
            st.session_state[WISH] = wish
            _turn("after", None)
            after = before = None
        found = look(known.store_reader_url, viewer.scope, audit_page, wish, after, before)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    address.complain()
    with st.container(key="panel-audit"):
        many = t.number(COUNTED) if found.total > COUNTED else t.number(found.total)
        panel_title(t("More than {n} entries", n=many) if found.total > COUNTED else t("{n} entries", n=many),
                    t("Newest first. Times are those of the store's clock."))  # fmt: skip
        _table(found, t)
        _pager(found, t)
    _export(viewer, wish, found)


def _filters(address: Address, people: tuple[str, ...], t: Texts) -> AuditFilter:
    group = address.get("kind", lambda raw: raw if raw in GROUPS else None)
    names = _names()
    who = address.get("who", lambda raw: raw if raw in people or raw in names else None)
    days = address.get("days", lambda raw: int(raw) if raw.isdigit() and int(raw) in DAYS else None)
    with st.container(key="filters"):
        columns = st.columns([1, 1, 1, 1.6], gap="small", vertical_alignment="bottom")
        with columns[0]:
            group = choose(t("What"), [None, *GROUPS], param="kind", current=group, default=None, code=str,
                           shown=lambda c: t(GROUPS[c][0]) if c else t("Everything"))  # fmt: skip
        with columns[1]:
            who = choose(t("Who"), [None, *people], param="who", current=who, default=None, code=str,
                         shown=lambda c: _person(c, names) if c else t("Everybody"))  # fmt: skip
        with columns[2]:
            days = choose(t("Time span"), [None, *DAYS], param="days", current=days, default=None, code=str,
                          shown=lambda c: t(DAYS[c]) if c else t("All days kept"))  # fmt: skip
        with columns[3]:
            words = _search(t)
    today = datetime.now(settings().tz).date()
    return AuditFilter(
        GROUPS[group][1] if group else None,
        tuple({who, names.get(who, who)}) if who else None,
        today - timedelta(days=days - 1) if days else None,
        None,
        words,
    )


def _names() -> dict[str, str]:
    """Account → the person's name, by which alerts know them."""
    return {key: user.name for key, user in accounts.load_configured(settings()).users.items()}


def _person(who: str, names: dict[str, str]) -> str:
    return f"{who} · {names[who]}" if who in names else who


def _search(t: Texts) -> str:
    key = "audit-q"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get("q", "")[:100]

    def changed() -> None:
        put("q", st.session_state[key].strip() or None)

    return str(
        st.text_input(t("Search"), key=key, on_change=changed, max_chars=100,
                      placeholder=t("account, device, file, words of a note"))
    ).strip()  # fmt: skip


def _place(raw: str) -> Place | None:
    """A row's place in the order, as the pager writes it: microseconds, book, number."""
    parts = raw.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        return None
    microseconds, source, number = (int(part) for part in parts)
    return Place(EPOCH + timedelta(microseconds=microseconds), source, number)


def _code(row: dict[str, Any]) -> str:
    return f"{(row['at'] - EPOCH) // timedelta(microseconds=1)}-{row['source']}-{row['id']}"


def _table(found: AuditPage, t: Texts) -> None:
    table(
        [Column(t("Time")), Column(t("Who")), Column(t("What was done")), Column(t("To what")), Column(t("Details")),
         Column(t("Address"), "left", t("Where the browser connected from; behind a proxy its address")),
         Column(t("Request id"), "left", t("Stands in the application's log beside everything this click did"))],
        [_row(row, t) for row in found.rows],
        key="audit", label=t("Audit log"), empty=t("No entry fits."), height=HEIGHT, order="",
        on_order=lambda _: None,
    )  # fmt: skip


def _row(row: dict[str, Any], t: Texts) -> Row:
    at = t.local(row["at"])
    return Row(
        _code(row),
        [
            Cell(f"{at:%d/%m/%Y %H:%M:%S}"),
            Cell(row["who"], None, "strong", role_words(row["role"], t)),
            Cell(kind_words(row["kind"], t), None, TONES.get(row["kind"], "")),
            Cell(object_words(row, t)),
            Cell(fact_words(row, t)),
            Cell(row["address"], None, "quiet"),
            Cell(row["request"], None, "code"),
        ],
    )


def _pager(found: AuditPage, t: Texts) -> None:
    if not (found.newer or found.older):
        return

    first, last = _code(found.rows[0]), _code(found.rows[-1])
    with st.container(key="pager", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(t("Newest"), key="audit-newest", disabled=not found.newer, on_click=_turn, args=("after", None))
        st.button(t("Newer"), key="audit-newer", disabled=not found.newer, on_click=_turn, args=("before", first))
        st.button(t("Older"), key="audit-older", disabled=not found.older, on_click=_turn, args=("after", last))
        note(t("{n} entries a page", n=t.number(len(found.rows))))


def _turn(name: str, place: str | None) -> None:
    put("after", None)
    put("before", None)
    if place is not None:
        put(name, place)


def _export(viewer: Viewer, wish: AuditFilter, found: AuditPage) -> None:
    t = viewer.t
    who = Exporter(viewer.username, viewer.name, viewer.role, viewer.scope)
    pulse = current_desk().watch.pulse()
    if pulse.as_of is None:
        return
    place = Official(None, None, viewer.scope)
    made = stamp(who, place.name(t), "", pulse.version, pulse.as_of, t)
    with st.container(key="panel-audit-export"):
        panel_title(t("Export"), t("All entries that the filters let through, not this page only."))

        def about(kind: Format) -> About:
            return About("audit", kind, t.lang, period=wish.search or None)

        export_panel(viewer, document((), found.total, place, made, t), about, make_audit(who, wish, t))
