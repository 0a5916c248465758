"""A procedure's steps: where its time goes, where its dossiers wait now, who hands them to whom, what is done again."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from config.district import district_rules
from config.i18n import NOTHING, Texts
from config.registry import registry
from data_access.period_words import KINDS, period_words
from data_access.queries.process import Handover, Process, most_overdue, procedures, process
from data_access.queries.read_dossiers import MOST
from data_access.rules.bottleneck import StepTime, bottleneck, share, slowest
from data_access.rules.period import Period
from pages.address import Address, choose
from pages.ask import ask, figures_day
from pages.links import list_of
from pages.periods import PARAMS, choose_period
from pages.place_filter import Place, choose_place
from pages.places import role_words
from pages.viewer import Viewer
from widgets.charts import step_bars
from widgets.figures import Figure, banner, explained, figure_column, figure_row, note, panel_title, title
from widgets.table import Cell, Column, Row, table

HOUR = 3600.0
COLUMNS = ("process_read", "step_median", "step_p90", "step_share")
AFTER = ("step_waiting", "step_overdue", "step_repeated")


def page(viewer: Viewer) -> None:
    """Draw the procedure in the address at a place of `viewer`'s scope; without one, that with most overdue."""
    t = viewer.t
    address = Address(("procedure", "district", "ward", *PARAMS), t)
    head = st.container()
    known = ask(procedures, viewer).value
    code, where, period = _filters(address, known, viewer)
    if code is None:
        address.complain()
        banner(t("The source has no procedures yet, so there are no steps to show."))
        return
    district_of = registry().wards[where.ward].district_code if where.ward else None
    answer = ask(
        process, viewer, procedure=code, first=period.first, last=period.until(figures_day(t)),
        few=district_rules().least_settled, district=None if where.ward else where.district, ward=where.ward,
        district_of=district_of, beside_city=where.level != "city",
    )  # fmt: skip
    data = answer.value
    with head:
        title(
            known[code]["name"],
            t("{code} · {field} · {place} · {period} · waiting as of {at}", code=code, field=known[code]["field_name"],
              place=where.name(t), period=period_words(period, t), at=t.moment(answer.as_of)),
        )  # fmt: skip
    address.complain()
    asked = {"procedure": code, "ward": where.ward, "district": None if where.ward else where.district}
    done = asked | {"first": period.first.isoformat(), "last": period.until(figures_day(t)).isoformat()}
    figure_row(_figures(data, asked, done, viewer), t)
    left, right = st.columns([1.5, 1], gap="small")
    with left, st.container(key="panel-process-time", height="stretch"):
        _bottleneck(data, t)
    with right, st.container(key="panel-process-handovers", height="stretch"):
        _handovers(data, done, viewer)
    with st.container(key="panel-process-steps"):
        _steps(data, asked, done, where, viewer)


def _filters(
    address: Address, known: Mapping[str, Mapping[str, str]], viewer: Viewer
) -> tuple[str | None, Place, Period]:
    t = viewer.t
    asked = st.query_params.get("procedure")
    if asked is not None and asked not in known:
        address.complaints.append(t("No procedure has the code “{code}”. Choose one by its name or code.",
                                    code=asked[:40]))  # fmt: skip
        del st.query_params["procedure"]
        asked = None
    left, middle, right = st.columns([1.5, 1.5, 1.2], gap="small", vertical_alignment="bottom")
    with middle:
        where = choose_place(address, viewer)
    with right:
        period = choose_period(address, t, tuple(KINDS), figures_day(t), default="reporting_month")
    if not known:
        return None, where, period
    usual = asked or ask(most_overdue, viewer, district=where.district, ward=where.ward).value
    with left:
        code: str = choose(t("Procedure"), list(known), param="procedure", current=asked, code=str,
                           default=usual if usual is not None and usual in known else next(iter(known)),
                           shown=lambda one: f"{known[one]['name']} · {one}")  # fmt: skip
    st.query_params["procedure"] = code  # also when nobody chose it: tomorrow another one may be the worst
    return code, where, period


def _hours(seconds: float | None, t: Texts) -> str:
    """Office hours; parts of an hour more exactly."""
    return t.number(None if seconds is None else seconds / HOUR, 1 if seconds is None or seconds >= HOUR else 2)


Asked = dict[str, str | None]
"""The procedure and the place as filters of a list; with the period's days for what was settled."""


