"""A procedure's steps against the source's own rows, counted by the clock itself; the city tells of no place."""

from collections import Counter, defaultdict
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from config.settings import settings
from data_access.office_edges import office_edges
from data_access.queries import read_dossiers as module
from data_access.queries.dossier_totals import total
from data_access.queries.dossiers import DossierFilter, look_for
from data_access.queries.now import FROM
from data_access.queries.process import CITY, Process, most_overdue, procedures, process
from data_access.working_time import city_clock
from tests.data_access.queries.conftest import At
from tests.data_access.queries.test_scope import elsewhere, texts

HA_DONG, CAU_GIAY = "268", "005"
COPIES, LAND = "2.000815", "XN-DAT"
YEAR = (date(2026, 1, 1), date(2026, 11, 20))
MONTH = (date(2026, 10, 15), date(2026, 11, 14))
PLACES = [(None, {}), (None, {"district": HA_DONG}), ((HA_DONG,), {"district": HA_DONG}), ((HA_DONG,), {})]


@pytest.fixture(autouse=True)
def _all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100_000)


def ask(at: At, scope: tuple[str, ...] | None, procedure: str, period: tuple[date, date], **where: Any) -> Process:
    return at.ask(process, scope, procedure=procedure, first=period[0], last=period[1], few=5, **where)


def settled(
    at: At, scope: tuple[str, ...] | None, procedure: str, period: tuple[date, date], **where: Any
) -> list[str]:
    asked = {"district": None, "ward": None} | where
    found = at.truth(scope).rows(
        "SELECT id_ho_so FROM s WHERE ma_tthc = %(procedure)s AND ended BETWEEN %(first)s AND %(last)s "
        "AND (%(district)s::text IS NULL OR district = %(district)s) "
        "AND (%(ward)s::text IS NULL OR ma_xa_gso = %(ward)s)",
        procedure=procedure, first=period[0], last=period[1], **asked,
    )  # fmt: skip
    return [row["id_ho_so"] for row in found]


def ward_of(at: At) -> str:
    """The ward of Hà Đông that settled most of COPIES."""
    (row,) = at.truth((HA_DONG,)).rows(
        "SELECT ma_xa_gso FROM s WHERE ma_tthc = %(p)s AND ended >= '2026-01-01' AND cap = 'XA' "
        "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1", p=COPIES,
    )  # fmt: skip
    return str(row["ma_xa_gso"])


def worked(at: datetime) -> int:
    local = at.astimezone(settings().tz).replace(tzinfo=None)
    return int(city_clock().worked(local.replace(microsecond=0).isoformat()))


def times(at: At, ids: list[str]) -> dict[str, list[tuple[float, int]]]:
    """Step → (office seconds without pauses, times through it) of each dossier, by plain reckoning."""
    steps = at.truth().plain(
        "SELECT * FROM onestop.buoc_xu_ly WHERE id_ho_so = ANY (%(ids)s) AND bat_dau <= ket_thuc", ids=ids
    )
    pauses = defaultdict(list)
    for row in at.truth().plain("SELECT * FROM onestop.tam_dung WHERE id_ho_so = ANY (%(ids)s)", ids=ids):
        pauses[row["id_ho_so"]].append((row["tu_luc"], row["den_luc"]))
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    for step in steps:
        seconds, reached = worked(step["ket_thuc"]) - worked(step["bat_dau"]), step["bat_dau"]
        for since, until in sorted(pauses[step["id_ho_so"]]):
            begin, end = max(since, reached), min(until or step["ket_thuc"], step["ket_thuc"])
            if begin < end:
                seconds, reached = seconds - worked(end) + worked(begin), end
        spent[step["ten_buoc"], step["id_ho_so"]].append(seconds)
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for (name, _), each in spent.items():
        found[name].append((sum(each), len(each)))
    return found


