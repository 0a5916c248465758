"""Open alerts on a wall: the gravest first, what and where since when, the first step; nobody named."""

from datetime import datetime, timedelta

from config.i18n import Texts
from data_access.queries.alerts import Alert, OpenAlerts
from pages.alert_words import counted, quiet_words, severity_words
from widgets.wall import parts

ALERTS = 3
LATE = timedelta(minutes=5)
"""Rules are looked at every ten seconds: after so long without a look the panel tells of another time."""


def alerts_panel(found: OpenAlerts, at: datetime, t: Texts) -> str:
    """The panel, beside figures of `at`; without alerts it says when was last looked for some, as that is what makes it
    good news."""
    alerts = found.alerts
    waiting = sum(alert.acknowledged_at is None for alert in alerts)
    title = t("Open alerts · {n}", n=t.number(len(alerts))) if alerts else t("Alerts")
    note: str | parts.Late = t("{n} not acknowledged", n=t.number(waiting)) if alerts else ""
    if found.looked_at is not None and at - found.looked_at > LATE:
        note = parts.Late(t("not looked at since {at}", at=t.moment(found.looked_at)), True)
    rest = alerts[ALERTS:]
    more = t("and {n} more: {kinds}", n=t.number(len(rest)), kinds=counted(rest, t)) if rest else ""
    body = parts.notices([_notice(alert, t) for alert in alerts], ALERTS, more, quiet_words(found, t))
    return parts.panel(title, note, body)


def _notice(alert: Alert, t: Texts) -> parts.Notice:
    word, tone = severity_words(alert.severity, t)
    if alert.acknowledged_at is not None:
        word = f"{word} ({t('acknowledged')})"
    return parts.Notice(word, tone, t.pick(**alert.public), t.pick(**alert.first_step))
