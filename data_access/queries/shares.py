"""Shares that a target may be set for: part and whole of the city, each district or each ward, as of the figures' day.

Each is counted by the question that its screen asks, so that an alert and a screen can't differ; what it means is in
the registry of indicators. Which there are, and of what: config/alert_kinds.py (TARGET_INDICATORS).
"""

from collections.abc import Callable, Iterator
from typing import Literal

from sqlalchemy import Connection

from config.registry import registry
from data_access.queries.answers import local_day, rows
from data_access.queries.coverage import coverage, offers
from data_access.queries.overview import OPEN_NOW
from data_access.queries.quality import quality

Of = Literal["city", "district", "ward"]
Part = tuple[str | None, str, int, int]
"""(ward code or None, district code, part, whole) of one unit; "" and None: of no district, counted in the city."""

PLACES = "SELECT unit_code, ward_code, district_code FROM unit"
RECENT = """
SELECT unit_code, sum(received)::bigint AS received, sum(received_online)::bigint AS received_online,
       sum(settled)::bigint AS settled, sum(in_time)::bigint AS in_time
FROM unit_day WHERE day > CAST(:today AS date) - 30 AND day <= :today GROUP BY unit_code
"""


def shares(connection: Connection, indicator: str, of: Of) -> dict[str, tuple[int, int]]:
    """Code ("" for the city) → (part, whole); places where nothing arose have a whole of 0 or are not there.

    connection: sees the whole city. Called by alert_figures.py.
    """
    known = registry()
    found: dict[str, tuple[int, int]] = {}
    for ward, district, part, whole in QUESTIONS[indicator](connection):
        code = {"city": "", "district": district, "ward": ward}[of]
        if code is not None and (of == "city" or code in (known.wards if of == "ward" else known.districts)):
            before = found.get(code, (0, 0))
            found[code] = before[0] + part, before[1] + whole
    return found


def _city_online(connection: Connection) -> Iterator[Part]:
    city = coverage(connection, local_day(connection)).city
    yield None, "", offers(city), city["procedures"]


def _coverage(connection: Connection) -> Iterator[Part]:
    data = coverage(connection, local_day(connection))
    for row in data.wards:
        yield row["ward_code"], row["district_code"], offers(row), data.total


def _active_coverage(connection: Connection) -> Iterator[Part]:
    data = coverage(connection, local_day(connection))
    for row in data.wards if data.use_known else ():
        yield row["ward_code"], row["district_code"], row["active"], offers(row)


def _by_unit(query: str, part: str, whole: str) -> Callable[[Connection], Iterator[Part]]:
    def asked(connection: Connection) -> Iterator[Part]:
        places = {row["unit_code"]: row for row in rows(connection, PLACES)}
        today = {"today": local_day(connection)} if ":today" in query else {}
        for row in rows(connection, query, **today):
            place = places.get(row["unit_code"], {"ward_code": None, "district_code": ""})
            yield place["ward_code"], place["district_code"], int(row[part]), int(row[whole])

    return asked


def _quality_share(connection: Connection) -> Iterator[Part]:
    for unit in quality(connection).units:
        yield unit["ward_code"], unit["district_code"], unit["troubled"], unit["dossiers"]


QUESTIONS: dict[str, Callable[[Connection], Iterator[Part]]] = {
    "city_online": _city_online, "coverage": _coverage, "active_coverage": _active_coverage,
    "overdue_rate": _by_unit(OPEN_NOW, "overdue", "open"), "on_time_rate": _by_unit(RECENT, "in_time", "settled"),
    "online_rate": _by_unit(RECENT, "received_online", "received"), "quality_share": _quality_share,
}  # fmt: skip
