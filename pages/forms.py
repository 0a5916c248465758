"""Reports and lists in the official layout: chosen by form, place and period, on the screen and as files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from config.forms import forms
from config.i18n import Texts
from config.periods import Kind
from config.registry import registry
from data_access.exports import ii06a, lists, meeting, process
from data_access.exports.catalogue import make_list, process_document
from data_access.exports.document import Document, Row, shown
from data_access.exports.jobs import Make
from data_access.exports.log import About, Format
from data_access.exports.official import Exporter, Official, stamp
from data_access.period_words import KINDS, period_words
from data_access.queries.answers import Answer
from data_access.queries.dossiers import OPEN
from data_access.queries.form_ii06a import FormII06a, form_ii06a
from data_access.queries.form_lists import Listed, ListKind, Stock, first_rows, stock
from data_access.queries.form_meeting import meeting as meeting_of
from data_access.queries.form_process import ProcessSheet, process_sheets
from data_access.queries.red import why_changed
from data_access.queries.ward import stuck_steps
from data_access.rules.period import Period, comparable
from pages.address import Address, choose, put, seed, touched
from pages.ask import ask, figures_day
from pages.export_panel import export_panel
from pages.first_call import reasons, top
from pages.form_links import CELLS, cell_links
from pages.links import list_of, one_dossier
from pages.periods import choose_period
from pages.place_filter import Place, choose_place
from pages.report_links import OF_A_PERIOD
from pages.report_links import TITLES as FORMS
from pages.viewer import Viewer
from widgets.figures import Figure, banner, figure_row, title
from widgets.official_table import OfficialTable, official_table

CODE = "dossier-code"
PERIODS: tuple[Kind, ...] = tuple(KINDS)


@dataclass(frozen=True)
class Shown:
    """What the screen draws and what a file is made from: `make` is run when a file is ordered (no `about`: none)."""

    document: Document
    about: Callable[[Format], About] | None
    make: Make
    figures: list[Figure]
    links: Callable[[Row], Sequence[str]]
    """The addresses of the lists that a row's cells count."""
    said: str = ""
    """A sentence in place of what can't be shown."""


def page(viewer: Viewer) -> None:
    """Draw the form that the address asks for, within `viewer`'s scope."""
    t = viewer.t
    address = Address(("form", "by", "period", "district", "ward", "dossier"), t)
    head = st.container()
    asked = address.get("form", lambda raw: raw if raw in FORMS else None)
    columns = st.columns([1.3, 2.2, 2.8], gap="small", vertical_alignment="bottom")
    with columns[0]:
        form = choose(t("Report"), list(FORMS), param="form", current=asked, default="ii06a", code=str,
                      shown=lambda code: t(FORMS[code]))  # fmt: skip
    with columns[2], st.container(key="forms-place"):
        place = choose_place(address, viewer)
    with columns[1], st.container(key="forms-which"):
        if form in OF_A_PERIOD:
            period = choose_period(address, t, PERIODS, figures_day(t), default="reporting_month")
        elif form == "process":
            _dossier_box(t)
    if form == "meeting":
        drawn = _meeting(viewer, place, period)
    elif form == "ii06a":
        drawn = _ii06a(viewer, place, period)
    elif form == "process":
        drawn = _process(viewer, place)
    else:
        drawn = _list(viewer, place, form)  # type: ignore[arg-type]
    with head:
        title(t("Forms"), f"{t(FORMS[form])} · {place.name(t)} · {drawn.document.period}")
    address.complain()
    figure_row(drawn.figures, t)
    if drawn.said:
        banner(drawn.said)
    with st.container(key="panel-form"):
        if drawn.about is not None:
            export_panel(viewer, drawn.document, drawn.about, drawn.make)
        official_table(_table(drawn, t))


def _who(viewer: Viewer) -> Exporter:
    return Exporter(viewer.username, viewer.name, viewer.role, viewer.scope)


def _official(viewer: Viewer, place: Place) -> Official:
    return Official(place.district, place.ward, viewer.scope)


def _ii06a(viewer: Viewer, place: Place, period: Period) -> Shown:
    """The form of the screen's own version: a file says exactly what is seen."""
    t, where = viewer.t, {"district": place.district, "ward": place.ward}
    answer = ask(form_ii06a, viewer, first=period.first, last=period.last, **where)
    form, official = answer.value, _official(viewer, place)
    before = comparable(period, figures_day(t))
    earlier = ask(form_ii06a, viewer, first=before.first, last=before.last, **where).value
    made = stamp(_who(viewer), official.name(t), period_words(period, t), answer.version, answer.as_of, t)
    drawn = ii06a.document(form, official, period, made, t)
    return Shown(
        drawn,
        lambda kind: About("ii06a", kind, t.lang, place.district, place.ward, period=period.code),
        lambda *_: drawn,
        _period_figures(form, earlier, period, before, place, viewer),
        lambda row: _cell_links(row, period, form, place, viewer),
        "" if form.lines else t("Nothing arose at {place} in this period; a file would say so.", place=place.name(t)),
    )


