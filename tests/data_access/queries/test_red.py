"""Why a ward is red: the change in a ward's open and overdue dossiers, against the source and in a story told whole."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from config.registry import registry
from data_access.queries.dossier_pages import dossiers
from data_access.queries.dossier_totals import total
from data_access.queries.dossiers import DossierFilter
from data_access.queries.red import Change, What, why_changed
from data_access.rules.decompose import Part
from data_access.source.reader import Source
from data_access.store.engine import Scope, reading
from tests.data_access.queries.conftest import At
from tests.data_access.queries.test_scope import elsewhere
from tests.data_access.sync.test_snapshots import DAY, MONDAY, at, poll
from tests.data_access.sync.tiny import BA_DINH, HOAN_KIEM, Tiny

HA_DONG, CAU_GIAY = "268", "005"
# As far as is known now: in the figure at the end of %(day)s, and in that of now.
SETS = """
SELECT ma_xa_gso AS ward, received > %(day)s::date AS arrived,
       received <= %(day)s::date AND (went IS NULL OR went > %(day)s::date) AS was_open, went IS NULL AS is_open,
       due < %(day)s::date AND (state = 'running' OR trang_thai <> 7 AND went > due AND went > %(day)s::date)
         AS was_overdue,
       state = 'running' AND due < today AS is_overdue
  FROM (SELECT *, CASE WHEN state = 'closed' THEN ended END AS went FROM h) h WHERE cap = 'XA'
"""


@pytest.mark.parametrize("back", [1, 7, 36])
@pytest.mark.parametrize("what", ["overdue", "open"])
def test_what_changed_at_wards_is_the_sources_and_adds_up(now: At, what: What, back: int) -> None:
    day = date(2026, 11, 20) - timedelta(days=back)
    wards: dict[str, list[dict[str, bool]]] = {}
    for row in now.truth().rows(SETS, day=day):
        wards.setdefault(row["ward"], []).append(row)
    was, is_ = f"was_{what}", f"is_{what}"
    moved = sorted(w for w, rows in wards.items() if any(bool(r[was]) != bool(r[is_]) for r in rows))
    assert moved or (what == "overdue" and back < 36)
    for ward in (*moved[:8], *registry().districts[HA_DONG].ward_codes[:3]):
        mine = wards.get(ward, [])
        found = now.ask(why_changed, None, ward=ward, what=what, day=day)
        assert found == now.ask(why_changed, (registry().wards[ward].district_code,), ward=ward, what=what, day=day)
        assert (found.before, found.after) == (sum(bool(r[was]) for r in mine), sum(bool(r[is_]) for r in mine))
        assert sum(part.amount for part in found.parts) == found.after - found.before
        assert "other" not in {part.kind for part in found.parts}, ward
        came = sum(bool(r[is_] and not r[was]) for r in mine)
        went = sum(bool(r[was] and not r[is_]) for r in mine)
        assert sum(part.amount for part in found.parts if part.kind != "closed") == came
        assert sum(part.amount for part in found.parts if part.kind == "closed") == -went
        closed = DossierFilter("late" if what == "overdue" else "settled", ward=ward, part=f"closed {day}")
        assert now.ask(total, wish=closed) == (went, None)
        assert found.received == sum(r["arrived"] for r in mine)


def test_what_the_source_dates_backwards_is_taken_off_what_was_settled(now: At) -> None:
    """Such a one, settled before and received after the day, adds 1 to the part, which the list of the others says."""
    day = date(2026, 10, 14)
    ward = registry().districts[HA_DONG].ward_codes[0]
    wish = DossierFilter("settled", ward=ward, part=f"closed {day}")
    with now.reading((HA_DONG,)) as connection:
        before = dossiers(connection, wish)
        connection.execute(text("RESET ROLE"))
        moved = connection.execute(
            text("""UPDATE dossier SET received_day = '2026-11-01' WHERE dossier_id = (
                      SELECT dossier_id FROM dossier JOIN unit USING (unit_code)
                       WHERE ward_code = :ward AND settled_day <= :day ORDER BY 1 LIMIT 1)"""),
            {"ward": ward, "day": day},
        )
        assert moved.rowcount == 1
        after = dossiers(connection, wish)
    assert (before.off, after.off) == (0, 1)
    assert after.total == before.total - 1
    assert [row["dossier_id"] for row in after.rows] == [row["dossier_id"] for row in before.rows]


def test_another_districts_ward_is_nothing(now: At) -> None:
    found = now.ask(why_changed, (CAU_GIAY,), ward="09556", what="open", day=date(2026, 10, 14))
    assert found == Change("open", date(2026, 10, 14), 0, 0, False, True, 0, (), {}, {})
    assert now.ask(why_changed, None, ward="09556", what="open", day=date(2026, 10, 14)).parts != ()
    foreign = elsewhere(now, {HA_DONG})
    for ward in registry().districts[HA_DONG].ward_codes:
        mine = now.ask(why_changed, (HA_DONG,), ward=ward, what="open", day=date(2026, 10, 14))
        assert {*mine.officers} & foreign == set()


@pytest.fixture
def city(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The source's clock is the simulated one."""
    monkeypatch.setattr(Source, "now", lambda *_: tiny.clock)
    return tiny


