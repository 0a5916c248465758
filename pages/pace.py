"""Who draws when: screens that are due at the same moment draw in turn, so that each one's redraw stays quick.

A process draws one screen at a time whatever it is asked (Python's lock). Without turns, five hundred screens that
notice a new version together all wait for each other, and what a person just clicked waits behind them. After a redraw
its turn rests for as long as that took: the busier the process, the rarer the redraws, and each one stays quick.
"""

import threading
import time

from config.city import city

AT_ONCE = 2
"""Screens drawn anew at a time: one computes while another waits for the store."""
PATIENCE_SECONDS = 3.0
"""A turn not given back by then is over: its browser has gone, or its store hangs."""
LONGEST_LOOK = 4.0
"""Seconds between two looks of a desk; below what makes the page say that the server is gone (connection.js)."""
VIEWERS_A_SECOND = 200
"""Looks a second that a process should spend time on."""


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


turns = Turns()
