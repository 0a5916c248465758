"""A district's viewer gets exactly the district's part of the city's answer, though other rows are there."""

from dataclasses import asdict
from datetime import date
from typing import Any

from config.registry import registry
from data_access.queries.backlog import backlog, ward_detail
from data_access.queries.coverage import coverage, ward_gaps
from data_access.queries.overview import overview
from data_access.queries.workload import officer_steps, workload
from tests.data_access.queries.conftest import At, officer_loads

HA_DONG, CAU_GIAY = "268", "005"
DAY = date(2026, 11, 20)


def texts(value: Any) -> set[str]:
    """Every text anywhere in an answer."""
    if isinstance(value, dict):
        return {t for part in (*value.keys(), *value.values()) for t in texts(part)}
    if isinstance(value, list | tuple):
        return {t for part in value for t in texts(part)}
    return {value} if isinstance(value, str) else set()


def elsewhere(at: At, districts: set[str]) -> set[str]:
    """Codes of wards, units, officers and dossiers that lie in no district of `districts`."""
    units = at.truth().plain("""
        SELECT x.ma_don_vi AS unit, x.ma_xa_gso AS ward, coalesce(w.district, '') AS district
          FROM onestop.don_vi x LEFT JOIN known_ward w ON w.ward = x.ma_xa_gso WHERE x.cap = 'XA'""")
    out = {u["unit"] for u in units if u["district"] not in districts}
    wards = {code for code, ward in registry().wards.items() if ward.district_code not in districts}
    rows = at.truth().plain("SELECT ma_can_bo AS c FROM onestop.can_bo WHERE ma_don_vi = ANY (%(u)s)", u=list(out))
    dossiers = at.truth().plain("SELECT ma_ho_so AS c FROM onestop.ho_so WHERE don_vi_xu_ly = ANY (%(u)s)", u=list(out))
    return out | wards | {r["c"] for r in rows} | {d["c"] for d in dossiers}


def test_backlog(now: At) -> None:
    city = now.ask(backlog).units
    for scope in ((HA_DONG,), (CAU_GIAY, HA_DONG)):
        mine = now.ask(backlog, scope).units
        by_code = {u["unit_code"]: u for u in mine}
        assert by_code == {u["unit_code"]: u for u in city if u["district_code"] in scope}
        assert 0 < len(mine) < len(city)


def test_coverage(now: At) -> None:
    city, mine = now.ask(coverage, on=DAY), now.ask(coverage, (HA_DONG,), on=DAY)
    expected = {w["ward_code"]: w for w in city.wards if w["district_code"] == HA_DONG}
    assert {w["ward_code"]: w for w in mine.wards} == expected
    assert set(expected) == set(registry().districts[HA_DONG].ward_codes)
    assert (mine.total, mine.history) == (city.total, city.history)
    assert sum(p["wards_offering"] for p in mine.procedures) == sum(w["level3"] + w["level4"] for w in mine.wards)


def test_overview(now: At) -> None:
    mine = now.ask(overview, (HA_DONG,))
    own = set(registry().districts[HA_DONG].ward_codes)
    assert {w["ward_code"] for w in mine.ward_overdue} <= own
    assert {o["district_code"] for o in mine.officers} == {HA_DONG}
    assert mine.links["wards"] == len(own)
    assert mine.figures == now.truth((HA_DONG,)).figures()


def test_workload(now: At) -> None:
    same = ("officer_id", "display_name", "role", "unit_code", "active", "finished_28", "steps", "overdue")
    city = {r["officer_id"]: {k: r[k] for k in same} for r in now.ask(officer_loads) if r["district_code"] == HA_DONG}
    mine = {r["officer_id"]: {k: r[k] for k in same} for r in now.ask(officer_loads, (HA_DONG,))}
    assert mine == city
    assert len(mine) > 3


def test_nothing_of_another_district_is_in_any_answer(now: At) -> None:
    scope = (HA_DONG,)
    foreign = elsewhere(now, {HA_DONG})
    assert len(foreign) > 3_000, "there are rows that could leak"
    answers = [
        asdict(now.ask(overview, scope)), asdict(now.ask(backlog, scope)), asdict(now.ask(coverage, scope, on=DAY)),
        asdict(now.ask(workload, scope, busy_index=1.1, idle_index=0.9, by_unit=True)),
    ]  # fmt: skip
    assert texts(answers) & foreign == set()
    assert texts(asdict(now.ask(backlog))) & foreign, "the same search finds them in the city's answer"


def test_asking_for_what_lies_elsewhere_gives_nothing(now: At) -> None:
    theirs = max(
        (u for u in now.ask(backlog).units if u["ward_code"] and u["district_code"] == CAU_GIAY),
        key=lambda u: u["open"],
    )
    assert now.ask(ward_detail, ward=theirs["ward_code"]).totals["open"] > 0
    detail = now.ask(ward_detail, (HA_DONG,), ward=theirs["ward_code"])
    assert detail.totals == {"open": 0, "overdue": 0, "due_24h": 0, "suspended": 0}
    assert (detail.procedures, detail.oldest, detail.links) == ([], [], [])
    assert set(detail.flows.values()) == {0}
    holder = next(r for r in now.ask(officer_loads) if r["steps"] and r["district_code"] != HA_DONG)
    assert now.ask(officer_steps, officer_id=holder["officer_id"]) != []
    assert now.ask(officer_steps, (HA_DONG,), officer_id=holder["officer_id"]) == []
    total = now.ask(coverage, (HA_DONG,), on=DAY).total
    assert len(now.ask(ward_gaps, (HA_DONG,), ward=theirs["ward_code"], on=DAY)) == total, "its offers are not told"
    assert now.ask(backlog, ()).units == [], "no district at all is not the city"
