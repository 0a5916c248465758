"""The list behind a figure against the source's own rows: how many, which, in which order, in scope only."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from data_access.queries.answers import rows
from data_access.queries.backlog import backlog, ward_detail
from data_access.queries.dossier import dossier
from data_access.queries.dossier_pages import ORDERS, dossiers, own_order
from data_access.queries.dossier_totals import total
from data_access.queries.dossiers import AGES, SETS, STOCK, DossierFilter, in_use, look_for, names
from data_access.queries.form_ii06a import form_ii06a
from data_access.queries.now import FROM
from data_access.queries.overview import overview
from data_access.queries.workload import OFFICER_LOAD
from data_access.store.engine import Scope
from tests.data_access.queries.conftest import At
from tests.support.cities import NOW

HA_DONG, CAU_GIAY = "268", "005"
DAY = date(2026, 11, 20)
SCOPES = [None, (HA_DONG,)]
# Each set in the source's own words (truth.py): its rows, and the day that first and last mean.
TRUTH = {
    "open": ("o", "received", "true"), "overdue": ("o", "received", "overdue"),
    "due_24h": ("o", "received", "due_24h"), "suspended": ("o", "received", "suspended"),
    "received": ("h", "received", "true"), "settled": ("s", "ended", "true"), "late": ("s", "ended", "late"),
    "in_time": ("s", "ended", "NOT late"),
    "early": ("s", "ended", "trang_thai <> 7 AND ended < due"),
    "on_time": ("s", "ended", "NOT late AND (trang_thai = 7 OR due IS NULL OR ended = due)"),
}  # fmt: skip


def every(at: At, wish: DossierFilter, scope: tuple[str, ...] | None = None, order: str | None = None) -> list[str]:
    """The codes of all pages, in order."""
    first = at.ask(dossiers, scope, wish=wish, order=order)
    found = [row["dossier_code"] for row in first.rows]
    for page in range(2, first.pages + 1):
        found += [row["dossier_code"] for row in at.ask(dossiers, scope, wish=wish, order=order, page=page).rows]
    return found


def officers_of(connection: Connection) -> list[dict[str, Any]]:
    return rows(connection, f"{OFFICER_LOAD} ORDER BY steps DESC, o.officer_id")


def truth(at: At, what: str, scope: tuple[str, ...] | None = None, where: str = "true", **filters: Any) -> list[str]:
    table, _, condition = TRUTH[what]
    found = at.truth(scope).rows(f"SELECT ma_ho_so FROM {table} WHERE {condition} AND {where}", **filters)
    return sorted(row["ma_ho_so"] for row in found)


@pytest.mark.parametrize("scope", SCOPES, ids=["city", "Hà Đông"])
def test_each_set_is_the_sources(instant: At, scope: tuple[str, ...] | None) -> None:
    for what in TRUTH:
        expected = truth(instant, what, scope)
        wish = DossierFilter(what)
        assert sorted(every(instant, wish, scope)) == expected, what
        assert instant.ask(total, scope, wish=wish) == (len(expected), None), what
        assert expected or scope or instant.as_of != NOW, f"nothing is {what}: the test would say nothing"


def test_filters_narrow_list_and_total_alike(now: At) -> None:
    ward = max((u for u in now.ask(backlog).units if u["ward_code"]), key=lambda u: u["overdue"])
    field = now.ask(ward_detail, ward=ward["ward_code"]).procedures[0]["procedure_code"]
    first = DAY - timedelta(days=20)
    cases: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
        ({"ward": ward["ward_code"]}, f"ma_xa_gso = '{ward['ward_code']}'", {}),
        ({"unit": ward["unit_code"]}, f"ma_don_vi = '{ward['unit_code']}'", {}),
        ({"district": HA_DONG}, f"district = '{HA_DONG}'", {}),
        ({"tier": "district"}, "cap = 'HUYEN'", {}),
        ({"channel": 2}, "true", {"channel": 2}),
        ({"procedure": field}, f"ma_tthc = '{field}'", {}),
        ({"first": first, "last": DAY - timedelta(days=1)}, "{day} BETWEEN '2026-10-31' AND '2026-11-19'", {}),
        ({"first": first, "district": HA_DONG}, f"{{day}} >= '2026-10-31' AND district = '{HA_DONG}'", {}),
        ({"first": first, "channel": 1, "tier": "commune"}, "{day} >= '2026-10-31' AND cap = 'XA'", {"channel": 1}),
    ]
    for what in TRUTH:
        for narrowed, where, filters in cases:
            wish = DossierFilter(what, **narrowed)
            expected = truth(now, what, where=where.format(day=TRUTH[what][1]), **filters)
            assert sorted(every(now, wish)) == expected, wish
            assert now.ask(total, wish=wish)[0] == len(expected), wish


def test_field_and_age(now: At) -> None:
    (field,) = now.truth().rows("SELECT ma_linh_vuc AS f FROM o GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    for what in ("open", "overdue", "received"):
        wish = DossierFilter(what, field=field["f"])
        expected = truth(now, what, field=field["f"])
        assert sorted(every(now, wish)) == expected
        assert now.ask(total, wish=wish)[0] == len(expected)
    ward = max((u for u in now.ask(backlog).units if u["ward_code"]), key=lambda u: u["open"])["ward_code"]
    ages = now.ask(ward_detail, ward=ward).ages
    assert {age: now.ask(total, wish=DossierFilter(ward=ward, age=age))[0] for age in AGES} == ages
    assert sum(ages.values()) > 0


def test_the_figures_of_the_screens_are_their_lists(instant: At) -> None:
    for scope in SCOPES:
        figures = instant.ask(overview, scope).figures
        today, month = figures["as_of_day"], figures["as_of_day"] - timedelta(days=29)
        wishes = {
            **{what: DossierFilter(what) for what in ("open", "overdue", "due_24h", "suspended")},
            "received_today": DossierFilter("received", first=today, last=today),
            "received_today_online": DossierFilter("received", first=today, last=today, channel=2),
            "received_30": DossierFilter("received", first=month, last=today),
            "received_30_online": DossierFilter("received", first=month, last=today, channel=2),
            "settled_30": DossierFilter("settled", first=month, last=today),
            "in_time_30": DossierFilter("in_time", first=month, last=today),
            "received_commune": DossierFilter("received", tier="commune"),
            "received_all": DossierFilter("received"),
        }
        found = {name: instant.ask(total, scope, wish=wish)[0] for name, wish in wishes.items()}
        assert found == {name: figures[name] for name in wishes}


@pytest.mark.parametrize("day", [DAY, date(2026, 11, 14), date(2026, 9, 30), date(2025, 12, 31)])
@pytest.mark.parametrize("scope", SCOPES, ids=["city", "Hà Đông"])
def test_what_was_open_at_a_days_end_is_the_forms(now: At, scope: tuple[str, ...] | None, day: date) -> None:
    cells = now.ask(form_ii06a, scope, first=day + timedelta(days=1), last=day + timedelta(days=1)).total
    before = now.ask(form_ii06a, scope, first=day, last=day).total
    figures = {"open_at": before.still_open, "in_time_at": before.in_time, "overdue_at": before.overdue,
               "handled": before.received}  # fmt: skip
    for what, figure in figures.items():
        wish = DossierFilter(what, district=HA_DONG if scope else None, first=day, last=day)
        found = now.ask(dossiers, scope, wish=wish)
        assert found.total == figure, what
        with now.reading(scope) as connection:
            look = look_for(connection, wish)
            adds = f"SELECT coalesce(sum({STOCK[what]}), 0) FROM {FROM}"
            assert connection.execute(text(adds), look.values).scalar_one() == figure, "dossier by dossier"
        if scope:
            assert len(every(now, wish, scope)) == found.total + found.off
    assert cells.carried == before.still_open or day == DAY


def test_unknown_fields_and_channels(now: At) -> None:
    for what in ("open", "received"):
        parts = [now.ask(total, wish=DossierFilter(what, online=online))[0] for online in (True, False)]
        assert sum(parts) == now.ask(total, wish=DossierFilter(what))[0]
        assert all(parts)
        unknown = DossierFilter(what, field="")
        assert len(every(now, unknown)) == now.ask(total, wish=unknown)[0]
    for what in ("rated", "satisfied"):
        assert len(every(now, DossierFilter(what))) == now.ask(total, wish=DossierFilter(what))[0] > 0


def test_steps_held_are_those_of_the_workload(instant: At) -> None:
    for scope in SCOPES:
        officers = [row for row in instant.ask(officers_of, scope) if row["steps"]]
        for what, figure in (("held", "steps"), ("held_late", "overdue")):
            n, steps = instant.ask(total, scope, wish=DossierFilter(what))
            assert steps == pytest.approx(sum(row[figure] for row in officers), abs=1e-3)
            assert len(every(instant, DossierFilter(what), scope)) == n
            for tier in ("city", "district", "commune"):
                of = [row for row in officers if row["tier"] == tier]
                wish = DossierFilter(what, staff_tier=tier)
                n, steps = instant.ask(total, scope, wish=wish)
                assert steps == pytest.approx(sum(row[figure] for row in of), abs=1e-3)
                assert len(every(instant, wish, scope)) == n
                assert of or scope or tier == "city"
        for row in officers[:3] + officers[-2:]:
            wish = DossierFilter("held", officer=row["officer_id"])
            n, steps = instant.ask(total, scope, wish=wish)
            assert steps == pytest.approx(row["steps"], abs=1e-4)
            codes = every(instant, wish, scope)
            assert len(codes) == len(set(codes)) == n > 0


def test_each_order_sorts_all_pages(now: At, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = DossierFilter("open")
    expected = truth(now, "open")
    monkeypatch.setattr("data_access.queries.dossier_pages.PAGE", 20)
    assert len(expected) > 3 * 20, "several pages"
    for order in ORDERS:
        for sign in ("", "-"):
            assert sorted(every(now, wish, order=sign + order)) == expected
    due = [row["legal_due_at"] for row in now.ask(dossiers, wish=DossierFilter("overdue"), order="due").rows]
    assert due == sorted(due)
    late = [row["days_late"] for row in now.ask(dossiers, wish=DossierFilter("overdue"), order="-late").rows]
    assert late == sorted(late, reverse=True)
    assert late[-1] > 0
    assert now.ask(dossiers, wish=DossierFilter("received")).rows[0]["received_at"].date() == DAY


def test_a_long_list_keeps_the_order_an_index_gives(now: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.dossier_pages.SORTABLE", 5)
    for what in SETS:
        if now.ask(total, wish=DossierFilter(what))[0] > 5:
            assert now.ask(dossiers, wish=DossierFilter(what), order="procedure").order == own_order(what)
    assert now.ask(dossiers, wish=DossierFilter("overdue"), order="-due").order == "-due", "its own, turned round"


def test_codes_are_found_by_their_beginning(now: At, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = sorted(row["ma_ho_so"] for row in now.truth().plain("SELECT ma_ho_so FROM onestop.ho_so WHERE NOT da_xoa"))
    start = codes[len(codes) // 2][:12]
    expected = [code for code in codes if code.startswith(start)]
    assert every(now, DossierFilter("any", code=start)) == expected
    assert every(now, DossierFilter("any", code=start.lower())) == expected
    assert every(now, DossierFilter("any", code="%")) == []
    for module in ("dossier_totals", "dossier_pages"):
        monkeypatch.setattr(f"data_access.queries.{module}.COUNTED", len(expected) - 1)
    found = now.ask(dossiers, wish=DossierFilter("any", code=start))
    assert (found.more, found.total) == (True, len(expected) - 1)


def test_nothing_of_another_district(now: At) -> None:
    theirs = now.truth((CAU_GIAY,)).rows("SELECT ma_ho_so, ma_xa_gso, ma_don_vi FROM o WHERE ma_xa_gso IS NOT NULL")[0]
    officer = next(r for r in now.ask(officers_of) if r["steps"] and r["district_code"] == CAU_GIAY)
    wishes = [
        DossierFilter(ward=theirs["ma_xa_gso"]), DossierFilter(unit=theirs["ma_don_vi"]), DossierFilter(district="005"),
        DossierFilter("any", code=theirs["ma_ho_so"]), DossierFilter("held", officer=officer["officer_id"]),
        DossierFilter("received", district=CAU_GIAY, first=date(2026, 1, 1)),
        DossierFilter("settled", district=CAU_GIAY, procedure="2.000815", first=date(2026, 1, 1), last=DAY,
                      read="through"),
    ]  # fmt: skip
    for wish in wishes:
        assert now.ask(total, wish=wish)[0] > 0, "there are rows that could leak"
        leaked = now.ask(dossiers, (HA_DONG,), wish=wish)
        assert (leaked.total, leaked.rows) == (0, []), wish
        assert now.ask(total, (), wish=replace(wish, district=None, ward=None, unit=None))[0] == 0
    assert now.ask(dossier, code=theirs["ma_ho_so"])
    assert now.ask(dossier, (HA_DONG,), code=theirs["ma_ho_so"]) == []
    asked = {"procedure": None, "officer": officer["officer_id"], "unit": theirs["ma_don_vi"]}
    assert set(now.ask(names, **asked)) == {"officer", "unit"}
    assert now.ask(names, (HA_DONG,), **asked) == {}


@pytest.mark.parametrize(
    ("kind", "named"),
    [("step", "UPDATE step SET step_name = 'chỉ ở đây' WHERE waiting AND district_code = :d"),
     ("role", "UPDATE officer SET role = 'chỉ ở đây' WHERE district_code = :d")],
)  # fmt: skip
def test_a_step_and_a_role_are_known_where_they_are(now: At, kind: str, named: str) -> None:
    asked: dict[str, Any] = {"step": None, "role": None}
    with now.reading() as connection:
        connection.execute(text("RESET ROLE"))
        assert connection.execute(text(named), {"d": CAU_GIAY}).rowcount > 0, "there are rows that could leak"
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        for districts, known in ((None, {kind}), ((CAU_GIAY,), {kind}), ((HA_DONG,), set()), ((), set())):
            connection.execute(text("SELECT set_config('ops.scope', :s, true)"), {"s": Scope(districts).setting})
            assert in_use(connection, **asked | {kind: "chỉ ở đây"}) == known, districts
            assert in_use(connection, **asked | {kind: "chẳng ở đâu"}) == set()


def test_one_dossier(now: At) -> None:
    (chosen,) = now.truth().plain("""
        SELECT h.ma_ho_so, h.hen_tra, h.hen_tra_goc, count(*) AS steps FROM onestop.ho_so h
          JOIN onestop.buoc_xu_ly b USING (id_ho_so)
         WHERE h.so_lan_bo_sung > 0 AND h.hen_tra <> h.hen_tra_goc GROUP BY 1, 2, 3 ORDER BY 1 LIMIT 1""")
    (found,) = now.ask(dossier, code=chosen["ma_ho_so"])
    assert len(found.steps) == chosen["steps"]
    assert (found.facts["due_at"], found.facts["due_original"]) == (chosen["hen_tra"], chosen["hen_tra_goc"])
    assert found.dated.pauses
    assert all(step["holders"] for step in found.steps if step["holders_all"])
    assert now.ask(dossier, code="no such code") == []


def test_indexes_that_answer(now: At) -> None:
    """Row-level security lets an index be used by what can't leak only: these plans must not read the whole table."""
    asked = {
        "SELECT FROM dossier WHERE dossier_code >= '000' AND dossier_code < '001'": "dossier_code",
        "SELECT FROM dossier WHERE settled_day >= '2026-11-01' AND unit_code = 'x'": "dossier_settled",
        "SELECT dossier_id FROM dossier WHERE received_day IS NOT NULL "
        "ORDER BY received_day DESC, received_at DESC LIMIT 9": "dossier_received",
    }
    for query, index in asked.items():
        with now.reading((HA_DONG,)) as connection:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = "\n".join(connection.execute(text(f"EXPLAIN {query}")).scalars())
        assert f" {index} " in plan, plan
