"""Service coverage per ward and over time, against the source's own tables and the published points."""

from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from data_access.queries.coverage import Coverage, coverage, ward_gaps
from tests.data_access.queries.conftest import At

DAYS = [date(2018, 8, 31), date(2024, 6, 15), date(2026, 11, 20)]
VALID = "(t.hieu_luc_tu IS NULL OR t.hieu_luc_tu <= %(on)s) AND (t.hieu_luc_den IS NULL OR t.hieu_luc_den > %(on)s)"
LIVE = "c.tu_ngay <= %(on)s AND (c.den_ngay IS NULL OR c.den_ngay > %(on)s)"


@lru_cache(maxsize=len(DAYS))
def offered(at: At, on: date) -> list[dict[str, Any]]:
    """(ward, procedure, highest level, received online in the months of the last year) of commune procedures."""
    return at.truth().plain(
        f"""
        SELECT x.ma_xa_gso AS ward, c.ma_tthc AS procedure, max(c.muc_do) AS level, bool_or(u.used IS NOT NULL) AS used
          FROM onestop.cung_cap c JOIN onestop.don_vi x USING (ma_don_vi) JOIN onestop.thu_tuc t USING (ma_tthc)
          LEFT JOIN (
            SELECT don_vi_xu_ly AS ma_don_vi, ma_tthc, true AS used FROM onestop.ho_so
             WHERE kenh = 2 AND NOT da_xoa AND trang_thai NOT IN (1, 3)
               AND date_trunc('month', ngay_tiep_nhan AT TIME ZONE 'Asia/Ho_Chi_Minh')
                   BETWEEN %(on)s::date - interval '12 months' + interval '1 day' AND %(on)s::date
             GROUP BY 1, 2) u USING (ma_don_vi, ma_tthc)
         WHERE x.ma_xa_gso IS NOT NULL AND t.cap = 'XA' AND {LIVE} AND {VALID}
         GROUP BY x.ma_xa_gso, c.ma_don_vi, c.ma_tthc
        """,
        on=on,
    )


@pytest.fixture(params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    found: date = request.param
    return found


def test_each_ward_on_a_day(now: At, day: date) -> None:
    answer: Coverage = now.ask(coverage, on=day)
    truth: dict[str, list[int]] = {
        row["ward"]: [0, 0, 0]
        for row in now.truth().plain("SELECT ma_xa_gso AS ward FROM onestop.don_vi WHERE ma_xa_gso IS NOT NULL")
    }
    for row in offered(now, day):
        if row["level"] >= 3:
            truth[row["ward"]][row["level"] - 3] += 1
            truth[row["ward"]][2] += row["used"]
    assert len(truth) == 584
    assert {r["ward_code"]: [r["level3"], r["level4"], r["active"]] for r in answer.wards} == truth
    (total,) = now.truth().plain(f"SELECT count(*) AS n FROM onestop.thu_tuc t WHERE cap = 'XA' AND {VALID}", on=day)
    assert answer.total == total["n"]


def test_the_citys_sums_and_means(now: At, day: date) -> None:
    answer: Coverage = now.ask(coverage, on=day)
    high = [row for row in offered(now, day) if row["level"] >= 3]
    of_ward = {row["ward_code"]: [r for r in high if r["ward"] == row["ward_code"]] for row in answer.wards}
    assert (answer.offered, answer.active) == (len(high), sum(row["used"] for row in high))
    assert answer.complete_wards == sum(len(rows) >= answer.total for rows in of_ward.values())
    shares = {ward: len(rows) / answer.total for ward, rows in of_ward.items()}
    assert answer.means("coverage", "ward_code") == sorted((share, ward, 1) for ward, share in shares.items())
    districts: dict[str, list[float]] = {row["district_code"]: [] for row in answer.wards}
    for row in answer.wards:
        districts[row["district_code"]].append(shares[row["ward_code"]])
    means = answer.means("coverage", "district_code")
    assert means == sorted(means)
    assert {d: (mean, wards) for mean, d, wards in means} == {
        d: (pytest.approx(sum(some) / len(some)), len(some)) for d, some in districts.items()
    }


def test_wards_offering_each_procedure(now: At, day: date) -> None:
    answer: Coverage = now.ask(coverage, on=day)
    count: dict[str, int] = {}
    for row in offered(now, day):
        if row["level"] >= 3:
            count[row["procedure"]] = count.get(row["procedure"], 0) + 1
    assert {p["procedure_code"]: p["wards_offering"] for p in answer.procedures if p["wards_offering"]} == count
    assert len(answer.procedures) == answer.total
    order = [(p["wards_offering"], p["field_name"], p["name"]) for p in answer.procedures]
    assert [o[0] for o in order] == sorted(o[0] for o in order)
    assert sum(count.values()) == sum(w["level3"] + w["level4"] for w in answer.wards)


def test_the_gap_list_is_what_the_ward_does_not_offer(now: At, day: date) -> None:
    answer: Coverage = now.ask(coverage, on=day)
    offers = offered(now, day)
    by_offering = sorted(answer.wards, key=lambda w: (w["level3"] + w["level4"], w["ward_code"]))
    for ward in (by_offering[0], by_offering[292], by_offering[-1]):
        gaps = now.ask(ward_gaps, ward=ward["ward_code"], on=day)
        here = {o["procedure"] for o in offers if o["ward"] == ward["ward_code"] and o["level"] >= 3}
        assert len(gaps) == answer.total - ward["level3"] - ward["level4"]
        assert {g["procedure_code"] for g in gaps} == {p["procedure_code"] for p in answer.procedures} - here
        elsewhere = {p["procedure_code"]: p["wards_offering"] for p in answer.procedures}
        assert {g["procedure_code"]: g["wards_offering"] for g in gaps} == {
            g["procedure_code"]: elsewhere[g["procedure_code"]] for g in gaps
        }


@pytest.mark.parametrize(
    ("on", "procedures", "level3", "level4"),
    [(date(2018, 8, 31), 1922, 382, 170), (date(2018, 12, 31), 1922, 916, 139)],
)
def test_published_points(now: At, on: date, procedures: int, level3: int, level4: int) -> None:
    """552 of 1,922 (382 + 170) on 31 August 2018; 1,055 (916 + 139) at the end of 2018."""
    last = now.ask(coverage, on=on).history[-1]
    assert (last["procedures"], last["level3"], last["level4"]) == (procedures, level3, level4)
    assert last["day"] <= on


def test_end_of_2017(now: At) -> None:
    last = now.ask(coverage, on=date(2017, 12, 31)).history[-1]
    assert last["level3"] + last["level4"] == 453


def test_history_counts_each_procedure_once_by_its_highest_level(now: At, day: date) -> None:
    (truth,) = now.truth().plain(
        f"""
        SELECT count(*) FILTER (WHERE level = 3) AS level3, count(*) FILTER (WHERE level = 4) AS level4
          FROM (SELECT c.ma_tthc, max(c.muc_do) AS level FROM onestop.cung_cap c JOIN onestop.thu_tuc t USING (ma_tthc)
                 WHERE {LIVE} AND {VALID} GROUP BY 1) x
        """,
        on=day,
    )
    history = now.ask(coverage, on=day).history
    assert {k: history[-1][k] for k in ("level3", "level4")} == truth
    assert [h["day"] for h in history] == sorted({h["day"] for h in history})
