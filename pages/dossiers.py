"""The dossiers behind a figure, page by page: filters, search by code, sort; a row opens one dossier."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts, mark
from config.indicators import indicator
from data_access.exports.dossiers import document, make_dossiers
from data_access.exports.log import About
from data_access.exports.official import Exporter, Official, stamp
from data_access.queries.answers import Answer
from data_access.queries.backlog import fields
from data_access.queries.dossier_pages import DEEPEST, PAGE, Dossiers, dossiers
from data_access.queries.dossier_totals import stock
from data_access.queries.dossiers import OPEN, STOCK, DossierFilter, names
from data_access.rules.quality import BY_CODE
from data_access.status_words import status_words
from pages import dossier
from pages.address import Address, choose, put, touched
from pages.ask import ask
from pages.dossier_mistakes import TOGETHER, sensible, unknown
from pages.dossier_words import AGE, SCORES, WHAT, due_words, period_words, read_words
from pages.export_panel import export_panel
from pages.links import CODE, READ, UNKNOWN, list_of
from pages.place_filter import Place, choose_place
from pages.places import CHANNELS, TIERS, district_name, role_name, role_words, unit_words
from pages.viewer import Viewer
from widgets.figures import Figure, explained, figure_row, note, panel_title, title
from widgets.table import Cell, Column, Row, table

PARAMS = (*READ, "order", "page", "dossier")
ORDERS = ("received", "due", "late", "unit", "procedure", "code", "settled")
DEFINED = {"held": "officer_steps", "held_late": "officer_overdue", "received": "received_flow",
           "settled": "settled_flow"}  # fmt: skip
"""Sets whose definition stands at an indicator of another name."""
LINKED = (*STOCK, "rated", "satisfied")
"""Sets that figures lead to and nobody chooses from a list."""
UNPLACED, NOT_ONLINE = mark("Level not known"), mark("At the counter and by post")
HEIGHT = 620


def page(viewer: Viewer) -> None:
    """Draw the list that the URL asks for, or one dossier of it, within `viewer`'s scope."""
    t = viewer.t
    address = Address(PARAMS, t)
    code = st.query_params.get("dossier")
    if code is not None:
        dossier.show(viewer, address, code)
        return
    place = st.container()
    wish, said, where = _wish(address, viewer)
    order = address.get("order", lambda raw: raw if raw.lstrip("-") in ORDERS else None)
    number = address.get("page", lambda raw: int(raw) if raw.isdecimal() and 0 < int(raw) <= DEEPEST else None) or 1
    answer = ask(dossiers, viewer, wish=wish, order=order, page=number)
    data = answer.value
    unknown(wish, data, address, viewer)
    with place:
        title(t("Dossiers"), t("As of {at}", at=t.moment(answer.as_of)))
    address.complain()
    figure_row(_stock(wish, viewer), t)
    with st.container(key="panel-dossiers"):
        _head(data, wish, order, t)
        _table(data, viewer)
        _pager(data, t)
        _export(wish, said, where, answer, viewer)


def _export(wish: DossierFilter, said: list[str], where: Place, answer: Answer[Dossiers], viewer: Viewer) -> None:
    """The buttons for a file of the whole list; none where more are there than are counted."""
    t, data = viewer.t, answer.value
    if data.more:
        note(t("To export this list, narrow it first."))
        return
    who = Exporter(viewer.username, viewer.name, viewer.role, viewer.scope)
    place = Official(where.district, where.ward, viewer.scope)
    made = stamp(who, place.name(t), t("As of {at}", at=t.moment(answer.as_of)), answer.version, answer.as_of, t)
    days = f"{wish.first or ''}..{wish.last or ''}" if wish.first or wish.last else None

    def standing(row: dict[str, Any]) -> str:
        return due_words(row, t)[0]

    export_panel(
        viewer,
        document(wish, said, standing, (), data.total + data.off, place, made, t),
        lambda kind: About(f"dossiers {wish.what}", kind, t.lang, where.district, where.ward, period=days),
        make_dossiers(wish, said, standing, who, place, t),
    )


