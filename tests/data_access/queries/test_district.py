"""A district's wards and the city's medians against plain SQL on the source, in two scopes."""

from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest
from sqlalchemy import text

from config.registry import registry
from data_access.queries.district import FLOWING, STANDING, District, district_figures
from tests.data_access.queries.conftest import At
from tests.data_access.queries.test_scope import elsewhere, texts
from tests.data_access.queries.truth import COUNTS

HA_DONG, CAU_GIAY = "268", "005"
PERIODS = [
    (date(2026, 10, 15), date(2026, 11, 14), date(2026, 9, 15), date(2026, 10, 14)),
    (date(2026, 11, 9), date(2026, 11, 20), date(2026, 10, 26), date(2026, 11, 6)),
    (date(2026, 1, 1), date(2026, 12, 31), date(2025, 1, 1), date(2025, 12, 31)),
]
FEW = 3
FLOWS = """
SELECT ma_don_vi, ma_xa_gso, district,
       count(*) FILTER (WHERE received BETWEEN %(first)s::date AND %(last)s::date) AS received,
       count(*) FILTER (WHERE received BETWEEN %(first)s::date AND %(last)s::date AND kenh = 2) AS received_online,
       count(s.id_ho_so) AS settled, count(s.id_ho_so) FILTER (WHERE NOT s.late) AS in_time,
       count(s.id_ho_so) FILTER (WHERE h.diem_danh_gia IN (1, 2, 3)) AS rated,
       count(s.id_ho_so) FILTER (WHERE h.diem_danh_gia IN (2, 3)) AS satisfied
  FROM h LEFT JOIN (SELECT id_ho_so, late FROM s WHERE ended BETWEEN %(first)s::date AND %(last)s::date) s
         USING (id_ho_so)
 GROUP BY ma_don_vi, ma_xa_gso, district
"""
# What was open and overdue at the end of %(day)s, as far as is known now.
EARLIER = """
SELECT ma_don_vi, count(*) FILTER (WHERE went IS NULL OR went > %(day)s::date) AS open,
       count(*) FILTER (WHERE due < %(day)s::date
                          AND (state = 'running' OR trang_thai <> 7 AND went > due AND went > %(day)s::date)) AS overdue
  FROM (SELECT *, CASE WHEN state = 'closed' THEN ended END AS went FROM h) h
 WHERE received <= %(day)s::date GROUP BY ma_don_vi
"""
ZERO: dict[str, int] = dict.fromkeys(FLOWING, 0)


def ask(at: At, scope: tuple[str, ...] | None, district: str, period: tuple[date, ...]) -> District:
    first, last, before_first, before_last = period
    return at.ask(district_figures, scope, district=district, first=first, last=last, before_first=before_first,
                  before_last=before_last, few=FEW)  # fmt: skip


def by_unit(at: At, query: str, **bound: Any) -> dict[str, dict[str, int]]:
    return {row.pop("ma_don_vi"): row for row in at.truth().rows(query, **bound)}


@pytest.mark.parametrize("scope", [None, (HA_DONG,)], ids=str)
@pytest.mark.parametrize("period", PERIODS, ids=lambda p: f"{p[0]}")
def test_every_figure_of_every_place_is_that_of_the_source(
    now: At, scope: tuple[str, ...] | None, period: tuple[date, ...]
) -> None:
    found = ask(now, scope, HA_DONG, period)
    assert {p.ward_code for p in found.wards} == set(registry().districts[HA_DONG].ward_codes)
    assert [p.ward_code for p in found.places[len(found.wards) :]] == [None], "the district's own office"
    standing = by_unit(now, f"SELECT ma_don_vi, {COUNTS} FROM o GROUP BY 1")
    flows = by_unit(now, FLOWS, first=period[0], last=period[1])
    before = by_unit(now, FLOWS, first=period[2], last=period[3])
    earlier = by_unit(now, EARLIER, day=period[3])
    assert not found.counted
    for place in found.places:
        code = place.unit_code
        assert place.now == standing.get(code, dict.fromkeys(STANDING, 0))
        assert place.flows == {k: flows.get(code, ZERO)[k] for k in FLOWING}
        assert place.before == {k: before.get(code, ZERO)[k] for k in FLOWING}
        then = earlier.get(code, {"open": 0, "overdue": 0})
        assert place.earlier == (then["open"], then["overdue"]), place.name
        assert (place.trend[-1]["open"], place.trend[-1]["overdue"]) == (place.now["open"], place.now["overdue"])
    mine = [r for r in now.truth().rows(FLOWS, first=period[0], last=period[1]) if r["district"] == HA_DONG]
    assert found.whole.flows == {k: sum(r[k] for r in mine) for k in FLOWING}
    assert found.whole.flows["received"] > 0


def middle(values: list[float]) -> float | None:
    return float(median(values)) if len(values) >= 10 else None