def _figures(data: Process, asked: Asked, done: Asked, viewer: Viewer) -> list[Figure]:
    t, here = viewer.t, data.here
    whole = here.whole
    city = data.city.get(None)
    read = t("all of them read") if here.settled is not None else t(
        "{n} of them read, one in {part} by a fixed draw", n=t.number(here.read), part=t.number(here.part))  # fmt: skip
    many = t.number(here.settled) if here.settled is not None else f"> {t.number(MOST * here.part // 10)}"
    said = [t("working hours"), t("nine in ten within {hours}", hours=_hours(whole.p90, t))] if whole else []
    if city is not None:
        said.append(t("city's median {value}", value=_hours(city[1], t)))
    n = whole.dossiers if whole else 0
    return [
        Figure("process_read", many, read, link=list_of(viewer, "settled", **done)),
        Figure("process_time", _hours(whole.median if whole else None, t), " · ".join(said)),
        Figure("handovers", t.number(data.handed / here.read if here.read else None, 1),
               t("{n} handovers of {dossiers} dossiers, {others} of them to another unit", n=t.number(data.handed),
                 dossiers=t.number(data.handed_dossiers), others=t.number(data.to_others)),
               link=list_of(viewer, "settled", **done, read="handed") if data.handed else ""),
        Figure("step_repeated", t.share(whole.repeated if whole else 0, n),
               t("{n} of {all} dossiers", n=t.number(whole.repeated if whole else 0), all=t.number(n)),
               link=list_of(viewer, "settled", **done, read="again") if n else ""),
        Figure("open", t.number(data.open), t("of this procedure, now"), link=list_of(viewer, "open", **asked)),
        Figure("overdue", t.number(data.overdue), t("{share} of open", share=t.share(data.overdue, data.open)),
               tone="alert" if data.overdue else "", link=list_of(viewer, "overdue", **asked)),
    ]  # fmt: skip


def _bottleneck(data: Process, t: Texts) -> None:
    few, steps = district_rules().least_settled, data.here.steps
    neck = bottleneck(steps, few)
    what = explained(t, "step_median", "step_p90", "step_share")
    if neck is None:
        panel_title(t("Time at each step"), t("working hours"), what)
        note(_too_few(data, few, t))
    else:
        panel_title(t("Bottleneck: “{step}”", step=neck.name or ""), " ".join(_why(neck, data, t)), what)
    if not steps:
        return
    others = _compared(data)
    words = t("district's median") if data.district else t("city's median")
    if others:
        note(t("Bar: median. Line: nine in ten dossiers. Diamond: {words}.", words=words))
    else:
        note(t("Bar: median. Line: nine in ten dossiers."))
    step_bars(
        [
            {
                "words": step.name, "median": step.median / HOUR, "p90": step.p90 / HOUR,
                "other": others[step.name] / HOUR if step.name in others else None, "mark": step is neck,
                "value": f"{_hours(step.median, t)} – {_hours(step.p90, t)}",
                "text": t("{step}: median {median}, nine in ten within {p90}, n = {n}", step=step.name,
                          median=_hours(step.median, t), p90=_hours(step.p90, t), n=t.number(step.dossiers)),
            }
            for step in steps
        ],
        t, unit=t("working hours"), compared=words if others else "",
    ).show("process-time")  # fmt: skip


def _compared(data: Process) -> dict[str, float]:
    """Step → the median to compare with: a ward's district's, else the city's; a whole city has none."""
    if data.district is not None:
        return data.district.medians
    return {name: middle for name, (_, middle) in data.city.items() if name}


def _too_few(data: Process, few: int, t: Texts) -> str:
    if not data.here.read:
        return t(
            "No dossier of this procedure was settled here in this period. Choose a longer period or a larger place."
        )
    return t("Fewer than {few} dossiers went through any step: too few to name a bottleneck. Choose a longer period "
             "or a larger place.", few=t.number(few))  # fmt: skip


def _why(neck: StepTime, data: Process, t: Texts) -> list[str]:
    """Sentences about the bottleneck: its share, how it compares, who waits; and another step that is slow here."""
    rules = district_rules()
    said = [t("{share} of all working time passes at this step; median {median} working hours (n = {n}).",
              share=t.percent(share(neck, data.here.steps)), median=_hours(neck.median, t),
              n=t.number(neck.dossiers))]  # fmt: skip
    cities = {name: middle for name, (_, middle) in data.city.items() if name}
    district = data.district.medians if data.district else {}
    if neck.name in district:
        said.append(t("District's median: {value}.", value=_hours(district[neck.name], t)))
    if neck.name in cities:
        said.append(t("City's median: {value}.", value=_hours(cities[neck.name], t)))
    waiting = data.waiting.get(neck.name or "")
    if waiting is not None:
        said.append(t("{n} dossiers wait at it now, {overdue} of them overdue.", n=t.number(waiting.waiting),
                      overdue=t.number(waiting.overdue)))  # fmt: skip
    slow = slowest(data.here.steps, cities, rules.least_settled, rules.slow_step)
    if slow is not None:
        said.append(t("Slowest beside the city: “{step}”, {times} times its median.", step=slow[0].name or "",
                      times=t.number(slow[1], 1)))  # fmt: skip
    return said


