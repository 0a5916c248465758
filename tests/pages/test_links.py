"""Every number that is a link, on every screen: it is the count of the dossiers in its list, and no one else's."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.registry import registry
from data_access.queries import desk, stock
from data_access.queries.answers import local_day
from data_access.queries.coverage import ward_gaps
from data_access.queries.dossiers import HELD, DossierFilter
from data_access.store.engine import WHOLE_CITY, reading
from pages.red import NO_LIST
from tests.pages.conftest import HA_DONG, SCOPES, Run
from tests.pages.linked import busiest, counted, linked, number, tables, unexplained, wish_of
from tests.pages.test_process import COPIES, LAND

T = Texts("vi")
OTHER = "005"
PERIODS = {"operations": ("2026-q3", "r2026-11"), "district": ("2026-10", "2026-10-15..2026-11-14")}
"""By who looks; a whole month or quarter first, since the score knows only those."""


def flows_of_a_month(reader: Engine, role: str) -> int:
    """How many numbers of the trend's table aren't 0: what came and what went on each of 31 days."""
    with reading(reader, SCOPES[role]) as connection:
        return int(
            connection.execute(
                text("""SELECT coalesce(sum((received > 0)::int + (settled > 0)::int), 0) FROM (
                          SELECT sum(received) AS received, sum(settled) AS settled
                            FROM district_day CROSS JOIN data_version
                           WHERE day > as_of_day - 31 AND day <= as_of_day GROUP BY day) x""")
            ).scalar_one()
        )


def like_it(ward: str, n: int) -> list[str]:
    """The ward and others of its district."""
    others = [code for code in registry().districts[HA_DONG].ward_codes if code != ward]
    return [ward, *others[: n - 1]]


def screens(ward: str, periods: tuple[str, str], month: int) -> Iterator[tuple[str, dict[str, str], int]]:
    """(screen, address, how many numbers must at least be links there)."""
    # how much came and went lately depends on how far another test's sync has moved the city's day
    yield "overview", {}, 7 + month
    yield "alerts", {}, 0
    yield "coverage", {"view": "table"}, 0
    yield "coverage", {"ward": ward}, 0
    yield "process", {"procedure": LAND, "period": "2026"}, 12
    for period in periods:
        yield "process", {"procedure": COPIES, "period": period, "district": HA_DONG}, 8
    yield "process", {"procedure": COPIES, "period": periods[0], "ward": ward}, 2
    yield "process", {"procedure": COPIES, "period": "2026", "ward": ward}, 8
    yield "compare", {"wards": ",".join(like_it(ward, 3)), "period": periods[0]}, 5
    yield "compare", {"mode": "alike", "wards": ward, "period": periods[1]}, 5
    yield "compare", {"mode": "periods", "ward": ward, "period": periods[0]}, 4
    yield "compare", {"mode": "periods", "district": HA_DONG, "period": periods[0]}, 10
    yield "workload", {"district": HA_DONG}, 4
    yield "workload", {"district": HA_DONG, "role": "tham_dinh"}, 3
    yield "workload", {"tier": "commune"}, 2
    yield "workload", {"tier": "district", "district": HA_DONG, "role": "tham_dinh"}, 2
    yield "backlog", {}, 4
    yield "backlog", {"ward": ward, "days": "30"}, 4
    yield "backlog", {"view": "table", "channel": "1"}, 4
    yield "workload", {}, 1
    yield "quality", {}, 1
    yield "quality", {"ward": ward, "view": "table", "months": "12"}, 1
    yield "dossiers", {"what": "late", "ward": ward}, 3
    for form in ("overdue", "process"):
        yield "forms", {"form": form}, 3
    yield "qd766", {"period": periods[0]}, 11
    for period in periods:
        yield "district", {"district": HA_DONG, "period": period}, 10
        yield "ward", {"ward": ward, "period": period}, 10
        yield "forms", {"period": period}, 20
        yield "forms", {"period": period, "ward": ward}, 5
        yield "forms", {"period": period, "district": HA_DONG, "form": "meeting"}, 20


@pytest.mark.parametrize("role", PERIODS)
def test_each_linked_number_is_the_count_of_its_list(run: Run, reader: Engine, role: str) -> None:
    ward = busiest(reader, HA_DONG)
    known: dict[DossierFilter, float] = {}
    wrong, few, mute = [], [], []
    for screen, query, least in screens(ward, PERIODS[role], flows_of_a_month(reader, role)):
        drawn = run(screen, role, **query)
        mute += [(screen, query, number) for number in unexplained(drawn)]
        shown = [(one, wish) for one in linked(drawn) if (wish := wish_of(one.href)) is not None]
        with reading(reader, SCOPES[role]) as connection:
            for one, wish in shown:
                if wish not in known:
                    known[wish] = counted(connection, wish)
                if not one.says(known[wish], 0.051 if wish.what in HELD else 0):
                    wrong.append((screen, query, one, known[wish]))
        if len(shown) < least:
            few.append((screen, query, len(shown), least))
    assert not wrong, "\n".join(map(str, wrong))
    assert few == []
    assert not mute, "\n".join(map(str, mute))


def test_nothing_of_another_district_behind_their_links(run: Run, reader: Engine) -> None:
    theirs = busiest(reader, OTHER)
    queries: list[tuple[str, Mapping[str, str]]] = [
        ("ward", {"ward": theirs, "period": "2026-q3"}), ("forms", {"ward": theirs, "period": "2026-q3"}),
        ("backlog", {"ward": theirs}), ("district", {"district": OTHER, "period": "2026-10"}),
    ]  # fmt: skip
    placed: set[DossierFilter] = set()
    for screen, query in queries:
        wishes = {wish for one in linked(run(screen, "operations", **query)) if (wish := wish_of(one.href)) is not None}
        placed |= {
            wish for wish in wishes if wish.ward == theirs or wish.district == OTHER or wish.unit or wish.officer
        }
    with reading(reader, WHOLE_CITY) as connection:
        there = {wish: counted(connection, wish) for wish in placed}
    assert sum(n > 0 for n in there.values()) > 40, "there are rows that could leak"
    with reading(reader, SCOPES["district"]) as connection:
        assert {wish: n for wish in placed if wish.district != HA_DONG and (n := counted(connection, wish))} == {}


def test_a_wards_coverage_leads_to_the_procedures_it_lacks(run: Run, reader: Engine) -> None:
    for role in PERIODS:
        shown = run("coverage", role, view="table")
        (listed,) = [one for one in tables(shown) if one["label"] == T("Coverage by ward")]
        assert all(column["link"] == "" for i, column in enumerate(listed["columns"]) if i != 3)
        for row in listed["rows"][::200]:
            level3, level4 = (number(row["cells"][i]) for i in (1, 2))
            with reading(reader, SCOPES[role]) as connection:
                missing = len(ward_gaps(connection, ward=row["key"], on=local_day(connection)))
            assert missing > 0
            assert row["cells"][3] == T.percent((level3 + level4) / (level3 + level4 + missing))
            (gaps,) = [one for one in tables(run("coverage", role, ward=row["key"]))
                       if one["label"] == T("Procedures not yet online here")]  # fmt: skip
            assert len(gaps["rows"]) == missing


def test_a_counted_evening_has_a_list_only_where_it_has_as_many(
    run: Run, reader: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = busiest(reader, HA_DONG)

    def evenings() -> tuple[int, bool]:
        shown = run("ward", "district", ward=ward, period="2026-10")
        then = [one for one in linked(shown) if "what=open_at" in one.href or "what=overdue_at" in one.href]
        return len([one for one in then if one.said != "0" and "step" not in one.href]), T(NO_LIST) in shown.words

    reckoned, told = evenings()
    assert reckoned > 0
    assert not told
    monkeypatch.setattr(stock, "CLOSED", "SELECT CAST(:day AS date) IS NOT NULL AS closed")
    monkeypatch.setattr(stock, "SNAPSHOT", "SELECT unnest(CAST(:units AS text[])) AS unit_code, 7001 AS open, "
                        "7001 AS overdue, CAST(:day AS date) AS day")  # fmt: skip
    desk.close()  # what was asked is kept by version
    now, told = evenings()
    assert now < reckoned
    assert told
