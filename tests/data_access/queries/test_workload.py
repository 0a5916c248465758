"""Officers' load against the source's own steps: split 1/n, overdue, throughput, index against peers."""

from collections import defaultdict
from fractions import Fraction
from statistics import median
from typing import Any

import pytest

from data_access.queries.overview import overview
from data_access.queries.workload import officer_steps, workload
from tests.data_access.queries.conftest import At


def held(steps: list[dict[str, Any]], key: str | None = None) -> dict[str, Fraction]:
    """Officer → steps held, each split among its holders; `key`: only those where it is true."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for step in steps:
        for officer in step["can_bo"]:
            if key is None or step[key]:
                found[officer] += Fraction(1, len(step["can_bo"]))
    return found


@pytest.fixture(params=[None, ("268",)], ids=["city", "Hà Đông"])
def scope(request: pytest.FixtureRequest) -> tuple[str, ...] | None:
    found: tuple[str, ...] | None = request.param
    return found


def test_each_officers_steps_and_index(instant: At, scope: tuple[str, ...] | None) -> None:
    officers = instant.ask(workload, scope).officers
    steps = instant.truth(scope).steps()
    truth, late = held(steps), held(steps, "overdue")
    holding = [row for row in officers if row["steps"]]
    known = {row["officer_id"] for row in officers}
    assert {r["officer_id"]: r["steps"] for r in holding} == pytest.approx(
        {k: float(v) for k, v in truth.items() if k in known}
    )
    assert {r["officer_id"]: r["overdue"] for r in holding if r["overdue"]} == pytest.approx(
        {k: float(v) for k, v in late.items() if k in known}
    )
    strangers = set(truth) - known
    if scope is None:
        assert strangers == set()
        assert sum(r["steps"] for r in holding) == pytest.approx(len([s for s in steps if s["can_bo"]]))
    peers: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in holding:
        peers[row["role"], row["tier"]].append(float(truth[row["officer_id"]]))
    for row in holding:
        group = peers[row["role"], row["tier"]]
        assert row["peers"] == len(group)
        assert row["median"] == pytest.approx(median(group))
        assert row["load_index"] == pytest.approx(float(truth[row["officer_id"]]) / median(group))
    assert max(len(g) for g in peers.values()) > 3


def test_throughput_of_28_days(now: At) -> None:
    rows = now.truth().plain("""
        SELECT h.officer, sum(1.0 / cardinality(b.can_bo))::float8 AS finished,
               coalesce(sum(1.0 / cardinality(b.can_bo)) FILTER (WHERE b.han_buoc IS NOT NULL), 0)::float8 AS due,
               coalesce(sum(1.0 / cardinality(b.can_bo)) FILTER (WHERE b.ket_thuc <= b.han_buoc), 0)::float8 AS kept
          FROM onestop.buoc_xu_ly b JOIN onestop.ho_so d USING (id_ho_so)
          CROSS JOIN LATERAL unnest(b.can_bo) AS h(officer)
         WHERE NOT d.da_xoa AND (b.ket_thuc AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
               BETWEEN %(as_of)s::timestamptz::date - 27 AND %(as_of)s::timestamptz::date
         GROUP BY 1""")
    shown = {r["officer_id"]: r for r in now.ask(workload).officers}
    truth = {r["officer"]: r for r in rows if r["officer"] in shown}
    busy = {k: r["finished_28"] for k, r in shown.items() if r["finished_28"]}
    assert busy == pytest.approx({k: r["finished"] for k, r in truth.items()}, abs=1e-4)
    assert {k: shown[k]["with_due_28"] for k in busy} == pytest.approx(
        {k: r["due"] for k, r in truth.items()}, abs=1e-4
    )
    assert {k: shown[k]["on_time_28"] for k in busy} == pytest.approx(
        {k: r["kept"] for k, r in truth.items()}, abs=1e-4
    )
    assert now.ask(workload).working_days == 20  # 24 October to 20 November 2026: four whole weeks
    assert {k: shown[k]["per_day"] for k in busy} == pytest.approx({k: n / 20 for k, n in busy.items()})
    active = {r["ma_can_bo"] for r in now.truth().plain("SELECT ma_can_bo FROM onestop.can_bo WHERE hoat_dong")}
    assert {r["officer"] for r in rows} & active <= set(shown)


def test_an_officers_steps_are_those_that_were_counted(now: At) -> None:
    officers = now.ask(workload).officers
    chosen = max(officers, key=lambda r: r["steps"])
    steps = now.ask(officer_steps, officer_id=chosen["officer_id"])
    assert sum(1 / s["holders"] for s in steps) == pytest.approx(chosen["steps"])
    assert sum(s["overdue"] / s["holders"] for s in steps) == pytest.approx(chosen["overdue"])
    truth = {s["id_buoc"] for s in now.truth().steps() if chosen["officer_id"] in s["can_bo"]}
    assert {s["step_id"] for s in steps} == truth


def test_the_ten_of_the_landing_screen_lead_the_workload(instant: At) -> None:
    officers = [r for r in instant.ask(workload).officers if r["steps"]]
    ranked = sorted(officers, key=lambda r: (-(r["load_index"] or -1), -r["overdue"], r["officer_id"]))[:10]
    assert [r["officer_id"] for r in instant.ask(overview).officers] == [r["officer_id"] for r in ranked]
