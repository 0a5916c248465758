"""City now: the main figures, where dossiers are overdue, whom to call first and why, is today unusual."""

from config.i18n import Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.queries.arrivals import Arrivals, arrivals
from data_access.queries.connections import Connections, connections
from data_access.queries.overview import Overview, overview
from pages.wall.asking import ask
from pages.wall.words import (
    CALLS,
    arrivals_chart,
    as_of_words,
    call_first,
    city_map,
    standing_words,
    usual_words,
)
from widgets.figures import Figure
from widgets.wall import Picture, parts


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    answer = ask(overview)
    data, today, links = answer.value, ask(arrivals).value, ask(connections).value
    first = [row for row in data.wards if row["ward_code"] in registry().wards][:CALLS]
    counts = {row["ward_code"]: float(row["overdue"]) for row in data.ward_overdue}
    measure = measures()["overdue"]
    html = parts.screen(
        t("The city now"), as_of_words(t, answer.as_of), "21.25rem 1fr 31.5rem", "1fr 13rem",
        parts.stack(*(parts.figure(f, t) for f in _figures(data, today, t))),
        parts.panel(t("{measure} by ward", measure=indicator(measure.indicator).name(t.lang)), "", ""),
        _alerts_place(first, t),
        _today(today, t),
        _links(links, t),
        name="now",
    )  # fmt: skip
    shown = city_map(measure, {c: counts.get(c, 0.0) for c in registry().wards}, t, layout="cells", height="39.2rem",
                     numbered=[row["ward_code"] for row in first])  # fmt: skip
    return Picture(html, shown)


def _alerts_place(first: list[dict[str, object]], t: Texts) -> str:
    """Where open alerts stand; until there are any, the wards to call first with the reasons in words."""
    body = parts.first_list([call_first(row, t) for row in first], CALLS, t("No ward has an open dossier."))
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
    chart = arrivals_chart(today, t, 1290, 136, axis=False)
    note = standing_words(today, t) or usual_words(today, t)
    return parts.panel(indicator("received_today").name(t.lang), note, chart, area="2 / 1 / 3 / 3")


def _links(links: Connections, t: Texts) -> str:
    wards, down = links.counts["wards"], links.counts["wan_down"]
    if not wards:
        return parts.panel(indicator("links_up").name(t.lang), t("the source brings no link checks"), "")
    body = parts.up_and_down(t.number(wards - down), t("connected"), t.number(down), t("without WAN"),
                             (wards - down) / wards if wards else 0.0)  # fmt: skip
    return parts.panel(t("WAN links of {n} wards", n=t.number(wards)), "", body)
