"""What rules of alerts look at: the figures of every subject that may concern them, with what their text says.

One function a kind; each gets the whole city (owner's connection) and gives every subject's figure in the rule's
unit. A subject that is not given counts as 0. What the data's version decides is counted once a version; how old
source and sync are, at every look.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from config.alert_kinds import (
    AgeRule,
    AlertRule,
    LinkRule,
    OfficerRule,
    StuckRule,
    SurgeRule,
    TargetRule,
    WardRule,
)
from config.indicators import Indicator, indicators
from config.registry import registry
from config.settings import settings
from config.targets import Target, targets
from data_access.queries.answers import local_day, one, rows
from data_access.queries.arrivals import arrivals, district_arrivals
from data_access.queries.backlog import backlog
from data_access.queries.connections import connections
from data_access.queries.now import NOW
from data_access.queries.shares import shares
from data_access.queries.still import still_dossiers
from data_access.queries.workload import HELD
from data_access.rules.alert import Subject
from data_access.working_time import office_hours_before

Name = str | dict[str, str]
"""A name, the same in both languages or one for each."""
CITY: Name = {"vi": "Toàn thành phố", "en": "The whole city"}
SILENT: dict[str, Name] = {
    "source": {"vi": "Cơ sở dữ liệu một cửa", "en": "The one-stop database"},
    "sync": {"vi": "Tiến trình đồng bộ", "en": "The sync"},
}
"""What an alert about age is about."""

UNITS = "SELECT unit_code, name, tier, ward_code, district_code FROM unit"
OFFICERS = f"""
WITH {HELD}
SELECT o.officer_id, o.display_name, o.unit_code, o.tier, o.district_code, held.steps, held.overdue, peers.median
FROM held JOIN officer o USING (officer_id) JOIN peers ON peers.role = o.role AND peers.tier = o.tier
WHERE held.steps >= :least AND held.steps >= :times * peers.median AND peers.median > 0
"""
AGES = """
SELECT coalesce(source_at, as_of) AS source, heartbeat_at AS sync
FROM sync_status s LEFT JOIN data_version v ON true
"""


@dataclass(frozen=True)
class Reading:
    """One subject's figure. since: when its condition began, where the figures know; facts: see AlertRule.names."""

    subject: Subject
    district_code: str
    value: float
    place: Name
    ward_code: str | None = None
    since: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def readings(
    connection: Connection, rule: AlertRule, now: datetime, goals: Sequence[Target] | None = None,
    defined: Mapping[str, Indicator] | None = None,
) -> list[Reading]:  # fmt: skip
    """All subjects that the rule's scope holds and whose figure is not nothing, at the store's clock `now`.

    goals: the targets; defined: the registry of indicators; None: those in force.
    """
    if isinstance(rule, AgeRule):
        return list(_age(connection, rule, now))
    if isinstance(rule, TargetRule):
        return list(_target(connection, rule, targets() if goals is None else goals, defined))
    return list(_BY_KIND[type(rule)](connection, rule))


def is_moving(rule: AlertRule) -> bool:
    """Whether the rule's figures change without a new version of the figures."""
    return isinstance(rule, AgeRule)


@dataclass(frozen=True)
class _Unit:
    unit_code: str
    name: str
    tier: str
    ward_code: str | None
    district_code: str

    @property
    def subject(self) -> Subject:
        """A ward where it is one of the registry's, else a unit."""
        return ("ward", self.ward_code) if self.ward_code in registry().wards else ("unit", self.unit_code)

    @property
    def place(self) -> str:
        """Its name with its district's."""
        known = registry()
        if self.ward_code in known.wards:
            return known.full_name(self.ward_code)
        district = known.districts.get(self.district_code)
        return self.name if district is None or district.name in self.name else f"{self.name}, {district.name}"


def _units(connection: Connection) -> dict[str, _Unit]:
    return {r["unit_code"]: _Unit(**r) for r in rows(connection, UNITS)}


def _ward(connection: Connection, rule: WardRule) -> Iterator[Reading]:
    for row in backlog(connection).units:
        unit = _Unit(**{k: row[k] for k in ("unit_code", "name", "tier", "ward_code", "district_code")})
        if row["open"] < max(rule.at_least, 1) or not rule.scope.holds(unit.district_code, unit.tier):
            continue
        facts = {k: int(row[k]) for k in ("open", "overdue", "due_24h", "suspended")}
        figures = facts | {"overdue_rate": facts["overdue"] / facts["open"], "work_days": row["work_days"]}
        value = figures[rule.indicator]
        if value:
            facts["overdue_rate"] = figures["overdue_rate"]
            yield Reading(unit.subject, unit.district_code, float(value), unit.place, unit.ward_code, facts=facts)


