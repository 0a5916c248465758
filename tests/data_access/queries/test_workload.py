"""Officers' load against the source's own steps: split 1/n, overdue, throughput, index against peers."""

from collections import defaultdict
from fractions import Fraction
from statistics import median
from typing import Any

import pytest

from data_access.queries.overview import overview
from data_access.queries.workload import officer, officer_steps, roles, workload
from tests.data_access.queries.conftest import At, officer_loads


def held(steps: list[dict[str, Any]], key: str | None = None) -> dict[str, Fraction]:
    """Officer → steps held, each split among its holders; `key`: only those where it is true."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for step in steps:
        for holder in step["can_bo"]:
            if key is None or step[key]:
                found[holder] += Fraction(1, len(step["can_bo"]))
    return found


@pytest.fixture(params=[None, ("268",)], ids=["city", "Hà Đông"])
def scope(request: pytest.FixtureRequest) -> tuple[str, ...] | None:
    found: tuple[str, ...] | None = request.param
    return found


def test_each_officers_steps_and_index(instant: At, scope: tuple[str, ...] | None) -> None:
    officers = instant.ask(officer_loads, scope)
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
    shown = {r["officer_id"]: r for r in now.ask(officer_loads)}
    truth = {r["officer"]: r for r in rows if r["officer"] in shown}
    busy = {k: r["finished_28"] for k, r in shown.items() if r["finished_28"]}
    assert busy == pytest.approx({k: r["finished"] for k, r in truth.items()}, abs=1e-4)
    assert {k: shown[k]["with_due_28"] for k in busy} == pytest.approx(
        {k: r["due"] for k, r in truth.items()}, abs=1e-4
    )
    assert {k: shown[k]["on_time_28"] for k in busy} == pytest.approx(
        {k: r["kept"] for k, r in truth.items()}, abs=1e-4
    )
    active = {r["ma_can_bo"] for r in now.truth().plain("SELECT ma_can_bo FROM onestop.can_bo WHERE hoat_dong")}
    assert {r["officer"] for r in rows} & active <= set(shown)


def test_an_officers_steps_are_those_that_were_counted(now: At) -> None:
    officers = now.ask(officer_loads)
    chosen = max(officers, key=lambda r: r["steps"])
    steps = now.ask(officer_steps, officer_id=chosen["officer_id"])
    assert sum(1 / s["holders"] for s in steps) == pytest.approx(chosen["steps"])
    assert sum(s["overdue"] / s["holders"] for s in steps) == pytest.approx(chosen["overdue"])
    truth = {s["id_buoc"] for s in now.truth().steps() if chosen["officer_id"] in s["can_bo"]}
    assert {s["step_id"] for s in steps} == truth


def test_the_ten_of_the_landing_screen_lead_the_workload(instant: At) -> None:
    officers = [r for r in instant.ask(officer_loads) if r["steps"]]
    ranked = sorted(officers, key=lambda r: (-(r["load_index"] or -1), -r["overdue"], r["officer_id"]))[:10]
    assert [r["officer_id"] for r in instant.ask(overview).officers] == [r["officer_id"] for r in ranked]


def picked(rows: list[dict[str, Any]], **only: str | None) -> list[dict[str, Any]]:
    return [r for r in rows if all(value in (None, r[name]) for name, value in only.items())]


@pytest.mark.parametrize("by_unit", [False, True])
@pytest.mark.parametrize(
    "only",
    [{}, {"tier": "commune"}, {"role": "tham_dinh"}, {"district": "268"}, {"tier": "commune", "role": "tiep_nhan"},
     {"tier": "city", "district": "268"}],
    ids=str,
)  # fmt: skip
def test_lists_and_sums_are_those_of_the_officers(now: At, only: dict[str, str], by_unit: bool) -> None:
    chosen: dict[str, Any] = {**only, "by_unit": by_unit}
    found = now.ask(workload, busy_index=1.5, idle_index=0.9, **chosen)
    everybody = now.ask(officer_loads)
    mine = picked(everybody, tier=only.get("tier"), role=only.get("role"), district_code=only.get("district"))
    assert bool(mine) == (only != {"tier": "city", "district": "268"}), "the last one leaves nobody"
    holding = [r for r in mine if r["load_index"] is not None]
    whole = found.whole
    assert (whole.officers, whole.most) == (len(holding), max((r["steps"] for r in holding), default=0))
    assert whole.median == (median(r["steps"] for r in holding) if holding else 0)
    assert whole.busy == sum(r["load_index"] >= 1.5 for r in holding)
    for name in ("steps", "overdue", "finished_28", "with_due_28", "on_time_28"):
        assert getattr(whole, name) == sum(r[name] for r in mine), name
    assert found.working_days == 20  # 24 October to 20 November 2026: four whole weeks
    each = {r["officer_id"]: r | {"per_day": r["finished_28"] / 20} for r in mine}
    busy = sorted((r for r in holding if r["load_index"] >= 1.5),
                  key=lambda r: (-r["load_index"], -r["steps"], r["officer_id"]))  # fmt: skip
    idle = sorted((r for r in mine if r["active"] and (r["load_index"] or 0) <= 0.9),
                  key=lambda r: (r["steps"], -r["finished_28"], r["officer_id"]))  # fmt: skip
    assert found.busy == [each[r["officer_id"]] for r in busy[:200]]
    assert found.idle == [each[r["officer_id"]] for r in idle[:200]]
    group = "unit_code" if by_unit else "district_code"
    spread: dict[str, list[float]] = defaultdict(list)
    for row in holding:
        spread[row[group]].append(row["steps"])
    assert {g[group]: g["steps"] for g in found.spread} == {code: sorted(steps) for code, steps in spread.items()}


def test_the_lists_are_long_enough_to_be_cut(now: At) -> None:
    found = now.ask(workload, busy_index=1.01, idle_index=0.99)
    assert len(found.idle) == 200 < sum(
        r["active"] and (r["load_index"] or 0) <= 0.99 for r in now.ask(officer_loads)
    )  # fmt: skip


def test_one_officer_and_the_roles(now: At) -> None:
    everybody = now.ask(officer_loads)
    some = next(r for r in everybody if r["steps"] and r["district_code"] == "268")
    assert now.ask(officer, officer_id=some["officer_id"]) == some
    assert now.ask(officer, ("001",), officer_id=some["officer_id"]) is None
    assert now.ask(officer, officer_id="nobody") is None
    assert {r["role"] for r in everybody} <= set(now.ask(roles))
