"""What happens in the source arrives in the store, once, with its rollups."""

from datetime import date, timedelta

from config.registry import registry
from data_access.rules.quality import CHANNELS, LEVELS, RATINGS, REASONS, SERVICES
from data_access.source.check import inspect
from data_access.source.contract import ENTITIES
from data_access.source.reader import Source
from data_access.sync.dry_run import dry_run
from tests.data_access.sync.tiny import BA_DINH, HOAN_KIEM, TZ, Tiny

FLOW = (
    "SELECT unit_code, day, received, settled_early, settled_on_time, settled_late, became_overdue FROM flow_day "
    "ORDER BY unit_code, day"
)


def test_insert_then_nothing_new(tiny: Tiny) -> None:
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    first = tiny.version
    day = date(2026, 3, 2)
    assert tiny.store(FLOW) == [("p1", day, 1, 0, 0, 0, 0), ("p1", day + timedelta(4), 0, 0, 0, 0, 1)]
    assert tiny.one("SELECT field_code, tier, district_code, bucket FROM dossier") == (
        "ct", "commune", BA_DINH, "running",
    )  # fmt: skip
    before = tiny.content()
    result = job.once()
    assert not result.changes
    assert result.version == tiny.version == first
    assert tiny.content() == before


def test_moved_due_date_moves_overdue_day_and_keeps_the_first_one(tiny: Tiny) -> None:
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    first_due = tiny.one("SELECT due_at FROM dossier")
    tiny.change(1, due_at=first_due + timedelta(days=7), supplement_count=1)
    assert job.once().changes.dossiers == 1
    assert tiny.one("SELECT due_original, legal_due_at FROM dossier") == (first_due, first_due + timedelta(days=7))
    assert tiny.store("SELECT day FROM flow_day WHERE became_overdue > 0") == [(date(2026, 3, 13),)]
    # promised again after an apology: the first date counts (DOMAIN G8)
    tiny.change(1, supplement_count=0, apology_count=1)
    job.once()
    assert tiny.one("SELECT legal_due_at FROM dossier") == first_due
    assert tiny.differences() == []


def test_settled_then_reopened(tiny: Tiny) -> None:
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    at = tiny.tick(hours=2)
    tiny.change(1, status=10, finished_at=at, returned_at=at, rating=3)
    job.once()
    assert tiny.store("SELECT settled_early, rated, satisfied FROM flow_day WHERE settled_early > 0") == [(1, 1, 1)]
    assert tiny.one("SELECT count(*) FROM open_dossier") == 0
    tiny.change(1, status=4, finished_at=None, returned_at=None)
    job.once()
    assert tiny.store("SELECT * FROM flow_day WHERE settled_early > 0") == []
    assert tiny.one("SELECT bucket FROM open_dossier JOIN dossier USING (dossier_id)") == "running"
    assert tiny.differences() == []


def test_supplement_suspends_and_brings_its_pause(tiny: Tiny) -> None:
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    start = tiny.tick()
    tiny.put("pause", dossier_id="hs1", from_at=start, reason="supplement")
    tiny.change(1, status=5)
    job.once()
    assert tiny.store("SELECT suspended, overdue FROM open_dossier") == [(True, False)]
    assert tiny.store("SELECT dossier_id, from_at, to_at, district_code FROM pause") == [("hs1", start, None, BA_DINH)]
    assert tiny.store("SELECT * FROM flow_day WHERE became_overdue > 0") == []
    end = tiny.tick(days=1)
    tiny.put("pause", dossier_id="hs1", from_at=start, to_at=end, reason="supplement")
    tiny.change(1, status=4)
    job.once()
    assert tiny.store("SELECT to_at FROM pause") == [(end,)]
    assert tiny.differences() == []


