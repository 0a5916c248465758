"""The officers of a ward, against the workload screen's own figures and the source's rows."""

from data_access.queries.ward import ward_officers
from data_access.working_time import RECENT_DAYS
from tests.data_access.queries.conftest import At

HA_DONG, CAU_GIAY, WARD = "268", "005", "09556"
HELD = """
SELECT c AS officer_id, sum(1.0 / cardinality(s.can_bo)) AS steps,
       coalesce(sum(1.0 / cardinality(s.can_bo)) FILTER (WHERE s.overdue), 0) AS overdue
  FROM (SELECT b.can_bo, coalesce(b.han_buoc < as_of, false) AS overdue
          FROM onestop.buoc_xu_ly b JOIN o USING (id_ho_so) WHERE b.ket_thuc IS NULL AND o.state = 'running') s
 CROSS JOIN LATERAL unnest(s.can_bo) AS c GROUP BY c
"""
DONE = """
SELECT c AS officer_id, sum(1.0 / cardinality(b.can_bo)) AS finished
  FROM onestop.buoc_xu_ly b CROSS JOIN LATERAL unnest(b.can_bo) AS c
 WHERE (b.ket_thuc AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > %(today)s::date - %(days)s::int GROUP BY c
"""


def test_officers_of_a_ward_in_two_scopes(now: At) -> None:
    mine = now.ask(ward_officers, (HA_DONG,), ward=WARD)
    assert mine == now.ask(ward_officers, None, ward=WARD)
    staff = now.truth().plain(
        "SELECT ma_can_bo, hoat_dong, truy_cap_cuoi FROM onestop.can_bo JOIN onestop.don_vi USING (ma_don_vi) "
        "WHERE ma_xa_gso = %(ward)s", ward=WARD,
    )  # fmt: skip
    held = {r["officer_id"]: r for r in now.truth().rows(HELD)}
    done = {r["officer_id"]: r for r in now.truth().plain(DONE, today=now.as_of.date(), days=RECENT_DAYS)}
    expected = {s["ma_can_bo"] for s in staff if s["hoat_dong"] or s["ma_can_bo"] in held}
    assert {o["officer_id"] for o in mine} == expected
    assert len(mine) > 1
    for officer in mine:
        code = officer["officer_id"]
        holds = held.get(code, {"steps": 0, "overdue": 0})
        assert abs(officer["steps"] - float(holds["steps"])) < 1e-4
        assert abs(officer["overdue"] - float(holds["overdue"])) < 1e-4
        assert abs(officer["finished_28"] - float(done.get(code, {"finished": 0})["finished"])) < 1e-4
    assert [o["steps"] for o in mine] == sorted((o["steps"] for o in mine), reverse=True)


def test_another_districts_officers_are_not_seen(now: At) -> None:
    assert now.ask(ward_officers, (CAU_GIAY,), ward=WARD) == []
    assert now.ask(ward_officers, None, ward="99999") == []