def _stuck(connection: Connection, rule: StuckRule) -> Iterator[Reading]:
    now = one(connection, NOW)
    since = office_hours_before(now["as_of"], rule.hours)
    units = _units(connection)
    for row in still_dossiers(connection, now["as_of"], now["today"], since):
        unit = units[row["unit_code"]]
        if rule.scope.holds(unit.district_code, unit.tier):
            facts = {"hours": rule.hours, "due_24h": row["still"], "first_due": row["first_due"]}
            yield Reading(
                unit.subject, unit.district_code, float(row["still"]), unit.place, unit.ward_code, facts=facts
            )


def _link(connection: Connection, rule: LinkRule) -> Iterator[Reading]:
    at: datetime = connection.execute(text("SELECT as_of FROM data_version")).scalar_one()
    wards = registry().wards
    for row in connections(connection).down:
        code, since = row["ward_code"], row[rule.service]
        district = wards[code].district_code if code in wards else ""
        if since is not None and rule.scope.holds(district, "commune"):
            minutes = max(0.0, (at - since).total_seconds() / 60)
            facts = {"open": row["open"], "overdue": row["overdue"]}
            yield Reading(
                ("link", f"{code}:{rule.service}"),
                district,
                minutes,
                registry().full_name(code, code),
                code,
                since,
                facts,
            )


def _surge(connection: Connection, rule: SurgeRule) -> Iterator[Reading]:
    if rule.of == "city":
        today = arrivals(connection)
        if today.ratio is not None and today.usual is not None:
            facts = {"received": today.received, "usual": round(today.usual.by_now[1])}
            yield Reading(("city", ""), "", today.ratio, CITY, facts=facts)
        return
    for code, (received, usual) in district_arrivals(connection).items():
        if rule.scope.holds(code) and code in registry().districts:
            name = registry().districts[code].name
            facts = {"received": received, "usual": round(usual)}
            yield Reading(("district", code), code, received / usual, name, facts=facts)


def _officer(connection: Connection, rule: OfficerRule) -> Iterator[Reading]:
    units = _units(connection)
    for row in rows(connection, OFFICERS, least=rule.at_least, times=rule.limit.closes):
        if not rule.scope.holds(row["district_code"], row["tier"]):
            continue
        unit = units.get(row["unit_code"])
        facts = {k: float(row[k]) for k in ("steps", "overdue", "median")} | {"officer": row["display_name"]}
        yield Reading(
            ("officer", row["officer_id"]), row["district_code"], facts["steps"] / facts["median"],
            unit.place if unit else row["unit_code"], unit.ward_code if unit else None, facts=facts,
        )  # fmt: skip


def _age(connection: Connection, rule: AgeRule, now: datetime) -> Iterator[Reading]:
    heard = connection.execute(text(AGES)).mappings().one_or_none()
    at = heard[rule.of] if heard else None
    if at is not None:
        yield Reading(("source", rule.of), "", max(0.0, (now - at).total_seconds() / 60), SILENT[rule.of], since=at)


def missed(code: str, figure: float, goal: float, defined: Mapping[str, Indicator] | None = None) -> float:
    """By how much a target is missed, above 0 when it is; the registry (None: in force) says which way is better."""
    return figure - goal if (defined or indicators())[code].direction == "down" else goal - figure


def _target(
    connection: Connection, rule: TargetRule, goals: Sequence[Target], defined: Mapping[str, Indicator] | None
) -> Iterator[Reading]:
    today = local_day(connection)
    mine = [g for g in goals if g.indicator == rule.indicator and g.by < today]
    newest = max((g.by for g in mine), default=None)
    if newest is None:
        return
    for code, (part, whole) in shares(connection, rule.indicator, rule.of).items():
        place, ward, district = _place(rule.of, code)
        if not whole or whole < rule.at_least or not rule.scope.holds(district):
            continue
        for goal in (g for g in mine if g.by == newest):  # sources disagree: each target stands for itself
            value = missed(rule.indicator, part / whole, goal.value, defined)
            if value > 0:
                facts = {"figure": part / whole, "target": goal.value, "by": goal.by, "source": dict(goal.source)}
                said = (*([code] if code else []), rule.indicator, goal.by.isoformat(), f"{goal.value:g}")
                since = _midnight_after(goal.by)
                yield Reading((rule.of, "/".join(said)), district, value, place, ward, since, facts)


def _place(of: str, code: str) -> tuple[Name, str | None, str]:
    """A place's name, its ward code and its district code."""
    if of == "city":
        return CITY, None, ""
    if of == "district":
        return registry().districts[code].name, None, code
    return registry().full_name(code), code, registry().wards[code].district_code


def _midnight_after(day: date) -> datetime:
    """When the day was over, on the city's clock."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), settings().tz).astimezone(UTC)


_BY_KIND: dict[type[AlertRule], Callable[[Connection, Any], Iterator[Reading]]] = {
    WardRule: _ward, StuckRule: _stuck, LinkRule: _link, SurgeRule: _surge, OfficerRule: _officer,
}  # fmt: skip
