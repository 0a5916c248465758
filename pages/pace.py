"""Who draws when: screens that are due at the same moment draw in turn, so that each one's redraw stays quick.

A process draws one screen at a time whatever it is asked (Python's lock). Without turns, five hundred screens that
notice a new version together all wait for each other, and what a person just clicked waits behind them. After a redraw
its turn rests for as long as that took: the busier the process, the rarer the redraws, and each one stays quick.

Walls have turns of their own, so that they never stand behind hundreds of desks.

`Work` holds for every run, whoever asked for it: when three hundred screens come back at once, a few are served at a
time, first come first served. All at work together, each would hand Python's lock on after a few milliseconds, and
the event loop, which must hand it over for each message and each new thread, would send nothing for minutes.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from config.city import city

AT_ONCE = 2
"""Screens drawn anew at a time: one computes while another waits for the store."""
PATIENCE_SECONDS = 3.0
"""A turn not given back by then is over: its browser has gone, or its store hangs."""
LONGEST_LOOK = 4.0
"""Seconds between two looks of a desk; below what makes the page say that the server is gone (connection.js)."""
VIEWERS_A_SECOND = 200
"""Looks a second that a process should spend time on."""
RUNS_AT_WORK = 3
"""Runs of scripts at work at a time in one process."""
RUN_SECONDS = 1.0
"""A run that takes longer waits for something, the store or a file: the next one begins beside it."""


class Turns:
    """`take` asks for a turn; `begin` and `end` frame every run, also those that a person asked for."""

    def __init__(self) -> None:
        self._drawing: dict[str, float] = {}
        self._resting: list[float] = []
        self._seen: dict[str, float] = {}
        self._looked_through = 0.0
        self._guard = threading.Lock()

    def take(self, viewer: str) -> bool:
        """Whether `viewer` may draw anew now; never while it is drawing already."""
        now = time.monotonic()
        with self._guard:
            self._seen[viewer] = now
            self._drawing = {one: at for one, at in self._drawing.items() if now - at < PATIENCE_SECONDS}
            self._resting = [until for until in self._resting if until > now]
            if viewer in self._drawing or len(self._drawing) + len(self._resting) >= AT_ONCE:
                return False
            self._drawing[viewer] = now
            return True

    def begin(self, viewer: str) -> None:
        """A run of `viewer` begins, with or without a turn."""
        with self._guard:
            self._seen[viewer] = self._drawing[viewer] = time.monotonic()

    def end(self, viewer: str) -> None:
        """Its run is over."""
        now = time.monotonic()
        with self._guard:
            began = self._drawing.pop(viewer, None)
            if began is not None:
                self._resting.append(now + min(now - began, PATIENCE_SECONDS))

    def look_ms(self) -> int:
        """How often a desk should look, in milliseconds: as often as the city says, less often where many look."""
        now = time.monotonic()
        with self._guard:
            if now - self._looked_through >= 1.0:  # not at each of hundreds of looks a second
                self._looked_through = now
                self._seen = {one: at for one, at in self._seen.items() if now - at < 5 * LONGEST_LOOK}
            return round(1000 * min(LONGEST_LOOK, max(city().refresh.desk, len(self._seen) / VIEWERS_A_SECOND)))


class Work:
    """`at_work` frames a run: it waits until fewer than RUNS_AT_WORK others are at work, in the order of coming."""

    def __init__(self) -> None:
        self._at_work: dict[int, float] = {}
        self._waiting: deque[threading.Event] = deque()
        self._guard = threading.Lock()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The calling thread's run; one within it (a run that begins itself again) is part of it."""
        me = threading.get_ident()
        if me in self._at_work:
            yield
            return
        self._come(me)
        try:
            yield
        finally:
            with self._guard:
                self._at_work.pop(me, None)
                self._call_next()

    def _come(self, me: int) -> None:
        called = threading.Event()
        with self._guard:
            self._waiting.append(called)
            self._call_next()
        while True:
            with self._guard:
                first = self._waiting[0] is called
                left = self._seconds_left()
                if first and left <= 0:
                    self._waiting.popleft()
                    self._at_work[me] = time.monotonic()
                    self._call_next()
                    return
                called.clear()
            called.wait(left if first else None)

    def _call_next(self) -> None:
        if self._waiting:
            self._waiting[0].set()

    def _seconds_left(self) -> float:
        """Until one more may begin, if nobody ends before."""
        now = time.monotonic()
        quick = sorted(at for at in self._at_work.values() if now - at < RUN_SECONDS)
        return quick[-RUNS_AT_WORK] + RUN_SECONDS - now if len(quick) >= RUNS_AT_WORK else 0.0


turns = Turns()
wall_turns = Turns()
work = Work()
