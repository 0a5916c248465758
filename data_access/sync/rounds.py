"""One poll of the source: what changed since the watermarks, brought over in rounds that commit whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from config.registry import Registry
from data_access.source.contract import DIMENSIONS, DOSSIER, ENTITIES, LINK_CHECK, OBSERVATION, PAUSE, STEP, Entity
from data_access.source.reader import Position, Source
from data_access.store import books, rollups
from data_access.sync import dimensions, facts, quality, shape, snapshots
from data_access.sync.facts import Changes
from data_access.sync.places import Places
from data_access.sync.session import Session

if TYPE_CHECKING:
    from data_access.sync.reconcile import Reconciler

ROWS = 20_000
TICK = timedelta(seconds=60)
SET_BACK = timedelta(minutes=10)  # how much is read again while a watermark lies beyond the source's clock
INCREMENTAL = (DOSSIER, STEP, LINK_CHECK, OBSERVATION)


@dataclass
class SyncResult:
    """What a poll brought. `version` is the store's version after it, `as_of` the instant it describes."""

    version: int
    as_of: datetime
    source_at: datetime
    """The source's clock at this poll: until then the figures are known to hold."""
    changes: Changes = field(default_factory=Changes)
    transactions: int = 0


def new_changes() -> Changes:
    """No changes yet."""
    return Changes()


@dataclass
class Memory:
    """What one poll leaves to the next on the same session: lookups, and the rows it has just applied."""

    places: Places | None = None
    pages: dict[str, pa.Table] = field(default_factory=dict)
    days_closed_before: date | None = None

    def forget(self) -> None:
        """After a failure nothing is taken for granted."""
        self.places = None
        self.pages = {}
        self.days_closed_before = None


