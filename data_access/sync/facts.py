"""Dossiers, steps, pauses, link checks, observations: changing them and their rollups in one transaction.

All SQL works on sets: the batch lies in s_<table> (staging.py), what really changes is noted in
touched_<fact> (rollups.py), and only that is rewritten. Unchanged rows cost one comparison.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from data_access.store import rollups
from data_access.sync.staging import copy_in

DOSSIER = (
    "dossier_code", "procedure_code", "unit_received", "unit_code", "channel", "status", "received_at", "due_at",
    "finished_at", "returned_at", "updated_at", "submitted_at", "due_original", "matter_ward_code",
    "supplement_count", "apology_count", "late_reason", "fee_due", "paid_online", "digitised_in",
    "digitised_result", "signed_digitally", "self_submitted", "eid_verified", "rating", "field_code", "tier",
    "district_code", "bucket", "legal_due_at", "received_day", "settled_day", "timeliness", "overdue_from",
)  # fmt: skip
STEP = (
    "dossier_id", "step_name", "officer_ids", "started_at", "due_at", "finished_at", "updated_at", "finished_day",
    "unit_code", "district_code",
)  # fmt: skip
STEP_FROM_SOURCE = STEP[:-2]


@dataclass
class Changes:
    """How many rows of each kind a batch really changed."""

    dossiers: int = 0
    steps: int = 0
    links: int = 0
    observations: int = 0
    dimensions: int = 0

    def __bool__(self) -> bool:
        return any((self.dossiers, self.steps, self.links, self.observations, self.dimensions))

    def __iadd__(self, other: "Changes") -> "Changes":
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def stored_first_due(connection: Connection, table: pa.Table) -> pa.Array:
    """For a source that doesn't keep it: the first due date seen; the store's, else today's."""
    ids = table["dossier_id"].to_pylist()
    rows = connection.execute(
        text("SELECT dossier_id, due_original FROM dossier WHERE dossier_id = ANY(:ids) AND due_original IS NOT NULL"),
        {"ids": ids},
    )  # fmt: skip
    known = {row.dossier_id: row.due_original for row in rows}
    stored = pa.array([known.get(i) for i in ids], pa.timestamp("us", tz="UTC"))
    return pc.coalesce(stored, table["due_at"])


def change_dossiers(connection: Connection, batch: pa.Table) -> tuple[int, list[str]]:
    """Upsert and delete dossiers with their rollups noted.

    1. stage, last one of doubled keys; 2. remember and forget tombstones; 3. what really differs is
    touched; 4. subtract, write, add. Returns how many were touched and the ids that came back from
    deletion (their steps must be read again).
    """
    run = _runner(connection)
    copy_in(connection, "s_dossier", batch)
    run("DELETE FROM s_dossier a USING s_dossier b WHERE a.dossier_id = b.dossier_id AND a.ctid < b.ctid")
    run("INSERT INTO tombstone SELECT dossier_id, district_code FROM s_dossier WHERE deleted ON CONFLICT DO NOTHING")
    back = connection.execute(
        text("DELETE FROM tombstone t USING s_dossier s WHERE s.dossier_id = t.dossier_id AND NOT s.deleted "
             "RETURNING t.dossier_id")
    ).scalars().all()  # fmt: skip
    touched = run(f"""
        INSERT INTO touched_dossier
        SELECT s.dossier_id FROM s_dossier s LEFT JOIN dossier d USING (dossier_id)
         WHERE CASE WHEN s.deleted THEN d.dossier_id IS NOT NULL
                    ELSE d.dossier_id IS NULL OR ({_list("s", DOSSIER)}) IS DISTINCT FROM ({_list("d", DOSSIER)}) END
    """)
    if touched:
        rollups.contribute(connection, "dossier", -1)
        run("DELETE FROM dossier d USING s_dossier s WHERE s.dossier_id = d.dossier_id AND s.deleted")
        run(f"""
            INSERT INTO dossier (dossier_id, {", ".join(DOSSIER)})
            SELECT s.dossier_id, {_list("s", DOSSIER)} FROM s_dossier s JOIN touched_dossier USING (dossier_id)
             WHERE NOT s.deleted
            ON CONFLICT (dossier_id) DO UPDATE SET {_sets(DOSSIER)}
        """)
        rollups.contribute(connection, "dossier", 1)
    return touched, list(back)


