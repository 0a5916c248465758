"""City now: the main figures, where dossiers are overdue, whom to call first and why, open alerts, is today unusual."""

from datetime import datetime

from config.i18n import Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.queries.alerts import open_alerts
from data_access.queries.arrivals import Arrivals, arrivals
from data_access.queries.connections import Connections, connections
from data_access.queries.first_call import first_call
from data_access.queries.overview import Overview, overview
from data_access.rules.first_call import Call
from pages.first_call import first_of, unacknowledged
from pages.wall.alerts import alerts_panel
from pages.wall.asking import ask
from pages.wall.words import arrivals_chart, as_of_words, checked_words, city_map, standing_words, usual_words
from widgets.figures import Figure
from widgets.wall import Picture, parts

CALLS = 4
REASONS = 98
"""Characters of a ward's reasons that go into their two lines, whatever breaks where."""


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    answer = ask(overview)
    data, today, links = answer.value, ask(arrivals).value, ask(connections).value
    alerts = ask(open_alerts).value
    calls = ask(first_call).value.top(CALLS, unacknowledged(alerts.alerts))
    counts = {row["ward_code"]: float(row["overdue"]) for row in data.ward_overdue}
    measure = measures()["overdue"]
    html = parts.screen(
        t("The city now"), as_of_words(t, answer.as_of), "21.25rem 1fr 24rem 34rem", "1fr 12rem",
        parts.stack(*(parts.figure(f, t) for f in _figures(data, today, t))),
        parts.panel(t("{measure} by ward", measure=indicator(measure.indicator).name(t.lang)), "", "",
                    area="1 / 2 / 2 / 4"),
        parts.stack(_calls(calls, t), alerts_panel(alerts, answer.as_of, t), area="1 / 4 / 3 / 5",
                    rows="28.3fr 27.7fr"),
        _today(today, t),
        _links(links, answer.as_of, t),
        name="now",
    )  # fmt: skip
    shown = city_map(measure, {c: counts.get(c, 0.0) for c in registry().wards}, t, layout="cells", height="40.2rem",
                     numbered=[call.ward.ward_code for call in calls])  # fmt: skip
    return Picture(html, shown)


def _calls(calls: list[Call], t: Texts) -> str:
    body = parts.first_list(
        [first_of(call, t, REASONS) for call in calls], CALLS, t("Nothing stands badly at any ward.")
    )
    return parts.panel(t("Call first"), t("dossiers overdue"), body)


def _figures(data: Overview, today: Arrivals, t: Texts) -> list[Figure]:
    f, trend = data.figures, data.trend
    before = trend[-2]["overdue"] if len(trend) > 1 else f["overdue"]
    rate = f["in_time_30"] / f["settled_30"] if f["settled_30"] else None
    return [
        Figure("open", t.number(f["open"]),
               t("dossiers · {n} suspended", n=t.number(f["suspended"]))),
        Figure("overdue", t.number(f["overdue"]),
               t("{share} · {change} since yesterday", share=t.share(f["overdue"], f["open"]),
                 change=t.change(f["overdue"] - before)), tone="alert" if f["overdue"] else ""),
        Figure("due_24h", t.number(f["due_24h"]), t("{share} of open", share=t.share(f["due_24h"], f["open"]))),
        Figure("on_time_rate", t.percent(rate), t("rule {rule} · {n} dossiers", rule=indicator("on_time_rate").rule,
                                                  n=t.number(f["settled_30"]))),
        Figure("received_today", t.number(today.received),
               t("{share} online", share=t.share(today.online, today.received))),
    ]  # fmt: skip


def _today(today: Arrivals, t: Texts) -> str:
    chart = arrivals_chart(today, t, 830, 120, axis=False)
    note = standing_words(today, t) or usual_words(today, t)
    return parts.panel(indicator("received_today").name(t.lang), note, chart, area="2 / 1 / 3 / 3")


def _links(links: Connections, at: datetime, t: Texts) -> str:
    wards, down = links.counts["wards"], links.counts["wan_down"]
    if not wards:
        return parts.panel(indicator("links_up").name(t.lang), t("the source brings no link checks"), "")
    body = parts.up_and_down(t.number(wards - down), t("up"), t.number(down), t("down"), (wards - down) / wards)
    checked = f'<div style="margin-top:.7rem">{checked_words(links.checked_at, at, t).html}</div>'
    return parts.panel(t("WAN links of {n} wards", n=t.number(wards)), "", body + checked)
