"""The meeting pack of a district: figures, map, trends, wards to discuss with reasons, then ward by ward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.i18n import NOTHING, Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry, vi_sort_key
from config.shapes import shapes
from data_access.exports.document import Column, Document, Row, Stamp
from data_access.exports.drawings import CLASSES, district_map, lines
from data_access.exports.ii06a import period_line
from data_access.exports.official import Official
from data_access.period_words import period_name
from data_access.queries.form_meeting import Meeting
from data_access.queries.red import Change
from data_access.red_words import sentence
from data_access.rules.period import Period

DISCUSSED = 3
STEPS = 6
"""Of a ward to discuss so many steps are named, those with most overdue dossiers first."""
TREND_WIDTH = 600
"""Of the drawings over weeks, beside their fixed height: as wide as half a page."""
COUNTED, ON_TIME = ("form_received", "form_settled"), "form_on_time"
STANDING = ("open", "overdue", "due_24h", "suspended")
"""Indicators of the period and of the moment, as the table's columns have them."""


@dataclass(frozen=True)
class Discuss:
    """A ward to talk about: what stands badly there and why overdue ones changed, in words; where dossiers wait.

    stuck: rows of WAITS as people read them.
    """

    ward_code: str
    reasons: Sequence[str]
    why: str = ""
    stuck: Sequence[tuple[str, ...]] = ()


def to_discuss(
    ward: str, reasons: Sequence[str], change: Change, waits: Sequence[Mapping[str, Any]], t: Texts
) -> Discuss:  # fmt: skip
    """A ward with its change since the earlier period's end (queries/red.py) and its first steps (queries/ward.py)."""
    rows = [
        (one["step_name"], one["procedure_name"], ", ".join(sorted(one["holders"], key=vi_sort_key)) or t("nobody"),
         t.day(t.local(one["since"]).date()) if one["since"] else NOTHING, t.number(one["waiting"]),
         t.number(one["overdue"]))
        for one in waits[:STEPS]
    ]  # fmt: skip
    return Discuss(ward, reasons, sentence(change, t), rows)


def document(
    data: Meeting, discuss: Sequence[Discuss], place: Official, period: Period, before: Period, made: Stamp, t: Texts
) -> Document:  # fmt: skip
    """The pack; its table (wards by overdue dossiers) is what Excel and CSV hold."""
    rows = tuple(_rows(data, place.district or "", t))
    on_time = indicator(ON_TIME)
    return Document(
        form="meeting",
        name=f"hop-giao-ban_{place.district}_{period.code}",
        number="",
        title=t("MEETING PACK: SETTLING OF ADMINISTRATIVE PROCEDURES"),
        period=period_line(period, data.form.until, t),
        issuer=place.issuer(),
        parties=(t("Place: {name}", name=place.name(t)),),
        unit=t("Unit: number of dossiers"),
        columns=(
            Column(t("Row"), "count", 4),
            Column(t("Unit"), "text", 26),
            *(Column(indicator(code).short_name(t.lang), "count", 9, t("In the period")) for code in COUNTED),
            Column(f"{on_time.short_name(t.lang)}, {on_time.unit_name(t.lang)}", "decimal", 9, t("In the period")),
            *(Column(indicator(code).name(t.lang), "count", 9, t("Now")) for code in STANDING),
        ),
        rows=rows,
        count=len(rows),
        stamp=made,
        notes=(
            t("{figure}: {formula} Rule {rule}; empty where nothing was settled. Open, overdue, due and suspended: "
              "at {at}.", figure=on_time.short_name(t.lang), formula=on_time.formula_text(t.lang), rule=on_time.rule,
              at=t.moment(made.as_of)),
            *([t("The map shows approximate cells, not boundaries.")] if shapes().approximate else []),
        ),
        template="meeting.typ",
        pack=_pack(data, discuss, place, before, t),
    )  # fmt: skip


def _rows(data: Meeting, district: str, t: Texts) -> list[Row]:
    """A unit a row, and the district's sums."""
    rows = []
    for n, unit in enumerate(data.units, 1):
        share = 100 * unit["in_time"] / unit["settled"] if unit["settled"] else None
        name = registry().ward_name(unit["ward_code"], unit["name"])
        rows.append(Row((n, name, unit["received"], unit["settled"], share,
                         unit["open"], unit["overdue"], unit["due_24h"], unit["suspended"]),
                        about={"unit": unit["unit_code"]}))  # fmt: skip
    if rows:
        all_of, now = data.form.total, data.stock
        share = None if all_of.on_time_share is None else 100 * all_of.on_time_share
        rows.append(Row(("", t("Total"), all_of.new, all_of.settled, share, now.open, now.overdue, now.due_24h,
                         now.suspended), "total", {"district": district}))  # fmt: skip
    return rows


