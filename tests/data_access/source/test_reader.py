"""COPY and the way every other database is read give equal tables; batches and positions hold."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from config.problems import Problem
from data_access.source.check import inspect
from data_access.source.contract import DOSSIER, ENTITIES, PAUSE, STEP
from data_access.source.reader import Position, Source, SourceDownError
from tests.data_access.sync.tiny import Tiny


def source(tiny: Tiny, fast: bool) -> Source:
    found = Source(tiny.source_engine, tiny.profile)
    problems = [c.problem for c in inspect(found) if c.problem]
    assert not problems
    assert found.fast
    found.fast = fast
    return found


@pytest.fixture
def filled(tiny: Tiny) -> Tiny:
    for n in range(7):
        at = tiny.clock
        tiny.dossier(n, late_reason='có "nháy", phẩy,\nxuống dòng' if n % 2 else "", fee_due=12.5, rating=n % 4,
                     paid_online=bool(n % 2), finished_at=at.replace(microsecond=123456))  # fmt: skip
        tiny.step(n, n, ("a", 'b"c')[: n % 3])
        tiny.put("pause", dossier_id=f"hs{n}", from_at=at, reason="fee")
    tiny.dossier(8, matter_ward_code=None, supplement_count=None, late_reason="%s :x \\ {}")
    tiny.put("offering", unit_code="p1", procedure_code="tt1", level=3, active_from="2018-01-01", active_to=None)
    tiny.put("link_check", ward_code="00001", service="wan", checked_at=tiny.clock, up=True, latency_ms=3.25)
    tiny.put("observation", indicator_code="x", scope_kind="city", scope_code="", at=tiny.clock, value=1.5)
    return tiny


ODD = {
    "dossier": "SELECT *, 1 AS x FROM dossier WHERE '%' <> 'a:b'",
    "step": "SELECT step_id, dossier_id, step_name, array_to_string(officer_ids, ' , ') AS officer_ids, "
            "started_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS started_at, due_at, finished_at::date AS finished_at, "
            "updated_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS updated_at FROM step",
    "officer": "SELECT officer_id, display_name, unit_code, role, 1 AS active, last_seen_at FROM officer",
    "unit": "SELECT unit_code, name, tier, parent_code, ward_code, now()::date AS valid_from FROM unit",
}  # fmt: skip


@pytest.mark.parametrize("odd", [False, True])
def test_both_ways_give_equal_tables(filled: Tiny, odd: bool) -> None:
    if odd:
        filled.write_profile(**ODD)
    fast, plain = source(filled, True), source(filled, False)
    for entity in ENTITIES.values():
        with fast.snapshot() as a, plain.snapshot() as b:
            one = fast.page(a, entity, None, None, 1000)
            two = plain.page(b, entity, None, None, 1000)
            three = pa.concat_tables(fast.stream(a, entity, None, 3))
        assert one.schema == two.schema == three.schema == entity.schema
        assert one.to_pylist() == two.to_pylist() == three.to_pylist(), entity.name
        assert len(one), entity.name


@pytest.mark.parametrize("fast", [True, False])
def test_pages_and_streams_see_every_row_once(filled: Tiny, fast: bool) -> None:
    filled.source.execute("UPDATE dossier SET updated_at = %s WHERE dossier_id < 'hs5'", [filled.clock])
    reader = source(filled, fast)
    for entity in (DOSSIER, STEP, PAUSE):
        with reader.snapshot() as connection:
            whole = reader.page(connection, entity, None, None, 1000).to_pylist()
            streamed = [r for t in reader.stream(connection, entity, None, 2) for r in t.to_pylist()]
            paged: list[dict] = []  # type: ignore[type-arg]
            after: Position | None = None
            while len(table := reader.page(connection, entity, None, after, 2)):
                paged += table.to_pylist()
                after = reader.last(entity, table)
                assert after is not None
                assert Position.of(after.at, after.text) == after
            resumed = [r for t in reader.stream(connection, entity, after, 2) for r in t.to_pylist()]
        assert streamed == paged == whole, entity.name
        assert resumed == []


@pytest.mark.parametrize("fast", [True, False])
def test_by_dossier_and_since(filled: Tiny, fast: bool) -> None:
    reader = source(filled, fast)
    with reader.snapshot() as connection:
        some = reader.of_dossiers(connection, PAUSE, ["hs1", "hs3", "không có"])
        assert sorted(some["dossier_id"].to_pylist()) == ["hs1", "hs3"]
        newest = pa.compute.max(reader.whole(connection, DOSSIER)["updated_at"]).as_py()
        assert reader.page(connection, DOSSIER, newest, None, 10)["dossier_id"].to_pylist() == ["hs8"]


@pytest.mark.parametrize(
    ("harm", "expected"),
    [("1 / (rating - 3)", Problem), ("pg_terminate_backend(pg_backend_pid())::int", SourceDownError)],
)
def test_what_ends_a_stream_is_told_apart(filled: Tiny, harm: str, expected: type[Exception]) -> None:
    """A SELECT that doesn't work is for a person to mend; a source that went away comes back by itself."""
    reader = source(filled, True)
    names = ", ".join(c for c in DOSSIER.names if c != "fee_due")
    filled.write_profile(dossier=f"SELECT {names}, CASE rating WHEN 3 THEN {harm} END AS fee_due FROM dossier")
    shapes, reader = reader.shapes, Source(filled.source_engine, filled.profile)
    reader.shapes = shapes  # as when the SELECT was in order at the check
    with reader.snapshot() as connection, pytest.raises(expected):
        list(reader.stream(connection, DOSSIER, None, 2))


