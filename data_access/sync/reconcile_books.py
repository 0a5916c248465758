"""The books of the reconcile pass: its rounds and how far they got, what it found, what need not be read again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, text

Kind = Literal["asked", "recent", "full"]
Found = Counter[tuple[str, str]]
"""(entity, kind) → rows repaired. Kinds: missing (in the store), stale, gone (from the source)."""

_ROUND = "kind, started_at, ended_at, since, next_day, every_row, days, repaired, seconds"


@dataclass(frozen=True)
class Round:
    """One pass over days. `since` None: from the oldest row on; `next_day` None: not begun."""

    kind: Kind
    started_at: datetime
    ended_at: datetime | None = None
    since: date | None = None
    next_day: date | None = None
    every_row: bool = False
    days: int = 0
    repaired: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Finding:
    """Rows of one entity that were wrong, and were repaired, within one day of last change."""

    found_at: datetime
    entity: str
    kind: str
    day: date
    rows: int


def rounds(connection: Connection) -> dict[str, Round]:
    """The last round of each kind that there was."""
    rows = connection.execute(text(f"SELECT {_ROUND} FROM reconcile_round"))
    return {r.kind: Round(*r) for r in rows}


def begin(connection: Connection, kind: Kind, since: date | None = None, every_row: bool = False) -> Round:
    """Start a round of this kind anew; also how a person asks for one (`kind` asked)."""
    row = connection.execute(
        text(f"""
            INSERT INTO reconcile_round AS r (kind, started_at, since, every_row)
            VALUES (:kind, clock_timestamp(), :since, :every_row)
            ON CONFLICT (kind) DO UPDATE SET started_at = EXCLUDED.started_at, since = EXCLUDED.since,
              every_row = EXCLUDED.every_row, ended_at = NULL, next_day = NULL, days = 0, repaired = 0, seconds = 0
            RETURNING {_ROUND}
        """),
        {"kind": kind, "since": since, "every_row": every_row},
    ).one()
    return Round(*row)


def advance(connection: Connection, of: Round, next_day: date | None, repaired: int, seconds: float) -> None:
    """One more day is done; `next_day` None ends the round. A round begun anew meanwhile is left alone."""
    connection.execute(
        text("""
            UPDATE reconcile_round SET next_day = coalesce(:next, next_day), days = days + 1,
                   repaired = repaired + :repaired, seconds = seconds + :seconds,
                   ended_at = CASE WHEN CAST(:next AS date) IS NULL THEN clock_timestamp() END
             WHERE kind = :kind AND started_at = :started
        """),
        {"kind": of.kind, "started": of.started_at, "next": next_day, "repaired": repaired, "seconds": seconds},
    )


def note(connection: Connection, day: date, found: Mapping[tuple[str, str], int]) -> None:
    """Remember what was repaired, in the transaction that repairs it."""
    for (entity, kind), rows in found.items():
        if rows:
            connection.execute(
                text("INSERT INTO reconcile_found VALUES (clock_timestamp(), :entity, :kind, :day, :rows)"),
                {"entity": entity, "kind": kind, "day": day, "rows": rows},
            )


def findings(connection: Connection, since: datetime) -> list[Finding]:
    """What has been found since an instant (of the store's clock), the newest first."""
    rows = connection.execute(
        text("SELECT found_at, entity, kind, day, rows FROM reconcile_found WHERE found_at >= :since ORDER BY 1 DESC"),
        {"since": since},
    )
    return [Finding(*r) for r in rows]


def known(connection: Connection, entity: str, day: date) -> tuple[str, str] | None:
    """The sums (of source and store) under which this day's rows were found to agree."""
    row = connection.execute(
        text("SELECT source_digest, store_digest FROM reconcile_known WHERE entity = :e AND day = :d"),
        {"e": entity, "d": day},
    ).one_or_none()
    return (row[0], row[1]) if row else None


def learn(connection: Connection, entity: str, day: date, digests: tuple[str, str]) -> None:
    """The day's rows agree although its sums don't."""
    connection.execute(
        text("""
            INSERT INTO reconcile_known VALUES (:e, :d, :source, :store)
            ON CONFLICT (entity, day) DO UPDATE SET source_digest = :source, store_digest = :store
        """),
        {"e": entity, "d": day, "source": digests[0], "store": digests[1]},
    )
