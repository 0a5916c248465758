"""Random histories of the source with faults thrown in: whatever happens, in the end the store is what the source says.

`OPS_HISTORIES` says how many (`make soak-sync` tries many more); how many were tried is told at the end of the tests.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from config.problems import Problem
from data_access.demo.server import Server
from data_access.source.reader import Source, SourceDownError
from data_access.sync import snapshots
from data_access.sync.reconcile import Reconciler
from data_access.sync.sync import STORE_ERRORS, Sync
from tests.data_access.sync import plain
from tests.data_access.sync.tiny import SOURCE, START, Tiny

DAY = timedelta(days=1)
number = st.integers(0, 4)
unit = st.sampled_from(("p1", "p2", "p3", "q1", "lạ"))
days = st.one_of(st.none(), st.integers(-5, 5))
silent = st.sampled_from((False, False, False, True))  # the change moves no updated_at


class Histories(RuleBasedStateMachine):
    """One history. Times are the simulated source's; connections, kills and locks are real."""

    server: Server
    folder: Path
    tried = 0
    faults: ClassVar[Counter[str]] = Counter()
    clock: ClassVar[Callable[[], datetime]]

    @initialize(rows=st.sampled_from((2, 3, 100)))
    def begin(self, rows: int) -> None:
        self.tiny = Tiny(self.server, self.folder, rows=rows)
        self.skew = timedelta()
        self.admin = psycopg.connect(self.server.dsn("postgres"), autocommit=True)
        self.held: list[psycopg.Connection] = []
        self.snapshots: dict[Any, Any] = {}
        self.serial = 0
        Histories.clock = lambda: self.tiny.clock + self.skew
        self.job = self.tiny.sync()

    # -- what people do in the source --

    @rule(n=number, unit=unit, procedure=st.sampled_from(("tt1", "tt2", "lạ")))
    def receive(self, n: int, unit: str, procedure: str) -> None:
        now = self.tiny.tick(seconds=20)
        self.tiny.dossier(n, unit_processing=unit, procedure_code=procedure, due_original=now, deleted=False)

    @rule(n=number, status=st.integers(0, 11), of=st.integers(-6, 3), silent=silent)
    def decide(self, n: int, status: int, of: int, silent: bool) -> None:
        at = self.tiny.clock + of * DAY if status in (7, 9, 10) else None
        self.edit(n, silent, status=status, finished_at=at, rating=(status % 4) or None)

    @rule(n=number, due=days, apologies=st.integers(0, 2), silent=silent)
    def promise(self, n: int, due: int | None, apologies: int, silent: bool) -> None:
        self.edit(n, silent, due_at=None if due is None else self.tiny.clock + due * DAY, apology_count=apologies)

    @rule(n=number, deleted=st.booleans(), silent=silent)
    def mark_deleted(self, n: int, deleted: bool, silent: bool) -> None:
        self.edit(n, silent, deleted=deleted)

    @rule(n=st.integers(0, 7), of=number, officers=st.lists(st.sampled_from("abc"), max_size=3, unique=True), done=days)
    def work(self, n: int, of: int, officers: list[str], done: int | None) -> None:
        now = self.tiny.tick(seconds=20)
        self.tiny.step(n, of, tuple(officers), finished_at=None if done is None else now + done * DAY, due_at=now)

    @rule(n=number, since=st.integers(-3, 0), until=days)
    def pause_without_its_dossier(self, n: int, since: int, until: int | None) -> None:
        start = START + since * DAY
        self.tiny.put("pause", dossier_id=f"hs{n}", from_at=start, reason="fee",
                      to_at=None if until is None else start + abs(until) * DAY)  # fmt: skip

    @rule(entity=st.sampled_from(("dossier", "step", "pause", "link_check", "observation")), n=number)
    def delete(self, entity: str, n: int) -> None:
        where = {"step": f"step_id = 'b{n}'", "link_check": "up", "observation": f"value = {n}"}
        mine = where.get(entity, f"dossier_id = 'hs{n}'")
        self.tiny.source.execute(f"DELETE FROM {entity} WHERE {mine}")
        self.faults["deleted without a mark"] += 1

    @rule(code=st.sampled_from(("p1", "p2", "lạ")), ward=st.sampled_from(("00001", "00037", None)))
    def change_unit(self, code: str, ward: str | None) -> None:
        self.tiny.put("unit", unit_code=code, name=code, tier="commune", parent_code="q1", ward_code=ward)

    @rule(ward=st.sampled_from(("00001", "00037")), minutes=st.integers(-30, 0), up=st.booleans())
    def check_link(self, ward: str, minutes: int, up: bool) -> None:
        at = self.tiny.clock + timedelta(minutes=minutes)
        self.tiny.put("link_check", ward_code=ward, service="wan", checked_at=at, up=up, latency_ms=None)

    @rule(hours=st.integers(-5, 0), value=number, of=st.sampled_from(("p1", "p3", "lạ")))
    def publish_figure(self, hours: int, value: int, of: str) -> None:
        at = self.tiny.clock + timedelta(hours=hours)
        self.tiny.put("observation", indicator_code="x", scope_kind="unit", scope_code=of, at=at, value=value)

    @rule(procedure=st.sampled_from(("tt1", "tt2")), level=st.integers(2, 4), start=number, end=st.none() | number)
    def offer(self, procedure: str, level: int, start: int, end: int | None) -> None:
        first = START
        self.tiny.put("offering", unit_code="p1", procedure_code=procedure, level=level,
                      active_from=(first + start * DAY).date(),
                      active_to=None if end is None else (first + end * DAY).date())  # fmt: skip

    def edit(self, n: int, silent: bool, **values: Any) -> None:
        if silent:
            values["updated_at"] = self.tiny.source.execute(
                "SELECT updated_at FROM dossier WHERE dossier_id = %s", [f"hs{n}"]
            ).fetchone()
            values["updated_at"] = values["updated_at"][0] if values["updated_at"] else None
            self.faults["changed without its time"] += 1
        self.tiny.change(n, **values)

    # -- what goes wrong --

    @rule(minutes=st.integers(0, 60), with_step=st.booleans())
    @precondition(lambda self: len(self.held) < 3)
    def begin_a_long_transaction(self, minutes: int, with_step: bool) -> None:
        self.serial += 1
        at = self.tiny.clock - timedelta(minutes=minutes)
        own = psycopg.connect(self.server.dsn("onestop", SOURCE))
        committed, self.tiny.source = self.tiny.source, own
        try:
            self.tiny.dossier(f"chậm{self.serial}", updated_at=at, due_original=at)
            if with_step:
                self.tiny.step(f"chậm{self.serial}", f"chậm{self.serial}", updated_at=at, finished_at=at)
        finally:
            self.tiny.source = committed
        self.held.append(own)
        self.faults["committed late"] += 1

    @rule()
    @precondition(lambda self: self.held)
    def commit_it(self) -> None:
        own = self.held.pop(0)
        own.commit()
        own.close()

    @rule(minutes=st.sampled_from((-180, -15, -1, 1, 15, 180)))
    def step_the_clock(self, minutes: int) -> None:
        self.skew = timedelta(minutes=minutes)
        self.faults["clock stepped"] += 1

    @rule(hours=st.sampled_from((1, 6, 30)))
    def let_time_pass(self, hours: int) -> None:
        self.tiny.tick(hours=hours)

    @rule(at=st.integers(0, 160))
    def poll_while_the_store_ends_the_session(self, at: int) -> None:
        with self.killing(self.tiny.owner, at):
            self.poll()
        assert self.tiny.differences() == []

    @rule(at=st.integers(0, 30))
    def poll_while_the_source_ends_the_session(self, at: int) -> None:
        with self.killing(self.tiny.source_engine, at):
            self.poll()
        assert self.tiny.differences() == []

    @rule()
    @precondition(lambda self: self.job.session.is_open)
    def another_sync_comes(self) -> None:
        with pytest.raises(Problem) as refused:
            self.tiny.sync().once(wait=False)
        assert refused.value.code == "sync_busy"
        self.faults["second sync"] += 1

    @rule()
    def the_process_is_replaced(self) -> None:
        self.job.close()
        self.job = self.tiny.sync()
        self.faults["sync made anew"] += 1

    @contextmanager
    def killing(self, engine: Engine, at: int) -> Iterator[None]:
        """Ends the server's side of the connection on which statement number `at` is about to run."""
        left = [at]

        def before(connection: Any, *_: Any) -> None:
            left[0] -= 1
            if left[0] == -1:
                pid = connection.connection.driver_connection.info.backend_pid
                self.admin.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
                self.faults["session ended"] += 1

        sa.event.listen(engine, "before_cursor_execute", before)
        try:
            yield
        finally:
            sa.event.remove(engine, "before_cursor_execute", before)

    # -- what the sync does --

    @rule(background=st.booleans(), whole=st.booleans())
    def poll(self, background: bool = False, whole: bool = True) -> None:
        """One poll as `follow` makes it."""
        self.job.reconciler = Reconciler(share=1.0 if background else 0.0)
        if whole:
            self.job._dimensions_at = self.job._wide_at = float("-inf")
        try:
            self.job.once()
        except SourceDownError:
            self.job._source = None
        except STORE_ERRORS:
            self.job.session.close()

    @invariant()
    def closed_days_stay_as_they_are(self) -> None:
        if not hasattr(self, "snapshots"):
            return
        now = dict(
            self.tiny.store("""
            SELECT d.day, (SELECT string_agg(s::text, ' ' ORDER BY s::text) FROM backlog_snapshot s WHERE s.day = d.day)
              FROM snapshot_day d
        """)
        )
        assert {d: now.get(d) for d in self.snapshots} == self.snapshots
        self.snapshots = now

    def teardown(self) -> None:
        if not hasattr(self, "tiny"):
            return
        try:
            for own in self.held:
                own.commit()
                own.close()
            self.job.close()
            self.finish(self.tiny.sync())
            Histories.tried += 1
        finally:
            self.admin.close()
            self.tiny.close()

    def finish(self, job: Sync) -> None:
        """Equality with the source, rollups with the facts, and nothing left to find."""
        job.once()
        for _ in self.days_to_close():  # one a poll: none may be left for the polls of the last comparison
            job.once()
        assert self.days_to_close() == []
        job.reconcile()
        plain.check(self.tiny)
        assert self.tiny.differences() == []
        version = self.tiny.version
        assert job.reconcile() == []
        assert self.tiny.version == version
        identities(self.tiny)

    def days_to_close(self) -> list[date]:
        with self.tiny.owner.connect() as store:
            return snapshots.missing(store)