def _pack(data: Meeting, discuss: Sequence[Discuss], place: Official, before: Period, t: Texts) -> dict[str, Any]:
    limits = measures()["overdue"].limits
    overdue = {u["ward_code"]: u["overdue"] for u in data.units if u["ward_code"]}
    weeks, labels = data.weeks, [t.day(w.last) for w in data.weeks]
    last = weeks[-1]
    return {
        "figures": _figures(data, before, t),
        "map": district_map(place.district or "", overdue, limits, [d.ward_code for d in discuss]),
        "map_title": t("Overdue dossiers by ward"),
        "legend": list(zip(CLASSES, _classes(limits, t), strict=True)),
        "trends": [
            (t("Received and settled, by week"), lines(labels, [
                (t("received {n}", n=t.number(last.received)), "#3d5a80", [w.received for w in weeks]),
                (t("settled {n}", n=t.number(last.settled)), "#2f7d4f", [w.settled for w in weeks])], TREND_WIDTH)),
            (t("Open and overdue, at the week's end"), lines(labels, [
                (t("open {n}", n=t.number(last.still_open)), "#3d5a80", [w.still_open for w in weeks]),
                (t("overdue {n}", n=t.number(last.overdue)), "#c8322f", [w.overdue for w in weeks])], TREND_WIDTH)),
        ],
        "discuss_title": t("Wards to discuss"),
        "discuss": [(registry().wards[d.ward_code].name, list(d.reasons)) for d in discuss],
        "wards": [(registry().wards[d.ward_code].name, d.why, list(d.stuck)) for d in discuss if d.why],
        "why_title": t("Wards to discuss: why, and where dossiers wait"),
        "waits": [t("Step"), t("Procedure"), t("Held by"), t("First since"),
                  indicator("step_waiting").short_name(t.lang), indicator("step_overdue").short_name(t.lang)],
        "no_waits": t("No dossier of this ward waits at a step."),
        "none": t("Nothing stands badly at any ward."),
        "table_title": t("Ward by ward"),
        "nothing": NOTHING,
    }  # fmt: skip


def _figures(data: Meeting, before: Period, t: Texts) -> list[tuple[str, str, str]]:
    """(name, value, context) of the ten figures: the period's, then those of the moment."""
    now, then, stock, whole = data.form.total, data.earlier.total, data.stock, data.places.whole
    medians = data.places.medians.get("district", {})
    offers = data.places.procedures * len(data.places.wards)

    def name(code: str) -> str:
        return indicator(code).name(t.lang)

    def said(*parts: str) -> str:
        return " · ".join(part for part in parts if part)

    def against(value: str) -> str:
        return t("{period}: {value}", period=period_name(before, t), value=value)

    def median(value: str) -> str:
        return "" if value == NOTHING else t("city's median {value}", value=value)

    def share_median(value: float | None) -> str:
        return "" if value is None else median(t.percent(value))

    def share(code: str, part: str, whole_: str, over: str) -> tuple[str, str, str]:
        n, of, was = whole.flows[whole_], whole.flows[part], t.share(whole.before[part], whole.before[whole_])
        return (
            name(code),
            t.share(of, n),
            said(t("n = {n}", n=t.number(n)), against(was), share_median(medians.get(over))),
        )

    def moved(count: int, earlier: int) -> str:
        return f"{t.change(count - earlier)} {t('since {day}', day=t.day(before.last))}"

    def of_open(count: int) -> str:
        return t("{share} of open", share=t.share(count, stock.open))

    return [
        (name("form_received"), t.number(now.new), against(t.number(then.new))),
        (name("form_settled"), t.number(now.settled), against(t.number(then.settled))),
        (indicator(ON_TIME).short_name(t.lang), t.percent(now.on_time_share),
         said(t("n = {n}", n=t.number(now.settled)), against(t.percent(then.on_time_share)),
              share_median(medians.get("on_time")))),
        share("online_period", "received_online", "received", "online"),
        share("satisfied_period", "satisfied", "rated", "satisfied"),
        (name("open"), t.number(stock.open),
         said(moved(stock.open, then.still_open), median(t.short(medians.get("open"))))),
        (name("overdue"), t.number(stock.overdue),
         said(of_open(stock.overdue), moved(stock.overdue, then.overdue), median(t.short(medians.get("overdue"))))),
        (name("due_24h"), t.number(stock.due_24h),
         said(of_open(stock.due_24h), median(t.short(medians.get("due_24h"))))),
        (name("suspended"), t.number(stock.suspended), of_open(stock.suspended)),
        (name("coverage"), t.share(whole.offered, offers),
         t("{n} of {all} offers missing", n=t.number(offers - whole.offered), all=t.number(offers))),
    ]  # fmt: skip


def _classes(limits: Sequence[float], t: Texts) -> list[str]:
    """0, 1, 2, 3–5, over 5."""
    words, low = [], 0
    for limit in map(int, limits):
        words.append(t.number(limit) if low == limit else f"{t.number(low)}–{t.number(limit)}")
        low = limit + 1
    return [*words, t("over {n}", n=t.number(int(limits[-1])))]
