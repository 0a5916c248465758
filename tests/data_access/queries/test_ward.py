"""A ward's officers and where its dossiers wait, against the source's own rows."""

from config.registry import registry
from data_access.queries.ward import stuck_steps, ward_officers
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


WAITING = """
SELECT o.ma_xa_gso AS ward, h.ma_tthc, b.ten_buoc, count(DISTINCT o.id_ho_so) AS waiting,
       count(DISTINCT o.id_ho_so) FILTER (WHERE o.overdue) AS overdue, min(b.bat_dau) AS since,
       array_agg(DISTINCT c.ho_ten) FILTER (WHERE c.ho_ten IS NOT NULL) AS holders
  FROM onestop.buoc_xu_ly b JOIN o USING (id_ho_so) JOIN onestop.ho_so h USING (id_ho_so)
  LEFT JOIN onestop.can_bo c ON c.ma_can_bo = ANY (b.can_bo)
 WHERE b.ket_thuc IS NULL AND o.state = 'running' AND o.cap = 'XA' GROUP BY 1, 2, 3
"""


def test_where_a_wards_dossiers_wait(instant: At) -> None:
    expected = {
        (r["ward"], r["ma_tthc"], r["ten_buoc"]): (r["waiting"], r["overdue"], r["since"], set(r["holders"] or ()))
        for r in instant.truth().rows(WAITING)
    }
    wards = sorted({ward for ward, *_ in expected})
    found = {ward: instant.ask(stuck_steps, (registry().wards[ward].district_code,), ward=ward) for ward in wards}
    assert {
        (ward, one["procedure_code"], one["step_name"]):
        (one["waiting"], one["overdue"], one["since"], set(one["holders"]))
        for ward in wards for one in found[ward]
    } == expected  # fmt: skip
    assert len(expected) > 20
    assert any(overdue for _, overdue, *_ in expected.values())
    for steps in found.values():
        assert [one["overdue"] for one in steps] == sorted((one["overdue"] for one in steps), reverse=True)
    theirs = [ward for ward in wards if registry().wards[ward].district_code != CAU_GIAY]
    assert [ward for ward in theirs[:20] if instant.ask(stuck_steps, (CAU_GIAY,), ward=ward)] == []
