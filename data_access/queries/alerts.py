"""Alerts for screens: the open ones, the history page by page, what happened to one and what was sent.

Ask through `Answers.ask`: these questions are asked again whenever alerts change, not only with new figures.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.alerts import alert_rules
from config.registry import fold
from config.settings import settings
from data_access.queries.answers import of_alerts, one, rows

PAGE = 50


@dataclass(frozen=True)
class Alert:
    """One alert. `what`, `public` and `first_step` are {"vi": …, "en": …} as last said; `public` names no person.

    kind: of its rule (config/alerts.py); severity: a key of `alert_rules().severities`; subject_code: a ward's, unit's,
    officer's or district's code, "ward:service" of a link, "" of the city, sync or source of a source; district_code
    "": the city's own. value: the figure in the rule's unit, newest. resolution: cleared (by itself), hand, or
    rule (the rule is gone or looks elsewhere now). Times are instants.
    """

    alert_id: int
    rule: str
    kind: str
    severity: str
    subject_kind: str
    subject_code: str
    ward_code: str | None
    district_code: str
    since: datetime
    opened_at: datetime
    updated_at: datetime
    value: float
    facts: dict[str, Any]
    what: dict[str, str]
    public: dict[str, str]
    first_step: dict[str, str]
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_note: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolved_note: str | None
    resolution: str | None


@dataclass(frozen=True)
class OpenAlerts:
    """alerts: the gravest first, unacknowledged before acknowledged, oldest first; looked_at: by the keeper, last."""

    alerts: list[Alert]
    looked_at: datetime | None

    @property
    def counts(self) -> dict[str, int]:
        """Open alerts by severity, the gravest first, 0 included; then severities the configuration lacks now."""
        found = dict.fromkeys(alert_rules().severities, 0)
        for alert in self.alerts:
            found[alert.severity] = found.get(alert.severity, 0) + 1
        return found


@dataclass(frozen=True)
class History:
    """One page of alerts, newest opening first, and how many there are in all."""

    alerts: list[Alert]
    total: int


@dataclass(frozen=True)
class Event:
    """What happened: opened, changed (by half or severity), acknowledged, resolved, cleared; `who` None: by itself.

    cleared: the condition of an alert that was resolved by hand came to its end; from then on it may open anew.
    """

    event_id: int
    at: datetime
    kind: str
    who: str | None
    note: str | None
    value: float | None


@dataclass(frozen=True)
class Notice:
    """One message about an event to one target; neither sent nor dropped: it is tried again at next_at."""

    event_id: int
    target: str
    attempts: int
    next_at: datetime
    sent_at: datetime | None
    dropped_at: datetime | None
    error: str | None


COLUMNS = ", ".join(field.name for field in fields(Alert))
RANK = "coalesce(array_position(CAST(:severities AS text[]), severity), 99)"

OPEN = f"""
SELECT {COLUMNS} FROM alert WHERE resolved_at IS NULL
ORDER BY {RANK}, acknowledged_at IS NOT NULL, since, alert_id
"""

FOUND = """
FROM alert
WHERE (CAST(:rule AS text) IS NULL OR rule = :rule)
  AND (CAST(:severity AS text) IS NULL OR severity = :severity)
  AND (CAST(:district AS text) IS NULL OR district_code = :district)
  AND (CAST(:ward AS text) IS NULL OR ward_code = :ward)
  AND (CAST(:first AS date) IS NULL OR opened_at >= CAST(:first AS date)::timestamp AT TIME ZONE :tz)
  AND (CAST(:last AS date) IS NULL OR opened_at < (CAST(:last AS date) + 1)::timestamp AT TIME ZONE :tz)
  AND CASE CAST(:state AS text) WHEN 'open' THEN resolved_at IS NULL
           WHEN 'unacknowledged' THEN resolved_at IS NULL AND acknowledged_at IS NULL
           WHEN 'acknowledged' THEN resolved_at IS NULL AND acknowledged_at IS NOT NULL
           WHEN 'resolved' THEN resolved_at IS NOT NULL ELSE true END
  AND folded || ' ' || folded_notes LIKE ALL (CAST(:words AS text[]))
"""


@of_alerts
def open_alerts(connection: Connection) -> OpenAlerts:
    """All open alerts in scope. Called by pages/alerts.py, pages/overview.py and the wall."""
    found = rows(connection, OPEN, severities=list(alert_rules().severities))
    return OpenAlerts(
        [Alert(**row) for row in found],
        one(connection, "SELECT max(looked_at) AS looked_at FROM alert_state")["looked_at"],
    )


@of_alerts
def alert_history(
    connection: Connection, search: str = "", rule: str | None = None, severity: str | None = None,
    state: str | None = None, district: str | None = None, ward: str | None = None, first: date | None = None,
    last: date | None = None, page: int = 0, size: int = PAGE,
) -> History:  # fmt: skip
    """One page (from 0) of the alerts in scope, open ones included.

    search: every word must occur in the text, a name or a note; diacritics don't matter. state: open,
    unacknowledged, acknowledged (both of the open ones), resolved; None: all. first, last: local days of opening.
    """
    values = {
        "rule": rule, "severity": severity, "state": state, "district": district, "ward": ward, "first": first,
        "last": last, "tz": settings().timezone, "words": [_like(word) for word in fold(search).split()],
    }  # fmt: skip
    total = one(connection, f"SELECT count(*) AS n {FOUND}", **values)["n"]
    found = rows(
        connection,
        f"SELECT {COLUMNS} {FOUND} ORDER BY opened_at DESC, alert_id DESC LIMIT :size OFFSET :skip",
        **values, size=size, skip=page * size,
    )  # fmt: skip
    return History([Alert(**row) for row in found], int(total))


@of_alerts
def alert_events(connection: Connection, alert_id: int) -> list[Event]:
    """What happened to one alert, oldest first; nothing when it is not in scope."""
    query = "SELECT event_id, at, kind, who, note, value FROM alert_event WHERE alert_id = :id ORDER BY event_id"
    return [Event(**row) for row in rows(connection, query, id=alert_id)]


@of_alerts
def alert_notices(connection: Connection, alert_id: int) -> list[Notice]:
    """What was sent, or is to be, about one alert; nothing when it is not in scope."""
    query = """SELECT event_id, target, attempts, next_at, sent_at, dropped_at, error FROM notification
                WHERE alert_id = :id ORDER BY event_id, target"""
    return [Notice(**row) for row in rows(connection, query, id=alert_id)]


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
