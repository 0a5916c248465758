"""Whom to call first: every ward's figures against plain SQL on the source's own rows, and the order made of them."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from config.first_call import first_call as weights
from config.registry import registry
from data_access.queries.first_call import FirstCall, first_call
from data_access.rules.first_call import Ward, call, place
from data_access.working_time import office_hours_before, per_working_day, recent_working_days
from tests.data_access.queries.conftest import At
from tests.data_access.queries.truth import COUNTS

HA_DONG, CAU_GIAY = "268", "005"
SCOPES = [None, (HA_DONG,), (CAU_GIAY, HA_DONG)]
SOURCE = f"""
SELECT ma_xa_gso AS ward_code, max(ma_don_vi) AS unit_code, {COUNTS},
       coalesce(max(today - due) FILTER (WHERE overdue), 0) AS oldest_days,
       count(*) FILTER (WHERE due_24h AND ngay_tiep_nhan < %(moved)s::timestamptz AND NOT EXISTS (
         SELECT FROM onestop.buoc_xu_ly b WHERE b.id_ho_so = o.id_ho_so
            AND (b.bat_dau >= %(moved)s::timestamptz OR b.ket_thuc >= %(moved)s::timestamptz))) AS still
  FROM o WHERE cap = 'XA' GROUP BY ma_xa_gso
"""
# Overdue at yesterday's end: due before today's yesterday, and then still running as far as is known now.
YESTERDAY = """
SELECT ma_xa_gso AS ward_code, count(*) AS n
  FROM h LEFT JOIN (SELECT id_ho_so, late FROM s) s USING (id_ho_so)
 WHERE cap = 'XA' AND due < today - 1 AND (state = 'running' OR s.late AND ended > today - 1) GROUP BY 1
"""
LINKS = """
SELECT DISTINCT ON (ma_xa_gso, dich_vu) ma_xa_gso AS ward_code, dich_vu AS service, thong AS up, luc
  FROM onestop.kiem_tra_ket_noi ORDER BY ma_xa_gso, dich_vu, luc DESC
"""


def truth(at: At, districts: tuple[str, ...] | None = None) -> dict[str, dict[str, Any]]:
    """Ward code → its figures, from the source."""
    moved = office_hours_before(at.as_of, weights()[0].still_hours)
    units = at.truth(districts).by_unit()
    days = recent_working_days((at.as_of + timedelta(hours=7)).date())
    before = {r["ward_code"]: r["n"] for r in at.truth(districts).rows(YESTERDAY)}
    found = {}
    for row in at.truth(districts).rows(SOURCE, moved=moved):
        settled = per_working_day(units[row.pop("unit_code")]["settled_28"], days)
        row.pop("suspended")
        row["before"] = before.get(row["ward_code"], 0)
        row["work_days"] = row["open"] / settled if settled else None
        found[row.pop("ward_code")] = row
    return found


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_every_figure_is_that_of_the_source(instant: At, scope: tuple[str, ...] | None) -> None:
    answer = instant.ask(first_call, scope)
    shown = ("open", "overdue", "before", "oldest_days", "due_24h", "still", "work_days")
    found = {code: {k: asdict(c.ward)[k] for k in shown} for code, c in answer.calls.items() if c.ward.open}
    assert found == truth(instant, scope)


def test_there_is_something_of_everything(now: At) -> None:
    wards = [c.ward for c in now.ask(first_call).calls.values()]
    assert all(any(getattr(w, name) for w in wards) for name in ("overdue", "before", "oldest_days", "work_days"))


SOON = """
UPDATE dossier d SET unit_code = :unit, legal_due_at = as_of + interval '3 hours', overdue_from = as_of_day + 1,
       received_at = CASE n WHEN 1 THEN as_of - interval '1 hour' ELSE as_of - interval '9 days' END
  FROM data_version, (SELECT dossier_id, row_number() OVER (ORDER BY dossier_id) AS n FROM open_dossier
                       WHERE NOT suspended LIMIT 4) x
 WHERE d.dossier_id = x.dossier_id RETURNING x.dossier_id, n
"""
STEPS = """
UPDATE step SET started_at = as_of - interval '9 days', finished_at = CASE :n
       WHEN 2 THEN as_of - interval '2 hours' WHEN 3 THEN as_of - interval '8 days' END
  FROM data_version WHERE dossier_id = :dossier
