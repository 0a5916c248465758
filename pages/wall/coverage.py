"""Coverage on a wall: how much of the commune-level procedures each ward offers online, and what is missing."""

from config.i18n import NOTHING, Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.queries.answers import local_day
from data_access.queries.coverage import Coverage, coverage, offers
from pages.wall.asking import ask
from pages.wall.words import as_of_words, city_map, more_words, short_district
from widgets.figures import Figure
from widgets.wall import Picture, parts

DISTRICTS = 12
PROCEDURES = 5


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    today = ask(local_day)
    answer = ask(coverage, on=today.value)
    data = answer.value
    html = parts.screen(
        t("Service coverage"), as_of_words(t, answer.as_of), "1fr 44rem", "10.4rem 1fr 18.6rem",
        parts.stack(*(parts.figure(f, t) for f in _figures(data, t)), area="1 / 1 / 2 / 3", direction="row"),
        parts.panel(t("{measure} by ward", measure=indicator("coverage").name(t.lang)),
                    t("red is what is offered least"), "", area="2 / 1 / 4 / 2"),
        _districts(data, t),
        _missing(data, t),
    )  # fmt: skip
    values = {row["ward_code"]: data.share(row, "coverage") for row in data.wards}
    shown = city_map(measures()["coverage"], values, t, layout="cells", height="41.2rem", empty=t("nothing offered"))
    return Picture(html, shown)


def _figures(data: Coverage, t: Texts) -> list[Figure]:
    city, online, wards = data.city, offers(data.city), len(data.wards)
    used = t.share(data.active, data.offered) if data.use_known else NOTHING
    return [
        Figure("city_online", t.number(online), t("of {n} procedures · {share}", n=t.number(city["procedures"]),
                                                  share=t.share(online, city["procedures"]))),
        Figure("coverage", t.share(data.offered, data.total * wards),
               t("mean of {wards} wards", wards=t.number(wards))),
        Figure("active_coverage", used, t("{n} of {all} offers used within 12 months", n=t.number(data.active),
                                          all=t.number(data.offered))),
        Figure("full_coverage", t.number(data.complete_wards),
               t("of {wards} wards offer all procedures", wards=t.number(wards))),
    ]  # fmt: skip


def _districts(data: Coverage, t: Texts) -> str:
    means = [found for found in data.means("coverage", "district_code") if found[1] in registry().districts]
    body: list[list[str | parts.Bar]] = [
        [short_district(code, t), parts.Bar(mean), t.percent(mean), t.number(n)] for mean, code, n in means
    ]
    head = [t("District"), "", t("Mean"), t("Wards")]
    table = parts.table("10.5rem 1fr 7rem 5.2rem", head, body, DISTRICTS, t("nothing offered"))
    return parts.panel(t("Districts with least coverage"), more_words(body, DISTRICTS, t), table)


def _missing(data: Coverage, t: Texts) -> str:
    body = [[row["name"], t.number(row["wards_offering"])] for row in data.procedures]
    table = parts.table("1fr 6rem", [t("Procedure"), t("Wards")], body, PROCEDURES, t("nothing offered"))
    return parts.panel(t("Offered by the fewest wards"), "", table)