def change_steps(connection: Connection, batch: pa.Table | None) -> int:
    """Upsert steps with their rollups noted, after the dossiers of the same batch. Returns how many.

    1. stage; those of deleted dossiers are left out; unit and district are the dossier's; 2. touched: what
    differs, steps whose dossier moved or has just arrived, steps of deleted dossiers; 3. subtract, write,
    add.
    """
    run = _runner(connection)
    if batch is not None and len(batch):
        copy_in(connection, "s_step", batch)
        run("DELETE FROM s_step a USING s_step b WHERE a.step_id = b.step_id AND a.ctid < b.ctid")
        run("DELETE FROM s_step s USING tombstone t WHERE t.dossier_id = s.dossier_id")
        run("UPDATE s_step s SET unit_code = d.unit_code, district_code = d.district_code FROM dossier d "
            "WHERE d.dossier_id = s.dossier_id")  # fmt: skip
        run(f"""
            INSERT INTO touched_step
            SELECT s.step_id FROM s_step s LEFT JOIN step f USING (step_id)
             WHERE f.step_id IS NULL OR ({_list("s", STEP)}) IS DISTINCT FROM ({_list("f", STEP)})
        """)
    run("""
        INSERT INTO touched_step
        SELECT s.step_id FROM touched_dossier t JOIN step s USING (dossier_id) LEFT JOIN dossier d USING (dossier_id)
         WHERE d.dossier_id IS NULL OR (s.unit_code, s.district_code) IS DISTINCT FROM (d.unit_code, d.district_code)
        UNION
        SELECT s.step_id FROM s_dossier z JOIN step s USING (dossier_id) WHERE z.deleted
        ON CONFLICT DO NOTHING
    """)
    touched = int(connection.execute(text("SELECT count(*) FROM touched_step")).scalar_one())
    if touched:
        rollups.contribute(connection, "step", -1)
        run("DELETE FROM step s USING touched_step t, tombstone d "
            "WHERE t.step_id = s.step_id AND d.dossier_id = s.dossier_id")  # fmt: skip
        run(f"""
            INSERT INTO step (step_id, {", ".join(STEP)})
            SELECT s.step_id, {_list("s", STEP)} FROM s_step s JOIN touched_step USING (step_id)
            ON CONFLICT (step_id) DO UPDATE SET {_sets(STEP)}
        """)
        run("""
            UPDATE step s SET unit_code = d.unit_code, district_code = d.district_code
              FROM touched_step t, dossier d
             WHERE t.step_id = s.step_id AND d.dossier_id = s.dossier_id
               AND (s.unit_code, s.district_code) IS DISTINCT FROM (d.unit_code, d.district_code)
        """)
        rollups.contribute(connection, "step", 1)
    return touched


def change_pauses(connection: Connection, read: Callable[[list[str]], pa.Table] | None) -> None:
    """Pauses of the touched dossiers, replaced by what the source has now."""
    run = _runner(connection)
    ids = list(connection.execute(text("SELECT dossier_id FROM touched_dossier")).scalars())
    if not ids or read is None:
        return
    copy_in(connection, "s_pause", read(ids))
    run("DELETE FROM pause p USING touched_dossier t WHERE t.dossier_id = p.dossier_id")
    run("""
        INSERT INTO pause (dossier_id, from_at, to_at, reason, district_code)
        SELECT s.dossier_id, s.from_at, s.to_at, s.reason, d.district_code
          FROM s_pause s JOIN dossier d USING (dossier_id)
        ON CONFLICT (dossier_id, from_at, reason) DO UPDATE SET to_at = EXCLUDED.to_at
    """)