def ask(city: Tiny, what: What, district: str = BA_DINH) -> Change:
    with reading(city.reader, Scope((district,))) as connection:
        return why_changed(connection, "00001", what, MONDAY)


def test_a_story_with_pauses_an_absent_officer_and_corrections(city: Tiny) -> None:
    """Monday's end is counted; what happens until Tuesday noon is told part by part."""
    long_ago, past = at(MONDAY - 20 * DAY, 9), at(MONDAY - 5 * DAY, 17)
    city.clock = long_ago
    city.put("officer", officer_id="cb1", display_name="Cán bộ 1", unit_code="p1", role="xl", active=True,
             last_seen_at=long_ago)  # fmt: skip
    city.put("officer", officer_id="cb2", display_name="Cán bộ 2", unit_code="p1", role="xl", active=True,
             last_seen_at=at(MONDAY + DAY, 8))  # fmt: skip
    for name in ("ở lại", "xong", "tạm dừng", "dời hẹn"):
        city.dossier(name, received_at=long_ago, due_at=past)
    for n in (1, 2):
        city.dossier(f"chờ {n}", status=5, received_at=long_ago, due_at=past)
        city.put("pause", dossier_id=f"hschờ {n}", from_at=at(MONDAY - 6 * DAY), reason="supplement")
        city.dossier(f"vắng {n}", received_at=long_ago, due_at=at(MONDAY, 17))
        city.step(f"vắng {n}", f"vắng {n}", ("cb1",))
        city.dossier(f"ký {n}", received_at=long_ago, due_at=at(MONDAY, 17))
        city.step(f"ký {n}", f"ký {n}", ("cb1", "cb2"), step_name="Ký")
    city.dossier("lẻ", received_at=long_ago, due_at=at(MONDAY, 17), procedure_code="tt2")
    city.dossier("nơi khác", received_at=long_ago, due_at=at(MONDAY, 17), unit_processing="p3")
    job = city.sync()
    poll(city, job, at(MONDAY, 23, 59))
    poll(city, job, at(MONDAY + DAY, 0, 1))
    city.clock = at(MONDAY + DAY, 10)
    city.change("xong", status=10, finished_at=at(MONDAY + DAY, 9))
    city.change("tạm dừng", status=5)
    city.put("pause", dossier_id="hstạm dừng", from_at=at(MONDAY + DAY, 9), reason="fee")
    city.change("dời hẹn", due_at=at(MONDAY + 9 * DAY, 17))
    for n in (1, 2):
        city.change(f"chờ {n}", status=4)
        city.put("pause", dossier_id=f"hschờ {n}", from_at=at(MONDAY - 6 * DAY), to_at=at(MONDAY + DAY, 8),
                 reason="supplement")  # fmt: skip
    city.dossier("mới", received_at=at(MONDAY + DAY, 9))
    poll(city, job, at(MONDAY + DAY, 12))
    found = ask(city, "overdue")
    assert (found.before, found.after, found.counted, found.received) == (4, 8, True, 1)
    assert found.parts == (
        Part("officer", 2, officer="cb1"),
        Part("step", 2, "tt1", "Ký"),
        Part("suspended", 1),
        Part("ran_out", 1),
        Part("closed", -1),
        Part("other", -1),
    )
    assert found.procedures == {"tt1": "Chứng thực"}
    assert found.officers == {"cb1": {"display_name": "Cán bộ 1", "last_seen_at": long_ago}}
    still_open = ask(city, "open")
    assert (still_open.before, still_open.after) == (11, 11)
    assert still_open.parts == (Part("arrived", 1), Part("closed", -1))
    assert ask(city, "overdue", HOAN_KIEM) == Change("overdue", MONDAY, 0, 0, True, True, 0, (), {}, {})
