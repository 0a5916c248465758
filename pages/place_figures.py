"""The figures of a district or a ward in a period, beside the period before and the city's median."""

from config.district import district_rules
from config.i18n import NOTHING, Texts
from config.indicators import indicator
from data_access.queries.answers import Answer
from data_access.queries.district import District, Place, district_figures
from data_access.rules.period import Period, comparable
from pages.ask import ask, figures_day
from pages.links import gaps_of, list_of, screen
from pages.paths import COVERAGE
from pages.viewer import Viewer
from widgets.figures import Figure


def figures_of(district: str, period: Period, viewer: Viewer) -> Answer[District]:
    """A district's figures in a period, beside the one it is compared with."""
    day = figures_day(viewer.t)
    before = comparable(period, day)
    return ask(
        district_figures, viewer, district=district, first=period.first, last=period.until(day),
        before_first=before.first, before_last=before.last, few=district_rules().least_settled,
    )  # fmt: skip


def figures(
    place: Place, wards: int, data: District, level: str, period: Period, viewer: Viewer, **where: str
) -> list[Figure]:
    """The seven figures of a place of so many wards, beside the city's medians of its `level` (ward, district).

    where: the place as filters of a list of dossiers; each figure links to the dossiers it counts or is a share of.
    """
    t, day = viewer.t, figures_day(viewer.t)
    days = {"first": period.first.isoformat(), "last": period.until(day).isoformat()}
    compared = comparable(period, day)
    now, flows, before, medians = place.now, place.flows, place.before, data.medians.get(level, {})
    since = t("since {day}", day=t.day(compared.last))
    all_offers, offered = data.procedures * wards, medians.get("offered")
    more = f"{t.change(now['open'] - place.earlier[0])} {since}"
    late = f"{t.change(now['overdue'] - place.earlier[1])} {since}"
    return [
        Figure("open", t.number(now["open"]),
               _joined(more, _median(t.short(medians.get("open")), t)), trend=course("open", place, data),
               link=list_of(viewer, "open", **where)),
        Figure("overdue", t.number(now["overdue"]),
               _joined(t("{share} of open", share=t.share(now["overdue"], now["open"])), late,
                       _median(t.short(medians.get("overdue")), t)),
               tone="alert" if now["overdue"] else "", trend=course("overdue", place, data), also=("overdue_rate",),
               link=list_of(viewer, "overdue", **where)),
        Figure("due_24h", t.number(now["due_24h"]),
               _joined(t("{share} of open", share=t.share(now["due_24h"], now["open"])),
                       _median(t.short(medians.get("due_24h")), t)), link=list_of(viewer, "due_24h", **where)),
        Figure("form_on_time", t.share(flows["in_time"], flows["settled"]),
               _joined(t("rule {rule} · {n} dossiers", rule=indicator("form_on_time").rule,
                         n=t.number(flows["settled"])),
                       _moved("in_time", "settled", flows, before, t), _share_median(medians.get("on_time"), t)),
               link=list_of(viewer, "settled", **where, **days)),
        Figure("online_period", t.share(flows["received_online"], flows["received"]),
               _joined(t("{n} received", n=t.number(flows["received"])),
                       _moved("received_online", "received", flows, before, t),
                       _share_median(medians.get("online"), t)),
               link=list_of(viewer, "received", **where, **days)),
        Figure("satisfied_period", t.share(flows["satisfied"], flows["rated"]),
               _joined(t("{n} ratings", n=t.number(flows["rated"])), _moved("satisfied", "rated", flows, before, t),
                       _share_median(medians.get("satisfied"), t)),
               link=list_of(viewer, "rated", **where, **days)),
        Figure("coverage", t.share(place.offered, all_offers),
               _joined(t("{n} of {all} offers missing", n=t.number(all_offers - place.offered),
                         all=t.number(all_offers)),
                       _share_median(offered / data.procedures if offered is not None and data.procedures else None,
                                     t)),
               link=gaps_of(viewer, where["ward"]) if "ward" in where
               else screen(viewer, COVERAGE, view="table") if viewer.only_district else ""),
    ]  # fmt: skip


def course(code: str, place: Place, data: District) -> list[int]:
    """A count at the end of each of the last 31 days: the place's own, or of all places of the district."""
    courses = [place.trend] if place.trend else [one.trend for one in data.places]
    return [sum(row[code] for row in day) for day in zip(*courses, strict=True)]


def change(part: str, whole: str, flows: dict[str, int], before: dict[str, int]) -> float | None:
    """Points of per cent by which a share moved; None where either period has too few to say."""
    few = district_rules().least_settled
    if flows[whole] < few or before[whole] < few:
        return None
    return 100 * (flows[part] / flows[whole] - before[part] / before[whole])


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _median(value: str, t: Texts) -> str:
    return "" if value == NOTHING else t("city's median {value}", value=value)


def _share_median(share: float | None, t: Texts) -> str:
    return "" if share is None else _median(t.percent(share), t)


def _moved(part: str, whole: str, flows: dict[str, int], before: dict[str, int], t: Texts) -> str:
    points = change(part, whole, flows, before)
    return "" if points is None else t("{change} points", change=t.change(points, 1))
