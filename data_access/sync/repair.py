"""Makes the store equal to the source for named dossiers, or for a slice of link checks or observations.

By the same machinery as polls: what the touched facts contributed is subtracted, what they contribute now
added, in one transaction with the version. Watermarks stay where they are.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from data_access.source import slices
from data_access.source.contract import DOSSIER, LINK_CHECK, STEP, Entity
from data_access.source.slices import Slice
from data_access.store import books, rollups
from data_access.sync import facts, quality, reconcile_books, shape
from data_access.sync.compare import UNIT
from data_access.sync.reconcile_books import Found

if TYPE_CHECKING:
    from data_access.sync.rounds import Poll

CHUNK = 2_000  # dossiers in one transaction
# steps that only follow their dossier
FOLLOWING = "SELECT s.step_id FROM touched_dossier t JOIN step s USING (dossier_id)"


class Repair:
    """Repairs within one snapshot of the source, after its poll."""

    def __init__(self, poll: "Poll", source: Connection) -> None:
        self.poll = poll
        self.source = source

    def dossiers(self, part: Slice, units: Sequence[str] | None, day: date) -> Found:
        """All dossiers of a slice (of these units unless None), with their steps and pauses."""
        ids = set(slices.dossier_ids(self.poll.source, self.source, part, units))
        with self.poll.session.look() as store:
            ids |= set(_in_slice(store, DOSSIER, ("dossier_id",), part, units, "unit_code"))
        found = Found()
        ordered = sorted(ids)
        for start in range(0, len(ordered), CHUNK):
            found += self._chunk(ordered[start : start + CHUNK], day)
        return found

    def _chunk(self, ids: list[str], day: date) -> Found:
        """1. read both sides; 2. what is where; 3. change the store, note what was wrong."""
        poll = self.poll
        raw = poll.source.of_dossiers(self.source, DOSSIER, ids)
        steps = poll.source.of_dossiers(self.source, STEP, ids)
        read = poll.pauses_of(self.source)
        pauses = read(ids) if read else None
        there = set(raw["dossier_id"].to_pylist())
        live = set(raw.filter(pc.invert(pc.fill_null(raw["deleted"], False)))["dossier_id"].to_pylist())
        with poll.session.look() as store:
            here = _scalars(store, "SELECT dossier_id FROM dossier WHERE dossier_id = ANY(:ids)", ids)
            hanging = _scalars(store, "SELECT step_id FROM step WHERE dossier_id = ANY(:ids)", ids)
            known = hanging | _scalars(
                store, "SELECT step_id FROM step WHERE step_id = ANY(:ids)", _keys(steps, "step_id")
            )
            waiting = _pauses_differ(store, pauses, live & here) if pauses is not None else []
        moved = slices.by_key(poll.source, self.source, STEP, sorted(hanging - set(_keys(steps, "step_id"))))
        steps = pa.concat_tables([steps, moved])
        lost = hanging - set(_keys(steps, "step_id"))
        places = poll.memory.places
        assert places is not None
        with poll.session.transaction() as store:
            batch = shape.dossiers(raw, lambda t: facts.stored_first_due(store, t), places, poll.tz)
            facts.change_dossiers(store, batch, (lambda _: _of(pauses, store)) if pauses is not None else None,
                                  waiting, sorted(here - there))  # fmt: skip
            facts.change_steps(store, shape.steps(steps, poll.tz), sorted(lost))
            touched = _scalars(store, "SELECT dossier_id FROM touched_dossier", [])
            touched_steps = _scalars(store, "SELECT step_id FROM touched_step", [])
            left = _scalars(store, "SELECT step_id FROM step WHERE step_id = ANY(:ids)", touched_steps)
            found = _sorted("dossier", touched - set(waiting), here, live)
            found += _sorted("step", touched_steps, known, left)
            found["step", "stale"] -= len(touched_steps & known & left & _scalars(store, FOLLOWING, []))
            found["pause", "stale"] += len(waiting)
            self._finish(store, found, day)
        poll.after_commit()
        return found

    def orphans(self, day: date) -> Found:
        """Steps whose dossier isn't there: those that the source has no longer go."""
        with self.poll.session.look() as store:
            ids = _scalars(store, "SELECT step_id FROM step WHERE unit_code = ''", [])
        if not ids:
            return Found()
        rows = slices.by_key(self.poll.source, self.source, STEP, sorted(ids))
        with self.poll.session.transaction() as store:
            facts.change_steps(store, shape.steps(rows, self.poll.tz), sorted(ids - set(_keys(rows, "step_id"))))
            touched = _scalars(store, "SELECT step_id FROM touched_step", [])
            left = _scalars(store, "SELECT step_id FROM step WHERE step_id = ANY(:ids)", touched)
            found = _sorted("step", touched, ids, left)
            self._finish(store, found, day)
        self.poll.after_commit()
        return found

    def timed(self, entity: Entity, part: Slice, groups: Sequence[str] | None, day: date) -> Found:
        """Link checks or observations of a slice (of these wards or indicators unless None)."""
        poll = self.poll
        places = poll.memory.places
        assert places is not None
        rows = slices.rows_of(poll.source, self.source, entity, part, groups)
        batch = (shape.links if entity is LINK_CHECK else shape.observations)(rows, places)
        there = set(zip(*(batch[k].to_pylist() for k in entity.key), strict=True))
        with poll.session.look() as store:
            here = set(_in_slice(store, entity, entity.key, part, groups, UNIT[entity.name]))
        lost = _key_table(entity, here - there)
        with poll.session.transaction() as store:
            if entity is LINK_CHECK:
                gone = facts.remove_links(store, lost) if len(lost) else 0
                changed = facts.change_links(store, batch)
            else:
                gone = facts.remove_observations(store, lost) if len(lost) else 0
                changed = facts.change_observations(store, batch)
            new = len(there - here)
            counts = {"missing": new, "stale": changed - new, "gone": gone}
            found = Found({(entity.name, kind): n for kind, n in counts.items() if n})
            self._finish(store, found, day)
        poll.after_commit()
        return found

    def _finish(self, store: Connection, found: Found, day: date) -> None:
        """What follows from changed facts, as after a poll's batch; nothing when nothing was wrong."""
        rollups.merge(store)
        if not found.total():
            return
        quality.refresh(store)
        quality.refresh_officers(store, quality.NEW_STEPS)
        reconcile_books.note(store, day, found)
        books.bump(store, None, self.poll.tz)


