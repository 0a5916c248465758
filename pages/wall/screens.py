"""The screens made for walls, and what was last drawn of each: once a version for all walls of a language."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from config.city import wall_seconds
from config.i18n import Texts
from config.kept import revision
from data_access.queries.answers import NoAnswerError
from data_access.queries.watch import Pulse
from pages.wall import arrivals, backlog, connections, coverage, now, workload
from pages.wall.asking import answers_given
from widgets.wall import Picture

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WallScreen:
    """`draw` makes its picture, which stays for at least `looks` of the wall, however often the figures change.

    alerts: it shows alerts, so that it is drawn anew when they change too.
    """

    draw: Callable[[Texts], Picture]
    looks: int
    alerts: bool = False


SCREENS = {
    "now": WallScreen(now.picture, 1, alerts=True),
    "backlog": WallScreen(backlog.picture, 5),
    "coverage": WallScreen(coverage.picture, 30),
    "workload": WallScreen(workload.picture, 10),
    "connections": WallScreen(connections.picture, 1),
    "arrivals": WallScreen(arrivals.picture, 3),
}


@dataclass
class Drawn:
    """A picture; the version and instant of the oldest of its figures; when (monotonic) it was drawn, and the

    version, alerts, configuration and boundaries there were then; the questions that took too long for it.
    """

    picture: Picture
    version: int
    as_of: datetime | None
    at: float
    asked: int
    alerts: int
    configured: int = 0
    boundaries: int = 0
    coming: "tuple[Future[Any], ...]" = ()


class Gallery:
    """The newest picture of each screen and language. One thread draws, the others take what there is."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], Drawn] = {}
        self._guard = threading.Lock()

    def due(self, path: str, lang: str, pulse: Pulse) -> bool:
        """Whether there is more than the picture shows, and it has stood long enough."""
        drawn = self._drawn.get((path, lang))
        if drawn is None:
            return True
        stays = (SCREENS[path].looks - 0.5) * wall_seconds()
        moved = drawn.asked != pulse.version or any(question.done() for question in drawn.coming)
        moved = moved or (SCREENS[path].alerts and drawn.alerts != pulse.alerts)
        moved = moved or drawn.configured != revision() or drawn.boundaries != pulse.boundaries
        return moved and time.monotonic() - drawn.at >= stays

    def get(self, path: str, t: Texts, pulse: Pulse) -> Drawn:
        """The newest picture. One that can't be drawn now stays as it last was; NoAnswerError when it never was."""
        key = (path, t.lang)
        with self._guard:
            if self.due(path, t.lang, pulse):
                try:
                    configured = revision()
                    with answers_given() as given:
                        picture = SCREENS[path].draw(t)
                    oldest = min(given, key=lambda answer: answer.version, default=pulse)
                    coming = tuple(answer.coming for answer in given if answer.coming is not None)
                    self._drawn[key] = Drawn(picture, oldest.version, oldest.as_of, time.monotonic(), pulse.version,
                                             pulse.alerts, configured, pulse.boundaries, coming)  # fmt: skip
                except NoAnswerError:
                    if key not in self._drawn:
                        raise
                except Exception:
                    log.exception("a wall's screen failed", screen=path)
                    if key not in self._drawn:
                        raise
                    self._drawn[key].at = time.monotonic()  # try again in its own time
            return self._drawn[key]

    def newest(self, path: str, lang: str) -> Drawn | None:
        """What was last drawn, by whichever wall."""
        return self._drawn.get((path, lang))

    def clear(self) -> None:
        """Forget all pictures (tests)."""
        self._drawn.clear()


gallery = Gallery()
