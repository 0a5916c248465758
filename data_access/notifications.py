"""Messages about alerts: written down with the event itself (the outbox), sent by Apprise, tried again until they go.

At least once, honestly: a message counts as sent when its target said so. A process that dies between the
target's yes and its own commit leaves a message that goes out again; nothing goes out less than once. Two
processes never send the same row: each locks its rows while it sends, and skips those of the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Engine, text

from config.alert_kinds import Quiet
from config.alerts import alert_rules
from config.city import city
from config.i18n import Texts
from config.problems import Problem
from config.settings import Settings, settings
from config.words import said
from data_access.queries.arrivals import working

if TYPE_CHECKING:  # it takes a second to import; screens only ask what is configured
    from apprise import NotifyBase

log = structlog.get_logger("notifications")
AT_ONCE = 50
"""As many alerts go into one message."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
GIVE_UP = timedelta(days=3)

DUE = """
SELECT n.notification_id, n.event_id, n.attempts, e.kind, e.at, e.who, e.note, a.severity, a.public, a.first_step,
       a.resolved_at, o.sent_at AS opening_sent, o.dropped_at IS NOT NULL OR o.event_id IS NULL AS opening_dropped
FROM notification n JOIN alert_event e USING (event_id) JOIN alert a ON a.alert_id = n.alert_id
LEFT JOIN LATERAL (
  SELECT p.event_id, p.sent_at, p.dropped_at FROM notification p JOIN alert_event f USING (event_id)
   WHERE p.alert_id = n.alert_id AND p.target = n.target AND f.kind = 'opened'
) o ON true
WHERE n.target = :target AND n.sent_at IS NULL AND n.dropped_at IS NULL AND n.next_at <= :now
ORDER BY n.event_id LIMIT :most FOR UPDATE OF n SKIP LOCKED
"""
LOST = """
UPDATE notification SET dropped_at = :now, error = 'target no longer configured'
WHERE sent_at IS NULL AND dropped_at IS NULL AND next_at <= :now AND NOT target = ANY (:known)
"""


@dataclass(frozen=True)
class Target:
    """Where messages go. `id` is a digest of the URL, which is secret; names: what stands before "="."""

    id: str
    names: frozenset[str]
    service: str
    url: str = field(repr=False)

    def hears(self, wanted: Sequence[str] | None) -> bool:
        """Whether a severity that notifies `wanted` names (None: all) goes here."""
        return wanted is None or bool(self.names & set(wanted))


@dataclass(frozen=True)
class Notifying:
    """What is configured, for screens: targets without their URLs; problems: lines that can't be used.

    severities: those about which at least one target hears; none at all when nothing is sent.
    """

    targets: tuple[Target, ...]
    problems: tuple[Problem, ...]
    severities: tuple[str, ...]

    @property
    def sends(self) -> bool:
        """Whether any message ever goes out."""
        return bool(self.severities)


def notifying(conf: Settings | None = None) -> Notifying:
    """What is configured by OPS_NOTIFY_URLS and the severities. Costs nothing after the first time."""
    secret = (conf or settings()).notify_urls
    targets, problems = _parsed(secret.get_secret_value() if secret else "")
    heard = tuple(
        code for code, severity in alert_rules().severities.items() if any(t.hears(severity.notify) for t in targets)
    )
    return Notifying(targets, problems, heard)


@lru_cache(maxsize=4)
def _parsed(lines: str) -> tuple[tuple[Target, ...], tuple[Problem, ...]]:
    found: dict[str, Target] = {}
    problems = []
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        services = _services(line)
        if len(services) != 1:
            problems.append(Problem("notify_url", line=number))
            continue
        (service,) = services
        target = Target(service.url_id(), frozenset(map(str, service.tags)), str(service.service_name), line)
        found.setdefault(target.id, target)
    return tuple(found.values()), tuple(problems)


def _services(line: str) -> list["NotifyBase"]:
    """What Apprise makes of one line of its own text form; nothing of a line that it can't use."""
    from apprise import AppriseConfig

    made = AppriseConfig()
    made.add_config(line, format="text")
    return list(made.services())


def announce(connection: Connection, event_id: int, severity: str, rule: str, at: datetime) -> None:
    """Put an event into the outbox, for every target that hears of its severity, after the rule's quiet hours.

    In the transaction that wrote the event: both are there or neither is.
    """
    known = alert_rules()
    grade, its_rule = known.severities.get(severity), known.rules.get(rule)
    hearing = [t.id for t in notifying().targets if grade is not None and t.hears(grade.notify)]
    if not hearing:
        return
    next_at = after_quiet(its_rule.quiet if its_rule else None, at)
    connection.execute(
        text("""INSERT INTO notification (alert_id, event_id, district_code, target, next_at)
                SELECT alert_id, event_id, district_code, unnest(CAST(:targets AS text[])), :next_at
                  FROM alert_event WHERE event_id = :event ON CONFLICT (event_id, target) DO NOTHING"""),
        {"event": event_id, "targets": hearing, "next_at": next_at},
    )


