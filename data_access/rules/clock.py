"""The working-day clock: office hours, holidays, make-up Saturdays, legal deadlines. Vectorised NumPy.

All times are local wall-clock times of the city as naive `datetime64` (Viet Nam has no summer time);
converting from and to `timestamptz` is the caller's business. Every function takes scalars or arrays and
returns an array of the broadcast shape. Law: DOMAIN.md section G. `plain_clock` counts the same one dossier
at a time and tells how; tests hold both equal.
"""

from collections.abc import Iterable
from datetime import time
from typing import Any

import numpy as np
import numpy.typing as npt

from data_access.rules.plain_clock import UNITS, Calendar

Days = npt.NDArray[np.datetime64]
Times = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Anything = Any  # whatever np.asarray takes: scalar, list, array

DAY = 86_400
OFFICE_HOURS = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
SAME_DAY_CUTOFF = 15 * 3600


def second_of_day(times: Anything) -> Ints:
    """Seconds since midnight, 0 … 86,399."""
    return np.asarray(times, "M8[s]").astype(np.int64) % DAY


class WorkingClock:
    """Counts working time between `first` and `last` day (both inclusive).

    A working day is Monday–Friday that is not in `days_off`, or any day in `makeup_days`. Days outside
    first…last raise ValueError: a deadline must never be counted with an unknown calendar by accident.
    """

    def __init__(
        self,
        days_off: Iterable[Any],
        makeup_days: Iterable[Any] = (),
        *,
        first: str = "2010-01-01",
        last: str = "2035-12-31",
        hours: tuple[tuple[int, int], ...] = OFFICE_HOURS,
        same_day_cutoff: int = SAME_DAY_CUTOFF,
    ) -> None:
        self.first = np.datetime64(first, "D")
        self.last = np.datetime64(last, "D")
        self.hours = hours
        self.same_day_cutoff = same_day_cutoff
        self.day_seconds = sum(end - start for start, end in hours)
        n = int((self.last - self.first).astype(int)) + 1
        days = self.first + np.arange(n)
        weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; 0 = Monday
        working = weekday < 5
        for wanted, dates in ((False, days_off), (True, makeup_days)):
            marked = np.asarray(list(dates), "M8[D]")
            marked = marked[(marked >= self.first) & (marked <= self.last)]
            working[(marked - self.first).astype(int)] = wanted
        self._working = working
        self._before = np.concatenate(([0], np.cumsum(working)))  # working days strictly before day i
        self._list = np.flatnonzero(working)  # k-th working day → day index

    @classmethod
    def of(cls, calendar: Calendar) -> "WorkingClock":
        """The clock of a calendar."""
        return cls(
            calendar.off,
            calendar.made_up,
            first=calendar.first.isoformat(),
            last=calendar.last.isoformat(),
            hours=tuple((_seconds(opens), _seconds(closes)) for opens, closes in calendar.hours),
            same_day_cutoff=_seconds(calendar.same_day_cutoff),
        )

    def _index(self, days: Anything) -> Ints:
        """Days → positions in the calendar; ValueError when outside."""
        index = (np.asarray(days, "M8[D]") - self.first).astype(np.int64)
        if index.size and (index.min() < 0 or index.max() >= len(self._working)):
            raise ValueError(f"day outside the working calendar {self.first} … {self.last}")
        return np.asarray(index)

    def is_working_day(self, days: Anything) -> npt.NDArray[np.bool_]:
        """True where the office works on that day."""
        return np.asarray(self._working[self._index(days)])

    def add_working_days(self, days: Anything, n: Anything) -> Days:
        """The n-th working day strictly after `days` (n ≥ 1); n = 0 gives `roll_forward(days)`."""
        index = self._index(days)
        n = np.asarray(n, np.int64)
        if n.size and n.min() < 0:
            raise ValueError("n must not be negative")
        # working days up to and including the day; the next one is number `passed` of the list
        passed = self._before[index + 1]
        rank = np.where(n > 0, passed + n - 1, self._before[index])
        if rank.size and rank.max() >= len(self._list):
            raise ValueError(f"deadline beyond the working calendar's end {self.last}")
        return np.asarray(self.first + self._list[rank])

    def roll_forward(self, days: Anything) -> Days:
        """The day itself when it is a working day, else the next working day."""
        return self.add_working_days(days, 0)

    def working_days_between(self, days: Anything, later: Anything) -> Ints:
        """Working days after `days` up to and including `later`; negative when `later` is earlier."""
        return np.asarray(self._before[self._index(later) + 1] - self._before[self._index(days) + 1])

    def worked(self, times: Anything) -> Ints:
        """Office seconds passed since the calendar began: grows in office hours only."""
        times = np.asarray(times, "M8[s]")
        index = self._index(times.astype("M8[D]"))
        second = times.astype(np.int64) % DAY
        today = np.zeros(np.shape(second), np.int64)
        for start, end in self.hours:
            today += np.clip(second - start, 0, end - start)
        return np.asarray(self._before[index] * self.day_seconds + np.where(self._working[index], today, 0))

    def at(self, worked: Anything, *, opening: bool = False) -> Times:
        """The time at which `worked` office seconds have passed (inverse of `worked`).

        Where office time stands still the earliest such time is given (17:00, 12:00); with `opening`
        the latest (8:00 of the next working day, 13:00): the moment work can start.
        """
        worked = np.asarray(worked, np.int64)
        shifted = worked if opening else worked - 1
        rank, second = shifted // self.day_seconds, shifted % self.day_seconds
        if rank.size and (rank.min() < 0 or rank.max() >= len(self._list)):
            raise ValueError("time outside the working calendar")
        clock = np.zeros(np.shape(second), np.int64)
        left = second
        placed = np.zeros(np.shape(second), bool)
        for start, end in self.hours:
            here = ~placed & (left < end - start)
            clock = np.where(here, start + left, clock)
            placed |= here
            left = np.where(placed, left, left - (end - start))
        clock = clock if opening else clock + 1
        days = (self.first + self._list[rank]).astype("M8[s]")
        return np.asarray(days + clock.astype("m8[s]"))

    def add_working_time(self, times: Anything, seconds: Anything) -> Times:
        """`times` plus that many office seconds."""
        return self.at(self.worked(times) + np.asarray(seconds, np.int64))

    def closing(self, days: Anything) -> Times:
        """The end of office hours on those days."""
        return np.asarray(np.asarray(days, "M8[D]").astype("M8[s]") + np.timedelta64(self.hours[-1][1], "s"))

    def due_at(
        self, received_at: Anything, limit_value: Anything, limit_unit: Anything, same_day: Anything = False
    ) -> Times:
        """When a dossier received at `received_at` is legally due, pauses apart.

        limit_unit per element: `hour` (office hours from the moment), `working_day` (day of receipt
        excluded), `day` and `month` (calendar, rolled forward off days off). All but hours end at the
        close of office; half a working day ends at its office time. `same_day` wins over the limit: before
        15:00 of a working day due that day, later due on the next working day.

        ValueError for unknown units, limits below 0 (hours: below a second), parts of days and months, and
        anything outside the calendar.
        """
        received, value, unit, same = np.broadcast_arrays(
            np.asarray(received_at, "M8[s]"), np.asarray(limit_value, np.float64), limit_unit, same_day
        )
        same = same.astype(bool)
        chosen = {name: ~same & (unit == name) for name in UNITS}
        if not (same | np.logical_or.reduce(list(chosen.values()))).all():
            raise ValueError(f"limit_unit must be one of {', '.join(UNITS)}")
        _check_limits(value, same, chosen)
        out = np.empty(received.shape, "M8[s]")
        day = received.astype("M8[D]")

        early = same & self.is_working_day(day) & (second_of_day(received) < self.same_day_cutoff)
        out[early] = self.closing(day[early])
        late = same & ~early
        out[late] = self.closing(self.add_working_days(day[late], 1))
        m = chosen["hour"]
        out[m] = self.add_working_time(received[m], np.rint(value[m] * 3600).astype(np.int64))
        m = chosen["working_day"]
        out[m] = self._add_days_and_part(day[m], np.rint(value[m] * self.day_seconds).astype(np.int64))
        m = chosen["day"]
        out[m] = self.closing(self.roll_forward(day[m] + value[m].astype(np.int64)))
        m = chosen["month"]
        out[m] = self.closing(self.roll_forward(_add_months(day[m], value[m].astype(np.int64))))
        return out

    def _add_days_and_part(self, days: Days, seconds: Ints) -> Times:
        """Whole working days after `days`, to the close of office; what is left over is worked on from there."""
        whole, part = seconds // self.day_seconds, seconds % self.day_seconds
        rolled = (whole > 0) | (part == 0)
        reached = days.copy()
        reached[rolled] = self.add_working_days(days[rolled], whole[rolled])
        out = self.closing(reached)
        out[part > 0] = self.add_working_time(out[part > 0], part[part > 0])
        return out

    def paused(
        self, dossier: Anything, from_at: Anything, to_at: Anything, received_at: Anything, now: Anything
    ) -> Ints:
        """Office seconds that each dossier was paused, overlapping pauses counted once.

        dossier, from_at, to_at: one entry a pause, in any order; `dossier` is a position in `received_at`.
        Only the time from receipt to `now` counts; a pause without an end (NaT) lasts until `now`.
        """
        received = np.asarray(received_at, "M8[s]")
        owner, until = np.asarray(dossier, np.int64), np.asarray(now, "M8[s]")
        start = np.maximum(np.asarray(from_at, "M8[s]"), received[owner])
        end = np.fmin(np.asarray(to_at, "M8[s]"), until)
        real = end > start
        owner = owner[real]
        # one axis for all dossiers, each on a stretch of its own: the running maximum never reaches the next
        stretch = owner * (len(self._list) * self.day_seconds + 1)
        begin, end_ = self.worked(start[real]) + stretch, self.worked(end[real]) + stretch
        order = np.lexsort((begin, owner))
        owner, begin, end_ = owner[order], begin[order], end_[order]
        reached = np.maximum.accumulate(np.concatenate(([-1], end_)))[:-1]
        length = np.maximum(end_ - np.maximum(begin, reached), 0)
        return np.bincount(owner, length, minlength=len(received)).astype(np.int64)


def _check_limits(value: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], chosen: dict[str, Any]) -> None:
    whole = chosen["day"] | chosen["month"]
    if not (same | (np.isfinite(value) & (value >= 0))).all() or (np.rint(value[chosen["hour"]] * 3600) < 1).any():
        raise ValueError("limit_value must not be negative, and above 0 for hours")
    if (value[whole] % 1 != 0).any():
        raise ValueError("days and months must be whole")


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _add_months(days: Days, months: Ints) -> Days:
    """Same day of the month `months` later, the month's last day where there is no such day."""
    month = days.astype("M8[M]")
    day_of_month = (days - month.astype("M8[D]")).astype(np.int64)
    target = month + months
    length = ((target + 1).astype("M8[D]") - target.astype("M8[D]")).astype(np.int64)
    return np.asarray(target.astype("M8[D]") + np.minimum(day_of_month, length - 1))
