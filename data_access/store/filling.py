"""A first load's indexes and rollups: several sessions at once, each making one thing after another.

Only before the first version, when nobody reads them: what an interrupted load has made is made anew. The rollups of
the moment and the version itself follow in one transaction (`rollups.publish`). A session works alone (no parallel
workers): most of these sums have nearly as many groups as rows, which workers would only hand to each other.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import Connection, Engine, text

from config.problems import Problem
from data_access.store import books, quality_rollup, rollups
from data_access.store.rollup import Rollup

SESSIONS = min(3, os.cpu_count() or 1)  # the owner's pool has room for five
SETTINGS = (
    "work_mem = '192MB'",  # else the sums spill to disk
    "maintenance_work_mem = '256MB'",
    "max_parallel_workers_per_gather = 0",
    "synchronous_commit = off",  # the commit of the version waits for the disk
)
# Longest first, so that no session is left with a long one at the end.
LONGEST = ("officer_day", "flow_day", "qd766_unit_month", "qd766_timely")

Work = Callable[[Connection], object]
Progress = Callable[[float], None]


def make_indexes(engine: Engine, progress: Progress) -> None:
    """All indexes that are put aside."""
    with engine.connect() as connection:
        names = books.deferred(connection)
    _at_once(engine, [partial(books.restore_index, name=name) for name in names], progress)


def fill_ahead(engine: Engine, progress: Progress) -> None:
    """Every rollup that needs no version, with its keys and indexes; those made from others after these."""
    ahead = [r for r in rollups.ROLLUPS if not r.moment]
    with engine.begin() as connection:
        _before_the_first_version(connection)
        books.defer_indexes(connection, [r.table for r in ahead])
    facts = sorted((r for r in ahead if not r.renewal), key=lambda r: (*LONGEST, r.table).index(r.table))
    others = [r for r in ahead if r.renewal]
    works: list[Work] = [partial(_fill, r=r) for r in facts]
    _at_once(engine, [*works, quality_rollup.fill_duplicates], lambda share: progress(0.8 * share))
    _at_once(engine, [partial(_fill, r=r) for r in others], lambda share: progress(0.8 + 0.2 * share))


def _fill(connection: Connection, r: Rollup) -> None:
    rollups.fill_empty(connection, r)
    books.restore_indexes(connection, r.table)
    connection.execute(text(f"ANALYZE {r.table}"))


def _at_once(engine: Engine, works: Sequence[Work], progress: Progress) -> None:
    """Each in a transaction of its own; the first failure ends all that hasn't begun."""

    def one(work: Work) -> None:
        with engine.begin() as connection:
            _before_the_first_version(connection)
            for setting in SETTINGS:
                connection.execute(text(f"SET LOCAL {setting}"))
            work(connection)

    pool = ThreadPoolExecutor(SESSIONS)
    try:
        for n, job in enumerate([pool.submit(one, work) for work in works], 1):
            job.result()
            progress(n / len(works))
    finally:
        pool.shutdown(cancel_futures=True)


def _before_the_first_version(connection: Connection) -> None:
    """Nobody publishes while this transaction lasts: a load whose session died must not undo its successor's work."""
    books.writing_beside_others(connection)
    if books.version(connection) is not None:
        raise Problem("sync_busy")