def after_quiet(quiet: Quiet | None, at: datetime) -> datetime:
    """The first instant from `at` on that lies in no quiet hours."""
    if quiet is None:
        return at
    local = at.astimezone(settings().tz)
    overnight = quiet.begins > quiet.ends
    for _ in range(400):  # a year of days off would end it
        clock = local.time()
        off = quiet.rest_days and not working(local.date())[0]
        if off or (overnight and clock >= quiet.begins):
            local = datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)
        elif clock < quiet.ends and (overnight or clock >= quiet.begins):
            local = datetime.combine(local.date(), quiet.ends, local.tzinfo)
        else:
            break
    return local.astimezone(UTC)


def send_due(engine: Engine, now: datetime | None = None) -> int:
    """Send what is due, one message a target; how many notifications went out.

    For each target, in a transaction of its own: 1. lock its due rows that nobody else is sending; 2. drop what is
    moot (an alert that is over before its opening was sent, the end of one whose opening was not); 3. send the rest;
    4. note them as sent, or when to try again.
    """
    at = now or datetime.now(UTC)
    targets = notifying().targets
    sent = 0
    for target in targets:
        with engine.begin() as connection:
            sent += _send(connection, target, at)
    if targets:
        with engine.begin() as connection:
            connection.execute(text(LOST), {"now": at, "known": [t.id for t in targets]})
    return sent


def _send(connection: Connection, target: Target, at: datetime) -> int:
    values = {"target": target.id, "now": at, "most": AT_ONCE}
    due = list(connection.execute(text(DUE), values).mappings())
    going = []
    for row in due:
        if row["kind"] == "opened" and row["resolved_at"] is not None:
            _note(connection, [row], "dropped_at = :now, error = 'over before it was sent'", now=at)
        elif row["kind"] == "resolved" and not row["opening_sent"]:
            if row["opening_dropped"]:
                _note(connection, [row], "dropped_at = :now, error = 'its opening was not sent'", now=at)
        else:
            going.append(row)
    if not going:
        return 0
    title, body = message(going)
    if _deliver(target, title, body):
        _note(connection, going, "sent_at = clock_timestamp(), attempts = attempts + 1, error = NULL")
        return len(going)
    log.warning("message not sent", service=target.service, target=target.id, alerts=len(going))
    for row in going:
        wait = min(FIRST_WAIT * 2 ** min(row["attempts"], 20), LONGEST_WAIT)
        gone = ", dropped_at = :now" if at - row["at"] > GIVE_UP else ""
        change = f"attempts = attempts + 1, next_at = :next, error = 'the target did not take it'{gone}"
        _note(connection, [row], change, next=at + wait, **({"now": at} if gone else {}))
    return 0


def _note(connection: Connection, going: Iterable[Any], change: str, **values: object) -> None:
    ids = [row["notification_id"] for row in going]
    connection.execute(
        text(f"UPDATE notification SET {change} WHERE notification_id = ANY (:ids)"), values | {"ids": ids}
    )


def message(going: Sequence[Any]) -> tuple[str, str]:
    """(title, body) of the events that go to one target together, in the language that is set for messages."""
    lang = settings().notify_language or city().languages.messages
    t = Texts(lang)
    severities = alert_rules().severities
    lines = []
    for row in going:
        grade = severities.get(row["severity"])
        word = said(grade.word, lang) if grade else row["severity"]
        if row["kind"] == "opened":
            lines.append(f"[{word}] {row['public'][lang]}\n→ {row['first_step'][lang]}")
        else:
            ended = t.pick("Đã hết lúc {at}", "Over at {at}").format(at=t.moment(row["at"]))
            by = f" ({row['who']}: {row['note']})" if row["who"] else ""
            lines.append(f"[{word}] {ended}{by}: {row['public'][lang]}")
    opened = sum(row["kind"] == "opened" for row in going)
    title = t.pick("Một cửa: {new} cảnh báo mới, {over} đã hết", "One-stop: {new} new alerts, {over} over")
    return title.format(new=opened, over=len(going) - opened), "\n\n".join(lines)


def _deliver(target: Target, title: str, body: str) -> bool:
    from apprise import Apprise, NotifyFormat

    sender = Apprise()
    for service in _services(target.url):
        sender.add(service)
    return bool(sender.notify(body=body, title=title, body_format=NotifyFormat.TEXT))