def _meeting(viewer: Viewer, place: Place, period: Period) -> Shown:
    """A district's pack; whoever sees several chooses one first."""
    t = viewer.t
    if place.district is None:
        whole = _ii06a(viewer, place, period)
        return replace(whole, about=None, said=t("Choose a district: a meeting pack is of one."))
    district, before = Place("district", place.district, None), comparable(period, figures_day(t))
    answer = ask(meeting_of, viewer, district=place.district, first=period.first, last=period.last,
                 earlier_first=before.first, earlier_last=before.last)  # fmt: skip
    official = _official(viewer, district)
    discuss = [
        meeting.to_discuss(
            c.ward.ward_code, reasons(c, t),
            ask(why_changed, viewer, ward=c.ward.ward_code, what="overdue", day=before.last).value,
            ask(stuck_steps, viewer, ward=c.ward.ward_code).value, t,
        )
        for c in top(meeting.DISCUSSED, viewer, place.district)
    ]  # fmt: skip
    made = stamp(_who(viewer), official.name(t), period_words(period, t), answer.version, answer.as_of, t)
    drawn = meeting.document(answer.value, discuss, official, period, before, made, t)
    talk = [f"{registry().wards[d.ward_code].name}: {'; '.join(d.reasons)}" for d in discuss]
    return Shown(
        drawn,
        lambda kind: About("meeting", kind, t.lang, place.district, period=period.code),
        lambda *_: drawn,
        _period_figures(answer.value.form, answer.value.earlier, period, before, district, viewer),
        lambda row: _unit_links(row, period, answer.value.form, viewer),
        t("To discuss: {wards}", wards=" · ".join(talk)) if talk else "",
    )


def _cell_links(row: Row, period: Period, form: FormII06a, place: Place, viewer: Viewer) -> list[str]:
    """The lists of what is not 0."""
    found = ("", "", *cell_links(viewer, period.first, form.until, **place.filters, **row.about))
    return [link if value else "" for link, value in zip(found, row.values, strict=True)]


def _unit_links(row: Row, period: Period, form: FormII06a, viewer: Viewer) -> list[str]:
    """The lists of a unit's numbers in the pack."""
    days = {"first": period.first, "last": form.until}
    flows = [list_of(viewer, what, **row.about, **days) for what in ("received", "settled")]
    found = ("", "", *flows, "", *(list_of(viewer, what, **row.about) for what in OPEN))
    return [link if value else "" for link, value in zip(found, row.values, strict=True)]


def _no_links(row: Row) -> Sequence[str]:
    return [""] * len(row.values)


def _period_figures(
    form: FormII06a, earlier: FormII06a, period: Period, before: Period, place: Place, viewer: Viewer
) -> list[Figure]:
    t, now, then = viewer.t, form.total, earlier.total
    link = dict(zip(CELLS, cell_links(viewer, period.first, form.until, **place.filters), strict=True))
    new = list_of(viewer, "received", first=period.first, last=form.until, **place.filters)
    name = t("{first} – {last}", first=t.day(before.first), last=t.day(before.last))

    def against(value: str) -> str:
        return t("{period}: {value}", value=value, period=name)

    return [
        Figure("form_received", t.number(now.new), against(t.number(then.new)), link=new),
        Figure("form_carried", t.number(now.carried), against(t.number(then.carried)), link=link["carried"]),
        Figure("form_settled", t.number(now.settled), against(t.number(then.settled)), link=link["settled"]),
        Figure("form_on_time", t.percent(now.on_time_share),
               t("rule {rule} · {n} dossiers", rule=form.rule, n=t.number(now.settled)) + " · "
               + against(t.percent(then.on_time_share)), link=link["settled"]),
        Figure("form_open", t.number(now.still_open), against(t.number(then.still_open)), link=link["still_open"]),
        Figure("form_overdue", t.number(now.overdue), against(t.number(then.overdue)),
               "alert" if now.overdue else "", link=link["overdue"]),
    ]  # fmt: skip