@pytest.mark.parametrize("period", PERIODS[::2], ids=lambda p: f"{p[0]}")
def test_medians_are_those_of_the_whole_city_in_every_scope(now: At, period: tuple[date, ...]) -> None:
    city, mine = (ask(now, scope, HA_DONG, period).medians for scope in (None, (HA_DONG,)))
    assert city == mine
    standing = by_unit(now, f"SELECT ma_don_vi, {COUNTS} FROM o GROUP BY 1")
    rows = now.truth().rows(FLOWS, first=period[0], last=period[1])
    flows = {r["ma_xa_gso"]: r for r in rows if r["ma_xa_gso"] in registry().wards}
    opened = {r["ma_xa_gso"]: standing.get(r["ma_don_vi"], {}) for r in flows.values()}
    wards = [(opened.get(w, {}), flows.get(w, ZERO)) for w in registry().wards]
    assert mine["ward"]["places"] == len(wards)
    for name in ("open", "overdue", "due_24h"):
        assert mine["ward"][name] == middle([float(now_.get(name, 0)) for now_, _ in wards])
    shares = {"on_time": ("in_time", "settled"), "online": ("received_online", "received")}
    for name, (part, whole) in shares.items():
        assert mine["ward"][name] == middle([f[part] / f[whole] for _, f in wards if f[whole] >= FEW])
    assert mine["ward"]["satisfied"] is None
    districts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["district"]:
            into = districts.setdefault(row["district"], dict(ZERO))
            districts[row["district"]] = {k: into[k] + row[k] for k in FLOWING}
    for name, (part, whole) in (shares | {"satisfied": ("satisfied", "rated")}).items():
        assert mine["district"][name] == pytest.approx(
            middle([f[part] / f[whole] for f in districts.values() if f[whole] >= FEW])
        )


def test_medians_tell_of_no_single_place(now: At) -> None:
    call = text("SELECT * FROM city_medians('2026-11-20', '2026-11-20', 1)")
    with now.reading((HA_DONG,)) as connection:
        columns = set(connection.execute(call).keys())
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DELETE FROM unit WHERE ward_code NOT IN ('09556', '09541')"))
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        few = connection.execute(call).mappings().all()
    assert columns == {"level", "places", "open", "overdue", "due_24h", "on_time", "online", "satisfied", "offered"}
    assert {r["level"]: r["places"] for r in few} == {"ward": 2, "district": 1}
    assert [v for r in few for k, v in r.items() if k not in ("level", "places") and v is not None] == []


def test_only_the_screens_role_may_ask_for_medians_and_nothing_else_runs_as_the_owner(now: At) -> None:
    with now.reading((HA_DONG,)) as connection:
        connection.execute(text("RESET ROLE"))
        assert set(connection.execute(text(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )).scalars()) == {"city_medians", "city_step_medians"}  # fmt: skip
        allowed = "SELECT has_function_privilege(:r, 'city_medians(date, date, integer)', 'EXECUTE')"
        assert connection.execute(text(allowed), {"r": "ops_reader"}).scalar_one() is True
        assert connection.execute(text(allowed), {"r": "onestop_reader"}).scalar_one() is False


def test_another_districts_figures_are_nothing(now: At) -> None:
    theirs = ask(now, (CAU_GIAY,), HA_DONG, PERIODS[0])
    assert (theirs.places, theirs.whole.offered) == ([], 0)
    assert ask(now, (CAU_GIAY, HA_DONG), HA_DONG, PERIODS[0]) == ask(now, (HA_DONG,), HA_DONG, PERIODS[0])
    foreign = elsewhere(now, {HA_DONG})
    mine = ask(now, (HA_DONG,), HA_DONG, PERIODS[0])
    assert texts([[p.unit_code, p.ward_code, p.name, p.trend] for p in mine.places]) & foreign == set()
    assert len(foreign) > 3_000, "there are rows that could leak"


def test_earlier_days_are_as_they_were_counted(now: At) -> None:
    period = PERIODS[0]
    day = period[3]
    with now.reading((HA_DONG,)) as connection:
        connection.execute(text("RESET ROLE"))
        (unit, field) = connection.execute(text(
            "SELECT unit_code, min(field_code) FROM flow_day WHERE district_code = :d GROUP BY 1 LIMIT 1"
        ), {"d": HA_DONG}).one()  # fmt: skip
        connection.execute(text("INSERT INTO snapshot_day VALUES (:day, now(), now(), false, 'R-A', '')"), {"day": day})
        connection.execute(
            text("INSERT INTO backlog_snapshot VALUES (:day, :u, :f, 'commune', :d, 41, 7, 0, 0)"),
            {"day": day, "u": unit, "f": field, "d": HA_DONG},
        )
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        found = district_figures(connection, HA_DONG, *period, FEW)
    assert found.counted
    assert {p.unit_code: p.earlier for p in found.places if p.earlier != (0, 0)} == {unit: (41, 7)}


def test_a_future_or_empty_period_has_no_flows(now: At) -> None:
    ahead = now.as_of.date() + timedelta(days=30)
    found = ask(now, None, HA_DONG, (ahead, ahead, ahead - timedelta(days=7), ahead - timedelta(days=7)))
    assert found.whole.flows == ZERO
    assert found.medians["ward"]["on_time"] is None
