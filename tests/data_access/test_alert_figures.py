"""What rules look at, against the same figures counted plainly from the facts of the generated city."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from config.alert_kinds import KINDS, TARGET_INDICATORS
from config.indicators import indicators
from config.registry import registry
from config.targets import Target, targets
from data_access.alert_figures import Reading, readings
from data_access.queries.arrivals import arrivals, district_arrivals
from data_access.queries.coverage import coverage, offers
from data_access.queries.district import district_figures
from data_access.queries.overview import overview
from data_access.queries.quality import quality
from data_access.queries.shares import QUESTIONS, shares
from data_access.working_time import office_hours_before
from tests.support.cities import NOW

LIMIT = {"opens": 3, "closes": 2}


def found(connection: Connection, kind: str, **more: Any) -> dict[str, Reading]:
    name = "by" if kind == "target" else "since"
    words = {"vi": f"{{place}} {{{name}}}", "en": f"{{place}} {{{name}}}"}
    rule = KINDS[kind].model_validate(
        {"kind": kind, "severity": "act", "limit": LIMIT, "what": words, "first_step": words} | more
    )
    got = readings(connection, rule, datetime.now(UTC))
    assert len({r.subject for r in got}) == len(got)
    return {r.subject[1]: r for r in got}


def plain(connection: Connection, query: str, **values: Any) -> dict[str, Any]:
    return {key: value for key, value in connection.execute(text(query), values)}  # noqa: C416


@pytest.fixture
def city(owner: Engine) -> Any:
    """One look at the city, whatever a sync publishes meanwhile."""
    with owner.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


PLACED = """SELECT CASE WHEN u.ward_code = ANY (:wards) THEN u.ward_code ELSE u.unit_code END, {figure}
            FROM open_dossier d JOIN unit u USING (unit_code) WHERE {where} GROUP BY 1"""


def test_units(city: Connection) -> None:
    wards = list(registry().wards)
    for indicator, figure in (
        ("overdue", "count(*) FILTER (WHERE d.overdue)"), ("open", "count(*)"),
        ("overdue_rate", "count(*) FILTER (WHERE d.overdue)::float8 / count(*)"),
    ):  # fmt: skip
        expected = plain(city, PLACED.format(figure=figure, where="true"), wards=wards)
        got = found(city, "ward", indicator=indicator)
        assert {k: r.value for k, r in got.items()} == {k: pytest.approx(float(v)) for k, v in expected.items() if v}
        assert len(got) > 3
    communes = found(city, "ward", indicator="open", scope={"tier": "commune", "districts": ["268", "001"]})
    assert set(communes) == {
        k for k, r in found(city, "ward", indicator="open").items()
        if r.district_code in ("268", "001") and r.subject[0] == "ward"
    }  # fmt: skip
    many = found(city, "ward", indicator="overdue", at_least=10)
    assert set(many) == {k for k, r in found(city, "ward", indicator="overdue").items() if r.facts["open"] >= 10}


def test_stuck(city: Connection) -> None:
    at = city.execute(text("SELECT as_of FROM data_version")).scalar_one()
    still = office_hours_before(at, 4)
    expected = plain(
        city,
        PLACED.format(figure="count(*)", where="""d.due_24h AND d.received_at < :still AND NOT EXISTS (
            SELECT FROM step s WHERE s.dossier_id = d.dossier_id
               AND greatest(s.started_at, s.finished_at) >= :still)"""),
        wards=list(registry().wards), still=still,
    )  # fmt: skip
    got = found(city, "stuck", hours=4)
    assert {k: r.value for k, r in got.items()} == expected


ONE_OF_A_WARD = """SELECT dossier_id, ward_code FROM open_dossier JOIN unit USING (unit_code)
                   WHERE ward_code <> '' AND NOT suspended ORDER BY dossier_id LIMIT 1"""
DUE_SOON = """UPDATE dossier SET received_at = :long, legal_due_at = :soon, overdue_from = :later
              WHERE dossier_id = :id"""
UNTOUCHED = "UPDATE step SET started_at = :long, finished_at = NULL WHERE dossier_id = :id"
BEGUN = """INSERT INTO step (step_id, dossier_id, step_name, officer_ids, started_at, updated_at)
           VALUES ('now', :id, 'now', '{}', :at, :at)"""


def test_a_step_begun_ends_stuck(city: Connection) -> None:
    """Of a dossier made due soon and untouched for long, so that it holds at whatever hour the city shows."""
    dossier, ward = city.execute(text(ONE_OF_A_WARD)).one()
    at = city.execute(text("SELECT as_of FROM data_version")).scalar_one()
    values = {"id": dossier, "at": at, "soon": at + timedelta(hours=1), "long": at - timedelta(days=40)}
    city.execute(text(DUE_SOON), values | {"later": at.date() + timedelta(days=3)})
    city.execute(text(UNTOUCHED), values)
    stuck = found(city, "stuck", hours=4)[ward].value
    city.execute(text(BEGUN), values)
    moving = found(city, "stuck", hours=4)
    assert (moving[ward].value if ward in moving else 0) == stuck - 1


def test_links(city: Connection) -> None:
    query = """SELECT concat(ward_code, chr(58), 'wan'), extract(epoch FROM as_of - since) / 60
                 FROM link_state CROSS JOIN data_version WHERE service = 'wan' AND NOT up"""
    got = found(city, "link", service="wan")
    assert {k: r.value for k, r in got.items()} == {
        k: pytest.approx(float(v)) for k, v in plain(city, query).items()
    }  # fmt: skip
    assert all(r.since is not None and r.ward_code is not None for r in got.values())


def test_surges(city: Connection) -> None:
    today = arrivals(city)
    got = found(city, "surge", of="city")
    assert [r.value for r in got.values()] == ([] if today.ratio is None else [today.ratio])
    districts = district_arrivals(city)
    got = found(city, "surge", of="district")
    assert {k: (r.facts["received"], r.value) for k, r in got.items()} == {
        k: (received, received / usual) for k, (received, usual) in districts.items()
    }  # fmt: skip


def test_the_districts_arrivals_are_the_citys(city: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    from data_access.queries import arrivals as module

    monkeypatch.setattr(module, "FEWEST_DOSSIERS", 0)
    received = sum(n for n, _ in district_arrivals(city).values())
    total = city.execute(text("""SELECT coalesce(sum(received), 0) FROM arrival_hour
        WHERE district_code <> '' AND day = (SELECT as_of_day FROM data_version)""")).scalar_one()  # fmt: skip
    assert received == total


def test_officers(city: Connection) -> None:
    query = """
      WITH held AS (SELECT officer_id, sum(steps) AS n FROM officer_held GROUP BY officer_id),
      of AS (SELECT o.officer_id, held.n, percentile_cont(0.5) WITHIN GROUP (ORDER BY p.n) AS median
               FROM held JOIN officer o USING (officer_id)
               JOIN (SELECT h.n, q.role, q.tier FROM held h JOIN officer q USING (officer_id)) p
                 ON p.role = o.role AND p.tier = o.tier GROUP BY o.officer_id, held.n)
      SELECT officer_id, n / median FROM of WHERE median > 0 AND n >= 1.2 * median AND n >= 1"""
    got = found(city, "officer", at_least=1, limit={"opens": 2, "closes": 1.2})
    assert {k: r.value for k, r in got.items()} == {
        k: pytest.approx(float(v)) for k, v in plain(city, query).items()
    }  # fmt: skip
    assert len(got) > 0
    assert all(r.facts["officer"] for r in got.values())


def test_ages(city: Connection) -> None:
    heard = city.execute(text("SELECT heartbeat_at, source_at FROM sync_status")).one()
    for of, at in (("sync", heard.heartbeat_at), ("source", heard.source_at)):
        (reading,) = found(city, "age", of=of).values()
        assert (reading.since, reading.district_code) == (at, "")
        assert reading.value == pytest.approx((datetime.now(UTC) - at).total_seconds() / 60, abs=1)


def goal(indicator: str, value: float, by: date = date(2018, 12, 31)) -> Target:
    return Target(indicator=indicator, value=value, by=by, source={"vi": "Kế hoạch", "en": "Plan"})


def test_targets(city: Connection) -> None:
    data = coverage(city, NOW.date()).city
    figure = (data["level3"] + data["level4"]) / data["procedures"]
    last = [g for g in targets() if g.by == max(g.by for g in targets())]
    got = found(city, "target", indicator="city_online", limit={"opens": 0.02, "closes": 0.01})
    assert {k: r.value for k, r in got.items()} == {
        f"city_online/{g.by}/{g.value:g}": g.value - figure for g in last if figure < g.value
    }


PLAIN = {
    "overdue_rate": ("count(*) FILTER (WHERE overdue)", "count(*)", "open_dossier d"),
    "on_time_rate": ("count(*) FILTER (WHERE timeliness <> 'late')", "count(*)",
                     "dossier d JOIN data_version ON settled_day BETWEEN as_of_day - 29 AND as_of_day"),
    "online_rate": ("count(*) FILTER (WHERE channel = 2)", "count(*)",
                    "dossier d JOIN data_version ON received_day BETWEEN as_of_day - 29 AND as_of_day"),
}  # fmt: skip
"""Indicator → part and whole counted from the dossiers themselves."""


@pytest.mark.parametrize("of", ["city", "district", "ward"])
@pytest.mark.parametrize("indicator", PLAIN)
def test_shares_are_those_of_the_dossiers(city: Connection, indicator: str, of: Any) -> None:
    part, whole, table = PLAIN[indicator]
    code = {"city": "''", "district": "u.district_code", "ward": "u.ward_code"}[of]
    query = f"SELECT {code}, {part}, {whole} FROM {table} LEFT JOIN unit u USING (unit_code) GROUP BY 1"
    there = {"city": {""}, "district": set(registry().districts), "ward": set(registry().wards)}[of]
    expected = {row[0]: (row[1], row[2]) for row in city.execute(text(query)) if row[0] in there}
    got = {key: pair for key, pair in shares(city, indicator, of).items() if pair[1]}
    assert got == expected
    assert len(got) == 1 if of == "city" else len(got) > 5


def test_shares_are_those_of_the_screens(city: Connection) -> None:
    day = city.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
    data, now, doubtful = coverage(city, day), overview(city), quality(city)
    wards = len(data.wards)
    assert shares(city, "coverage", "city") == {"": (data.offered, data.total * wards)}
    assert shares(city, "coverage", "ward") == {r["ward_code"]: (offers(r), data.total) for r in data.wards}
    assert shares(city, "active_coverage", "city") == {"": (data.active, data.offered)}
    assert shares(city, "overdue_rate", "city") == {"": (now.figures["overdue"], now.figures["open"])}
    assert shares(city, "on_time_rate", "city") == {"": (now.figures["in_time_30"], now.figures["settled_30"])}
    assert shares(city, "online_rate", "city") == {"": (now.figures["received_30_online"], now.figures["received_30"])}
    troubled, dossiers = (sum(u[k] for u in doubtful.units) for k in ("troubled", "dossiers"))
    assert shares(city, "quality_share", "city") == {"": (troubled, dossiers)}
    one, ward = "268", registry().wards_of("268")[0].code
    seen = place(district_figures, city, one)
    assert shares(city, "coverage", "district")[one] == (seen.whole.offered, data.total * len(seen.wards))
    at = next(p for p in seen.wards if p.ward_code == ward)
    assert shares(city, "on_time_rate", "ward").get(ward, (0, 0)) == (at.flows["in_time"], at.flows["settled"])


def place(question: Any, city: Connection, code: str) -> Any:
    """A district's figures of the last 30 days."""
    day = city.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
    first = day - timedelta(days=29)
    return question(city, code, first, day, first, day, 1)


