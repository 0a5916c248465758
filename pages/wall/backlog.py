"""Backlog on a wall: what lies where, by ward as equal tiles and by district, and whether it grows."""

from typing import Any

from config.i18n import Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.queries.backlog import COUNTED, Backlog, backlog
from data_access.queries.overview import overview
from pages.wall.asking import ask
from pages.wall.words import as_of_words, city_map, more_words, overdue_cell, short_district
from widgets.figures import Figure
from widgets.wall import Picture, parts
from widgets.wall.curve import Plane

DISTRICTS = 12


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    answer, trend = ask(backlog), ask(overview).value.trend
    data = answer.value
    districts = _by_district(data)
    html = parts.screen(
        t("Backlog"), as_of_words(t, answer.as_of), "1fr 48rem", "10.4rem 1fr 14rem",
        parts.stack(*(parts.figure(f, t) for f in _figures(data, t)), area="1 / 1 / 2 / 3", direction="row"),
        parts.panel(t("Open dossiers by ward"), t("one equal tile a ward, grouped by district"), "",
                    area="2 / 1 / 4 / 2"),
        _districts(districts, t),
        _trend(trend, t),
    )  # fmt: skip
    counts = {u["ward_code"]: float(u["open"]) for u in data.units if u["ward_code"]}
    shown = city_map(measures()["open"], {c: counts.get(c, 0.0) for c in registry().wards}, t, layout="tiles",
                     height="41.2rem")  # fmt: skip
    return Picture(html, shown)


def _figures(data: Backlog, t: Texts) -> list[Figure]:
    total = data.total
    of_open = {key: t("{share} of open", share=t.share(total[key], total["open"])) for key in COUNTED}
    return [
        Figure("open", t.number(total["open"]), t("in {n} units", n=t.number(len(data.units)))),
        Figure("overdue", t.number(total["overdue"]), of_open["overdue"], tone="alert" if total["overdue"] else ""),
        Figure("due_24h", t.number(total["due_24h"]), of_open["due_24h"]),
        Figure("suspended", t.number(total["suspended"]), of_open["suspended"]),
        Figure("work_days", t.number(data.work_days, 1), t("{n} settled in {days} working days",
               n=t.number(data.settled_28), days=t.number(data.working_days))),
    ]  # fmt: skip


def _by_district(data: Backlog) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for unit in data.units:
        group = groups.setdefault(unit["district_code"], {"code": unit["district_code"], **dict.fromkeys(COUNTED, 0)})
        for key in COUNTED:
            group[key] += unit[key]
    return sorted(groups.values(), key=lambda g: (-g["overdue"], -g["open"], g["code"]))


def _districts(groups: list[dict[str, Any]], t: Texts) -> str:
    most = max((g["open"] for g in groups), default=1) or 1
    still_open, overdue = sum(g["open"] for g in groups), sum(g["overdue"] for g in groups)
    body: list[list[str | parts.Bar]] = [
        [short_district(g["code"], t), parts.Bar(g["open"] / most), t.number(g["open"]),
         overdue_cell(g["overdue"], g["open"], overdue, still_open, t),
         t.share(g["overdue"], g["open"]), t.number(g["due_24h"])]
        for g in groups
    ]  # fmt: skip
    open_ = indicator("open").name(t.lang)  # in full: there is room
    head = [t("District"), "", open_, indicator("overdue").short_name(t.lang), t("Rate"),
            indicator("due_24h").short_name(t.lang)]  # fmt: skip
    table = parts.table("10rem 1fr 8.8rem 5.4rem 5.2rem 5.4rem", head, body, DISTRICTS, t("nothing open"))
    return parts.panel(t("Districts with most overdue"), more_words(body, DISTRICTS, t), table)


def _trend(trend: list[dict[str, Any]], t: Texts) -> str:
    rows = trend[-31:]
    values = [float(row["overdue"]) for row in rows]
    plane = Plane(720, 138, 0, max(len(rows) - 1, 1), max([*values, 4.0]), axis=False)
    points = list(enumerate(values))
    words = [(n, rows[n]["day"].strftime("%d/%m")) for n in range(1, len(rows), 7)]
    ground: list[tuple[float, float]] = [(n, 0.0) for n, _ in points]
    drawn = plane.band(ground, points) + plane.ticks(words) + plane.line(points)
    drawn += plane.end(points[-1], t.number(values[-1])) if points else []
    return parts.panel(t("Overdue, last 31 days"), t("dossiers"), plane.svg(drawn, t("Overdue, last 31 days")))