def _sorted(entity: str, touched: set[str], before: set[str], after: set[str]) -> Found:
    """What was wrong with the touched rows, by where they were and are now."""
    counts = {
        "missing": len((touched - before) & after),
        "stale": len(touched & before & after),
        "gone": len((touched & before) - after),
    }
    return Found({(entity, kind): n for kind, n in counts.items() if n})


def _pauses_differ(store: Connection, pauses: pa.Table, ids: Iterable[str]) -> list[str]:
    """Which of these dossiers have other pauses in the store than in the source."""
    there: dict[str, dict[tuple[datetime, str], datetime | None]] = {i: {} for i in ids}
    here: dict[str, dict[tuple[datetime, str], datetime | None]] = {i: {} for i in ids}
    for row in pauses.select(["dossier_id", "from_at", "to_at", "reason"]).to_pylist():
        if row["dossier_id"] in there:
            there[row["dossier_id"]][row["from_at"], row["reason"]] = row["to_at"]
    stored = store.execute(
        text("SELECT dossier_id, from_at, to_at, reason FROM pause WHERE dossier_id = ANY(:ids)"), {"ids": list(there)}
    )
    for row in stored:
        here[row.dossier_id][row.from_at, row.reason] = row.to_at
    return sorted(i for i in there if there[i] != here[i])


def _of(pauses: pa.Table, store: Connection) -> pa.Table:
    """The pauses of the touched dossiers among those already read."""
    touched = pa.array(_scalars(store, "SELECT dossier_id FROM touched_dossier", []), pa.string())
    return pauses.filter(pc.is_in(pauses["dossier_id"], value_set=touched))


def _in_slice(
    store: Connection, entity: Entity, keys: Sequence[str], part: Slice, groups: Sequence[str] | None, group: str
) -> list[Any]:
    """Keys of the store's rows in a slice: values when one column is asked for, else tuples."""
    at = slices.CHANGED[entity.name]
    rows = store.execute(
        text(f"""
            SELECT {", ".join(keys)} FROM {entity.name}
             WHERE {at} >= coalesce(CAST(:since AS timestamptz), '-infinity')
               AND {at} < coalesce(CAST(:until AS timestamptz), 'infinity')
               AND (CAST(:groups AS text[]) IS NULL OR {group} = ANY(:groups))
        """),
        {"since": part.since, "until": part.until, "groups": list(groups) if groups is not None else None},
    )
    return [row[0] if len(keys) == 1 else tuple(row) for row in rows]


def _scalars(store: Connection, query: str, ids: Iterable[str]) -> set[str]:
    return set(store.execute(text(query), {"ids": list(ids)} if ":ids" in query else {}).scalars())


def _keys(table: pa.Table, column: str) -> list[str]:
    return [k for k in table[column].to_pylist() if k is not None]


def _key_table(entity: Entity, keys: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Keys as a table that can be staged; other columns that must not be empty get a filler."""
    fields = [entity.schema.field(k) for k in entity.key]
    rows = [dict(zip(entity.key, k, strict=True)) for k in keys]
    table = pa.Table.from_pylist(rows, schema=pa.schema(fields))
    return table.append_column("up", pa.array([False] * len(rows))) if entity is LINK_CHECK else table
