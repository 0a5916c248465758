"""What rules look at, against the same figures counted plainly from the facts of the generated city."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from config.alert_kinds import KINDS, TARGET_INDICATORS
from config.registry import registry
from config.targets import targets
from data_access.alert_figures import TARGET_FIGURES, Reading, readings
from data_access.queries.arrivals import arrivals, district_arrivals
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
    assert len(got) > 0
    assert (
        sum(r.value for r in got.values())
        < city.execute(text("SELECT count(*) FROM open_dossier WHERE due_24h")).scalar_one()
    ), "some did move"


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


def test_targets(city: Connection) -> None:
    assert set(TARGET_FIGURES) == set(TARGET_INDICATORS)
    figure = city.execute(text(TARGET_FIGURES["city_online"]), {"today": NOW.date()}).scalar_one()
    last = [g for g in targets() if g.by == max(g.by for g in targets())]
    got = found(city, "target", indicator="city_online", limit={"opens": 0.02, "closes": 0.01})
    assert {k: r.value for k, r in got.items()} == {
        f"city_online/{g.by}/{g.value:g}": g.value - figure for g in last if figure < g.value
    }
