"""Wards from which nothing comes, and why as far as the store can tell (rules: data_access/rules/silence.py)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isnan
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from config.quality import SilenceLimits, quality_limits
from config.registry import fold, registry
from config.settings import settings
from data_access.queries.answers import local_day, rows
from data_access.rules.silence import Column, explain
from data_access.working_time import city_clock, working_days_in

# The last day on which each ward received anything, found backwards by the key of unit_day.
WARDS = """
SELECT u.unit_code, u.ward_code, u.district_code, l.day AS last_received,
       (SELECT min(day) FROM unit_day d WHERE d.unit_code = u.unit_code AND d.received + d.settled > 0) AS first_day
FROM unit u LEFT JOIN LATERAL (
  SELECT day FROM unit_day d WHERE d.unit_code = u.unit_code AND d.received > 0 AND d.day <= :today
  ORDER BY day DESC LIMIT 1
) l ON true
WHERE u.tier = 'commune' AND u.ward_code IS NOT NULL
  AND (CAST(:district AS text) IS NULL OR u.district_code = :district)
"""

# What each ward received from :first[i] to :last[i], and from :recent on; all fields, and those logged on paper.
RATES = """
SELECT r.unit_code, coalesce(a.usual, 0) AS usual, coalesce(a.recent, 0) AS recent,
       coalesce(p.usual, 0) AS paper, coalesce(p.recent, 0) AS paper_recent
FROM unnest(CAST(:units AS text[]), CAST(:first AS date[]), CAST(:last AS date[])) AS r(unit_code, first, last)
LEFT JOIN LATERAL (
  SELECT sum(received) FILTER (WHERE day <= r.last) AS usual, sum(received) FILTER (WHERE day >= :recent) AS recent
  FROM unit_day d WHERE d.unit_code = r.unit_code AND d.day BETWEEN r.first AND :today
) a ON true
LEFT JOIN LATERAL (
  SELECT sum(received) FILTER (WHERE day <= r.last) AS usual, sum(received) FILTER (WHERE day >= :recent) AS recent
  FROM flow_day d WHERE d.unit_code = r.unit_code AND d.field_code = ANY (:paper) AND d.day BETWEEN r.first AND :today
) p ON true
"""

# What happened in the last days: dossiers in and out of all wards looked at; the rest only of silent ones.
LATELY = """
SELECT unit_code, sum(received) AS received, sum(settled) AS settled FROM unit_day
WHERE unit_code = ANY (:units) AND day >= :since AND day <= :today GROUP BY unit_code
"""
STEPS = """
SELECT o.unit_code, sum(d.steps_finished) AS steps
FROM officer o JOIN officer_day d USING (officer_id)
WHERE o.unit_code = ANY (:units) AND d.day >= :since AND d.day <= :today GROUP BY o.unit_code
"""
OPEN = "SELECT unit_code, sum(open) AS open FROM open_stock WHERE unit_code = ANY (:units) GROUP BY unit_code"
SEEN = """
SELECT unit_code, max(last_seen_at) AS last_seen FROM officer WHERE active AND unit_code = ANY (:units) GROUP BY 1
"""
LINKS = """
SELECT u.unit_code, bool_and(up) AS up, min(checked_at) AS checked_at, min(since) FILTER (WHERE NOT up) AS down_since
FROM unit u JOIN link_state USING (ward_code)
WHERE service IN ('wan', 'onestop') AND u.unit_code = ANY (:units) GROUP BY u.unit_code
"""
OFFERED = """
SELECT u.unit_code, EXISTS (
  SELECT FROM offering o WHERE o.unit_code = u.unit_code AND o.active_from <= :today
     AND (o.active_to IS NULL OR o.active_to > :today)) AS offered