class Poll:
    """One poll, from one snapshot of the source where it can give one."""

    def __init__(
        self, source: Source, session: Session, registry: Registry, tz: str, rows: int = ROWS,
        after_commit: Callable[[], None] = lambda: None, memory: Memory | None = None,
    ) -> None:  # fmt: skip
        self.memory = memory or Memory()
        self.source, self.session, self.registry, self.tz, self.rows = source, session, registry, tz, rows
        self.after_commit = after_commit
        self.transactions = 0

    def run(self, overlap: timedelta, with_dimensions: bool, reconcile: "Reconciler | None" = None) -> SyncResult:
        """Bring over what changed.

        1. the source's clock, which the figures will be as of; 2. dimensions, when due; 3. dossiers until
        none are left, then steps, link checks and observations, `rows` of each a transaction; 4. a last
        commit moves the instant on when something changed or a minute has passed, since what is overdue
        depends on time; 5. `reconcile` looks at a little of the rest, in the same snapshot, in which the
        store agrees with the source by now. Rows changed within `overlap` before a watermark are read again,
        because they may have been committed late; unchanged ones cost a comparison and change nothing.
        """
        total = new_changes()
        with self.source.snapshot() as connection:
            now = self.source.now(connection)
            known, self.memory.places = self.memory.places, None  # put back when all went well
            with self.session.look() as store:
                places = known or Places.load(store, self.registry)
            if with_dimensions:
                changed, places = self._dimensions(connection, places)
                total += changed
            readings = {e.name: _Reading(e, overlap) for e in INCREMENTAL if self.source.has(e)}
            while any(not r.exhausted for r in readings.values()):
                total += self._round(connection, readings, places, now)
            result = self._finish(total, now)
            self.memory.places = places
            if reconcile is not None and reconcile.work(self, connection, now):
                self.memory.pages = {}
        return result

    def _dimensions(self, source: Connection, places: Places) -> tuple[Changes, Places]:
        tables = {n: self.source.whole(source, ENTITIES[n]) for n in DIMENSIONS if self.source.has(ENTITIES[n])}
        with self.session.transaction() as store:
            changed, places = dimensions.change(store, tables, places, self.registry)
            if changed:
                changed.steps += facts.change_steps(store, None)
                rollups.merge(store)
                quality.refresh(store)
                quality.refresh_officers(store, "SELECT NULL::text AS officer_id WHERE false")
                books.bump(store, None, self.tz)
        self._committed(bool(changed))
        return changed, places

    def _round(self, source: Connection, readings: dict[str, "_Reading"], places: Places, now: datetime) -> Changes:
        """One page of dossiers, or, when these are done, one of each other entity; one transaction."""
        order = ["dossier"] if not readings["dossier"].exhausted else list(readings)
        with self.session.look() as store:
            marks = {name: books.watermark(store, name) for name in order}
        pages = {
            n: readings[n].page(self.source, source, marks[n], now, self.rows)
            for n in order
            if not readings[n].exhausted
        }
        if readings["dossier"].exhausted and order == ["dossier"]:  # few dossiers: the rest goes with them
            rest = [n for n in readings if n != "dossier"]
            with self.session.look() as store:
                marks |= {name: books.watermark(store, name) for name in rest}
            pages |= {n: readings[n].page(self.source, source, marks[n], now, self.rows) for n in rest}
        before, self.memory.pages = self.memory.pages, {}
        if before.keys() == pages.keys() and all(before[n].equals(pages[n]) for n in pages):
            self.memory.pages = pages  # the overlap only, read again: a quiet source costs next to nothing
            return new_changes()
        with self.session.transaction() as store:
            changed = self._apply(store, source, pages, places)
            for name, page in pages.items():
                mark = _advanced(ENTITIES[name], page, marks[name], now)
                if mark != marks[name]:
                    books.set_watermark(store, name, mark)
            if changed:
                quality.refresh(store)
                quality.refresh_officers(store, quality.NEW_STEPS)
                books.bump(store, None, self.tz)
        self._committed(bool(changed))
        if len(pages) == len(readings):
            self.memory.pages = pages
        return changed

    def _apply(self, store: Connection, source: Connection, pages: dict[str, pa.Table], places: Places) -> Changes:
        changed = new_changes()
        steps = pages.get("step", STEP.schema.empty_table())
        if "dossier" in pages:
            batch = shape.dossiers(pages["dossier"], lambda t: facts.stored_first_due(store, t), places, self.tz)
            changed.dossiers, back = facts.change_dossiers(store, batch, self.pauses_of(source))
            if back:
                steps = pa.concat_tables([steps, self.source.of_dossiers(source, STEP, back)])
        changed.steps = facts.change_steps(store, shape.steps(steps, self.tz))
        rollups.merge(store)
        if len(pages.get("link_check", ())):
            changed.links = facts.change_links(store, shape.links(pages["link_check"], places))
        if len(pages.get("observation", ())):
            batch = shape.observations(pages["observation"], places)
            changed.observations = facts.change_observations(store, batch)
        return changed

    def pauses_of(self, source: Connection) -> facts.ReadPauses | None:
        """How to read the pauses of some dossiers, as the store has them; None when the source has none."""
        if not self.source.has(PAUSE):
            return None
        return lambda ids: shape.pauses(self.source.of_dossiers(source, PAUSE, ids))

    def _finish(self, total: Changes, now: datetime) -> SyncResult:
        """Move the instant on (or back, when the source's clock was set back), then close the day before."""
        with self.session.transaction() as store:
            version = books.version(store)
            if version is None or total or abs(now - version.as_of) >= TICK:
                rollups.publish(store, now, self.tz)
                version = books.version(store)
        self._committed(True)
        assert version is not None
        self._close_day(version)
        return SyncResult(version.number, version.as_of, now, total, self.transactions)

    def _close_day(self, version: books.Version) -> None:
        """Write the snapshot of the newest closed day that has none; one a poll, so that polls go on."""
        today = version.as_of.astimezone(ZoneInfo(self.tz)).date()
        if self.memory.days_closed_before == today:
            return
        with self.session.look() as store:
            snapshots.start(store)
            days = snapshots.missing(store)
        if days:
            with self.session.transaction() as store:
                snapshots.write(store, days[0], self.tz)
            self._committed(True)
        else:
            self.memory.days_closed_before = today

    def _committed(self, changed: bool) -> None:
        self.transactions += changed
        self.after_commit()


class _Reading:
    """How far one entity has been read within this poll."""

    def __init__(self, entity: Entity, overlap: timedelta) -> None:
        self.entity = entity
        self.overlap = overlap
        self.after: Position | None = None
        self.exhausted = False

    def page(self, source: Source, connection: Connection, mark: books.Watermark, now: datetime, rows: int) -> pa.Table:
        """The next page; the first begins `overlap` before the watermark.

        A watermark beyond the source's clock means that the clock was set back: what is written now bears
        times before it, so reading begins before the clock, and further back.
        """
        since = None
        if self.after is None and mark.at is not None:
            since = mark.at - self.overlap if mark.at <= now else now - max(self.overlap, SET_BACK)
        table = source.page(connection, self.entity, since, self.after, rows)
        last = source.last(self.entity, table)
        self.after = last or self.after
        self.exhausted = len(table) < rows or last is None
        return table


def _advanced(entity: Entity, page: pa.Table, mark: books.Watermark, now: datetime) -> books.Watermark:
    """The watermark after a page: never beyond the source's clock, never back unless that was set back.

    A row dated in the future must not carry the watermark past rows that are still to come.
    """
    newest = pc.max(page[entity.watermark]).as_py() if len(page) else None
    if newest is None:
        return mark
    at = min(newest.astimezone(UTC), now)
    if mark.at is not None and at <= mark.at <= now:
        return mark
    return books.Watermark(at, None, mark.rows_read + len(page), True)
