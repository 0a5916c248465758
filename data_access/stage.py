"""The operating stage's keeper: takes the figures, decides by rules/stage.py, remembers in the store.

One writer: a thread of the sync process, apart from the polls, so that a source that is away is noticed too.
Application processes stand by (standby.py), so that a dead sync is noticed as well. Keepers exclude each other by an
advisory lock; viewers only read.
"""

import json
import threading
from contextlib import AbstractContextManager
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine, text

from config.kept import revision
from config.stages import stages
from data_access.keeping import keeping
from data_access.queries.arrivals import arrivals
from data_access.queries.connections import LINKS
from data_access.rules.stage import Decision, Held, decide
from data_access.store import books

log = structlog.get_logger("stage")
STAGE_LOCK = 7_200_587

OPEN = "SELECT count(*) FILTER (WHERE overdue)::float8 / nullif(count(*), 0) FROM open_dossier"
DOWN = f"SELECT wan_down::float8 / nullif(wards, 0) FROM ({LINKS}) l"
AGE = """SELECT extract(epoch FROM now() - coalesce(source_at, as_of)) / 60
           FROM sync_status s LEFT JOIN data_version v ON true"""


def figures(connection: Connection) -> dict[str, float | None]:
    """The city's figures by criterion; None where there is nothing to divide by. Whole city: owner's connection."""
    today = arrivals(connection)
    return {
        "links_down": connection.execute(text(DOWN)).scalar_one(),
        "overdue_rate": connection.execute(text(OPEN)).scalar_one(),
        "surge": today.ratio,
    }


def age_minutes(connection: Connection) -> float | None:
    """Minutes since the source was last seen to agree with the figures; None before the first load."""
    value = connection.execute(text(AGE)).scalar_one_or_none()
    return None if value is None else max(0.0, float(value))


def remembered(connection: Connection) -> dict[str, Held]:
    """What the store keeps of each criterion; nothing before the first decision."""
    memory = connection.execute(text("SELECT memory FROM stage_now")).scalar_one_or_none()
    return {code: _held(kept) for code, kept in (memory or {}).items()}


IDLE = "SELECT NOT EXISTS (SELECT FROM stage_now WHERE looked_at > :at - make_interval(secs => :s))"
HISTORY = "INSERT INTO stage_history VALUES (:at, :was, :stage, :criterion, :value) ON CONFLICT DO NOTHING"


class StageKeeper:
    """Looks every few seconds; figures are counted again only when there is a new version of them.

    standby: look only when nobody has for so many seconds.
    """

    def __init__(self, engine: Engine, standby: float = 0) -> None:
        self._engine = engine
        self._standby = standby
        self._counted: tuple[tuple[int, int], dict[str, float | None]] | None = None

    def look(self, now: datetime | None = None) -> Decision | None:
        """One look, in one transaction. None: nothing is loaded yet, or another keeper is at work.

        1. the lock; 2. figures and memory; 3. the decision; 4. memory back, a line of history when stage or
        criterion changed. `now` is the store's clock unless given (tests).
        """
        with self._engine.begin() as connection:
            if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": STAGE_LOCK}).scalar_one():
                return None
            version = books.version(connection)
            if version is None:
                return None
            at = now or connection.execute(text("SELECT now()")).scalar_one()
            if self._standby and not connection.execute(text(IDLE), {"at": at, "s": self._standby}).scalar_one():
                return None
            of = version.number, revision()  # the usual number of arrivals hangs on the calendar
            if self._counted is None or self._counted[0] != of:
                self._counted = (of, figures(connection))
            before = connection.execute(text("SELECT stage, criterion FROM stage_now")).one_or_none()
            told = decide(
                stages().criteria, remembered(connection), self._counted[1] | {"data_age": age_minutes(connection)}, at
            )
            _keep(connection, told, at)
            if before is None or (before.stage, before.criterion) != (told.stage, told.criterion):
                was = before.stage if before else None
                connection.execute(
                    text(HISTORY),
                    {"at": at, "was": was, "stage": told.stage, "criterion": told.criterion, "value": told.value},
                )
            return told


def keeping_stage(store_owner_url: str, stop: threading.Event, standby: float = 0) -> AbstractContextManager[None]:
    """Keep the stage in a thread of its own while the block runs, or until `stop`."""
    return keeping(store_owner_url, stop, lambda engine: {"stage": StageKeeper(engine, standby).look})


def _keep(connection: Connection, told: Decision, at: datetime) -> None:
    memory = {
        code: {"level": h.level, "heading": h.heading, "since": h.since and h.since.isoformat(), "value": h.value}
        for code, h in told.memory.items()
    }
    connection.execute(
        text("""
            INSERT INTO stage_now AS s (stage, criterion, value, since, looked_at, memory)
            VALUES (:stage, :criterion, :value, :at, :at, CAST(:memory AS jsonb))
            ON CONFLICT (single) DO UPDATE SET
              since = CASE WHEN s.stage = :stage THEN s.since ELSE :at END,
              stage = :stage, criterion = :criterion, value = :value, looked_at = :at, memory = CAST(:memory AS jsonb)
        """),
        {"stage": told.stage, "criterion": told.criterion, "value": told.value, "at": at, "memory": json.dumps(memory)},
    )


def _held(kept: dict[str, object]) -> Held:
    since = kept["since"]
    return Held(
        int(str(kept["level"])), int(str(kept["heading"])), datetime.fromisoformat(str(since)) if since else None,
        None if kept["value"] is None else float(str(kept["value"])),
    )  # fmt: skip
