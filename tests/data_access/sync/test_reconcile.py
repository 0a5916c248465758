"""What no watermark shows is found by comparing, named, counted and repaired; and nothing else is touched."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from data_access.source import slices
from data_access.source.contract import DOSSIER
from data_access.source.slices import Slice
from data_access.sync import reconcile_books
from data_access.sync.reconcile import Reconciler
from data_access.sync.sync import Sync
from tests.data_access.sync.test_first_load import fill
from tests.data_access.sync.tiny import BA_DINH, START, Tiny

Wrong = dict[tuple[str, str], int]


def found(job: Sync, since: date | None = None, every_row: bool = False) -> Wrong:
    """(entity, kind) → rows that this reconcile round repaired."""
    wrong: Wrong = {}
    for f in job.reconcile(since, every_row):
        wrong[f.entity, f.kind] = wrong.get((f.entity, f.kind), 0) + f.rows
    return wrong


def followed(tiny: Tiny) -> Sync:
    """A filled city, loaded, and every watermark far beyond all that `fill` wrote."""
    fill(tiny)
    tiny.tick(days=300)
    tiny.dossier("sau")
    tiny.step("sau", "sau")
    tiny.put("link_check", ward_code="00037", service="wan", checked_at=tiny.clock, up=True)
    tiny.put("observation", indicator_code="x", scope_kind="city", scope_code="", at=tiny.clock, value=0)
    job = tiny.sync()
    job.once()
    return job


def old(tiny: Tiny) -> datetime:
    """An instant far before every watermark."""
    return tiny.clock - timedelta(days=200)


def silently(tiny: Tiny, statement: str) -> None:
    """A change that moves no updated_at: a missing trigger, a hand in the database."""
    tiny.source.execute(statement)


Change = Callable[[Tiny], object]

CASES: dict[str, tuple[Change, Wrong]] = {
    "dossier and its rows deleted": (
        lambda t: [silently(t, f"DELETE FROM {e} WHERE dossier_id = 'hs5'") for e in ("dossier", "step", "pause")],
        {("dossier", "gone"): 1, ("step", "gone"): 2},
    ),
    "dossier deleted, its steps left": (
        lambda t: silently(t, "DELETE FROM dossier WHERE dossier_id = 'hs1'"),
        {("dossier", "gone"): 1},
    ),
    "dossier and its step committed late": (
        lambda t: [t.dossier("muộn", updated_at=old(t)), t.step("muộn", "muộn", updated_at=old(t))],
        {("dossier", "missing"): 1, ("step", "missing"): 1},
    ),
    "a step of an old dossier, committed late": (
        lambda t: t.step("cũ", 2, updated_at=old(t)), {("step", "missing"): 1},
    ),
    "step deleted": (lambda t: silently(t, "DELETE FROM step WHERE step_id = 'b8'"), {("step", "gone"): 1}),
    "step handed to another officer": (
        lambda t: silently(t, "UPDATE step SET officer_ids = '{cb3}' WHERE step_id = 'b9'"), {("step", "stale"): 1},
    ),
    "step moved to another dossier": (
        lambda t: silently(t, "UPDATE step SET dossier_id = 'hs2' WHERE step_id = 'b9'"), {("step", "stale"): 1},
    ),
    "status": (
        lambda t: silently(t, "UPDATE dossier SET status = 10, finished_at = received_at WHERE dossier_id = 'hs7'"),
        {("dossier", "stale"): 1},
    ),
    "unit": (
        lambda t: silently(t, "UPDATE dossier SET unit_processing = 'p3' WHERE dossier_id = 'hs6'"),
        {("dossier", "stale"): 1},
    ),
    "procedure": (
        lambda t: silently(t, "UPDATE dossier SET procedure_code = 'tt2' WHERE dossier_id = 'hs8'"),
        {("dossier", "stale"): 1},
    ),
    "marked deleted": (
        lambda t: silently(t, "UPDATE dossier SET deleted = true WHERE dossier_id = 'hs9'"),
        {("dossier", "gone"): 1, ("step", "gone"): 2},
    ),
    "mark of deletion taken back": (
        lambda t: silently(t, "UPDATE dossier SET deleted = false WHERE dossier_id = 'hs3'"),
        {("dossier", "missing"): 1, ("step", "missing"): 2},
    ),
    "pause ended": (
        lambda t: silently(t, "UPDATE pause SET to_at = from_at + interval '1 h' WHERE dossier_id = 'hs15'"),
        {("pause", "stale"): 1},
    ),
    "pause begun": (
        lambda t: t.put("pause", dossier_id="hs11", from_at=t.clock, reason="fee"), {("pause", "stale"): 1},
    ),
    "pause deleted": (
        lambda t: silently(t, "DELETE FROM pause WHERE dossier_id = 'hs10'"), {("pause", "stale"): 1},
    ),
    "link checks": (
        lambda t: [
            silently(t, "DELETE FROM link_check WHERE ward_code = '00037'"),
            silently(t, "UPDATE link_check SET up = NOT up WHERE checked_at IN (SELECT min(checked_at) FROM link_check)"
            ),
            t.put("link_check", ward_code="00004", service="wan", checked_at=old(t), up=True),
        ],
        {("link_check", "gone"): 1, ("link_check", "stale"): 1, ("link_check", "missing"): 1},
    ),
    "every check of a link": (
        lambda t: silently(t, "DELETE FROM link_check WHERE ward_code = '00001'"), {("link_check", "gone"): 25},
    ),
    "observations": (
        lambda t: [
            silently(t, "DELETE FROM observation WHERE value = 4"),
            silently(t, "UPDATE observation SET value = 77 WHERE value = 5"),
            t.put("observation", indicator_code="y", scope_kind="ward", scope_code="00001", at=old(t), value=1),
        ],
        {("observation", "gone"): 1, ("observation", "stale"): 1, ("observation", "missing"): 1},
    ),
}  # fmt: skip


def test_found_named_and_repaired(tiny: Tiny) -> None:
    job = followed(tiny)
    assert found(job) == {}
    for case, (change, wrong) in CASES.items():
        change(tiny)
        job._wide_at = float("-inf")
        assert not job.once().changes, f"{case}: a poll can see it"
        version = tiny.version
        assert found(job) == wrong, case
        assert tiny.version > version, case
        assert tiny.differences() == [], case
    assert found(job) == {}
    after = tiny.content()
    job.close()
    tiny.forget()
    tiny.sync().first_load()
    assert tiny.content() == after


def test_a_quiet_store_is_left_alone(tiny: Tiny) -> None:
    job = followed(tiny)
    version = tiny.version
    assert found(job) == {}
    assert found(job, every_row=True) == {}
    assert tiny.version == version
    assert tiny.store("SELECT * FROM reconcile_found") == []


def test_what_sums_can_not_tell_every_row_does(tiny: Tiny) -> None:
    job = followed(tiny)
    silently(
        tiny,
        """
        UPDATE dossier SET due_at = due_at + CASE dossier_id WHEN 'hs1' THEN interval '1 h' ELSE interval '-1 h' END
         WHERE dossier_id IN ('hs1', 'hs4')
    """,
    )
    assert found(job) == {}
    assert found(job, every_row=True) == {("dossier", "stale"): 2}


def test_since_a_day_looks_no_further_back(tiny: Tiny) -> None:
    job = followed(tiny)
    silently(tiny, "DELETE FROM dossier WHERE dossier_id IN ('hs1', 'hssau')")
    day = tiny.clock.date()
    assert found(job, since=day) == {("dossier", "gone"): 1}
    assert found(job) == {("dossier", "gone"): 1}
    with tiny.owner.connect() as conn:
        listed = [(f.day, f.entity, f.kind, f.rows) for f in reconcile_books.findings(conn, START)]
    assert listed == [(START.date(), "dossier", "gone", 1), (day, "dossier", "gone", 1)]


def test_days_that_can_not_agree_are_read_once(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """A marked deletion, numbers taken out of a text: the sums differ for ever, the rows agree."""
    tiny.dossier("lý do", late_reason="gọi 0912345678")
    job = followed(tiny)
    assert found(job) == {}
    read: list[object] = []
    monkeypatch.setattr(slices, "dossier_ids", lambda *a: read.append(a) or [])
    assert found(job) == {}
    assert read == []
    silently(tiny, "UPDATE dossier SET late_reason = 'khác' WHERE dossier_id = 'hslý do'")
    found(job)
    assert len(read) == 1


def test_rows_without_updated_at_are_followed_by_comparing(tiny: Tiny) -> None:
    job = followed(tiny)
    tiny.dossier("không", updated_at=None)
    tiny.dossier("gì cả", updated_at=None, received_at=None, due_at=None, status=1)
    assert not job.once().changes
    assert found(job) == {("dossier", "missing"): 2}
    assert found(job) == {}
    silently(tiny, "UPDATE dossier SET unit_processing = 'p2' WHERE updated_at IS NULL")
    assert found(job) == {("dossier", "stale"): 2}


def test_a_hard_deleted_dossier_that_comes_back(tiny: Tiny) -> None:
    job = followed(tiny)
    before = tiny.content()
    kept = tiny.source.execute("SELECT * FROM dossier WHERE dossier_id = 'hs5'").fetchone()
    silently(tiny, "DELETE FROM dossier WHERE dossier_id = 'hs5'")
    found(job)
    assert tiny.one("SELECT count(*) FROM dossier WHERE dossier_id = 'hs5'") == 0
    assert tiny.store("SELECT unit_code, district_code FROM step WHERE dossier_id = 'hs5'") == [("", "")] * 2
    assert tiny.store("SELECT * FROM pause WHERE dossier_id = 'hs5'") == []
    assert kept is not None
    tiny.source.execute(f"INSERT INTO dossier VALUES ({', '.join(['%s'] * len(kept))})", kept)  # restored as it was
    assert found(job) == {("dossier", "missing"): 1}
    assert tiny.content() == before
    assert tiny.differences() == []


def test_a_source_restored_from_an_older_state(tiny: Tiny) -> None:
    """Rows go back in time, and what came after is gone: no watermark can tell."""
    job = followed(tiny)
    before = tiny.content()
    rows = {t: tiny.source.execute(f"SELECT * FROM {t}").fetchall() for t in ("dossier", "step", "pause")}
    tiny.tick(days=3)
    for n in range(10):
        tiny.change(n, status=9, finished_at=tiny.clock)
        tiny.step(100 + n, n)
    tiny.dossier("mới")
    job.once()
    for table, kept in rows.items():
        tiny.source.execute(f"DELETE FROM {table}")
        for row in kept:
            tiny.source.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
    found(job)
    assert tiny.content() == before
    assert tiny.differences() == []


def test_in_the_background_a_little_at_a_time_and_after_restarts(tiny: Tiny) -> None:
    job = followed(tiny)
    silently(tiny, "DELETE FROM dossier WHERE dossier_id = 'hs1'")
    polls = 0
    while tiny.one("SELECT count(*) FROM dossier WHERE dossier_id = 'hs1'"):
        job.close()
        job = tiny.sync(reconciler=Reconciler(share=1.0))  # made anew for every single poll
        job.once()
        polls += 1
        assert polls < 60
    rounds = {r[0]: r[1:] for r in tiny.store("SELECT kind, ended_at IS NOT NULL, days FROM reconcile_round")}
    assert rounds["recent"] == (True, 2)  # days without any rows are stepped over
    assert rounds["full"][1] >= 1
    assert polls >= 3


def test_its_share_of_the_time_is_kept(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    followed(tiny).close()
    job = tiny.sync(reconciler=Reconciler(share=0.01))
    for _ in range(5):
        job.once()
    assert tiny.store("SELECT sum(days) FROM reconcile_round") == [(1,)]


def test_a_database_that_does_not_understand_stops_no_poll(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    followed(tiny).close()
    monkeypatch.setattr(slices, "_microseconds", lambda c, _dialect: slices.sa.func.no_such_function(c))
    job = tiny.sync(reconciler=Reconciler(share=1.0))
    tiny.dossier("sau nữa")
    job.once()
    assert tiny.one("SELECT count(*) FROM dossier WHERE dossier_id = 'hssau nữa'") == 1
    tiny.dossier("sau nữa 2")
    assert job.once().changes.dossiers == 1


def test_local_times_and_numbers_as_keys(tiny: Tiny) -> None:
    """A source without time zones, with numeric ids, statuses as words and no unit in some rows."""
    for n in range(5):
        tiny.dossier(n, unit_processing=None if n == 2 else "p1", due_original=tiny.clock)
        tiny.step(n, n)
        tiny.put("pause", dossier_id=f"hs{n}", from_at=tiny.clock, reason="fee")
    number = "substr(dossier_id, 3)::int AS dossier_id"
    dossier = ", ".join(
        {"dossier_id": number, "status": "'s' || status AS status",
         "updated_at": "updated_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS updated_at"}.get(c, c) for c in DOSSIER.names
    )  # fmt: skip
    rest = "step_id, step_name, officer_ids, started_at, due_at, finished_at, updated_at"
    tiny.write_profile(
        dossier=f"SELECT {dossier} FROM dossier", step=f"SELECT {number}, {rest} FROM step",
        pause=f"SELECT {number}, from_at, to_at, reason FROM pause",
    )  # fmt: skip
    (tiny.folder / "tiny/profile.yaml").write_text(
        "name: tiny\ntimezone: Asia/Ho_Chi_Minh\nstatus_map: {s4: 4, s5: 5}\n"
    )
    job = tiny.sync()
    job.once()
    assert found(job) == {}
    assert tiny.store("SELECT DISTINCT entity FROM reconcile_known") == []  # sums agree by themselves
    silently(tiny, "UPDATE dossier SET status = 5 WHERE dossier_id = 'hs3'")
    silently(tiny, "DELETE FROM step WHERE dossier_id = 'hs2'")
    silently(tiny, "DELETE FROM dossier WHERE dossier_id = 'hs4'")
    assert found(job) == {("dossier", "stale"): 1, ("dossier", "gone"): 1, ("step", "gone"): 1}
    assert found(job) == {}
    assert tiny.differences() == []


def test_any_database_counts_and_finds_extremes(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where instants can't be added up: still deletions, late rows and moved ends are found."""
    monkeypatch.setattr(slices, "adds_up", lambda _dialect: False)
    job = followed(tiny)
    found(job)
    silently(tiny, "DELETE FROM dossier WHERE dossier_id = 'hs1'")
    tiny.dossier("muộn", updated_at=tiny.clock - timedelta(days=200))
    assert found(job) == {("dossier", "gone"): 1, ("dossier", "missing"): 1}
    assert found(job) == {}


def test_figures_of_units_follow_their_unit(tiny: Tiny) -> None:
    tiny.put("observation", indicator_code="x", scope_kind="unit", scope_code="p3", at=tiny.clock, value=1)
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    tiny.put("unit", unit_code="p3", name="UBND phường", tier="commune", parent_code="q1", ward_code="00001")
    job._dimensions_at = float("-inf")
    job.once()
    assert tiny.one("SELECT district_code FROM observation") == BA_DINH


def test_slices_without_bounds_hold_everything(tiny: Tiny) -> None:
    job = followed(tiny)
    source = job._checked()
    with source.snapshot() as connection:
        ids = slices.dossier_ids(source, connection, Slice(None, None), None)
        some = slices.dossier_ids(source, connection, Slice(None, None), ["p1"])
    assert len(ids) == 26
    assert 0 < len(some) < 26
