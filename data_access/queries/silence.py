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
from data_access.working_time import working_days_in

# The last day on which each ward received anything, found backwards by the key of unit_day.
WARDS = """
SELECT u.unit_code, u.ward_code, u.district_code, l.day AS last_received,
       (SELECT min(day) FROM unit_day d WHERE d.unit_code = u.unit_code) AS first_day,
       coalesce((SELECT sum(open) FROM open_stock s WHERE s.unit_code = u.unit_code), 0) AS open
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

# What happened in the last days: dossiers in and out, steps finished by a ward's officers.
LATELY = """
SELECT unit_code, sum(received) AS received, sum(settled) AS settled FROM unit_day
WHERE day >= :since AND day <= :today GROUP BY unit_code
"""
STEPS = """
SELECT o.unit_code, sum(d.steps_finished) AS steps, max(d.day) AS last_step
FROM officer_day d JOIN officer o USING (officer_id) WHERE d.day >= :since AND d.day <= :today GROUP BY o.unit_code
"""
SEEN = "SELECT unit_code, count(*) AS officers, max(last_seen_at) AS last_seen FROM officer WHERE active GROUP BY 1"
LINKS = """
SELECT ward_code, bool_and(up) AS up, min(checked_at) AS checked_at, min(since) FILTER (WHERE NOT up) AS down_since
FROM link_state WHERE service IN ('wan', 'onestop') GROUP BY ward_code
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

    Columns of data_access/rules/silence.py (input and findings; unknown numbers are None) with unit_code,
    ward_code, district_code, last_received (day), last_step (day, within the last days), last_seen, down_since,
    officers. all_wards: how many were looked at; since: first of the working days within which nothing came.
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
    day = today
    while working_days_in(day, today - timedelta(days=1)) < days:
        day -= timedelta(days=1)
    return day


def _wards(
    connection: Connection, today: date, since: date, district: str | None, limits: SilenceLimits
) -> pd.DataFrame:
    """The table that the rules are asked about; index unit_code."""
    known = registry().wards
    units = [r for r in rows(connection, WARDS, today=today, district=district) if r["ward_code"] in known]
    if not units:
        return pd.DataFrame()
    wards = pd.DataFrame(units).set_index("unit_code", drop=False).rename_axis(None)
    places = [known[code] for code in wards["ward_code"]]
    wards["population"] = [place.population for place in places]
    wards["peers"] = [f"{place.district_code} {place.kind}" for place in places]
    yesterday = today - timedelta(days=1)
    last = [r["last_received"] for r in units]
    never = working_days_back(today, limits.usual_days)
    wards["silent_days"] = [working_days_in(d + timedelta(days=1) if d else never, yesterday) for d in last]
    _rates(connection, wards, units, today, limits)
    lately = _by_unit(connection, LATELY, since=since, today=today)
    steps = _by_unit(connection, STEPS, since=since, today=today)
    seen = _by_unit(connection, SEEN)
    wards["received"] = [lately.get(u, {}).get("received", 0) for u in wards.index]
    wards["moved"] = [lately.get(u, {}).get("settled", 0) + steps.get(u, {}).get("steps", 0) for u in wards.index]
    last_step = [steps.get(u, {}).get("last_step") for u in wards.index]
    wards["last_step"] = pd.Series(last_step, index=wards.index, dtype=object)
    wards["others"] = wards.groupby("district_code")["received"].transform("sum") - wards["received"]
    wards["officers"] = [seen.get(u, {}).get("officers", 0) for u in wards.index]
    tz = settings().tz
    at = [seen.get(u, {}).get("last_seen") for u in wards.index]
    wards["last_seen"] = pd.Series(at, index=wards.index, dtype=object)
    wards["seen"] = [np.nan if last is None else _day(last, tz) >= since for last in at]
    _links(connection, wards, today, since, tz)
    silent = wards.index[wards["silent_days"] >= limits.days]
    offered = _by_unit(connection, OFFERED, units=list(silent), today=today)
    wards["offered"] = [float(offered[u]["offered"]) if u in offered else np.nan for u in wards.index]
    return wards


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


def _links(connection: Connection, wards: pd.DataFrame, today: date, since: date, tz: ZoneInfo) -> None:
    """A link that was not checked in the last days is neither up nor down."""
    links = {r["ward_code"]: r for r in rows(connection, LINKS) if _day(r["checked_at"], tz) >= since}
    up = [links[w]["up"] if w in links else np.nan for w in wards["ward_code"]]
    down = [links[w]["down_since"] if w in links else None for w in wards["ward_code"]]
    yesterday = today - timedelta(days=1)
    wards["links_up"] = pd.Series(up, index=wards.index, dtype=object)
    wards["down_since"] = pd.Series(down, index=wards.index, dtype=object)
    wards["down_days"] = [
        np.nan if at is None else float(working_days_in(_day(at, tz) + timedelta(days=1), yesterday)) for at in down
    ]


def _day(at: datetime, tz: ZoneInfo) -> date:
    return at.astimezone(tz).date()


def _by_unit(connection: Connection, query: str, **values: object) -> dict[str, dict[str, Any]]:
    return {row["unit_code"]: row for row in rows(connection, query, **values)}


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what is unknown is None."""
    return [
        {str(name): None if isinstance(value, float) and np.isnan(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]  # fmt: skip