def _wish(address: Address, viewer: Viewer) -> tuple[DossierFilter, list[str], Place]:
    """The filters, in words too: those with a control first, the others as the address has them, each with a way out.

    And the place.
    """
    t = viewer.t
    listed = {row["field_code"]: row["field_name"] for row in ask(fields, viewer).value} | {"": t("unknown field")}
    readers = READ | {"field": lambda raw: code if (code := READ["field"](raw)) in listed else None}
    said: dict[str, Any] = {n: address.get(n, readers[n]) for n in readers if n not in ("district", "ward")}
    if said["field"] != "":
        del listed[""]
    left, right = st.columns([1, 1], gap="small", vertical_alignment="bottom")
    with left:
        columns = st.columns(3, gap="small", vertical_alignment="bottom")
        with columns[0]:
            sets = [what for what in WHAT if what not in LINKED or what == said["what"]]
            said["what"] = choose(t("Which dossiers"), sets, param="what", current=said["what"], default="open",
                                  code=str, shown=lambda what: t(WHAT[what]))  # fmt: skip
        with columns[1]:
            said["field"] = choose(t("Field"), [None, *listed], param="field", current=said["field"], default=None,
                                   code=lambda c: c or UNKNOWN,
                                   shown=lambda c: t("All fields") if c is None else listed[c])  # fmt: skip
        with columns[2]:
            said["channel"] = choose(t("Channel"), [None, *CHANNELS], param="channel", current=said["channel"],
                                     default=None, code=str,
                                     shown=lambda c: t(CHANNELS[c]) if c else t("All channels"))  # fmt: skip
    with right:
        where = choose_place(address, viewer)
    if said["staff"] and not viewer.scope.allows(said["staff"]):
        address.complaints.append(t("The district in this address is not in your scope; nothing of it is shown."))
        said["staff"] = None
        del st.query_params["staff"]
    sensible(said, address, t)
    wish = DossierFilter(**said | {"ward": where.ward, "district": None if where.ward else where.district})
    return wish, [*_chosen(wish, listed, t), *_narrowed(wish, address, viewer)], where


def _chosen(wish: DossierFilter, fields: Mapping[str, str], t: Texts) -> list[str]:
    """What the controls narrow to, in words."""
    return [t(WHAT[wish.what]), *([fields[wish.field]] if wish.field is not None and wish.field in fields else []),
            *([t(CHANNELS[wish.channel])] if wish.channel else [])]  # fmt: skip


def _narrowed(wish: DossierFilter, address: Address, viewer: Viewer) -> list[str]:
    """The box for a code, and the filters that only links bring, each a button that takes it away; their words."""
    t = viewer.t
    named = ask(names, viewer, procedure=wish.procedure, officer=wish.officer, unit=wish.unit).value
    if wish.officer and "officer" not in named:
        address.complaints.append(t("The officer in this address is not in your scope; nothing is shown."))
    chips = {
        "procedure": wish.procedure and named.get("procedure", wish.procedure),
        "officer": wish.officer and t("held by {name}", name=named.get("officer", NOTHING)),
        "role": wish.role and t("held by officers of the role “{role}”", role=role_name(wish.role, t)),
        "staff": wish.staff and t("officers of {district}", district=district_name(wish.staff, t)),
        "unit": wish.unit and named.get("unit", wish.unit),
        "tier": wish.tier is not None and t(TIERS[wish.tier] if wish.tier else UNPLACED),
        "online": wish.online is not None and t(CHANNELS[2] if wish.online else NOT_ONLINE),
        "staff_tier": wish.staff_tier and t("officers of the tier “{tier}”", tier=t(TIERS[wish.staff_tier])),
        "step": wish.step and t("step “{step}”", step=wish.step),
        "read": wish.read and read_words(wish, lambda codes: _holders(codes, wish, viewer), t),
        "age": wish.age and t(AGE[wish.age]),
        "doubt": wish.doubt and _doubt_words(wish.doubt, t),
        "score": wish.score and t("counted by Decision 766: {what}", what=t(SCORES[wish.score])),
        "part": wish.part and t("a part of the change since {day}", day=t.day(date.fromisoformat(wish.part[-10:]))),
        "first": _days(wish, t),
    }
    with st.container(key="narrowed", horizontal=True, vertical_alignment="bottom", gap="small"):
        _code_box(wish, t)
        for name, words in chips.items():
            if words:
                st.button(f"✕ {words}", key=f"drop-{name}", on_click=_drop, args=(name,),
                          help=t("Take this filter away"))  # fmt: skip
    begins = [f"{t('Code begins with')} {wish.code}"] if wish.code else []
    return [words for words in chips.values() if words] + begins


def _holders(codes: str, wish: DossierFilter, viewer: Viewer) -> str:
    """Who handed a dossier over or took it: officers of a ward, elsewhere their role and tier."""
    t = viewer.t
    if wish.ward is None:
        role, _, tier = codes.rpartition(",")
        return role_words(role, tier, t)
    known = [ask(names, viewer, procedure=None, officer=code, unit=None).value for code in codes.split(",")]
    return ", ".join(found["officer"] for found in known if "officer" in found) or t("officers not known")


def _doubt_words(doubt: str, t: Texts) -> str:
    return t.pick(**BY_CODE[doubt].names) if doubt in BY_CODE else indicator("quality_troubled").name(t.lang)


def _days(wish: DossierFilter, t: Texts) -> str:
    if wish.last and wish.what in STOCK and wish.what != "handled":
        return t("at the end of {day}", day=t.day(wish.last))
    if wish.what == "handled" and wish.first and wish.last:
        return t("{first} – {last}", first=t.day(wish.first), last=t.day(wish.last))
    return period_words(wish.day, wish.first, wish.last, t) if wish.first or wish.last else ""