def test_tombstone_takes_facts_and_contributions_away_and_back(tiny: Tiny) -> None:
    tiny.dossier(1)
    tiny.step(1, 1, finished_at=tiny.clock)
    tiny.put("pause", dossier_id="hs1", from_at=tiny.clock, reason="fee")
    job = tiny.sync()
    job.once()
    before = tiny.content()
    tiny.change(1, deleted=True)
    tiny.step(2, 1)  # still written by the source: must stay out
    job.once()
    for table in ("dossier", "step", "pause", "flow_day", "procedure_month", "officer_day", "unit_total"):
        assert tiny.store(f"SELECT * FROM {table}") == [], table
    tiny.source.execute("DELETE FROM step WHERE step_id = 'b2'")
    tiny.change(1, deleted=False)
    job.once()
    after = tiny.content()
    assert {k: v for k, v in after.items() if k != "dossier"} == {k: v for k, v in before.items() if k != "dossier"}
    assert tiny.differences() == []


def test_step_before_its_dossier(tiny: Tiny) -> None:
    tiny.step(1, 1, finished_at=tiny.clock)
    job = tiny.sync()
    job.once()
    assert tiny.store("SELECT unit_code, district_code FROM step") == [("", "")]
    assert tiny.store("SELECT kind, entity, key, detail FROM data_quality") == [("orphan_step", "step", "*", "1")]
    tiny.dossier(1, unit_processing="p3")
    job.once()
    assert tiny.store("SELECT unit_code, district_code FROM step") == [("p3", HOAN_KIEM)]
    assert tiny.store("SELECT officer_id, district_code, steps_finished FROM officer_day") == [("cb1", HOAN_KIEM, 1.0)]
    assert tiny.store("SELECT * FROM data_quality") == []
    assert tiny.differences() == []


def test_unit_and_officer_that_appear_later(tiny: Tiny) -> None:
    tiny.dossier(1, unit_processing="p9")
    tiny.step(1, 1, ("cb9", "cb1"), finished_at=tiny.clock)
    job = tiny.sync()
    job.once()
    quality = "SELECT kind, entity, key FROM data_quality ORDER BY kind"
    assert tiny.store(quality) == [("unknown_officer", "step", "cb9"), ("unknown_unit", "dossier", "p9")]
    assert tiny.one("SELECT tier, district_code FROM dossier") == ("", "")
    tiny.put("unit", unit_code="p9", name="UBND phường Hàng Bạc", tier="commune", parent_code="q2", ward_code="00040")
    tiny.put("officer", officer_id="cb9", display_name="Cán bộ 9", unit_code="p9", role="xl", active=True)
    job._dimensions_at = float("-inf")
    job.once()
    assert tiny.store(quality) == []
    assert tiny.one("SELECT tier, district_code FROM dossier") == ("commune", HOAN_KIEM)
    assert tiny.one("SELECT tier, district_code FROM officer WHERE officer_id = 'cb9'") == ("commune", HOAN_KIEM)
    assert tiny.store("SELECT DISTINCT tier, district_code FROM flow_day") == [("commune", HOAN_KIEM)]
    assert tiny.store("SELECT officer_id, district_code, steps_finished FROM officer_day ORDER BY 1") == [
        ("cb1", HOAN_KIEM, 0.5), ("cb9", HOAN_KIEM, 0.5),
    ]  # fmt: skip
    assert tiny.differences() == []


def test_unit_moves_to_another_district_and_procedure_to_another_field(tiny: Tiny) -> None:
    tiny.dossier(1)
    tiny.dossier(2, unit_processing="p2", procedure_code="tt2")
    tiny.step(1, 1, finished_at=tiny.clock)
    tiny.put("pause", dossier_id="hs1", from_at=tiny.clock, reason="fee")
    job = tiny.sync()
    job.once()
    tiny.put("unit", unit_code="p1", name="UBND phường", tier="commune", parent_code="q2", ward_code="00037")
    tiny.put("procedure", procedure_code="tt2", name="Khai sinh", field_code="mới", field_name="Mới", tier="commune")
    job._dimensions_at = float("-inf")
    before = tiny.version
    job.once()
    assert tiny.version > before
    for table in ("dossier", "step", "pause", "officer_day"):
        where = "WHERE unit_code = 'p1'" if table in ("dossier", "step") else ""
        assert tiny.store(f"SELECT district_code FROM {table} {where}") == [(HOAN_KIEM,)], table
    assert tiny.store("SELECT DISTINCT unit_code, field_code, district_code FROM flow_day ORDER BY 1") == [
        ("p1", "ct", HOAN_KIEM), ("p2", "mới", BA_DINH),
    ]  # fmt: skip
    assert tiny.differences() == []


