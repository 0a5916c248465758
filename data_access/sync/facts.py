"""Dossiers, steps, pauses, link checks, observations: changing them and their rollups in one transaction.

All SQL works on sets: the batch lies in s_<table> (staging.py), what really changes is noted in
touched_<fact> (rollups.py), and only that is rewritten. Unchanged rows cost one comparison.
"""

from collections.abc import Callable, Sequence
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
    "unit_code", "district_code", "waiting",
)  # fmt: skip
STEP_FROM_SOURCE = STEP[:-3]
# A step waits for its officers while its dossier runs: kept beside the step, so that each step counts by itself.
PLACED = STEP[-3:]
WAITING = "coalesce(s.finished_at IS NULL AND d.bucket = 'running', false)"

ReadPauses = Callable[[list[str]], pa.Table]


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


def change_dossiers(
    connection: Connection, batch: pa.Table, pauses: ReadPauses | None = None, also: Sequence[str] = (),
    gone: Sequence[str] = (),
) -> tuple[int, list[str]]:  # fmt: skip
    """Upsert and delete dossiers, and replace the pauses of those that change, with their rollups noted.

    1. stage, last one of doubled keys; 2. remember and forget tombstones; 3. what really differs is
    touched, and the ids in `also`, whose pauses are known to differ, and in `gone`, which the source no
    longer has (unlike marked ones they leave no tombstone: their steps, if any are left, belong to no unit);
    4. subtract, write, add: contributions may read pauses, so these change in between. `pauses` reads the
    source's pauses of some dossiers; None leaves them. Returns how many were touched and the ids that came
    back from deletion (their steps must be read again).
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
    if also or gone:
        touched += connection.execute(
            text("INSERT INTO touched_dossier SELECT dossier_id FROM dossier WHERE dossier_id = ANY(:ids) "
                 "ON CONFLICT DO NOTHING"),
            {"ids": [*also, *gone]},
        ).rowcount  # fmt: skip
    if touched:
        rollups.contribute(connection, "dossier", -1)
        run("DELETE FROM dossier d USING s_dossier s WHERE s.dossier_id = d.dossier_id AND s.deleted")
        if gone:
            connection.execute(text("DELETE FROM dossier WHERE dossier_id = ANY(:ids)"), {"ids": list(gone)})
        run(f"""
            INSERT INTO dossier (dossier_id, {", ".join(DOSSIER)})
            SELECT s.dossier_id, {_list("s", DOSSIER)} FROM s_dossier s JOIN touched_dossier USING (dossier_id)
             WHERE NOT s.deleted
            ON CONFLICT (dossier_id) DO UPDATE SET {_sets(DOSSIER)}
        """)
        if pauses is not None:
            _replace_pauses(connection, pauses)
        rollups.contribute(connection, "dossier", 1)
    return touched, list(back)


def change_steps(connection: Connection, batch: pa.Table | None, gone: Sequence[str] = ()) -> int:
    """Upsert steps, and delete those in `gone`, with their rollups noted; after the dossiers of the same batch.

    1. stage; those of deleted dossiers are left out; unit and district are the dossier's; 2. touched: what
    differs, steps whose dossier moved, has just arrived or has gone, steps of deleted dossiers; 3. subtract,
    write, add. A step whose dossier isn't there belongs to no unit. Returns how many were touched.
    """
    run = _runner(connection)
    if batch is not None and len(batch):
        copy_in(connection, "s_step", batch)
        run("DELETE FROM s_step a USING s_step b WHERE a.step_id = b.step_id AND a.ctid < b.ctid")
        left_out = connection.execute(
            text("DELETE FROM s_step s USING tombstone t WHERE t.dossier_id = s.dossier_id RETURNING s.step_id")
        ).scalars()
        gone = [*gone, *left_out]
        run(f"UPDATE s_step s SET unit_code = d.unit_code, district_code = d.district_code, waiting = {WAITING} "
            "FROM dossier d WHERE d.dossier_id = s.dossier_id")  # fmt: skip
        run(f"""
            INSERT INTO touched_step
            SELECT s.step_id FROM s_step s LEFT JOIN step f USING (step_id)
             WHERE f.step_id IS NULL OR ({_list("s", STEP)}) IS DISTINCT FROM ({_list("f", STEP)})
        """)
    run(f"""
        INSERT INTO touched_step
        SELECT s.step_id FROM touched_dossier t JOIN step s USING (dossier_id) LEFT JOIN dossier d USING (dossier_id)
         WHERE d.dossier_id IS NULL OR ({_list("s", PLACED)}) IS DISTINCT FROM (d.unit_code, d.district_code, {WAITING})
        UNION
        SELECT s.step_id FROM s_dossier z JOIN step s USING (dossier_id) WHERE z.deleted
        ON CONFLICT DO NOTHING
    """)
    if gone:
        connection.execute(
            text("INSERT INTO touched_step SELECT step_id FROM step WHERE step_id = ANY(:ids) ON CONFLICT DO NOTHING"),
            {"ids": list(gone)},
        )
    touched = int(connection.execute(text("SELECT count(*) FROM touched_step")).scalar_one())
    if touched:
        rollups.contribute(connection, "step", -1)
        run("DELETE FROM step s USING touched_step t, tombstone d "
            "WHERE t.step_id = s.step_id AND d.dossier_id = s.dossier_id")  # fmt: skip
        if gone:
            connection.execute(text("DELETE FROM step WHERE step_id = ANY(:ids)"), {"ids": list(gone)})
        run(f"""
            INSERT INTO step (step_id, {", ".join(STEP)})
            SELECT s.step_id, {_list("s", STEP)} FROM s_step s JOIN touched_step USING (step_id)
            ON CONFLICT (step_id) DO UPDATE SET {_sets(STEP)}
        """)
        run(f"""
            UPDATE step s SET {", ".join(f"{c} = n.{c}" for c in PLACED)}
              FROM (SELECT t.step_id, coalesce(d.unit_code, '') AS unit_code,
                           coalesce(d.district_code, '') AS district_code, {WAITING} AS waiting
                      FROM touched_step t JOIN step s USING (step_id) LEFT JOIN dossier d USING (dossier_id)) n
             WHERE n.step_id = s.step_id AND ({_list("s", PLACED)}) IS DISTINCT FROM ({_list("n", PLACED)})
        """)
        rollups.contribute(connection, "step", 1)
    return touched


def _replace_pauses(connection: Connection, read: ReadPauses) -> None:
    """Pauses of the touched dossiers, replaced by what the source has now; those of deleted ones go."""
    run = _runner(connection)
    copy_in(
        connection, "s_pause", read(list(connection.execute(text("SELECT dossier_id FROM touched_dossier")).scalars()))
    )
    run("DELETE FROM pause p USING touched_dossier t WHERE t.dossier_id = p.dossier_id")
    run("""
        INSERT INTO pause (dossier_id, from_at, to_at, reason, district_code)
        SELECT DISTINCT ON (s.dossier_id, s.from_at, s.reason)
               s.dossier_id, s.from_at, s.to_at, s.reason, d.district_code
          FROM s_pause s JOIN dossier d USING (dossier_id)
         ORDER BY s.dossier_id, s.from_at, s.reason, s.ctid DESC
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
            ON CONFLICT DO NOTHING -- an unfinished first load may hold a dossier twice
        """),
        {"units": units, "procedures": procedures},
    ).rowcount
    if not touched:
        return 0
    run("ANALYZE touched_dossier")
    rollups.contribute(connection, "dossier", -1)
    run(f"UPDATE dossier d SET (tier, district_code, field_code) = {lookup} FROM touched_dossier t "
        "WHERE t.dossier_id = d.dossier_id")  # fmt: skip
    run("""
        UPDATE pause p SET district_code = d.district_code FROM touched_dossier t, dossier d
         WHERE t.dossier_id = p.dossier_id AND d.dossier_id = p.dossier_id AND p.district_code <> d.district_code
    """)
    rollups.contribute(connection, "dossier", 1)
    return touched


def move_observations(connection: Connection, units: list[str]) -> int:
    """Figures about units that changed district are seen where the unit is seen. Returns how many."""
    return connection.execute(
        text("""
            UPDATE observation o SET district_code = n.district_code
              FROM (SELECT c.code, coalesce(u.district_code, '') AS district_code
                      FROM unnest(CAST(:units AS text[])) AS c(code) LEFT JOIN unit u ON u.unit_code = c.code) n
             WHERE o.scope_kind = 'unit' AND o.scope_code = n.code AND o.district_code <> n.district_code
        """),
        {"units": units},
    ).rowcount


def remove_links(connection: Connection, gone: pa.Table) -> int:
    """Link checks that the source no longer has (by key), and the state of the links they were about."""
    copy_in(connection, "s_link_check", gone)
    run = _runner(connection)
    removed = run("DELETE FROM link_check f USING s_link_check s WHERE (f.ward_code, f.service, f.checked_at) "
                  "= (s.ward_code, s.service, s.checked_at)")  # fmt: skip
    run("""
        DELETE FROM link_state t USING s_link_check s WHERE (t.ward_code, t.service) = (s.ward_code, s.service)
           AND NOT EXISTS (SELECT FROM link_check c WHERE (c.ward_code, c.service) = (t.ward_code, t.service))
    """)
    rollups.refresh_links(connection, "s_link_check")
    run("DELETE FROM s_link_check")
    return removed


def remove_observations(connection: Connection, gone: pa.Table) -> int:
    """Observations that the source no longer has (by key)."""
    copy_in(connection, "s_observation", gone)
    run = _runner(connection)
    removed = run("DELETE FROM observation f USING s_observation s WHERE (f.indicator_code, f.scope_kind, "
                  "f.scope_code, f.at) = (s.indicator_code, s.scope_kind, s.scope_code, s.at)")  # fmt: skip
    run("DELETE FROM s_observation")
    return removed


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
    run(f"""
        UPDATE step s SET unit_code = d.unit_code, district_code = d.district_code, waiting = {WAITING} FROM dossier d
         WHERE d.dossier_id = s.dossier_id
           AND ({_list("s", PLACED)}) IS DISTINCT FROM (d.unit_code, d.district_code, {WAITING})
    """)
    run("DELETE FROM step s USING tombstone t WHERE t.dossier_id = s.dossier_id")
    run("DELETE FROM pause p USING tombstone t WHERE t.dossier_id = p.dossier_id")