@pytest.mark.parametrize(("scope", "where"), PLACES, ids=str)
@pytest.mark.parametrize("procedure", [COPIES, LAND])
def test_steps_take_the_time_that_the_source_says(
    now: At, scope: tuple[str, ...] | None, where: dict[str, Any], procedure: str
) -> None:
    ids = settled(now, scope, procedure, YEAR, **where)
    found, truth = ask(now, scope, procedure, YEAR, **where).here, times(now, ids)
    assert ids
    assert (found.read, found.settled, found.part) == (len(ids), len(ids), 1)
    assert {s.name: (s.dossiers, s.repeated) for s in found.steps} == {
        name: (len(each), sum(n > 1 for _, n in each)) for name, each in truth.items()
    }
    for step in found.steps:
        seconds = [s for s, _ in truth[step.name or ""]]
        assert step.seconds == pytest.approx(sum(seconds), abs=len(seconds))
        assert (step.median, step.p90) == pytest.approx(tuple(np.quantile(seconds, [0.5, 0.9])), abs=1)
    assert found.whole is not None
    assert found.whole.seconds == pytest.approx(sum(step.seconds for step in found.steps))


def test_pauses_are_taken_out_and_repeated_steps_added_up(now: At) -> None:
    (dossier,) = now.truth().rows(
        "SELECT id_ho_so FROM s JOIN onestop.tam_dung USING (id_ho_so) JOIN onestop.buoc_xu_ly b USING (id_ho_so)"
        " WHERE tu_luc >= b.bat_dau AND den_luc <= b.ket_thuc AND den_luc - tu_luc > interval '3 days'"
        " AND ended BETWEEN '2026-01-01' AND '2026-11-20' ORDER BY id_ho_so LIMIT 1"
    )
    edges, passed = office_edges(date(2024, 1, 1), YEAR[1])
    figures = text("SELECT step_name, seconds, repeated FROM step_figures(CAST(:ids AS text[]), CAST(:e AS float8[]), "
                   "CAST(:w AS float8[])) WHERE step_name IS NOT NULL")  # fmt: skip
    asked = {"ids": [dossier["id_ho_so"]], "e": edges, "w": passed}
    with now.reading() as connection:
        before = {r.step_name: (r.seconds, r.repeated) for r in connection.execute(figures, asked)}
        connection.execute(text("RESET ROLE"))
        connection.execute(
            text("INSERT INTO step (step_id, dossier_id, step_name, officer_ids, started_at, finished_at, updated_at, "
                 "unit_code, district_code) SELECT 'lần hai', dossier_id, step_name, officer_ids, started_at, "
                 "finished_at, updated_at, unit_code, district_code FROM step "
                 "WHERE dossier_id = :id ORDER BY started_at LIMIT 1"), {"id": dossier["id_ho_so"]},
        )  # fmt: skip
        again = {r.step_name: (r.seconds, r.repeated) for r in connection.execute(figures, asked)}
        connection.execute(text("DELETE FROM pause WHERE dossier_id = :id"), {"id": dossier["id_ho_so"]})
        whole = {r.step_name: (r.seconds, r.repeated) for r in connection.execute(figures, asked)}
    (repeated,) = [name for name, (_, n) in again.items() if n]
    assert again[repeated][0] == pytest.approx(2 * before[repeated][0])
    assert sum(s for s, _ in whole.values()) > sum(s for s, _ in again.values()) + 8 * 3600


def of_those_read(at: At, scope: tuple[str, ...] | None, found: Process, those: DossierFilter) -> None:
    """Each number of the dossiers read is the count of its list: total and rows."""

    def listed(read: str, **more: Any) -> tuple[int, float | None]:
        wish = replace(those, read=read, **more)
        with at.reading(scope) as connection:
            look = look_for(connection, wish)
            rows = connection.execute(text(f"SELECT count(*) FROM {FROM} WHERE {look.where}"), look.values)
            n, times = total(connection, wish)
            assert rows.scalar_one() == n
        return n, times

    whole = found.here.whole
    assert (listed("through"), listed("again")) == (
        ((whole.dossiers, None), (whole.repeated, None)) if whole else ((0, None), (0, None))
    )
    for step in found.here.steps:
        assert (listed("through", gone=step.name), listed("again", gone=step.name)) == (
            (step.dossiers, None), (step.repeated, None)
        )  # fmt: skip
    assert listed("handed") == (found.handed_dossiers, found.handed)
    for one in found.handovers:
        pair = {"gone": one.from_step, "gone_to": one.to_step, "giver": one.giver, "taker": one.taker}
        assert listed("handed", **pair) == (one.dossiers, one.n)


