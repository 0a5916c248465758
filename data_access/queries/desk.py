"""The one desk of this process where screens ask: reader engine, watch and answers, by reader URL."""

import threading
from dataclasses import dataclass

from config.city import wall_seconds
from data_access.queries.answers import Answers
from data_access.queries.watch import Watch
from data_access.store.engine import reader_engine


@dataclass(frozen=True)
class Desk:
    """`watch` knows the newest version, `answers` gives (cached) answers."""

    url: str
    watch: Watch
    answers: Answers


_guard = threading.Lock()
_desks: list[Desk] = []


def desk(reader_url: str) -> Desk:
    """The desk for this store; made at the first call, replaced when the URL changes (tests, restarts)."""
    with _guard:
        if _desks and _desks[0].url == reader_url:
            return _desks[0]
        close()
        engine = reader_engine(reader_url)
        watch = Watch(engine, lambda: min(1.0, wall_seconds()))  # no wall looks more often than the watch
        _desks.append(Desk(reader_url, watch, Answers(engine, watch)))
        return _desks[0]


def close() -> None:
    """End the watch of the desk there is."""
    while _desks:
        _desks.pop().watch.stop()