def _code_box(wish: DossierFilter, t: Texts) -> None:
    key = "choice-code"
    if key not in st.session_state:
        st.session_state[key] = wish.code or ""

    def typed() -> None:
        if not touched(key):
            return
        code = str(st.session_state[key]).strip()
        put("code", code if CODE.fullmatch(code) else None)
        put("page", None)
        if CODE.fullmatch(code) and "what" not in st.query_params:
            put("what", "any")
            st.session_state["choice-what"] = "any"

    st.text_input(t("Code begins with"), key=key, on_change=typed, max_chars=60, width=260,
                  placeholder=t("for example 000.01.41.H26"))  # fmt: skip


def _drop(name: str) -> None:
    for param in TOGETHER.get(name, (name,)):
        put(param, None)
    put("page", None)


def _stock(wish: DossierFilter, viewer: Viewer) -> list[Figure]:
    """What is open in the same place, field and channel, each a way to its list."""
    t = viewer.t
    here, counts = ask(stock, viewer, wish=wish).value
    kept = {name: value for name, value in asdict(here).items() if value is not None and name != "what"}
    return [
        Figure(what, t.number(counts[what]),
               t("same place, field and channel") if what == "open"
               else t("{share} of open", share=t.share(counts[what], counts["open"])),
               tone="alert" if what == "overdue" and counts[what] else "", link=list_of(viewer, what, **kept))
        for what in OPEN
    ]  # fmt: skip


def _head(data: Dossiers, wish: DossierFilter, order: str | None, t: Texts) -> None:
    n = t.number(data.total)
    count = t("more than {n} dossiers", n=n) if data.more else t("{n} dossiers", n=n)
    told = []
    if data.times is not None:
        told.append(
            t("{n} handovers", n=t.number(data.times)) if wish.read
            else t("{n} steps, split among their holders", n=t.short(data.times))
        )  # fmt: skip
    if data.off:
        told.append(t("{n} more stand below, which the source dates the wrong way round.", n=t.number(data.off)))
    if order is not None and data.order != order:
        told.append(t("So many can't be sorted by this; narrow them first."))
    if data.total > DEEPEST * PAGE:
        told.append(t("The first {n} can be turned to; narrow the filters for the others.",
                      n=t.number(DEEPEST * PAGE)))  # fmt: skip
    code = DEFINED.get(wish.what, wish.what)
    known = code in ("open", "overdue", "due_24h", "suspended", *DEFINED.values())
    panel_title(f"{t(WHAT[wish.what])}: {count}", " · ".join(told), explained(t, code) if known else "")


def _open(code: str) -> None:
    put("dossier", code)


def _sort(order: str) -> None:
    put("order", order)
    put("page", None)


def _table(data: Dossiers, viewer: Viewer) -> None:
    t = viewer.t
    table(
        [Column(t("Dossier"), order="code"), Column(t("Procedure"), order="procedure"),
         Column(t("Unit"), order="unit"), Column(t("Received"), "right", order="received"),
         Column(t("Due"), "right", order="due"), Column(t("Deadline"), "right", order="-late"),
         Column(t("Status and step"))],
        [_row(row, viewer) for row in data.rows],
        key="dossiers", label=t("Dossiers"), empty=t("No dossier matches these filters."), height=HEIGHT,
        on_pick=_open, order=data.order, on_order=_sort,
    )  # fmt: skip


def _row(row: dict[str, Any], viewer: Viewer) -> Row:
    t = viewer.t
    unit, district = unit_words(row, t)
    words, tone = due_words(row, t)
    holders = ", ".join(row["holders"] or ())
    step = " · ".join(part for part in (row["step_name"], holders) if part)
    due = row["legal_due_at"]
    settled = row["settled_day"]
    return Row(
        row["dossier_code"],
        [
            Cell(row["dossier_code"], None, "code"),
            Cell(row["procedure_name"], None, "", row["procedure_code"]),
            Cell(unit, None, "", district),
            Cell(t.moment(row["received_at"])),
            Cell(t.moment(due)),
            Cell(words, None, tone, t.day(settled) if settled else ""),
            Cell(status_words(row["status"], t), None, "", step),
        ],
    )


def _pager(data: Dossiers, t: Texts) -> None:
    if data.pages < 2:
        return
    number, first = data.page, (data.page - 1) * PAGE
    with st.container(key="pager", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(t("Previous"), key="page-before", disabled=number == 1, on_click=put,
                  args=("page", str(number - 1) if number > 2 else None))  # fmt: skip
        st.button(t("Next"), key="page-after", disabled=number >= data.pages, on_click=put,
                  args=("page", str(number + 1)))  # fmt: skip
        note(t("{first} – {last} of {n}", first=t.number(first + 1), last=t.number(first + len(data.rows)),
               n=t.number(data.total)))  # fmt: skip