def test_unknown_status_stays_visible(tiny: Tiny) -> None:
    tiny.dossier(1, status=42)
    tiny.dossier(2, status=123_456)  # doesn't even fit where statuses are kept
    tiny.dossier(3, procedure_code="không có")
    job = tiny.sync()
    job.once()
    assert tiny.one("SELECT count(*) FROM open_dossier") == 3
    assert tiny.store("SELECT kind, key, detail FROM data_quality ORDER BY 1, 2") == [
        ("unknown_procedure", "không có", "1"), ("unknown_status", "0", "1"), ("unknown_status", "42", "1"),
    ]  # fmt: skip
    for number in (1, 2):
        tiny.change(number, status=4)
    tiny.change(3, procedure_code="tt1")
    job.once()
    assert tiny.store("SELECT * FROM data_quality") == []
    assert tiny.differences() == []


def test_codes_that_nobody_knows_are_listed_and_count_for_nothing(tiny: Tiny) -> None:
    for name, column, allowed in (
        ("dossier", "channel", CHANNELS), ("dossier", "rating", RATINGS), ("offering", "level", LEVELS),
        ("link_check", "service", SERVICES), ("pause", "reason", REASONS),
    ):  # fmt: skip
        assert ENTITIES[name].column(column).allowed == allowed
    day, wan = tiny.clock.date(), {"ward_code": "00001", "checked_at": tiny.clock, "up": False}
    tiny.put("procedure", procedure_code="tt3", name="Tạm trú", field_code="ct", field_name="Chứng thực",
             tier="commune", limit_value=3, limit_unit="tuần")  # fmt: skip
    for level in (4, 7, 99_999):
        tiny.put("offering", unit_code="p1", procedure_code=f"tt{level % 4 + 1}", level=level, active_from=day)
    tiny.dossier(1, channel=9)
    tiny.dossier(2, rating=8, status=10, finished_at=tiny.clock + timedelta(minutes=1))
    tiny.dossier(3, channel=99_999, rating=-99_999)
    for reason in ("fee", "nghỉ lễ"):
        tiny.put("pause", dossier_id="hs1", from_at=tiny.clock, reason=reason)
    for service in ("wan", "fax"):
        tiny.put("link_check", service=service, **wan)
    source = Source(tiny.source_engine, tiny.profile)
    inspect(source)
    told = dry_run(source, registry(), TZ)
    assert {kind: n for kind, n in told.counts.items() if n} == {
        "unknown_channel": 2, "unknown_level": 2, "unknown_limit": 1, "unknown_rating": 2, "unknown_reason": 1,
    }  # fmt: skip
    assert told.named["unknown_channel"] == {"9": 1, "99999": 1}
    assert told.named["unknown_reason"] == {"nghỉ lễ": 1}
    job = tiny.sync()
    job.once()
    assert tiny.store("SELECT kind, entity, key, detail FROM data_quality ORDER BY 1, 3") == [
        ("unknown_channel", "dossier", "0", "1"), ("unknown_channel", "dossier", "9", "1"),
        ("unknown_level", "offering", "0", "1"), ("unknown_level", "offering", "7", "1"),
        ("unknown_limit", "procedure", "tt3", "1"),
        ("unknown_rating", "dossier", "0", "1"), ("unknown_rating", "dossier", "8", "1"),
        ("unknown_reason", "pause", "nghỉ lễ", "1"), ("unknown_service", "link_check", "fax", "1"),
    ]  # fmt: skip
    assert tiny.store("SELECT service FROM link_state") == [("wan",)]
    assert tiny.store("SELECT procedure_code FROM offer_span") == [("tt1",)]
    assert tiny.one("SELECT sum(rated) FROM flow_day") == 0
    assert tiny.one("SELECT sum(received_online) FROM district_day") == 0
    assert tiny.one("SELECT count(*) FROM link_check") == 2
    assert tiny.differences() == []
    tiny.change(1, channel=2)
    tiny.change(2, rating=3)
    tiny.change(3, channel=None, rating=None)
    job.once()
    assert {kind for (kind,) in tiny.store("SELECT kind FROM data_quality WHERE entity = 'dossier'")} == set()
    assert tiny.one("SELECT sum(satisfied) FROM flow_day") == 1
    assert tiny.differences() == []