@pytest.mark.parametrize(("scope", "where"), [*PLACES, ((HA_DONG,), {"ward": "09556"})], ids=str)
@pytest.mark.parametrize("procedure", [COPIES, LAND])
def test_counts_are_those_of_the_lists_they_lead_to(
    now: At, scope: tuple[str, ...] | None, where: dict[str, Any], procedure: str
) -> None:
    for first, last in (YEAR, MONTH):
        found = ask(now, scope, procedure, (first, last), **where)

        def listed(what: str, **more: Any) -> int:
            wish = DossierFilter(what, procedure=procedure, **where, **more)
            return now.ask(total, scope, wish=wish)[0]

        assert found.here.settled == listed("settled", first=first, last=last)
        assert (found.open, found.overdue) == (listed("open"), listed("overdue"))
        for name, waits in found.waiting.items():
            assert (waits.waiting, waits.overdue) == (listed("open", step=name), listed("overdue", step=name))
        of_those_read(now, scope, found, DossierFilter("settled", procedure=procedure, first=first, last=last, **where))
    if scope is None and not where and procedure == LAND:
        assert found.open
        assert found.waiting


def test_a_ward_is_beside_its_district_and_all_beside_the_city(now: At) -> None:
    mine = ask(now, (HA_DONG,), COPIES, YEAR, ward=ward_of(now), district_of=HA_DONG)
    assert mine.district == ask(now, (HA_DONG,), COPIES, YEAR, district=HA_DONG).here
    assert mine.by_holder
    city = ask(now, None, COPIES, YEAR)
    assert city.here.whole is not None
    expected = {s.name: (s.dossiers, s.median) for s in (*city.here.steps, city.here.whole) if s.dossiers >= 10}
    assert mine.city == city.city == expected
    assert len(expected) > 2
    assert ask(now, None, COPIES, YEAR, beside_city=False).city == {}


def test_the_city_tells_nothing_of_a_single_place(now: At) -> None:
    edges, passed = office_edges(*YEAR)
    call = text(CITY)
    asked = {"procedure": COPIES, "first": YEAR[0], "last": YEAR[1], "most": 500, "few": 1, "edges": edges,
             "worked": passed}  # fmt: skip
    with now.reading((HA_DONG,)) as connection:
        columns = set(connection.execute(call, asked).keys())
        assert connection.execute(call, asked).all() != []
        connection.execute(text("RESET ROLE"))
        connection.execute(
            text(
                "UPDATE dossier SET settled_day = NULL WHERE unit_code NOT IN "
                "(SELECT unit_code FROM unit WHERE ward_code IS NOT NULL ORDER BY unit_code LIMIT 9)"
            )
        )
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        few = connection.execute(call, asked).all()
    assert columns == {"name", "dossiers", "median"}
    assert few == [], "nine units are no city"


def test_only_the_screens_role_may_ask_for_the_citys_medians(now: At) -> None:
    allowed = text("SELECT has_function_privilege(:r, 'city_step_medians(text, date, date, integer, integer, float8[], "
                   "float8[])', 'EXECUTE')")  # fmt: skip
    with now.reading((HA_DONG,)) as connection:
        connection.execute(text("RESET ROLE"))
        assert connection.execute(allowed, {"r": "ops_reader"}).scalar_one() is True
        assert connection.execute(allowed, {"r": "onestop_reader"}).scalar_one() is False


