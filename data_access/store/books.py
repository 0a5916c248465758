"""The sync's own books in the store: data version, watermarks, status. Who writes figures writes here too."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem

SYNC_LOCK = 7_200_585  # held by the session of the one sync at work
WRITE_LOCK = 7_200_586  # held by each transaction that changes facts or rollups


@dataclass(frozen=True)
class Version:
    """Which state of the figures this is, and the instant of the source it describes."""

    number: int
    as_of: datetime
    committed_at: datetime


@dataclass(frozen=True)
class Watermark:
    """How far an entity has been read. `key` is the position's text within `at`."""

    at: datetime | None = None
    key: str | None = None
    rows_read: int = 0
    first_load_done: bool = False


def writing(connection: Connection) -> None:
    """First statement of a transaction that changes facts or rollups: one such at a time."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": WRITE_LOCK})


def writing_beside_others(connection: Connection) -> None:
    """The same for transactions of a first load that don't meet: several such, but no other, at a time."""
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:k)"), {"k": WRITE_LOCK})


def version(connection: Connection) -> Version | None:
    """The current version; None before the first load has ended."""
    row = connection.execute(text("SELECT version, as_of, committed_at FROM data_version")).one_or_none()
    return Version(*row) if row else None


def bump(connection: Connection, as_of: datetime | None, tz: str) -> None:
    """The next version; `as_of` None keeps the instant (facts changed, the poll isn't over)."""
    connection.execute(
        text("""
            INSERT INTO data_version (version, as_of, as_of_day, committed_at)
            VALUES (1, coalesce(:as_of, now()), (coalesce(:as_of, now()) AT TIME ZONE :tz)::date, clock_timestamp())
            ON CONFLICT (single) DO UPDATE SET
              version = data_version.version + 1,
              as_of = coalesce(:as_of, data_version.as_of),
              as_of_day = coalesce((CAST(:as_of AS timestamptz) AT TIME ZONE :tz)::date, data_version.as_of_day),
              committed_at = clock_timestamp()
        """),
        {"as_of": as_of, "tz": tz},
    )


def watermark(connection: Connection, entity: str) -> Watermark:
    """How far `entity` has been read; an empty watermark when it never was."""
    row = connection.execute(
        text("SELECT at, key, rows_read, first_load_done FROM sync_watermark WHERE entity = :e"), {"e": entity}
    ).one_or_none()
    return Watermark(*row) if row else Watermark()


def set_watermark(connection: Connection, entity: str, mark: Watermark) -> None:
    """Commit how far `entity` has been read, in the transaction that holds the rows themselves."""
    connection.execute(
        text("""
            INSERT INTO sync_watermark AS w (entity, at, key, rows_read, first_load_done, changed_at)
            VALUES (:e, :at, :key, :rows, :done, now())
            ON CONFLICT (entity) DO UPDATE SET at = :at, key = :key, rows_read = :rows,
              first_load_done = :done, changed_at = now()
        """),
        {"e": entity, "at": mark.at, "key": mark.key, "rows": mark.rows_read, "done": mark.first_load_done},
    )


def defer_indexes(connection: Connection, tables: list[str]) -> None:
    """Make these tables ready for COPY: drop their indexes and keys, remembering how they are made.

    FORCE goes too until `restore_indexes`: PostgreSQL refuses COPY into a table whose owner is under row-level
    security. The reader stays under it; the owner's own policy lets it work on all rows anyway.
    """
    rows = connection.execute(
        text("""
            SELECT c.relname AS name, t.relname AS on_table, pg_get_indexdef(i.indexrelid) AS definition,
                   i.indisprimary AS is_key
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
              JOIN pg_namespace n ON n.oid = t.relnamespace
             WHERE n.nspname = 'public' AND t.relname = ANY(:tables) AND i.indisunique = i.indisprimary
        """),
        {"tables": tables},
    ).all()
    for row in rows:
        connection.execute(
            text("INSERT INTO deferred_index VALUES (:name, :definition)"),
            {"name": row.name, "definition": row.definition},
        )
        if row.is_key:
            connection.execute(text(f'ALTER TABLE {row.on_table} DROP CONSTRAINT "{row.name}"'))
        else:
            connection.execute(text(f'DROP INDEX "{row.name}"'))
    for table in tables:
        connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))


def restore_key(connection: Connection, table: str) -> None:
    """Make the primary key of `table` again and FORCE row-level security; nothing when that was done before.

    Raises IntegrityError when a key is there twice.
    """
    name = f"{table}_pkey"
    definition = connection.execute(
        text("DELETE FROM deferred_index WHERE name = :name RETURNING definition"), {"name": name}
    ).scalar_one_or_none()
    if definition is not None:
        connection.exec_driver_sql(definition)
        connection.execute(text(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" PRIMARY KEY USING INDEX "{name}"'))
        connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))


def deferred(connection: Connection) -> list[str]:
    """Names of the indexes that are put aside, without keys."""
    return list(connection.execute(text("SELECT name FROM deferred_index WHERE name NOT LIKE '%\\_pkey'")).scalars())


def restore_index(connection: Connection, name: str) -> None:
    """Make one index again; several sessions may do this at once."""
    definition = connection.execute(
        text("DELETE FROM deferred_index WHERE name = :name RETURNING definition"), {"name": name}
    ).scalar_one()
    connection.exec_driver_sql(definition)


def restore_indexes(connection: Connection, table: str | None = None) -> None:
    """Make all keys and indexes again that `defer_indexes` dropped, of one table when it is named."""
    names = connection.execute(
        text("SELECT name FROM deferred_index WHERE definition LIKE '% ON public.' || :table || ' USING %' "
             "ORDER BY name NOT LIKE '%\\_pkey'"),
        {"table": table or "%"},
    ).scalars().all()  # fmt: skip
    for name in names:
        if name.endswith("_pkey"):
            restore_key(connection, name.removesuffix("_pkey"))
        else:
            restore_index(connection, name)


def set_status(
    engine: Engine,
    state: str,
    *,
    progress: float | None = None,
    stage: str | None = None,
    source_at: datetime | None = None,
    problem: Problem | None = None,
) -> bool:
    """Say what the sync is doing, in a transaction of its own. False when the store can't be told.

    `since` moves only when the state changes. A problem's facts hold no host, SQL or password: they are
    those of a sentence written for people.
    """
    values: dict[str, Any] = {
        "state": state,
        "progress": progress,
        "stage": stage,
        "source_at": source_at,
        "code": problem.code if problem else None,
        "facts": json.dumps(problem.facts, default=str) if problem else None,
    }
    try:
        with engine.begin() as connection:
            connection.execute(
                text("""
                    INSERT INTO sync_status AS s (state, since, heartbeat_at, source_at, progress, stage,
                                                  problem_code, problem_facts)
                    VALUES (:state, now(), now(), :source_at, :progress, :stage, :code, CAST(:facts AS jsonb))
                    ON CONFLICT (single) DO UPDATE SET
                      state = :state, heartbeat_at = now(), progress = :progress, stage = :stage,
                      since = CASE WHEN s.state = :state THEN s.since ELSE now() END,
                      source_at = coalesce(CAST(:source_at AS timestamptz), s.source_at),
                      problem_code = :code, problem_facts = CAST(:facts AS jsonb)
                """),
                values,
            )
    except SQLAlchemyError:
        return False
    return True