def identities(tiny: Tiny) -> None:
    """Those of DOMAIN C1: the rollups against the facts."""
    flow = tiny.one("""
        SELECT coalesce(sum(received), 0), coalesce(sum(settled_early + settled_on_time + settled_late), 0),
               coalesce(sum(became_overdue) FILTER (WHERE day <= v.as_of_day), 0)
             - coalesce(sum(settled_late) FILTER (WHERE day <= v.as_of_day), 0)
          FROM data_version v LEFT JOIN flow_day ON true
    """)
    facts = tiny.one("""
        SELECT count(*) FILTER (WHERE received_day IS NOT NULL), count(*) FILTER (WHERE settled_day IS NOT NULL),
               count(*) FILTER (WHERE settled_day IS NULL AND received_day IS NOT NULL) FROM dossier
    """)
    still_open, overdue = tiny.one("SELECT count(*), count(*) FILTER (WHERE overdue) FROM open_dossier")
    settled_ahead = tiny.one(
        "SELECT count(*) FROM dossier, data_version WHERE timeliness = 'late' AND overdue_from <= as_of_day "
        "AND settled_day > as_of_day"
    )
    assert flow[:2] == facts[:2]
    assert flow[0] == flow[1] + still_open
    assert still_open == facts[2]
    assert flow[2] == overdue + settled_ahead


@pytest.mark.parametrize("many", [8, pytest.param(40, marks=pytest.mark.slow)])
def test_random_histories(
    tiny_databases: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any, many: int
) -> None:
    Histories.server, Histories.folder = tiny_databases, tmp_path
    Histories.tried, Histories.faults = 0, Counter()
    monkeypatch.setattr(Source, "now", lambda *_: Histories.clock())
    many = int(os.environ.get("OPS_HISTORIES", many))
    try:
        run_state_machine_as_test(
            Histories,
            settings=settings(max_examples=many, stateful_step_count=30, deadline=None, database=None,
                              phases=(Phase.generate, Phase.shrink),
                              suppress_health_check=list(HealthCheck)),
        )  # fmt: skip
    finally:
        faults = ", ".join(f"{n} {what}" for what, n in sorted(Histories.faults.items()))
        record_property("told", f"{Histories.tried} random histories of source and sync; faults: {faults}")
