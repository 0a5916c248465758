"""Which alerts open, change and end: bands and minimum durations, each opened once, none that flutters.

Pure: a rule, its figures now, what was held before and the instant go in; what to do comes out. Called by
data_access/alerts.py, which keeps the memory in the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from config.alert_kinds import AlertRule

Subject = tuple[str, str]
"""Kind and code of what an alert is about."""
Deed = Literal["opened", "changed", "kept", "resolved", "cleared"]
FACTOR = 1.5
"""A figure that many times more or less than last told is an event of its own."""


@dataclass(frozen=True)
class Standing:
    """An alert whose condition is not over. `hushed`: resolved by hand already; `told`: the newest event's figure."""

    district_code: str
    severity: str
    told: float
    hushed: bool = False
    clearing_since: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What to do with the alert of one subject: open it, keep it (with an event when changed) or end it.

    resolved: it ends by itself; cleared: the condition of a hushed one is over. gone: the rule no longer looks there.
    """

    deed: Deed
    subject: Subject
    value: float
    since: datetime | None = None
    clearing_since: datetime | None = None
    gone: bool = False


@dataclass(frozen=True)
class Decision:
    """pending: since when conditions stand that have not done so for their rule's minutes; the whole new memory."""

    pending: dict[Subject, datetime]
    steps: list[Step]


def decide(
    rule: AlertRule,
    figures: Mapping[Subject, float],
    pending: Mapping[Subject, datetime],
    standing: Mapping[Subject, Standing],
    now: datetime,
) -> Decision:
    """What one rule asks for. A subject that is not in the figures counts as 0."""
    outside = {s: a for s, a in standing.items() if not rule.scope.holds(a.district_code)}
    steps = list(ended(outside))
    waiting: dict[Subject, datetime] = {}
    for subject in dict.fromkeys((*standing, *figures)):
        value = figures.get(subject, 0.0)
        if subject in outside:
            continue
        if subject in standing:
            steps.append(_follow(rule, subject, standing[subject], value, now))
        elif value >= rule.limit.opens:
            since = pending.get(subject, now)
            if now - since >= timedelta(minutes=rule.minutes.opens):
                steps.append(Step("opened", subject, value, since))
            else:
                waiting[subject] = since
    return Decision(waiting, steps)


def ended(standing: Mapping[Subject, Standing]) -> Iterable[Step]:
    """The end of alerts that no rule looks at any more."""
    for subject, alert in standing.items():
        yield Step("cleared" if alert.hushed else "resolved", subject, alert.told, gone=True)


def _follow(rule: AlertRule, subject: Subject, alert: Standing, value: float, now: datetime) -> Step:
    kept = Step("kept", subject, value)
    if value < rule.limit.closes:
        since = alert.clearing_since or now
        if now - since >= timedelta(minutes=rule.minutes.closes):
            return replace(kept, deed="cleared" if alert.hushed else "resolved")
        return replace(kept, clearing_since=since)
    told = alert.severity == rule.severity and alert.told / FACTOR < value < alert.told * FACTOR
    return kept if told or alert.hushed else replace(kept, deed="changed")
