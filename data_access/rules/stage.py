"""The operating stage from its criteria: bands and minimum durations, so that it never flutters.

Pure: what was held before, the figures now and the instant go in, what holds now comes out. Called by
data_access/stage.py, which keeps the memory in the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.stages import Criterion, CriterionCode

LOWEST = 1


@dataclass(frozen=True)
class Held:
    """One criterion's memory: its level in force, and where it has been heading without a break since when."""

    level: int = LOWEST
    heading: int = LOWEST
    since: datetime | None = None
    value: float | None = None


@dataclass(frozen=True)
class Decision:
    """The city's stage, the criterion that set it (None at stage 1) and its figure; memory by criterion."""

    stage: int
    criterion: str | None
    value: float | None
    memory: dict[str, Held]


def banded(criterion: Criterion, level: int, value: float) -> int:
    """The level that `value` asks for, coming from `level`: up at `up` or more, down only below `down`."""
    asked = [s for s, limit in criterion.limits.items() if value >= (limit.down if s <= level else limit.up)]
    return max(asked, default=LOWEST)


def advance(criterion: Criterion, held: Held, value: float | None, now: datetime) -> Held:
    """The memory after one more look. None (no figure) changes nothing.

    A level changes when the figure has asked for a change in the same direction for the criterion's minutes,
    without a break; it then goes only as far as was asked for through all of that time.
    """
    if value is None:
        return held
    asked = banded(criterion, held.level, value)
    if asked == held.level:
        return Held(held.level, held.level, None, value)
    up = asked > held.level
    going_on = held.since is not None and held.heading != held.level and (held.heading > held.level) == up
    since = held.since if going_on and held.since is not None else now
    heading = (min if up else max)(held.heading, asked) if going_on else asked
    minutes = criterion.minutes.up if up else criterion.minutes.down
    if now - since < timedelta(minutes=minutes):
        return Held(held.level, heading, since, value)
    beyond = banded(criterion, heading, value)
    return Held(heading, beyond, None if beyond == heading else now, value)


def decide(
    criteria: Mapping[CriterionCode, Criterion],
    memory: Mapping[str, Held],
    values: Mapping[str, float | None],
    now: datetime,
) -> Decision:
    """The highest level of all criteria; of equal ones the first in the file's order sets the stage."""
    after: dict[str, Held] = {
        code: advance(c, memory.get(code, Held()), values.get(code), now) for code, c in criteria.items()
    }
    stage = max((held.level for held in after.values()), default=LOWEST)
    if stage == LOWEST:
        return Decision(stage, None, None, after)
    code = next(code for code, held in after.items() if held.level == stage)
    return Decision(stage, code, after[code].value, after)