def change_links(connection: Connection, batch: pa.Table) -> int:
    """New or corrected link checks, and the state of the links they are about. Returns how many."""
    copy_in(connection, "s_link_check", batch)
    changed = _upsert_different(
        connection, "link_check", ("ward_code", "service", "checked_at"), ("up", "latency_ms", "district_code")
    )
    if changed:
        rollups.refresh_links(connection, "s_link_check")
    return changed


def change_observations(connection: Connection, batch: pa.Table) -> int:
    """New or corrected observations. Returns how many."""
    copy_in(connection, "s_observation", batch)
    keys = ("indicator_code", "scope_kind", "scope_code", "at")
    return _upsert_different(connection, "observation", keys, ("value", "district_code"))


def move(connection: Connection, units: list[str], procedures: list[str]) -> int:
    """Facts of units that changed tier or district, and of procedures that changed field. Returns how many.

    Their rollups follow by difference; when most of the store moves, rebuilding is quicker.
    """
    run = _runner(connection)
    lookup = """
        (coalesce((SELECT u.tier FROM unit u WHERE u.unit_code = d.unit_code), ''),
         coalesce((SELECT u.district_code FROM unit u WHERE u.unit_code = d.unit_code), ''),
         coalesce((SELECT p.field_code FROM procedure p WHERE p.procedure_code = d.procedure_code), ''))
    """
    touched = connection.execute(
        text(f"""
            INSERT INTO touched_dossier SELECT d.dossier_id FROM dossier d
             WHERE (d.unit_code = ANY(:units) OR d.procedure_code = ANY(:procedures))
               AND (d.tier, d.district_code, d.field_code) IS DISTINCT FROM {lookup}
        """),
        {"units": units, "procedures": procedures},
    ).rowcount
    if not touched:
        return 0
    run("ANALYZE touched_dossier")
    rollups.contribute(connection, "dossier", -1)
    run(f"UPDATE dossier d SET (tier, district_code, field_code) = {lookup} FROM touched_dossier t "
        "WHERE t.dossier_id = d.dossier_id")  # fmt: skip
    rollups.contribute(connection, "dossier", 1)
    run("""
        UPDATE pause p SET district_code = d.district_code FROM touched_dossier t, dossier d
         WHERE t.dossier_id = p.dossier_id AND d.dossier_id = p.dossier_id AND p.district_code <> d.district_code
    """)
    return touched


def _upsert_different(connection: Connection, table: str, keys: tuple[str, ...], values: tuple[str, ...]) -> int:
    """Rows of s_<table> that are new or differ; the last one of doubled keys."""
    columns = ", ".join((*keys, *values))
    return _runner(connection)(f"""
        INSERT INTO {table} AS f ({columns})
        SELECT DISTINCT ON ({", ".join(keys)}) {columns} FROM s_{table} ORDER BY {", ".join(keys)}, ctid DESC
        ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {_sets(values)}
         WHERE ({_list("f", values)}) IS DISTINCT FROM ({_list("EXCLUDED", values)})
    """)


def _runner(connection: Connection) -> Callable[[str], int]:
    return lambda statement: connection.execute(text(statement)).rowcount


def _list(alias: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{c}" for c in columns)


def _sets(columns: tuple[str, ...]) -> str:
    return ", ".join(f"{c} = EXCLUDED.{c}" for c in columns)


def attach_steps(connection: Connection) -> None:
    """Steps whose dossier has arrived or moved meanwhile get its unit and district; deleted ones' steps go.

    Used once, at the end of a first load that may have been interrupted between the two.
    """
    run = _runner(connection)
    run("""
        UPDATE step s SET unit_code = d.unit_code, district_code = d.district_code FROM dossier d
         WHERE d.dossier_id = s.dossier_id
           AND (s.unit_code, s.district_code) IS DISTINCT FROM (d.unit_code, d.district_code)
    """)
    run("DELETE FROM step s USING tombstone t WHERE t.dossier_id = s.dossier_id")
    run("DELETE FROM pause p USING tombstone t WHERE t.dossier_id = p.dossier_id")
