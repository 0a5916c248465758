"""The alerts' keeper: takes the figures, decides by rules/alert.py, remembers in the store.

A thread of the sync process, apart from the polls, so that a source that is away is noticed too. Application
processes stand by (standby.py), so that a dead sync is noticed as well. Keepers exclude each other by an advisory lock;
viewers only read. Messages go out from a thread of their own.
"""

import json
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, text

from config.alert_kinds import AlertRule
from config.alerts import AlertRules, alert_rules
from config.kept import revision
from data_access.alert_figures import Reading, is_moving, readings
from data_access.alert_words import say
from data_access.keeping import Look, keeping
from data_access.notifications import announce, notifying, send_due
from data_access.rules.alert import Decision, Standing, Step, Subject, decide, ended
from data_access.store import books

log = structlog.get_logger("alerts")
ALERT_LOCK = 7_200_588
LOOK_SECONDS = 10.0

STANDING = """
SELECT alert_id, rule, subject_kind, subject_code, district_code, severity, told_value, value, since, clearing_since,
       resolved_at IS NOT NULL AS hushed, what, first_step
FROM alert WHERE cleared_at IS NULL
"""
PENDING = "SELECT rule, subject_kind, subject_code, since FROM alert_pending"
OPEN = """
INSERT INTO alert (rule, kind, severity, subject_kind, subject_code, ward_code, district_code, since, opened_at,
                   updated_at, value, told_value, facts, what, public, first_step, folded)
VALUES (:rule, :kind, :severity, :subject_kind, :subject_code, :ward_code, :district_code, :since, :at, :at, :value,
        :value, CAST(:facts AS jsonb), CAST(:what AS jsonb), CAST(:public AS jsonb), CAST(:first_step AS jsonb),
        :folded)
RETURNING alert_id
"""
KEEP = """
UPDATE alert SET severity = :severity, updated_at = :at, value = :value, told_value = :told, clearing_since = :clearing,
       facts = CAST(:facts AS jsonb), what = CAST(:what AS jsonb), public = CAST(:public AS jsonb),
       first_step = CAST(:first_step AS jsonb), folded = :folded
WHERE alert_id = :id
"""
CLEARING = "UPDATE alert SET clearing_since = :clearing, value = :value, updated_at = :at WHERE alert_id = :id"
RESOLVE = """
UPDATE alert SET resolved_at = :at, cleared_at = :at, resolution = :resolution, updated_at = :at, clearing_since = NULL
WHERE alert_id = :id AND resolved_at IS NULL
"""
CLEAR = "UPDATE alert SET cleared_at = :at, clearing_since = NULL WHERE alert_id = :id"
EVENT = """
INSERT INTO alert_event (alert_id, district_code, at, kind, value)
SELECT alert_id, district_code, :at, :kind, :value FROM alert WHERE alert_id = :id RETURNING event_id
"""
IDLE = "SELECT NOT EXISTS (SELECT FROM alert_state WHERE looked_at > :at - make_interval(secs => :s))"
LOOKED = """
INSERT INTO alert_state (revision, looked_at) VALUES (0, :at) ON CONFLICT (single) DO UPDATE SET looked_at = :at
"""


@dataclass(frozen=True)
class Kept:
    """What the store holds of one alert beside what the decision needs."""

    alert_id: int
    since: datetime
    value: float
    words: tuple[dict[str, str], dict[str, str]]


@dataclass
class Memory:
    """standing, pending: by rule and subject; kept: what the store holds of each standing one."""

    standing: dict[str, dict[Subject, Standing]] = field(default_factory=dict)
    kept: dict[tuple[str, Subject], Kept] = field(default_factory=dict)
    pending: dict[str, dict[Subject, datetime]] = field(default_factory=dict)


