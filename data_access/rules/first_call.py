"""Which wards to call first: points for what stands badly there, so that reasons add up and each can be told.

Pure. A reason gives weight × min(1, figure ÷ full) points (config/first_call.yaml says both), nothing where its
figure is zero, negative or not known; a ward's points are their sum. Three things keep small wards from the top by
their rate alone: most reasons are counts, a rate counts with the lower end of its interval only, days of work count
from a number of open dossiers on. Equal points: more overdue first, then more due within 24 hours, then more open,
then the ward's code. A ward without any point isn't listed.

Called by data_access/queries/first_call.py, which brings the figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from operator import itemgetter

from config.first_call import FirstCall, Reason


@dataclass(frozen=True)
class Ward:
    """A ward's figures at the data's own instant; counts of dossiers.

    before: overdue at yesterday's end; oldest_days: calendar days that the longest overdue dossier is late; still:
    of those due within 24 hours, the ones in which nothing moves; work_days: None where nothing was settled;
    wan_since, onestop_since: since when a link is down; link_minutes: minutes of the longer of the two.
    step_name, stuck: the step at which most overdue dossiers wait, and how many; None where it was not looked for.
    """

    ward_code: str
    district_code: str
    open: int = 0
    overdue: int = 0
    before: int = 0
    oldest_days: int = 0
    due_24h: int = 0
    still: int = 0
    work_days: float | None = None
    wan_since: datetime | None = None
    onestop_since: datetime | None = None
    link_minutes: float = 0.0
    step_name: str | None = None
    stuck: int = 0


@dataclass(frozen=True)
class Call:
    """A ward with its points by reason, the heaviest reason first, and its open alerts nobody has acknowledged."""

    ward: Ward
    points: dict[Reason, float]
    alerts: int = 0

    @property
    def total(self) -> float:
        """All of its points."""
        return sum(self.points.values())


def lower_rate(part: int, whole: int, chance: float) -> float:
    """The lower end of Wilson's interval of part ÷ whole, `chance` standard deviations wide; 0 of 0 is 0."""
    if not whole:
        return 0.0
    share, square = part / whole, chance * chance
    spread = chance * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, (share + square / (2 * whole) - spread) / (1 + square / whole))


def figures(ward: Ward, alerts: int, conf: FirstCall) -> dict[Reason, float]:
    """What each reason is measured by, in the units of config/first_call.yaml."""
    return {
        "overdue": ward.overdue,
        "overdue_rate": lower_rate(ward.overdue, ward.open, conf.chance),
        "overdue_change": ward.overdue - ward.before,
        "oldest_days": ward.oldest_days,
        "due_24h": ward.due_24h,
        "still": ward.still,
        "link_minutes": ward.link_minutes,
        "work_days": ward.work_days or 0.0 if ward.open >= conf.least_open else 0.0,
        "alerts": alerts,
    }


def call(ward: Ward, alerts: int, conf: FirstCall) -> Call:
    """A ward's points, the heaviest reason first; reasons that give nothing are left out."""
    given: dict[Reason, float] = {}
    for reason, figure in figures(ward, alerts, conf).items():
        if figure > 0 and (by := conf.reasons[reason]).weight:
            given[reason] = by.weight * min(1.0, figure / by.full)
    return Call(ward, dict(sorted(given.items(), key=itemgetter(1), reverse=True)), alerts)


def place(found: Call) -> tuple[float, int, int, int, str]:
    """What the ranking sorts by, smallest first. Points to the millionth, so that the order of adding is nothing."""
    ward = found.ward
    return -round(found.total, 6), -ward.overdue, -ward.due_24h, -ward.open, ward.ward_code


def rank(calls: Iterable[Call]) -> list[Call]:
    """Those with points, to be called first first."""
    return sorted((found for found in calls if found.points), key=place)