def _steps(data: Process, asked: Asked, done: Asked, where: Place, viewer: Viewer) -> None:
    t, few = viewer.t, district_rules().least_settled
    city, district = where.level != "city", data.district is not None
    panel_title(
        t("Steps"),
        t(
            "In the order dossiers go through them; times in working hours. "
            "Figures of fewer than {n} dossiers stand pale.",
            n=t.number(few),
        ),
        explained(t, "step_waiting", "step_repeated", "step_district", "step_city"),
    )
    links = {"process_read": list_of(viewer, "settled", **done, read="through", gone="{key}"),
             "step_repeated": list_of(viewer, "settled", **done, read="again", gone="{key}"),
             "step_waiting": list_of(viewer, "open", **asked, step="{key}"),
             "step_overdue": list_of(viewer, "overdue", **asked, step="{key}")}  # fmt: skip
    gone = [step.name or "" for step in data.here.steps]
    only = sorted(name for name in data.waiting if name not in gone)
    known = {step.name: step for step in data.here.steps}

    def cells(name: str) -> list[Cell]:
        step, waits = known.get(name), data.waiting.get(name)
        n = step.dossiers if step else 0
        pale: Any = "" if n >= few else "quiet"
        time = [step.median, step.p90] if step else [None, None]
        part = share(step, data.here.steps) if step else None
        found = [Cell(name, None, "strong"), Cell(t.number(n), n),
                 *(Cell(_hours(value, t), value, pale) for value in time),
                 Cell(t.percent(part) if part is not None else NOTHING, part, pale)]  # fmt: skip
        if district and data.district is not None:
            found.append(_other(data.district.medians.get(name), step, pale, t))
        if city:
            found.append(_other(data.city[name][1] if name in data.city else None, step, pale, t))
        since = t("the first since {day}", day=t.day(t.local(waits.since).date())) if waits and waits.since else ""
        return [
            *found,
            Cell(t.number(waits.waiting if waits else 0), waits.waiting if waits else 0, "", since),
            Cell(t.number(waits.overdue if waits else 0), waits.overdue if waits else 0,
                 "bad" if waits and waits.overdue else ""),
            Cell(t.share(step.repeated, n) if step else NOTHING, step.repeated / n if step else None, pale,
                 t("{n} dossiers", n=t.number(step.repeated)) if step and step.repeated else ""),
        ]  # fmt: skip

    compared = [*(["step_district"] if district else []), *(["step_city"] if city else [])]
    table(
        [Column(t("Step")), *(figure_column(code, t, links.get(code, "")) for code in (*COLUMNS, *compared, *AFTER))],
        [Row(name, cells(name)) for name in (*gone, *only)],
        key="process-steps", label=t("Steps"), height=420,
        empty=t("No dossier of this procedure was settled here in this period, and none waits."),
    )  # fmt: skip


def _other(median: float | None, step: StepTime | None, pale: Any, t: Texts) -> Cell:
    """A compared median, with how much longer or shorter it is here."""
    if median is None:
        return Cell(NOTHING, None, "quiet")
    more = t.change((step.median - median) / HOUR, 1 if median >= HOUR else 2) if step is not None else ""
    return Cell(_hours(median, t), median, pale, more)


def _handovers(data: Process, done: Asked, viewer: Viewer) -> None:
    t = viewer.t
    panel_title(
        t("Who hands over to whom"),
        t("From holder to holder, most frequent first; of the dossiers read.") if data.by_holder
        else t("From role to role, most frequent first; of the dossiers read. A ward shows the officers."),
        explained(t, "handed_over"),
    )  # fmt: skip

    def who(side: tuple[str, ...]) -> str:
        if data.by_holder:
            return ", ".join(side) or t("officers not known")
        role, tier = side
        return role_words(role, tier, t)

    def row(n: int, one: Handover) -> Row:
        return Row(str(n), [
            Cell(one.from_step, one.from_step, "", who(one.from_who)),
            Cell(one.to_step, one.to_step, "", who(one.to_who)),
            Cell(t.number(one.n), one.n, "", t("{n} dossiers", n=t.number(one.dossiers)),
                 link=list_of(viewer, "settled", **done, read="handed", gone=one.from_step, gone_to=one.to_step,
                              giver=one.giver, taker=one.taker)),
        ])  # fmt: skip

    table(
        [Column(t("From")), Column(t("To")), figure_column("handed_over", t)],
        [row(n, one) for n, one in enumerate(data.handovers)],
        key="process-handovers", label=t("Who hands over to whom"), height=360,
        empty=t("None of the dossiers read went from one holder to another."),
    )  # fmt: skip