class AlertKeeper:
    """Looks every few seconds; figures are counted again only when there is a new version of them, or of the rules.

    standby: look only when nobody has for so many seconds.
    """

    def __init__(self, engine: Engine, standby: float = 0) -> None:
        self._engine = engine
        self._standby = standby
        self._counted: tuple[int, int, AlertRules] | None = None
        self._found: dict[str, dict[Subject, Reading]] = {}

    def look(self, now: datetime | None = None) -> dict[str, Decision] | None:
        """One look, in one transaction: what was decided by rule. None: nothing is loaded yet, or another is at work.

        1. the lock; 2. figures and memory; 3. a decision a rule; 4. alerts, events and messages to send, together.
        `now` is the store's clock unless given (tests).
        """
        with self._engine.begin() as connection:
            if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": ALERT_LOCK}).scalar_one():
                return None
            version = books.version(connection)
            if version is None:
                return None
            at = now or connection.execute(text("SELECT now()")).scalar_one()
            if self._standby and not connection.execute(text(IDLE), {"at": at, "s": self._standby}).scalar_one():
                return None
            known = alert_rules()
            self._count(connection, version.number, known, at)
            memory = remembered(connection)
            told = decided(known.rules, self._found, memory, at)
            for name, decision in told.items():
                for step in decision.steps:
                    _do(connection, name, known.rules[name], step, self._found[name].get(step.subject), memory, at)
            for name in memory.standing.keys() - known.rules.keys():
                for step in ended(memory.standing[name]):
                    _end(connection, name, step, memory, at)
            if {n: d.pending for n, d in told.items() if d.pending} != memory.pending:
                _write_pending(connection, told, self._found)
            connection.execute(text(LOOKED), {"at": at})
            return told

    def _count(self, connection: Connection, version: int, known: AlertRules, at: datetime) -> None:
        configured = revision()  # figures hang on targets and the calendar too
        known_as = self._counted and (*self._counted[:2], self._counted[2] is known)
        anew = known_as != (version, configured, True)
        if anew:
            self._found = {}
        for name, rule in known.rules.items():
            if anew or is_moving(rule):
                self._found[name] = {r.subject: r for r in readings(connection, rule, at)}
        self._counted = (version, configured, known)


def keeping_alerts(store_owner_url: str, stop: threading.Event, standby: float = 0) -> AbstractContextManager[None]:
    """Keep alerts and send messages, each in a thread of its own, while the block runs, or until `stop`."""
    for problem in notifying().problems:
        log.warning("target not usable", reason=problem.text("en"))

    def looks(engine: Engine) -> dict[str, Look]:
        return {"alerts": AlertKeeper(engine, standby).look, "notifications": partial(send_due, engine)}

    return keeping(store_owner_url, stop, looks, LOOK_SECONDS)


def decided(
    rules: Mapping[str, AlertRule], found: Mapping[str, Mapping[Subject, Reading]], memory: Memory, at: datetime
) -> dict[str, Decision]:
    """What each rule asks for at `at`, by the figures found for it and what is remembered."""
    return {
        name: decide(
            rule, {s: r.value for s, r in found[name].items()}, memory.pending.get(name, {}),
            memory.standing.get(name, {}), at,
        )
        for name, rule in rules.items()
    }  # fmt: skip


def remembered(connection: Connection) -> Memory:
    """What the store holds of conditions that are not over."""
    memory = Memory()
    for row in connection.execute(text(STANDING)).mappings():
        subject = row["subject_kind"], row["subject_code"]
        memory.standing.setdefault(row["rule"], {})[subject] = Standing(
            row["district_code"], row["severity"], row["told_value"], row["hushed"], row["clearing_since"]
        )
        words = row["what"], row["first_step"]
        memory.kept[row["rule"], subject] = Kept(row["alert_id"], row["since"], row["value"], words)
    for name, kind, code, since in connection.execute(text(PENDING)):
        memory.pending.setdefault(name, {})[kind, code] = since
    return memory