FROM unit u WHERE u.unit_code = ANY (:units) AND EXISTS (SELECT FROM offering)
"""

MEASURED = (
    "population", "offered", "silent_days", "usual", "usual_paper", "reference_days", "paper_recent", "other_recent",
    "moved", "open", "others", "seen", "links_up", "down_days",
)  # fmt: skip


@dataclass(frozen=True)
class Silence:
    """wards: one row a silent ward or one that seems to log on paper, the most unlikely silence first.

    Columns of data_access/rules/silence.py (input and findings; what is unknown, or not asked of a ward that
    isn't silent, is None) with unit_code, ward_code, district_code, last_received (day), last_seen, down_since.
    all_wards: how many were looked at; since: first of the working days within which nothing came.
    """

    wards: list[dict[str, Any]]
    all_wards: int
    since: date
    limits: SilenceLimits


def silence(connection: Connection, district: str | None = None, limits: SilenceLimits | None = None) -> Silence:
    """Silent wards, of one district when given, by `limits` (None: those in force).

    Called by pages/quality.py, pages/ward_panel.py and previews/quality.py.
    """
    today, limits = local_day(connection), limits or quality_limits().silence
    since = working_days_back(today, limits.days)
    wards = _wards(connection, today, since, district, limits)
    if not wards:
        return Silence([], 0, since, limits)
    found = explain(_columns(wards), limits)
    columns = (found.silent.tolist(), found.expected.tolist(), found.reason.tolist(), found.paper.tolist())
    listed = [
        ward | {"silent": silent, "expected": None if isnan(expected) else expected, "reason": reason, "paper": paper}
        for ward, silent, expected, reason, paper in zip(wards, *columns, strict=True)
        if silent or paper
    ]
    listed.sort(key=lambda w: (not w["silent"], w["expected"] is not None, -(w["expected"] or 0), w["unit_code"]))
    return Silence(listed, len(wards), since, limits)


def _columns(wards: list[dict[str, Any]]) -> dict[str, Column]:
    """What the rules are asked about: a column a name of MEASURED, NaN where it is not known, and the groups."""
    columns = {name: np.array([ward[name] for ward in wards], dtype=float) for name in MEASURED}  # None becomes NaN
    return columns | {"peers": np.array([ward["peers"] for ward in wards])}


def working_days_back(today: date, days: int) -> date:
    """The first of the last `days` working days before `today`."""
    back = np.datetime64(today, "D") - np.arange(1, 2 * days + 30)  # enough around any holiday
    passed = np.cumsum(city_clock().is_working_day(back))
    found: date = back[np.searchsorted(passed, days)].item()
    return found


def _wards(
    connection: Connection, today: date, since: date, district: str | None, limits: SilenceLimits
) -> list[dict[str, Any]]:
    """The rows that the rules are asked about."""
    known = registry().wards
    wards = [r for r in rows(connection, WARDS, today=today, district=district) if r["ward_code"] in known]
    if not wards:
        return []
    never = working_days_back(today, limits.usual_days)
    yesterday = today - timedelta(days=1)
    heard = {ward["last_received"] or never for ward in wards}
    days = {day: working_days_in(day + timedelta(days=1), yesterday) for day in heard}
    lately = _by_unit(connection, LATELY, units=[ward["unit_code"] for ward in wards], since=since, today=today)
    received: dict[str, int] = {}
    for ward in wards:
        place, came = known[ward["ward_code"]], lately.get(ward["unit_code"], {})
        ward["population"], ward["peers"] = place.population, f"{place.district_code} {place.kind}"
        ward["silent_days"] = days[ward["last_received"] or never]
        ward["received"], ward["moved"] = came.get("received", 0), came.get("settled", 0)
        received[ward["district_code"]] = received.get(ward["district_code"], 0) + ward["received"]
    for ward in wards:
        ward["others"] = received[ward["district_code"]] - ward["received"]
    _rates(connection, wards, today, limits)
    _evidence(connection, wards, today, since, limits)
    return wards


def _evidence(
    connection: Connection, wards: list[dict[str, Any]], today: date, since: date, limits: SilenceLimits
) -> None:
    """What a reason is told from, asked for silent wards only. A link not checked in the last days is neither
    up nor down."""
    tz = settings().tz
    silent = [ward["unit_code"] for ward in wards if ward["silent_days"] >= limits.days]
    steps = _by_unit(connection, STEPS, units=silent, since=since, today=today)
    opened = _by_unit(connection, OPEN, units=silent)
    seen = _by_unit(connection, SEEN, units=silent)
    offered = _by_unit(connection, OFFERED, units=silent, today=today)
    links = _by_unit(connection, LINKS, units=silent)
    checked = {u: r for u, r in links.items() if _day(r["checked_at"], tz) >= since}
    yesterday = today - timedelta(days=1)
    for ward in wards:
        unit = ward["unit_code"]
        at, link = seen.get(unit, {}).get("last_seen"), checked.get(unit, {})
        down = link.get("down_since")
        ward["moved"] += steps.get(unit, {}).get("steps", 0)
        ward["open"] = opened.get(unit, {}).get("open", 0)
        ward["last_seen"], ward["seen"] = at, None if at is None else _day(at, tz) >= since
        ward["offered"] = float(offered[unit]["offered"]) if unit in offered else None
        ward["links_up"], ward["down_since"] = link.get("up"), down
        ward["down_days"] = None if down is None else float(
            working_days_in(_day(down, tz) + timedelta(days=1), yesterday)
        )  # fmt: skip


def _rates(connection: Connection, wards: list[dict[str, Any]], today: date, limits: SilenceLimits) -> None:
    """The usual rates: of the working days up to the last one before the silence, or before the last days."""
    before = working_days_back(today, limits.days) - timedelta(days=1)
    last = [min(before, ward["last_received"] or before) for ward in wards]
    starts = {day: working_days_back(day + timedelta(days=1), limits.usual_days) for day in set(last)}
    first = [max(starts[end], ward["first_day"] or starts[end]) for end, ward in zip(last, wards, strict=True)]
    spans = {pair: working_days_in(*pair) for pair in set(zip(first, last, strict=True))}
    begins = fold(limits.paper_field)
    named = rows(connection, "SELECT DISTINCT field_code, field_name FROM procedure")
    paper = [row["field_code"] for row in named if fold(row["field_name"]).startswith(begins)]
    found = _by_unit(
        connection, RATES, units=[ward["unit_code"] for ward in wards], first=first, last=last, today=today,
        paper=paper, recent=working_days_back(today, limits.paper_days),
    )  # fmt: skip
    for ward, pair in zip(wards, zip(first, last, strict=True), strict=True):
        days, rate = spans[pair], found[ward["unit_code"]]
        ward["reference_days"] = days if ward["last_received"] else 0
        for column, key in (("usual", "usual"), ("usual_paper", "paper")):
            ward[column] = float(rate[key]) / days if days else 0.0
        ward["paper_recent"] = int(rate["paper_recent"])
        ward["other_recent"] = int(rate["recent"] - rate["paper_recent"])


def _day(at: datetime, tz: ZoneInfo) -> date:
    return at.astimezone(tz).date()


def _by_unit(connection: Connection, query: str, **values: object) -> dict[str, dict[str, Any]]:
    return {row["unit_code"]: row for row in rows(connection, query, **values)}
