"""The first load: everything once, streamed, committed in batches, resumable; figures appear at its end."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from config.registry import Registry
from data_access.source.check import estimate
from data_access.source.contract import DIMENSIONS, DOSSIER, ENTITIES, LINK_CHECK, OBSERVATION, PAUSE, STEP, Entity
from data_access.source.reader import Position, Source
from data_access.store import books, filling, rollups
from data_access.sync import dimensions, facts, keys, quality, shape
from data_access.sync.ahead import ahead
from data_access.sync.places import Places
from data_access.sync.session import Session
from data_access.sync.staging import copy_in

ORDER = (DOSSIER, STEP, PAUSE, LINK_CHECK, OBSERVATION)
SHARE = 0.9  # of the progress bar; the rest is for the rollups
# What a row costs, relative to a dossier, for an even progress bar.
WEIGHT = {"dossier": 1.0, "step": 0.5, "pause": 0.4, "link_check": 0.3, "observation": 0.3}

Progress = Callable[[float, str], None]


@dataclass
class FirstLoad:
    """Facts stream over without rollups, keys and indexes, which are made once at the end: much faster.

    Nothing is published before: there is no data version until the last commit. What was measured and what
    else was weighed: docs/decisions/0009-first-load.md.
    """

    source: Source
    session: Session
    registry: Registry
    tz: str
    progress: Progress
    rows: int = 20_000
    after_commit: Callable[[], None] = lambda: None
    resumed: bool = False

    def run(self) -> None:
        """1. dimensions; 2. each entity from its watermark on; 3. rollups, data quality, version 1."""
        self.progress(0.0, "dimension")
        with self.source.snapshot() as connection:
            as_of = self.source.now(connection)
            tables = {n: self.source.whole(connection, ENTITIES[n]) for n in DIMENSIONS if n in self.source.shapes}
            counts = {e.name: max(1, estimate(self.source, connection, e)) for e in ORDER if self.source.has(e)}
        with self.session.transaction() as store:
            self.resumed = books.watermark(store, "dossier").rows_read > 0
            # A commit lost with the store takes its watermark with it: nothing need be waited for.
            store.execute(text("SET synchronous_commit = off"))
            store.execute(text("SET maintenance_work_mem = '256MB'"))  # for the keys and indexes at the end
            books.defer_indexes(store, [e.name for e in ORDER if not books.watermark(store, e.name).first_load_done])
            _, places = dimensions.change(store, tables, Places.load(store, self.registry), self.registry)
            for table in ("offering", "unit", "officer"):
                store.execute(text(f"ANALYZE {table}"))
        total = sum(WEIGHT[name] * n for name, n in counts.items())
        done = 0.0
        for entity in ORDER:
            if not self.source.has(entity):
                continue
            part = WEIGHT[entity.name] * counts[entity.name]

            def report(rows: int, e: Entity = entity, d: float = done, p: float = part) -> None:
                self.progress(SHARE * (d + p * min(1.0, rows / counts[e.name])) / total, e.name)

            self._entity(entity, places, report)
            done += part
        self._publish(as_of)

    def _entity(self, entity: Entity, places: Places, report: Callable[[int], None]) -> None:
        """Stream one entity: a thread reads and shapes the next batch while this one is written."""
        with self.session.look() as store:
            mark = books.watermark(store, entity.name)
        if mark.first_load_done:
            return
        after = Position.of(mark.at, mark.key) if mark.rows_read else None
        rows = mark.rows_read
        with self.source.snapshot() as connection:
            now = self.source.now(connection)
            newest = mark.at
            with closing(ahead(self._batches(connection, entity, after, places))) as batches:
                for raw, shaped, position in batches:
                    rows += len(raw)
                    after = position or after or Position(None, ())
                    newest = after.at or newest
                    with self.session.transaction() as store:
                        self._write(store, entity, shaped)
                        mark = books.Watermark(after.at, after.text, rows, False)
                        books.set_watermark(store, entity.name, mark)
                    self.after_commit()
                    report(rows)
        with self.session.transaction() as store:
            self._keys(store, entity, places)
            at = min(newest, now) if newest else None
            books.set_watermark(store, entity.name, books.Watermark(at, None, rows, True))
            store.execute(text(f"ANALYZE {entity.name}"))

    def _batches(
        self, connection: Connection, entity: Entity, after: Position | None, places: Places
    ) -> Generator[tuple[pa.Table, pa.Table, Position | None], None, None]:
        """Batches as read, as shaped for the store, and the position after each."""
        with closing(self.source.stream(connection, entity, after, self.rows)) as stream:
            for raw in stream:
                yield raw, self._shape(entity, raw, places), self.source.last(entity, raw)

    def _shape(self, entity: Entity, raw: pa.Table, places: Places) -> pa.Table:
        match entity.name:
            case "dossier":
                return shape.dossiers(raw, lambda t: t["due_at"], places, self.tz)
            case "step":
                return shape.steps(raw, self.tz)
            case "pause":
                return shape.pauses(raw)
            case "link_check":
                return shape.links(raw, places)
            case _:
                return shape.observations(raw, places)

    def _write(self, store: Connection, entity: Entity, shaped: pa.Table) -> None:
        match entity.name:
            case "dossier":
                self._dossiers(store, shaped)
            case "step":
                self._steps(store, shaped)
            case "pause":
                copy_in(store, "s_pause", shaped)
                self._by_index(store)
                store.execute(text("""
                    INSERT INTO pause (dossier_id, from_at, to_at, reason, district_code)
                    SELECT s.dossier_id, s.from_at, s.to_at, s.reason, d.district_code
                      FROM s_pause s JOIN dossier d USING (dossier_id)
                """))  # fmt: skip
            case _:
                copy_in(store, entity.name, shaped)

    @staticmethod
    def _dossiers(store: Connection, shaped: pa.Table) -> None:
        """Straight into the table; of deleted ones only the ids are kept."""
        copy_in(store, "dossier", shaped.filter(pc.invert(shaped["deleted"])).drop_columns("deleted"))
        copy_in(store, "s_dossier", shaped.filter(shaped["deleted"]))
        store.execute(text("INSERT INTO tombstone SELECT dossier_id, district_code FROM s_dossier "
                           "ON CONFLICT DO NOTHING"))  # fmt: skip

    def _steps(self, store: Connection, shaped: pa.Table) -> None:
        """With unit and district of their dossiers, which are all there by now; without those of deleted ones."""
        columns = ", ".join(facts.STEP_FROM_SOURCE)
        listed = ", ".join(f"s.{c}" for c in facts.STEP_FROM_SOURCE)
        copy_in(store, "s_step", shaped)
        store.execute(text("DELETE FROM s_step s USING tombstone t WHERE t.dossier_id = s.dossier_id"))
        self._by_index(store)
        store.execute(
            text(f"""
                INSERT INTO step (step_id, {columns}, unit_code, district_code, waiting)
                SELECT s.step_id, {listed}, coalesce(d.unit_code, ''), coalesce(d.district_code, ''), {facts.WAITING}
                  FROM s_step s LEFT JOIN dossier d USING (dossier_id)
            """)
        )

    @staticmethod
    def _by_index(store: Connection) -> None:
        """Until the commit, joins look a batch's rows up one by one: else all dossiers are read for each batch."""
        store.execute(text("SET LOCAL enable_hashjoin = off"))
        store.execute(text("SET LOCAL enable_mergejoin = off"))

    def _keys(self, store: Connection, entity: Entity, places: Places) -> None:
        """The entity's key again. Dossiers that came twice go the careful way, with what the source has now."""
        if entity.name != "dossier":
            keys.restore(store, entity)
            return
        with self.source.snapshot() as connection:
            for ids in keys.restore_dossiers(store, entity):
                raw = self.source.of_dossiers(connection, entity, ids).sort_by("updated_at")
                again = shape.dossiers(raw, lambda t: facts.stored_first_due(store, t), places, self.tz)
                store.execute(text("DELETE FROM s_dossier"))
                store.execute(text("DELETE FROM touched_dossier"))
                facts.change_dossiers(store, again)

    def _publish(self, as_of: datetime) -> None:
        """Indexes and rollups by several sessions; the rest, data quality and the first version in one transaction."""

        def report(begin: float, end: float) -> Callable[[float], None]:
            return lambda share: self.progress(SHARE + (1 - SHARE) * (begin + (end - begin) * share), "rollup")

        self.progress(SHARE, "rollup")
        filling.make_indexes(self.session.engine, report(0.0, 0.2))
        if self.resumed:
            with self.session.transaction() as store:
                facts.attach_steps(store)
        filling.fill_ahead(self.session.engine, report(0.2, 0.9))
        self.after_commit()
        with self.session.transaction() as store:
            rollups.publish(store, as_of, self.tz)
            quality.refresh(store)
            quality.refresh_officers(store, quality.ALL_STEPS)
        with self.session.look() as store:
            moment = (r.table for r in rollups.ROLLUPS if r.moment)
            for table in (*moment, "unit_coverage", "procedure_coverage", "offer_span"):
                store.execute(text(f"ANALYZE {table}"))
            store.execute(text("RESET synchronous_commit"))
            store.execute(text("RESET maintenance_work_mem"))
        self.after_commit()
        self.progress(1.0, "done")
