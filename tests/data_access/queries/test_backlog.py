"""The backlog by ward, under filters, and one ward in detail, against the source's own rows."""

from typing import Any

import pytest

from data_access.queries.backlog import backlog, days_of_work, ward_detail
from data_access.queries.overview import overview
from tests.data_access.queries.conftest import At

COUNTED = ("open", "overdue", "due_24h", "suspended")
FILTERS = [
    {},
    {"field": "{most}"},
    {"channel": 2},
    {"channel": 1, "days": 30},
    {"days": 7},
    {"field": "{most}", "channel": 1, "days": 90},
]


def real(at: At, filters: dict[str, Any]) -> dict[str, Any]:
    """The filters with {most} replaced by the field that has most open dossiers."""
    (most,) = at.truth().rows("SELECT ma_linh_vuc AS f FROM o GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    return {key: most["f"] if value == "{most}" else value for key, value in filters.items()}


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_each_unit_under_filters(instant: At, filters: dict[str, Any]) -> None:
    filters = real(instant, filters)
    answer = instant.ask(backlog, **filters)
    keep = ("ward_code", "tier", "district_code", *COUNTED, "settled_28")
    assert {row["unit_code"]: {k: row[k] for k in keep} for row in answer.units} == instant.truth().by_unit(**filters)
    assert len(answer.units) == len({row["unit_code"] for row in answer.units})


@pytest.mark.parametrize("filters", [{}, {"channel": 2}, {"field": "{most}"}], ids=str)
def test_settled_counts_units_without_open_dossiers_too(now: At, filters: dict[str, Any]) -> None:
    filters = real(now, filters)
    (truth,) = now.truth().rows("SELECT count(*) AS n FROM s WHERE ended BETWEEN today - 27 AND today", **filters)
    answer = now.ask(backlog, **filters)
    assert answer.settled_28 == truth["n"] > sum(u["settled_28"] for u in answer.units)


def test_units_sum_to_the_citys_figures(instant: At) -> None:
    answer, figures = instant.ask(backlog), instant.ask(overview).figures
    assert answer.total == {k: figures[k] for k in COUNTED}
    assert answer.working_days
    assert answer.work_days == figures["open"] / (answer.settled_28 / answer.working_days)


def test_fields_are_those_of_the_catalogue(now: At) -> None:
    truth = now.truth().plain(
        "SELECT ma_linh_vuc AS field_code, min(ten_linh_vuc) AS field_name FROM onestop.thu_tuc GROUP BY 1"
    )
    fields = now.ask(backlog).fields
    assert sorted(fields, key=lambda f: f["field_code"]) == sorted(truth, key=lambda f: f["field_code"])
    assert [f["field_name"] for f in fields] == sorted(f["field_name"] for f in fields)


@pytest.mark.parametrize("filters", [{}, {"channel": 2, "days": 90}, {"field": "{most}"}], ids=str)
def test_a_ward_in_detail_is_the_maps_figure(now: At, filters: dict[str, Any]) -> None:
    filters = real(now, filters)
    units = [u for u in now.ask(backlog, **filters).units if u["ward_code"]]
    chosen = sorted(units, key=lambda u: -u["open"])[:4] + units[-2:]
    for unit in chosen:
        ward = unit["ward_code"]
        detail = now.ask(ward_detail, ward=ward, **filters)
        assert detail.totals == {k: unit[k] for k in COUNTED}
        assert {k: sum(p[k] for p in detail.procedures) for k in COUNTED} == detail.totals
        mine = now.truth().rows(
            "SELECT o.*, t.ten, today - received AS age FROM o JOIN onestop.thu_tuc t USING (ma_tthc) "
            "WHERE ma_xa_gso = %(ward)s ORDER BY ngay_tiep_nhan, id_ho_so",
            ward=ward,
            **filters,
        )
        assert detail.ages == {
            "to_3": sum(r["age"] <= 3 for r in mine),
            "to_10": sum(4 <= r["age"] <= 10 for r in mine),
            "to_30": sum(11 <= r["age"] <= 30 for r in mine),
            "over_30": sum(r["age"] > 30 for r in mine),
        }
        assert sum(detail.ages.values()) == unit["open"]
        shown = [
            (r["dossier_code"], r["procedure_name"], r["received_at"], r["legal_due_at"], r["overdue"], r["suspended"])
            for r in detail.oldest
        ]
        assert shown == [
            (r["ma_ho_so"], r["ten"], r["ngay_tiep_nhan"], r["due_at"], r["overdue"], r["suspended"]) for r in mine[:8]
        ]
        assert {p["name"]: p["open"] for p in detail.procedures} == {
            name: sum(r["ten"] == name for r in mine) for name in {r["ten"] for r in mine}
        }


def test_a_wards_flows_and_links(now: At) -> None:
    ward = max((u for u in now.ask(backlog).units if u["ward_code"]), key=lambda u: u["settled_28"])["ward_code"]
    detail = now.ask(ward_detail, ward=ward)
    truth = now.truth()
    (came,) = truth.rows(
        "SELECT count(*) AS n, count(*) FILTER (WHERE kenh = 2) AS online FROM h "
        "WHERE ma_xa_gso = %(ward)s AND received BETWEEN today - 29 AND today",
        ward=ward,
    )
    (went,) = truth.rows(
        "SELECT count(*) AS n, count(*) FILTER (WHERE NOT late) AS in_time FROM s "
        "WHERE ma_xa_gso = %(ward)s AND ended BETWEEN today - 29 AND today",
        ward=ward,
    )
    assert detail.flows == {
        "received_30": came["n"], "online_30": came["online"], "settled_30": went["n"], "in_time_30": went["in_time"],
    }  # fmt: skip
    latest = truth.plain(
        """
        SELECT DISTINCT ON (dich_vu) dich_vu AS service, thong AS up, luc AS checked_at,
               (SELECT min(y.luc) FROM onestop.kiem_tra_ket_noi y
                 WHERE y.ma_xa_gso = x.ma_xa_gso AND y.dich_vu = x.dich_vu AND y.luc > coalesce(
                   (SELECT max(z.luc) FROM onestop.kiem_tra_ket_noi z
                     WHERE z.ma_xa_gso = x.ma_xa_gso AND z.dich_vu = x.dich_vu AND z.thong <> x.thong),
                   '-infinity')) AS since
          FROM onestop.kiem_tra_ket_noi x WHERE ma_xa_gso = %(ward)s ORDER BY dich_vu, luc DESC
        """,
        ward=ward,
    )
    assert detail.links == latest


def test_a_ward_nobody_knows_has_nothing(now: At) -> None:
    detail = now.ask(ward_detail, ward="99999")
    assert detail.totals == dict.fromkeys(COUNTED, 0)
    assert (detail.procedures, detail.oldest, detail.links) == ([], [], [])
    assert detail.ages == {"to_3": 0, "to_10": 0, "to_30": 0, "over_30": 0}


def test_days_of_work_over_the_calendars_working_days(instant: At) -> None:
    answer = instant.ask(backlog)
    # worked out by hand: 24/10–20/11/2026 has four whole weeks; by 2/12 the culture day of 24/11 is off
    assert answer.working_days == {20: 20, 21: 20, 2: 19}[instant.as_of.day]
    assert {u["unit_code"]: u["work_days"] for u in answer.units} == {
        u["unit_code"]: u["open"] / (u["settled_28"] / answer.working_days) if u["settled_28"] else None
        for u in answer.units
    }
    assert any(u["work_days"] for u in answer.units)
    assert any(u["work_days"] is None for u in answer.units)


def test_no_working_day_no_days_of_work() -> None:
    assert days_of_work(5, 10, 20) == 10
    assert [days_of_work(5, 10, 0), days_of_work(5, 10, None), days_of_work(5, 0, 20)] == [None] * 3
