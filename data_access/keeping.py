"""Work that goes on beside the polls: threads that look again and again, whatever fails meanwhile."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from data_access.store.engine import owner_engine

log = structlog.get_logger(__name__)
SECONDS = 5.0
Look = Callable[[], object]


def again_and_again(name: str, look: Look, stop: threading.Event, seconds: float = SECONDS) -> None:
    """Call `look` every few seconds until `stop` is set, whatever fails; a row of failures is logged once."""
    failing = False
    while not stop.is_set():
        try:
            look()
            failing = False
        except (SQLAlchemyError, Problem) as error:
            if not failing:
                log.warning("not kept", what=name, error=str(error))
            failing = True
        except Exception:  # a thread that ended here would leave the last stage and alerts standing for good
            if not failing:
                log.exception("not kept", what=name)
            failing = True
        stop.wait(seconds)


@contextmanager
def keeping(
    store_owner_url: str, stop: threading.Event, looks: Callable[[Engine], Mapping[str, Look]], seconds: float = SECONDS
) -> Iterator[None]:
    """While the block runs, or until `stop`: each of `looks(engine)` in a thread of its own, by its name.

    The engine is theirs alone, so that a source or a poll that hangs keeps nobody from looking.
    """
    engine = owner_engine(store_owner_url)
    threads = [
        threading.Thread(target=again_and_again, args=(name, look, stop, seconds), name=name, daemon=True)
        for name, look in looks(engine).items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=5)
        engine.dispose()
