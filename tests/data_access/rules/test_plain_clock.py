"""The clock that explains and the clock for arrays agree exactly, on calendars nobody has thought of."""

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.rules.clock import WorkingClock
from data_access.rules.plain_clock import UNITS, Calendar, Pause, explain

FIRST, LAST = date(2018, 12, 1), date(2019, 6, 30)
NAME = {"vi": "Nghỉ", "en": "Off"}
days = st.dates(FIRST, LAST)
moments = st.datetimes(datetime.combine(FIRST, time.min), datetime.combine(LAST, time.max))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Half a year with up to 60 days off, some made up, and one to three office spans to the minute."""
    edges = sorted(draw(st.lists(st.integers(1, 1438), min_size=2, max_size=6, unique=True)))
    hours = [time(m // 60, m % 60) for m in edges[: len(edges) // 2 * 2]]
    spans = tuple(zip(hours[::2], hours[1::2], strict=True))
    return Calendar(
        FIRST, LAST,
        off=dict.fromkeys(draw(st.sets(days, max_size=60)), NAME),
        made_up=dict.fromkeys(draw(st.sets(days, max_size=8)), NAME),
        hours=spans,
        same_day_cutoff=time(draw(st.integers(0, 23)), draw(st.integers(0, 59)), draw(st.integers(0, 59))),
    )  # fmt: skip


@st.composite
def dossiers(draw: st.DrawFn) -> tuple[datetime, float, str, bool, list[Pause]]:
    """Receipt, limit, same day, and pauses that may overlap, precede receipt, last, or end before they begin."""
    received = draw(moments)
    unit = draw(st.sampled_from(UNITS))
    whole = st.integers(0, 60 if unit != "month" else 3).map(float)
    part = st.floats(0, 40, allow_nan=False).map(lambda x: round(x, 3))
    value = draw(whole if unit in ("day", "month") else whole | part)
    near = st.timedeltas(timedelta(days=-5), timedelta(days=30))
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        start = received + draw(near)
        pauses.append((start, draw(st.none() | near.map(lambda d, start=start: start + d))))
    return received, value, unit, draw(st.booleans()), pauses


def vectorised(clock: WorkingClock, batch: list[Any], now: datetime) -> list[Any]:
    received = np.array([d[0] for d in batch], "M8[us]")
    due = clock.due_at(received, [d[1] for d in batch], [d[2] for d in batch], [d[3] for d in batch])
    pauses = [(i, p[0], p[1] or "NaT") for i, d in enumerate(batch) for p in d[4]]
    owner, start, end = ([p[k] for p in pauses] for k in range(3))
    paused = clock.paused(owner, np.array(start, "M8[us]"), np.array(end, "M8[us]"), received, now)
    return list(clock.add_working_time(due, paused).astype(datetime))


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(calendars(), st.lists(dossiers(), min_size=1, max_size=4), moments | st.just(datetime.combine(LAST, time(12))))
def test_the_two_clocks_agree(calendar: Calendar, batch: list[Any], now: datetime) -> None:
    clock = WorkingClock.of(calendar)
    told: list[Any] = []
    for received, value, unit, same_day, pauses in batch:
        try:
            told.append(explain(calendar, received, value, unit, same_day, pauses, now))
        except ValueError as error:
            told.append(error)
    for dossier, one in zip(batch, told, strict=True):
        if isinstance(one, ValueError):
            with pytest.raises(ValueError, match=r"calendar|limit_value"):
                vectorised(clock, [dossier], now)
    good = [(d, e) for d, e in zip(batch, told, strict=True) if not isinstance(e, ValueError)]
    if good:
        assert vectorised(clock, [d for d, _ in good], now) == [e.due_at for _, e in good]