def _do(
    connection: Connection, name: str, rule: AlertRule, step: Step, reading: Reading | None, memory: Memory,
    at: datetime,
) -> None:  # fmt: skip
    if step.deed == "opened":
        assert reading is not None  # figures below a limit that is above 0 open nothing
        since = reading.since or step.since or at
        values = _words(name, rule, reading, since) | {
            "rule": name, "kind": rule.kind, "severity": rule.severity, "subject_kind": step.subject[0],
            "subject_code": step.subject[1], "ward_code": reading.ward_code, "district_code": reading.district_code,
            "since": since, "at": at, "value": step.value,
        }  # fmt: skip
        alert_id = connection.execute(text(OPEN), values).scalar_one()
        announce(connection, _event(connection, alert_id, "opened", step.value, at), rule.severity, name, at)
        return
    if step.deed in ("resolved", "cleared"):
        _end(connection, name, step, memory, at)
        return
    _keep(connection, name, rule, step, reading, memory, at)


def _keep(
    connection: Connection, name: str, rule: AlertRule, step: Step, reading: Reading | None, memory: Memory,
    at: datetime,
) -> None:  # fmt: skip
    """Bring the newest figure and words into the alert, where they differ from what it holds."""
    kept, held = memory.kept[name, step.subject], memory.standing[name][step.subject]
    if held.hushed or reading is None:  # what was said when it was resolved stays; so does it where nothing is left
        if held.clearing_since != step.clearing_since:
            values = {"id": kept.alert_id, "clearing": step.clearing_since, "value": step.value, "at": at}
            connection.execute(text(CLEARING), values)
        return
    words = _words(name, rule, reading, kept.since)
    same = (json.loads(words["what"]), json.loads(words["first_step"])) == kept.words
    if same and kept.value == step.value and held.clearing_since == step.clearing_since and step.deed == "kept":
        return
    told = step.value if step.deed == "changed" else held.told
    values = words | {
        "id": kept.alert_id, "severity": rule.severity, "at": at, "value": step.value, "told": told,
        "clearing": step.clearing_since,
    }  # fmt: skip
    connection.execute(text(KEEP), values)
    if step.deed == "changed":
        _event(connection, kept.alert_id, "changed", step.value, at)


def _end(connection: Connection, name: str, step: Step, memory: Memory, at: datetime) -> None:
    alert_id = memory.kept[name, step.subject].alert_id
    if step.deed == "cleared":
        connection.execute(text(CLEAR), {"id": alert_id, "at": at})
        _event(connection, alert_id, "cleared", step.value, at)
        return
    resolution = "rule" if step.gone else "cleared"
    done = connection.execute(text(RESOLVE), {"id": alert_id, "at": at, "resolution": resolution})
    if done.rowcount == 0:  # somebody resolved it by hand a moment ago: the next look finds it hushed
        return
    severity = memory.standing[name][step.subject].severity
    announce(connection, _event(connection, alert_id, "resolved", step.value, at), severity, name, at)


def _event(connection: Connection, alert_id: int, kind: str, value: float, at: datetime) -> int:
    made: int = connection.execute(text(EVENT), {"id": alert_id, "kind": kind, "value": value, "at": at}).scalar_one()
    return made


def _words(name: str, rule: AlertRule, reading: Reading, since: datetime) -> dict[str, Any]:
    told = say(name, rule, reading, since)
    facts = reading.facts | {"place": reading.place}
    return {
        "what": json.dumps(told.what), "public": json.dumps(told.public), "first_step": json.dumps(told.first_step),
        "folded": told.folded, "facts": json.dumps(facts, default=str),
    }  # fmt: skip


def _write_pending(
    connection: Connection, told: Mapping[str, Decision], found: Mapping[str, Mapping[Subject, Reading]]
) -> None:
    connection.execute(text("DELETE FROM alert_pending"))
    rows = [
        {"rule": name, "kind": kind, "code": code, "since": since,
         "district": found[name][kind, code].district_code}
        for name, decision in told.items() for (kind, code), since in decision.pending.items()
    ]  # fmt: skip
    if rows:
        connection.execute(text("INSERT INTO alert_pending VALUES (:rule, :kind, :code, :district, :since)"), rows)
