"""rebuild and check: what they find, what they mend, what they leave."""

import pytest
from sqlalchemy import text

from data_access.store import rollups
from data_access.store.migrate import migrate
from data_access.store.rollup import Rollup
from tests.data_access.sync.test_first_load import fill
from tests.data_access.sync.tiny import Tiny


def test_check_finds_and_rebuild_mends(tiny: Tiny) -> None:
    fill(tiny)
    tiny.sync().once()
    right = tiny.content()
    version = tiny.version
    damage = [
        "UPDATE flow_day SET received = received + 1 WHERE ctid = (SELECT min(ctid) FROM flow_day)",
        "DELETE FROM procedure_month WHERE unit_code = 'p1'",
        "INSERT INTO officer_day VALUES ('nobody', '2020-01-01', '', 1, 1, 1)",
        "UPDATE unit_total SET settled = settled + 1 WHERE ctid = (SELECT min(ctid) FROM unit_total)",
        "UPDATE field_day SET received = received + 1 WHERE district_code = '*' AND received > 0",
        "DELETE FROM qd766_district_year WHERE district_code = '001'",
        "UPDATE unit_day SET became_overdue = became_overdue - 1",
        "UPDATE link_state SET up = NOT up",
        "UPDATE coverage_history SET level4 = 7",
    ]
    for statement in damage:
        with tiny.owner.begin() as conn:
            conn.execute(text(statement))
    found = tiny.differences()
    assert {d.table for d in found} == {
        "flow_day", "procedure_month", "officer_day", "unit_total", "link_state", "coverage_history", "field_day",
        "qd766_district_year", "unit_day",
    }  # fmt: skip
    assert [d for d in found if d.table == "officer_day"] == [
        rollups.Difference("officer_day", "(nobody,2020-01-01,\"\",1,1,1)", None)
    ]  # fmt: skip
    with tiny.owner.begin() as conn:
        rollups.rebuild(conn)
    assert tiny.content() == right
    assert tiny.version == version + 1
    assert tiny.differences() == []


def test_before_the_first_load_there_is_nothing_to_compare(tiny: Tiny) -> None:
    assert tiny.differences() == []
    with tiny.owner.begin() as conn:
        rollups.rebuild(conn)
    assert tiny.store("SELECT * FROM data_version") == []


def test_coverage_counts_each_procedure_at_its_highest_level(tiny: Tiny) -> None:
    for code, start, end in (("tt1", "2017-01-01", None), ("tt2", None, "2018-06-01")):
        tiny.put("procedure", procedure_code=code, name=code, field_code="ct", field_name="Chứng thực", tier="commune",
                 valid_from=start, valid_to=end)  # fmt: skip
    rows = [
        ("p1", "tt1", 2, "2018-01-01", "2018-03-01"),
        ("p1", "tt1", 3, "2018-02-01", None),
        ("p2", "tt1", 4, "2018-02-15", "2018-02-20"),
        ("p2", "tt2", 3, "2018-02-20", None),
        ("p3", "tt2", 4, "2018-05-01", "2018-05-01"),  # never held
    ]
    for unit, procedure, level, start, end in rows:
        tiny.put("offering", unit_code=unit, procedure_code=procedure, level=level, active_from=start, active_to=end)
    tiny.sync().once()
    found = tiny.store("SELECT day::text, procedures, level3, level4 FROM coverage_history ORDER BY day")
    assert found == [
        ("1945-09-02", 1, 0, 0),
        ("2017-01-01", 2, 0, 0),
        ("2018-02-01", 2, 1, 0),
        ("2018-02-15", 2, 0, 1),
        ("2018-02-20", 2, 2, 0),
        ("2018-06-01", 1, 2, 0),
    ]


def test_shares_of_a_step_add_up_exactly(tiny: Tiny) -> None:
    tiny.dossier(1)
    for n in range(200):
        officers = tuple(f"cb{i}" for i in range(1 + n % 7))
        tiny.step(n, 1, officers, finished_at=tiny.clock, due_at=tiny.clock)
    job = tiny.sync()
    job.once()
    for n in range(0, 200, 3):
        tiny.step(n, 1, ("cb0",), finished_at=tiny.clock)
        job.once() if n % 30 == 0 else None
    job.once()
    assert tiny.differences() == []
    assert abs(tiny.one("SELECT sum(steps_finished) FROM officer_day") - 200) < 1e-3


OTHERWISE = Rollup(
    "unit_total", "dossier", ("unit_code",), ("tier", "district_code"), ("received", "settled"),
    "SELECT unit_code, tier, district_code, 2 AS received, 0 AS settled FROM {facts} WHERE received_day IS NOT NULL",
)  # fmt: skip


@pytest.mark.parametrize("start", ["migrate", "sync"])
def test_figures_made_by_other_definitions_are_made_anew(
    tiny: Tiny, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tiny)
    job = tiny.sync()
    job.once()
    job.close()
    right, version = tiny.content(), tiny.version
    with monkeypatch.context() as then:
        then.setattr(rollups, "ROLLUPS", tuple(OTHERWISE if r.table == "unit_total" else r for r in rollups.ROLLUPS))
        with tiny.owner.begin() as conn:
            rollups.rebuild(conn)
    assert tiny.content() != right
    assert tiny.version == version + 1
    for _ in range(2):  # the second time there is nothing to do
        if start == "migrate":
            migrate(tiny.owner, "ops_reader")
        else:
            tiny.sync().first_load()
        assert tiny.version == version + 2
    assert tiny.content() == right