def test_too_many_are_drawn_by_the_same_lot_each_time(now: At, monkeypatch: pytest.MonkeyPatch) -> None:
    every = set(settled(now, None, COPIES, YEAR))
    monkeypatch.setattr(module, "MOST", len(every) // 5)
    drawn = ask(now, None, COPIES, YEAR)
    assert (drawn.here.part, drawn.here.settled) == (10, None)
    assert 0.04 * len(every) < drawn.here.read < 0.2 * len(every)
    assert drawn == ask(now, None, COPIES, YEAR)
    assert drawn.here.whole is not None
    assert drawn.city[None] == (drawn.here.read, drawn.here.whole.median)
    assert drawn.handed > drawn.handed_dossiers > 0, "the lists of a draw are of dossiers and of handovers"
    of_those_read(now, None, drawn, DossierFilter("settled", procedure=COPIES, first=YEAR[0], last=YEAR[1]))
    with now.reading() as connection:
        read = connection.execute(text(module.DRAWN), {"procedure": COPIES, "district": None, "units": None,
                                                       "first": YEAR[0], "last": YEAR[1],
                                                       "most": module.MOST}).one()  # fmt: skip
    assert set(read.drawn) <= every


def test_handovers_are_steps_that_go_to_others(now: At) -> None:
    ids = settled(now, (HA_DONG,), COPIES, YEAR, ward=ward_of(now))
    found = ask(now, (HA_DONG,), COPIES, YEAR, ward=ward_of(now))
    steps = now.truth().plain(
        "SELECT id_ho_so, ten_buoc, can_bo FROM onestop.buoc_xu_ly WHERE id_ho_so = ANY (%(ids)s) "
        "ORDER BY id_ho_so, bat_dau, id_buoc", ids=ids,
    )  # fmt: skip
    pairs = Counter(
        (a["ten_buoc"], b["ten_buoc"])
        for a, b in pairwise(steps)
        if a["id_ho_so"] == b["id_ho_so"] and set(a["can_bo"]) != set(b["can_bo"])
    )
    assert found.handed == sum(pairs.values()) > 0
    by_role = ask(now, (HA_DONG,), COPIES, YEAR, district=HA_DONG)
    assert not by_role.by_holder
    assert {h.from_who[1] for h in by_role.handovers} <= {"commune", "district"}
    counted: Counter[tuple[str, str]] = Counter()
    for one in found.handovers:
        counted[one.from_step, one.to_step] += one.n
        assert one.from_who != ()
        assert one.to_who != ()
    assert all(counted[pair] <= pairs[pair] for pair in counted)


@pytest.mark.parametrize("where", [{"district": HA_DONG}, {"ward": "", "district_of": HA_DONG}, {}], ids=str)
def test_another_districts_chair_gets_nothing(now: At, where: dict[str, Any]) -> None:
    where = where | ({"ward": ward_of(now)} if "ward" in where else {})
    theirs = ask(now, (CAU_GIAY,), COPIES, YEAR, **where)
    if where:
        assert (theirs.here.read, theirs.open, theirs.waiting, theirs.handovers) == (0, 0, {}, ())
        assert theirs.district is None or theirs.district.read == 0
    foreign = elsewhere(now, {CAU_GIAY})
    assert texts(asdict(theirs)) & foreign == set()
    assert ask(now, None, COPIES, YEAR, **where).here.read > 0, "there are rows that could leak"


def test_an_unknown_procedure_or_an_empty_period_is_nothing(now: At) -> None:
    unasked = DossierFilter("settled", read="through")
    assert now.ask(total, wish=unasked) == (0, None), "without a procedure and a period Process reads nothing"
    for found in (ask(now, None, "9.999999", YEAR), ask(now, None, COPIES, (date(2030, 1, 1), date(2030, 1, 2)))):
        assert (found.here.read, found.here.steps, found.here.whole, found.city, found.handed) == (0, (), None, {}, 0)


def test_the_one_with_most_overdue_comes_first(now: At) -> None:
    for scope, where in ((None, ""), ((HA_DONG,), "")):
        truth = now.truth(scope).rows(
            "SELECT ma_tthc, count(*) AS n FROM o WHERE overdue GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        assert now.ask(most_overdue, scope) == (truth[0]["ma_tthc"] if truth else None), where
    known = now.ask(procedures)
    assert COPIES in known
    names = [row["name"] for row in known.values()]
    assert len(known) == len(names) > 40
