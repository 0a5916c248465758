"""How quick the working-day clock is: run from a bench, prints nothing, asserts nothing."""

from time import perf_counter

import numpy as np

from data_access.rules.plain_clock import UNITS, explain
from data_access.working_time import city_calendar, city_clock

DOSSIERS = 1_000_000
PLAIN = 1_000


def measure() -> dict[str, float]:
    """Seconds for a million deadlines of mixed units, for their pauses (one in five has one), and for both;
    plain deadlines a second."""
    rng = np.random.default_rng(2018)
    clock, calendar = city_clock(), city_calendar()
    received = np.datetime64("2018-01-01", "s") + rng.integers(0, 8 * 365 * 86_400, DOSSIERS).astype("m8[s]")
    unit = np.array(UNITS)[rng.choice(4, DOSSIERS, p=[0.1, 0.1, 0.75, 0.05])]
    value = np.where(unit == "month", 1, rng.integers(1, 46, DOSSIERS))
    same_day = rng.random(DOSSIERS) < 0.4
    paused = rng.choice(DOSSIERS, DOSSIERS // 5)
    start = received[paused] + rng.integers(0, 10 * 86_400, len(paused)).astype("m8[s]")
    end = start + rng.integers(0, 20 * 86_400, len(paused)).astype("m8[s]")
    began = perf_counter()
    due = clock.due_at(received, value, unit, same_day)
    counted = perf_counter()
    added = clock.paused(paused, start, end, received, "2026-11-20T15:30:00")
    clock.add_working_time(due, added)
    done = perf_counter()
    for i in range(PLAIN):
        explain(calendar, received[i].item(), float(value[i]), str(unit[i]), bool(same_day[i]))
    plain = perf_counter() - done
    return {
        "deadlines_1m_s": counted - began,
        "pauses_1m_s": done - counted,
        "deadlines_with_pauses_1m_s": done - began,
        "plain_deadlines_per_s": PLAIN / plain,
    }