def test_infinite_times_are_no_times(tiny: Tiny) -> None:
    tiny.dossier(1, due_at="infinity")
    reader = source(tiny, True)
    with reader.snapshot() as connection:
        assert reader.whole(connection, DOSSIER)["due_at"].to_pylist() == [None]


@pytest.mark.parametrize("fast", [True, False])
def test_the_end_of_all_days_is_no_time(tiny: Tiny, fast: bool) -> None:
    tiny.dossier(1, due_at="9999-12-31 12:00+00", finished_at="9999-12-29 12:00+00")
    reader = source(tiny, fast)
    with reader.snapshot() as connection:
        (row,) = reader.whole(connection, DOSSIER).select(["due_at", "finished_at"]).to_pylist()
    assert row == {"due_at": None, "finished_at": datetime(9999, 12, 29, 12, tzinfo=UTC)}


def test_the_clock_is_the_source_s_own(tiny: Tiny) -> None:
    reader = source(tiny, True)
    with reader.snapshot() as connection:
        assert abs((reader.now(connection) - datetime.now(UTC)).total_seconds()) < 5


def test_statuses_map_by_data(tiny: Tiny) -> None:
    status = "SELECT *, CASE status WHEN 4 THEN 'dang_xu_ly' WHEN 10 THEN '10' ELSE 'khac' END AS st FROM dossier"
    names = [n for n in DOSSIER.names if n != "status"]
    tiny.write_profile(dossier=f"SELECT {', '.join(names)}, st AS status FROM ({status}) x")
    (tiny.folder / "tiny" / "profile.yaml").write_text("name: tiny\nstatus_map: {dang_xu_ly: 4}\n", encoding="utf-8")
    for n, code in enumerate((4, 10, 8)):
        tiny.dossier(n, status=code)
    for fast in (True, False):
        reader = source(tiny, fast)
        with reader.snapshot() as connection:
            assert reader.page(connection, DOSSIER, None, None, 9)["status"].to_pylist() == [4, 10, None]


def test_reading_cannot_write(tiny: Tiny) -> None:
    with tiny.source_engine.connect() as connection, pytest.raises(Exception, match=r"read-only|permission"):
        connection.exec_driver_sql("DELETE FROM dossier")