def test_targets_of_districts_and_wards(city: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """More is better of one indicator, less of the other; the registry says so, and scope and at_least narrow."""
    goals = (goal("online_rate", 0.9), goal("overdue_rate", 0.01), goal("overdue_rate", 0.02),
             goal("overdue_rate", 0.5, date(2017, 1, 1)))  # fmt: skip
    monkeypatch.setattr("config.alert_kinds.targets", lambda: goals)
    monkeypatch.setattr("data_access.alert_figures.targets", lambda: goals)
    limit = {"opens": 0.02, "closes": 0.01}
    for indicator, sign in (("online_rate", -1), ("overdue_rate", 1)):
        for of in ("city", "district", "ward"):
            expected = {}
            for code, (part, whole) in shares(city, indicator, of).items():  # type: ignore[arg-type]
                for g in goals[:3]:
                    missing = sign * (part / whole - g.value) if whole else 0
                    if g.indicator == indicator and missing > 0:
                        expected["/".join(([code] if code else []) + [indicator, "2018-12-31", f"{g.value:g}"])] = (
                            missing
                        )
            got = found(city, "target", indicator=indicator, of=of, limit=limit)
            assert {k: r.value for k, r in got.items()} == pytest.approx(expected)
            assert got
            assert {r.subject[0] for r in got.values()} == {of}
    wards = found(city, "target", indicator="overdue_rate", of="ward", limit=limit)
    assert all(r.ward_code is not None and registry().wards[r.ward_code].district_code == r.district_code
               for r in wards.values())  # fmt: skip
    some = found(city, "target", indicator="overdue_rate", of="ward", limit=limit, scope={"districts": ["268"]},
                 at_least=3)  # fmt: skip
    whole = shares(city, "overdue_rate", "ward")
    assert set(some) == {k for k, r in wards.items() if r.district_code == "268" and whole[r.ward_code or ""][1] >= 3}


def test_what_can_be_counted_is_what_rules_may_name() -> None:
    assert set(QUESTIONS) == set(TARGET_INDICATORS)
    assert {indicators()[code].direction for code in QUESTIONS} <= {"up", "down"}
    assert all(indicators()[code].is_ratio or code == "city_online" for code in QUESTIONS)