def test_rows_committed_late_with_an_older_time(tiny: Tiny) -> None:
    tiny.dossier(1)
    early = tiny.clock
    tiny.dossier(2)
    job = tiny.sync()
    job.once()
    tiny.dossier(3, updated_at=early - timedelta(minutes=5))
    job._wide_at = float("-inf")
    assert job.once().changes.dossiers == 1
    assert tiny.one("SELECT count(*) FROM dossier") == 3


def test_a_row_dated_in_the_future_does_not_hide_what_follows(tiny: Tiny) -> None:
    tiny.dossier(1, updated_at=tiny.clock + timedelta(days=20_000))
    job = tiny.sync()
    job.once()
    tiny.dossier(2, updated_at=job.once().as_of)
    assert job.once().changes.dossiers == 1


def test_equal_times_across_batches(tiny: Tiny) -> None:
    tiny.rows = 3
    job = tiny.sync()
    job.once()
    same = tiny.clock
    for n in range(10):
        tiny.dossier(n, updated_at=same)
        tiny.step(n, n, updated_at=same)
    result = job.once()
    assert (result.changes.dossiers, result.changes.steps) == (10, 10)
    assert not job.once().changes
    assert tiny.differences() == []


def test_link_state_and_observations(tiny: Tiny) -> None:
    t0 = tiny.clock
    for minutes, up in ((0, True), (5, False), (10, False)):
        at = t0 + timedelta(minutes=minutes)
        tiny.put("link_check", ward_code="00001", service="wan", checked_at=at, up=up, latency_ms=3.5)
    tiny.put("observation", indicator_code="x", scope_kind="ward", scope_code="00037", at=t0, value=1.5)
    job = tiny.sync()
    job.once()
    state = "SELECT up, since, checked_at, district_code FROM link_state"
    assert tiny.one(state) == (False, t0 + timedelta(minutes=5), t0 + timedelta(minutes=10), BA_DINH)
    assert tiny.one("SELECT value, district_code FROM observation") == (1.5, HOAN_KIEM)
    # one that came late tells that the link had been up in between
    late = t0 + timedelta(minutes=7)
    tiny.put("link_check", ward_code="00001", service="wan", checked_at=late, up=True, latency_ms=None)
    job._wide_at = float("-inf")
    job.once()
    assert tiny.one(state)[:2] == (False, t0 + timedelta(minutes=10))
    assert tiny.differences() == []


def test_an_entity_that_suddenly_is_empty_is_left_as_it_was(tiny: Tiny) -> None:
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    units = tiny.store("SELECT * FROM unit")
    tiny.source.execute("DELETE FROM unit")
    job._dimensions_at = float("-inf")
    job.once()
    assert tiny.store("SELECT * FROM unit") == units


def test_the_instant_moves_on_by_itself(tiny: Tiny) -> None:
    tiny.dossier(1)
    job = tiny.sync()
    job.once()
    with tiny.owner.begin() as conn:
        conn.exec_driver_sql("UPDATE data_version SET as_of = as_of - interval '61 seconds'")
    before = tiny.version
    assert job.once().version == before + 1


def test_numbers_in_free_text_and_the_applicant_stay_out(tiny: Tiny) -> None:
    tiny.dossier(1, late_reason="Gọi chị Hoa 0912 345 678, CCCD 001199001234; hẹn lại 3 ngày")
    tiny.sync().once()
    assert tiny.one("SELECT late_reason FROM dossier") == "Gọi chị Hoa …, CCCD …; hẹn lại 3 ngày"
