"""Finds what no watermark shows, and repairs it: source and store compared day by day, between polls.

Rows deleted without a mark, rows committed long after their `updated_at`, rows changed without moving it,
pauses changed without their dossier. A day (of last change) is compared by counts and sums per unit, in the
snapshot of the poll that has just brought the store up to it; only what differs is read again, row by row.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from config.problems import Problem
from data_access.source import slices
from data_access.source.contract import DOSSIER, LINK_CHECK, OBSERVATION, PAUSE, STEP, Entity
from data_access.source.slices import Slice
from data_access.sync import compare, reconcile_books
from data_access.sync.reconcile_books import Found, Kind, Round
from data_access.sync.repair import Repair

if TYPE_CHECKING:
    from data_access.sync.rounds import Poll

log = structlog.get_logger("reconcile")

RECENT_DAYS = 8
RECENT_EVERY = timedelta(minutes=10)
ASKED_SECONDS = 1.0  # of comparing between two polls, when somebody waits for it
AFTER_FAILURE = 600.0
MANY = 200  # groups of a day that differ; beyond it all are read, without naming them
BY_DOSSIER = (DOSSIER, STEP, PAUSE)
BY_TIME = (LINK_CHECK, OBSERVATION)


class Reconciler:
    """Compares one day at a time; `share` of the time at most, the recent days often, all within `full_every`.

    `share` 0: only when asked to (`reconcile_books.begin`, kind asked), and then without pause.
    """

    def __init__(self, share: float = 0.0, full_every: timedelta = timedelta(hours=24)) -> None:
        self.share = share
        self.full_every = full_every
        self.strict = False
        self._not_before = float("-inf")

    def work(self, poll: "Poll", source: Connection, now: datetime) -> bool:
        """Compare the next day, if it is time, after a poll and in its snapshot; True when rows were repaired.

        The time it takes decides when it may work again, so that the cost is bounded whatever the size and
        speed of the source. A database that doesn't understand the question is asked again later: polls go
        on (unless `strict`: then the Problem is raised).
        """
        began = time.monotonic()
        repaired = 0
        of: Round | None = None
        try:
            while (of := self._due(poll, began)) is not None:
                repaired += self._day(poll, source, of, now)
                if of.kind != "asked" or time.monotonic() - began > ASKED_SECONDS:
                    break
        except Problem as problem:
            if self.strict:
                raise
            log.warning("reconcile_failed", code=problem.code, facts=problem.facts, cause=repr(problem.__cause__))
            self._not_before = began + AFTER_FAILURE
        if of is not None and of.kind != "asked" and self.share:
            self._not_before = max(self._not_before, began + (time.monotonic() - began) / self.share)
        return repaired > 0

    def _due(self, poll: "Poll", at: float) -> Round | None:
        """The round to go on with: one that was asked for, else recent days, else all; None when none is due."""
        with poll.session.look() as store:
            rounds = reconcile_books.rounds(store)
            asked = rounds.get("asked")
            if asked is not None and asked.ended_at is None:
                return asked
            if not self.share or at < self._not_before:
                return None
            kinds: tuple[tuple[Kind, timedelta], ...] = (("recent", RECENT_EVERY), ("full", self.full_every))
            for kind, every in kinds:
                last = rounds.get(kind)
                if last is not None and last.ended_at is None:
                    return last
                if last is None or abs(datetime.now(UTC) - last.started_at) >= every:
                    return reconcile_books.begin(store, kind)
        return None

    def _day(self, poll: "Poll", source: Connection, of: Round, now: datetime) -> int:
        """Compare one day of a round and note how far it got. Returns how many rows were repaired.

        The first day of a round over everything reaches back for ever, the last one ahead for ever.
        """
        began = time.monotonic()
        zone = ZoneInfo(poll.tz)
        today = now.astimezone(zone).date()
        repair = Repair(poll, source)
        found = Found()
        since = today - timedelta(days=RECENT_DAYS) if of.kind == "recent" else of.since
        day = of.next_day or since or _oldest(poll, source, None, zone) or today
        if of.next_day is None:
            found += repair.orphans(day)
        last = day >= today
        everything = since is None and of.next_day is None
        part = Slice(None if everything else _begins(day, zone), None if last else _begins(day + timedelta(1), zone))
        empty = self._compare(repair, part, day, of.every_row, found)
        next_day: date | None = None if last else day + timedelta(days=1)
        if next_day is not None and empty:
            next_day = min(today, max(next_day, _oldest(poll, source, _begins(next_day, zone), zone) or today))
        rows = found.total()
        if rows:
            log.warning("reconcile_repaired", day=day.isoformat(), found={" ".join(k): n for k, n in found.items()})
        with poll.session.look() as store:
            reconcile_books.advance(store, of, next_day, rows, time.monotonic() - began)
        return rows

    @staticmethod
    def _compare(repair: Repair, part: Slice, day: date, every_row: bool, found: Found) -> bool:
        """Compare and repair one day; returns whether there was nothing at all on either side."""
        poll, source = repair.poll, repair.source
        empty = True
        for entities in (BY_DOSSIER, *((e,) for e in BY_TIME)):
            present = [e for e in entities if poll.source.has(e)]
            sums: dict[Entity, compare.Sums] = {}
            for entity in present:
                there = slices.digest(poll.source, source, entity, part)
                with poll.session.look() as store:
                    sums[entity] = compare.Sums.of(store, poll.source, entity, part, day, there)
            empty = empty and not any(s.source or s.store for s in sums.values())
            differing = {g for s in sums.values() for g in s.differing}
            if not (differing or (every_row and present)):
                continue
            groups = None if every_row or len(differing) > MANY else sorted(differing)
            if entities is BY_DOSSIER:
                found += repair.dossiers(part, groups, day)
            elif present:
                found += repair.timed(present[0], part, groups, day)
            with poll.session.look() as store:
                for entity in present:
                    compare.learn(store, poll.source, entity, part, day, sums[entity])
        return empty


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _oldest(poll: "Poll", source: Connection, since: datetime | None, zone: ZoneInfo) -> date | None:
    """The first local day at or after `since` on which either side has rows; None when there is none."""
    found = []
    for entity in (DOSSIER, *BY_TIME):
        if poll.source.has(entity):
            found.append(slices.oldest(poll.source, source, entity, since))
            with poll.session.look() as store:
                found.append(compare.oldest(store, entity, since))
    return min((at.astimezone(zone).date() for at in found if at is not None), default=None)