def _stock_figures(now: Stock, place: Place, viewer: Viewer) -> list[Figure]:
    t, link = viewer.t, {what: list_of(viewer, what, **place.filters) for what in OPEN}
    return [
        Figure("open", t.number(now.open), t("in time {n}", n=t.number(now.open - now.overdue)), link=link["open"]),
        Figure("overdue", t.number(now.overdue), t.share(now.overdue, now.open), "alert" if now.overdue else "",
               link=link["overdue"]),
        Figure("due_24h", t.number(now.due_24h), t.share(now.due_24h, now.open), link=link["due_24h"]),
        Figure("suspended", t.number(now.suspended), t.share(now.suspended, now.open), link=link["suspended"]),
    ]  # fmt: skip


def _list(viewer: Viewer, place: Place, kind: ListKind) -> Shown:
    """The first rows on the screen; a file reads all of them anew, at its own version."""
    t, where = viewer.t, {"district": place.district, "ward": place.ward}
    answer: Answer[Listed] = ask(first_rows, viewer, kind=kind, most=forms().rows.screen, **where)
    official, who, first = _official(viewer, place), _who(viewer), answer.value.rows
    count = answer.value.stock.of(kind)
    made = stamp(who, official.name(t), t("As of {at}", at=t.moment(answer.as_of)), answer.version, answer.as_of, t)
    said = ""
    if not count:
        said = t("There is no such dossier at {place}; a file would say so.", place=place.name(t))
    elif count > len(first):
        said = t("The first {n} of {all} are shown here; a file holds all of them.",
                 n=t.number(len(first)), all=t.number(count))  # fmt: skip
    return Shown(
        lists.document(kind, first, count, official, made, t),
        lambda form: About(kind, form, t.lang, place.district, place.ward),
        make_list(kind, who, official, t),
        _stock_figures(answer.value.stock, place, viewer),
        lambda row: ["", one_dossier(viewer, str(row.values[1])), *[""] * (len(row.values) - 2)],
        said,
    )


def _dossier_box(t: Texts) -> None:
    """The code is written into the address when it changes."""
    seed(CODE, st.query_params.get("dossier", ""), lambda _: True)
    st.text_input(t("Dossier code"), key=CODE, placeholder="000.00.00.H26-261120-0001", on_change=_code_changed)


def _code_changed() -> None:
    touched(CODE)
    put("dossier", st.session_state[CODE].strip() or None)


def _process(viewer: Viewer, place: Place) -> Shown:
    """A dossier's sheet; of a code that the scope does not hold nothing is said but that."""
    t, code = viewer.t, st.query_params.get("dossier", "").strip()[:60]
    answer: Answer[tuple[ProcessSheet, ...]] = ask(process_sheets, viewer, code=code)
    now = ask(stock, viewer, district=place.district, ward=place.ward).value
    if answer.value:
        sheet, said = answer.value[0], ""
        if len(answer.value) > 1:
            said = t("{n} dossiers have this code; the first is shown.", n=len(answer.value))
    else:
        said = t("No dossier {code} in your scope.", code=code) if code else t("Write the code of a dossier.")
        sheet = ProcessSheet(dict.fromkeys(_NO_DOSSIER), (), (), answer.as_of)
    drawn = process_document(sheet, _who(viewer), answer.version, answer.as_of, t)
    at = process.place_of(sheet, viewer.scope)
    return Shown(
        drawn,
        (lambda kind: About("process", kind, t.lang, at.district, at.ward, dossier=sheet.dossier["dossier_code"]))
        if answer.value else None,
        lambda *_: drawn,
        _stock_figures(now, place, viewer),
        _no_links,
        said,
    )  # fmt: skip


_NO_DOSSIER = (
    "dossier_code", "procedure_name", "unit_name", "ward_code", "district_code", "status", "received_at",
    "legal_due_at", "due_original", "finished_at", "returned_at", "late_reason",
)  # fmt: skip


def _table(drawn: Shown, t: Texts) -> OfficialTable:
    document, columns = drawn.document, drawn.document.columns
    return OfficialTable(
        title=document.title,
        line=" · ".join(part for part in (document.number, document.period, document.unit) if part),
        heads=[c.title for c in columns],
        aligns=["right" if c.kind in ("count", "decimal") else "centre" if c.kind != "text" else "left"
                for c in columns],
        groups=document.groups,
        rows=[(row.style, [shown(v, c.kind, t) for v, c in zip(row.values, columns, strict=True)], drawn.links(row))
              for row in document.rows],
        empty=t("nothing arose"),
        numbered=document.numbered,
        notes=[*(f"{what}: {value}" for what, value in document.facts), *document.notes],
    )  # fmt: skip
