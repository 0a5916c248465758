"""Wards from which nothing comes, and why as far as the store can tell (rules: data_access/rules/silence.py)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from config.quality import SilenceLimits, quality_limits
from config.registry import fold, registry
from config.settings import settings
from data_access.queries.answers import local_day, rows
from data_access.rules.silence import explain
from data_access.working_time import city_clock, working_days_in

# The last day on which each ward received anything, found backwards by the key of unit_day.
WARDS = """
SELECT u.unit_code, u.ward_code, u.district_code, l.day AS last_received,
       (SELECT min(day) FROM unit_day d WHERE d.unit_code = u.unit_code) AS first_day
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

# What happened in the last days: dossiers in and out of all wards; the rest only of silent ones.
LATELY = """
SELECT unit_code, sum(received) AS received, sum(settled) AS settled FROM unit_day
WHERE day >= :since AND day <= :today GROUP BY unit_code
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


def silence(connection: Connection, district: str | None = None) -> Silence:
    """Silent wards, of one district when given. Called by pages/quality.py and pages/ward_panel.py."""
    today, limits = local_day(connection), quality_limits().silence
    since = working_days_back(today, limits.days)
    wards = _wards(connection, today, since, district, limits)
    if wards.empty:
        return Silence([], 0, since, limits)
    found = explain(wards, limits)
    both = wards.join(found)
    listed = both[found["silent"] | (found["paper"] != "")].sort_values(
        ["silent", "expected", "unit_code"], ascending=[False, False, True], na_position="first"
    )
    return Silence(_plain(listed), len(both), since, limits)


def working_days_back(today: date, days: int) -> date:
    """The first of the last `days` working days before `today`."""
    back = np.datetime64(today, "D") - np.arange(1, 2 * days + 30)  # enough around any holiday
    passed = np.cumsum(city_clock().is_working_day(back))
    found: date = back[np.searchsorted(passed, days)].item()
    return found


def _wards(
    connection: Connection, today: date, since: date, district: str | None, limits: SilenceLimits
) -> pd.DataFrame:
    """The table that the rules are asked about; index unit_code."""
    known = registry().wards
    units = [r for r in rows(connection, WARDS, today=today, district=district) if r["ward_code"] in known]
    if not units:
        return pd.DataFrame()
    # plain objects: text in Arrow's columns is slow to go through one by one
    wards = pd.DataFrame(units, index=pd.Index([unit["unit_code"] for unit in units], dtype=object), dtype=object)
    places = [known[code] for code in wards["ward_code"]]
    wards["population"] = [place.population for place in places]
    wards["peers"] = [f"{place.district_code} {place.kind}" for place in places]
    heard = [unit["last_received"] or working_days_back(today, limits.usual_days) for unit in units]
    yesterday = today - timedelta(days=1)
    days = {day: working_days_in(day + timedelta(days=1), yesterday) for day in set(heard)}
    wards["silent_days"] = [days[day] for day in heard]
    _rates(connection, wards, units, today, limits)
    lately = _by_unit(connection, LATELY, since=since, today=today)
    wards["received"] = [lately.get(u, {}).get("received", 0) for u in wards.index]
    wards["others"] = wards.groupby("district_code")["received"].transform("sum") - wards["received"]
    settled = [lately.get(u, {}).get("settled", 0) for u in wards.index]
    _evidence(connection, wards, settled, today, since, limits)
    return wards


def _evidence(
    connection: Connection, wards: pd.DataFrame, settled: list[int], today: date, since: date, limits: SilenceLimits
) -> None:
    """What a reason is told from, asked for silent wards only. A link not checked in the last days is neither
    up nor down."""
    tz = settings().tz
    silent = list(wards.index[wards["silent_days"] >= limits.days])
    steps = _by_unit(connection, STEPS, units=silent, since=since, today=today)
    opened = _by_unit(connection, OPEN, units=silent)
    seen = {u: r["last_seen"] for u, r in _by_unit(connection, SEEN, units=silent).items()}
    offered = _by_unit(connection, OFFERED, units=silent, today=today)
    links = _by_unit(connection, LINKS, units=silent)
    checked = {u: r for u, r in links.items() if _day(r["checked_at"], tz) >= since}
    down = {u: r["down_since"] for u, r in checked.items() if r["down_since"] is not None}
    yesterday = today - timedelta(days=1)

    def column(values: dict[str, Any]) -> pd.Series:
        return pd.Series([values.get(u) for u in wards.index], index=wards.index, dtype=object)

    wards["moved"] = [n + steps.get(u, {}).get("steps", 0) for u, n in zip(wards.index, settled, strict=True)]
    wards["open"] = [opened.get(u, {}).get("open", 0) for u in wards.index]
    wards["last_seen"] = column(seen)
    wards["seen"] = column({u: _day(at, tz) >= since for u, at in seen.items() if at is not None})
    wards["offered"] = column({u: float(r["offered"]) for u, r in offered.items()}).astype(float)
    wards["links_up"] = column({u: r["up"] for u, r in checked.items()})
    wards["down_since"] = column(down)
    whole = {u: working_days_in(_day(at, tz) + timedelta(days=1), yesterday) for u, at in down.items()}
    wards["down_days"] = column(whole).astype(float)


def _rates(
    connection: Connection, wards: pd.DataFrame, units: list[dict[str, Any]], today: date, limits: SilenceLimits
) -> None:
    """The usual rates: of the working days up to the last one before the silence, or before the last days."""
    before = working_days_back(today, limits.days) - timedelta(days=1)
    last = [min(before, unit["last_received"] or before) for unit in units]
    starts = {day: working_days_back(day + timedelta(days=1), limits.usual_days) for day in set(last)}
    first = [max(starts[end], unit["first_day"] or starts[end]) for end, unit in zip(last, units, strict=True)]
    spans = {pair: working_days_in(*pair) for pair in set(zip(first, last, strict=True))}
    paper = [
        r["field_code"]
        for r in rows(connection, "SELECT DISTINCT field_code, field_name FROM procedure")
        if fold(r["field_name"]).startswith(fold(limits.paper_field))
    ]
    found = _by_unit(
        connection, RATES, units=list(wards.index), first=first, last=last, today=today, paper=paper,
        recent=working_days_back(today, limits.paper_days),
    )  # fmt: skip
    days = pd.Series([spans[pair] for pair in zip(first, last, strict=True)], index=wards.index)
    heard = wards["last_received"].notna()
    wards["reference_days"] = days.where(heard, 0)
    for column, key in (("usual", "usual"), ("usual_paper", "paper")):
        received = pd.Series([float(found[u][key]) for u in wards.index], index=wards.index)
        wards[column] = (received / days.where(days > 0)).fillna(0.0)
    wards["paper_recent"] = [int(found[u]["paper_recent"]) for u in wards.index]
    wards["other_recent"] = [int(found[u]["recent"] - found[u]["paper_recent"]) for u in wards.index]


def _day(at: datetime, tz: ZoneInfo) -> date:
    return at.astimezone(tz).date()


def _by_unit(connection: Connection, query: str, **values: object) -> dict[str, dict[str, Any]]:
    return {row["unit_code"]: row for row in rows(connection, query, **values)}


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what is unknown is None."""
    return [
        {str(name): None if isinstance(value, float) and np.isnan(value) else value for name, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]  # fmt: skip