"""


def test_what_is_due_soon_and_does_not_move(now: At) -> None:
    """Of four dossiers due in three hours one has just come, one has just left a step, two lie still."""
    unit, row = next((unit, row) for unit, row in now.truth().by_unit().items() if row["ward_code"])
    with now.reading() as connection:
        connection.execute(text("RESET ROLE"))
        soon = connection.execute(text(SOON), {"unit": unit}).all()
        assert len(soon) == 4
        for dossier, n in soon:
            connection.execute(text(STEPS), {"dossier": dossier, "n": n})
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        assert first_call(connection).calls[row["ward_code"]].ward.still == 2


def test_the_order_is_that_of_the_points(instant: At) -> None:
    answer, conf = instant.ask(first_call), weights()[0]
    assert {code: call(c.ward, 0, conf).points for code, c in answer.calls.items()} == {
        code: c.points for code, c in answer.calls.items()
    }
    ranked = answer.top(10_000)
    assert [c.ward.ward_code for c in ranked] == [
        c.ward.ward_code for c in sorted(answer.calls.values(), key=place) if c.points
    ]
    assert answer.top(3) == ranked[:3]
    mine = [c for c in ranked if c.ward.district_code == HA_DONG]
    assert answer.top(3, district=HA_DONG) == mine[:3] != ranked[:3]


def test_links_down_of_any_ward(now: At) -> None:
    answer = now.ask(first_call)
    latest = now.truth().plain(LINKS)
    down = {(r["ward_code"], r["service"]) for r in latest if not r["up"] and r["service"] != "video"}
    assert {(c.ward.ward_code, "wan") for c in answer.calls.values() if c.ward.wan_since} | {
        (c.ward.ward_code, "onestop") for c in answer.calls.values() if c.ward.onestop_since
    } == down
    assert down
    for ward in (c.ward for c in answer.calls.values()):
        since = [at for at in (ward.wan_since, ward.onestop_since) if at is not None]
        assert ward.link_minutes == (max((now.as_of - at) / timedelta(minutes=1) for at in since) if since else 0)


def test_the_step_where_most_overdue_dossiers_wait(instant: At) -> None:
    steps = [step for step in instant.truth().steps() if step["dossier_overdue"]]
    units = {u["ward_code"]: code for code, u in instant.truth().by_unit().items()}
    for ward in (c.ward for c in instant.ask(first_call).top(10)):
        here: dict[tuple[str, str], int] = {}
        for s in (s for s in steps if s["ma_don_vi"] == units.get(ward.ward_code)):
            here[s["ma_linh_vuc"], s["ten_buoc"]] = here.get((s["ma_linh_vuc"], s["ten_buoc"]), 0) + 1
        worst = min(here, key=lambda pair: (-here[pair], pair), default=None)
        assert (ward.step_name, ward.stuck) == ((worst[1], here[worst]) if worst else (None, 0))


def test_yesterdays_end_is_as_its_snapshot_has_it(now: At) -> None:
    plain = {code: c.ward.before for code, c in now.ask(first_call).calls.items()}
    ward = next(code for code, n in plain.items() if n)
    with now.reading() as connection:
        connection.execute(text("RESET ROLE"))
        connection.execute(text("INSERT INTO snapshot_day SELECT as_of_day - 1, now(), now(), false, 'R-A', '' "
                                "FROM data_version"))  # fmt: skip
        connection.execute(
            text("""INSERT INTO backlog_snapshot SELECT as_of_day - 1, unit_code, f, tier, district_code, 9, 4, 0, 0
                      FROM unit CROSS JOIN data_version CROSS JOIN (VALUES ('a'), ('b')) f (f)
                     WHERE ward_code = :ward"""),
            {"ward": ward},
        )
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        found = first_call(connection).calls
    assert found[ward].ward.before == 8
    assert {c.ward.before for code, c in found.items() if code != ward} == {0}


def test_alerts_weigh_and_bring_in_wards_where_nothing_else_is_wrong() -> None:
    quiet, calm = list(registry().wards)[:2]
    conf = weights()[0]
    known = FirstCall({calm: call(Ward(calm, registry().wards[calm].district_code, 5, overdue=1), 0, conf)}, conf)
    assert [c.ward.ward_code for c in known.top(5)] == [calm]
    found = known.top(5, {quiet: 1, "99999": 3})
    assert next((c.ward.ward_code, c.alerts, list(c.points)) for c in found) == (quiet, 1, ["alerts"])
    assert [c.ward.ward_code for c in found] == [quiet, calm]
    assert known.top(5, {calm: 2})[0].points["alerts"] == conf.reasons["alerts"].weight


def test_nothing_of_another_district(now: At) -> None:
    city, mine = now.ask(first_call), now.ask(first_call, (HA_DONG,))
    there = {code for code, c in city.calls.items() if c.ward.district_code != HA_DONG}
    assert len(there) > 40, "there are rows that could leak"
    assert set(mine.calls) == set(city.calls) - there
    assert {code: c.points for code, c in mine.calls.items()} == {code: city.calls[code].points for code in mine.calls}
    assert now.ask(first_call, ()).calls == {}
    asked = now.ask(first_call, district=HA_DONG)
    assert {code: c.points for code, c in asked.calls.items()} == {code: c.points for code, c in mine.calls.items()}
    assert [c.ward.ward_code for c in asked.top(3)] == [c.ward.ward_code for c in city.top(3, district=HA_DONG)] != []
