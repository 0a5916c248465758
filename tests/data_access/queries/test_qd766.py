"""The score of Decision 766: every count again from the source's own rows, scopes apart, and what is never a zero."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from config.qd766 import qd766
from config.registry import registry
from data_access.queries.qd766 import Score, score
from data_access.rules.qd766 import points
from data_access.rules.standing import pause_facts, rule_c
from tests.data_access.queries.conftest import At
from tests.data_access.sync.tiny import TZ

HA_DONG, CAU_GIAY = "268", "005"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
PERIODS = {
    "October": (OCTOBER, OCTOBER),
    "third quarter": (date(2026, 7, 1), date(2026, 9, 1)),
    "year so far": (date(2026, 1, 1), NOVEMBER),
    "most of a year": (date(2025, 12, 1), date(2026, 8, 1)),  # a year less what was not asked for, and a month
    "this month": (NOVEMBER, NOVEMBER),
}
# hs: received dossiers of the places asked for; %(units)s names their units (all where it is null)
FLOWS = """
WITH hs AS (
  SELECT h.*, t.co_phi, (h.ngay_tiep_nhan AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS received,
         (coalesce(h.ngay_ket_thuc, h.ngay_tra, h.cap_nhat) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS ended
    FROM onestop.ho_so h JOIN onestop.thu_tuc t USING (ma_tthc)
   WHERE NOT h.da_xoa AND h.trang_thai NOT IN (1, 3) AND h.ngay_tiep_nhan IS NOT NULL
     AND (%(units)s::text[] IS NULL OR h.don_vi_xu_ly = ANY (%(units)s))
), r AS (SELECT * FROM hs WHERE received BETWEEN %(first)s AND %(until)s),
   d AS (SELECT * FROM hs WHERE trang_thai IN (9, 10) AND ended BETWEEN %(first)s AND %(until)s)
SELECT (SELECT count(*) FROM r) AS received,
       (SELECT count(*) FROM r WHERE kenh = 2 AND so_hoa_ket_qua) AS online_result,
       (SELECT count(*) FROM r WHERE so_hoa_thanh_phan) AS digitised_in,
       (SELECT count(*) FROM r WHERE xac_thuc_dien_tu) AS eid_verified,
       (SELECT count(*) FROM r WHERE co_phi AND phi_phai_nop <> 0) AS fee_owed,
       (SELECT count(*) FROM r WHERE co_phi AND phi_phai_nop <> 0 AND nop_phi_truc_tuyen) AS paid_online,
       (SELECT count(DISTINCT ma_tthc) FROM r) AS used_procedures,
       (SELECT count(DISTINCT ma_tthc) FROM r WHERE xac_thuc_dien_tu) AS eid_procedures,
       (SELECT count(*) FROM d) AS done,
       (SELECT count(*) FROM d WHERE so_hoa_ket_qua) AS done_result,
       (SELECT count(*) FROM d WHERE so_hoa_ket_qua AND so_hoa_thanh_phan) AS done_both
"""
POWERS = """
WITH p AS (SELECT * FROM onestop.thu_tuc WHERE cap = ANY (%(tiers)s)
            AND (hieu_luc_tu IS NULL OR hieu_luc_tu <= %(until)s)
            AND (hieu_luc_den IS NULL OR hieu_luc_den > %(until)s)),
     o AS (SELECT DISTINCT ma_tthc FROM onestop.cung_cap JOIN p USING (ma_tthc)
            WHERE muc_do >= 3 AND tu_ngay <= %(until)s AND (den_ngay IS NULL OR den_ngay > %(until)s)
              AND (%(units)s::text[] IS NULL OR ma_don_vi = ANY (%(units)s))),
     r AS (SELECT * FROM onestop.ho_so WHERE NOT da_xoa AND trang_thai NOT IN (1, 3)
              AND (%(units)s::text[] IS NULL OR don_vi_xu_ly = ANY (%(units)s))
              AND (ngay_tiep_nhan AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN %(first)s AND %(until)s)
SELECT (SELECT count(*) FROM p) AS procedures, (SELECT count(*) FROM o) AS offered,
       (SELECT count(*) FROM o WHERE ma_tthc IN (SELECT ma_tthc FROM r WHERE kenh = 2)) AS offered_used,
       (SELECT count(*) FROM p WHERE co_phi) AS fee_procedures,
       (SELECT count(*) FROM p WHERE co_phi AND ma_tthc IN
         (SELECT ma_tthc FROM r WHERE nop_phi_truc_tuyen AND phi_phai_nop <> 0)) AS fee_procedures_paid
"""
ROWS = """
SELECT id_ho_so AS dossier_id, trang_thai AS status, ngay_tiep_nhan AS received_at, hen_tra AS due_at,
       hen_tra_goc AS due_original, ngay_ket_thuc AS finished_at, ngay_tra AS returned_at, cap_nhat AS updated_at,
       so_lan_bo_sung AS supplement_count, so_lan_xin_loi AS apology_count
  FROM onestop.ho_so WHERE NOT da_xoa AND (%(units)s::text[] IS NULL OR don_vi_xu_ly = ANY (%(units)s))
"""
PAUSES = """
SELECT id_ho_so AS dossier_id, tu_luc AS from_at, den_luc AS to_at,
       CASE ly_do WHEN 'bo_sung' THEN 'supplement' ELSE ly_do END AS reason FROM onestop.tam_dung
"""
TIERS = {"city": ["TINH", "HUYEN", "XA"], "district": ["HUYEN", "XA"], "commune": ["XA"]}


def units_of(at: At, place: dict[str, str]) -> list[str] | None:
    """The source's own units of a ward or of a district (its office and its wards); None: all."""
    if not place:
        return None
    (key, code) = next(iter(place.items()))
    found = at.truth().plain("""
        SELECT x.ma_don_vi AS unit, x.ma_xa_gso AS ward, x.ma_cha AS parent, w.district
          FROM onestop.don_vi x LEFT JOIN known_ward w ON w.ward = x.ma_xa_gso""")
    mine = [r for r in found if r[key] == code]
    offices = {r["parent"] for r in mine} if key == "district" else set()
    return [r["unit"] for r in mine] + sorted(offices)


def truth(at: At, first: date, last: date, level: str, place: dict[str, str]) -> dict[str, Any]:
    """The counts from the source's rows; R-C by its own function."""
    month_end = (last + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    until = min(month_end, at.as_of.date())
    bound = {"units": units_of(at, place), "first": first, "until": until, "tiers": TIERS[level]}
    (found,) = at.truth().plain(FLOWS, **bound)
    (powers,) = at.truth().plain(POWERS, **bound)
    instants = ["received_at", "due_at", "due_original", "finished_at", "returned_at", "updated_at"]
    frame = pd.DataFrame(at.truth().plain(ROWS, **bound)).set_index("dossier_id")
    held = pd.DataFrame(at.truth().plain(PAUSES))
    for part, names in ((frame, instants), (held, ["from_at", "to_at"])):
        for name in names:
            part[name] = pd.to_datetime(part[name], utc=True)
    frame["limit_due_at"] = pd.Series(pd.NaT, frame.index, dtype="datetime64[us, UTC]")

    def standing(instant: datetime) -> pd.Series:
        moment = pd.Timestamp(instant).tz_convert("UTC")
        known = held[held["dossier_id"].isin(frame.index)]
        return rule_c(frame.join(pause_facts(known, frame.index, moment)), moment)

    end = pd.Timestamp(until + timedelta(days=1), tz=TZ) - pd.Timedelta(microseconds=1)
    now = standing(min(end, pd.Timestamp(at.as_of)))
    before = standing(pd.Timestamp(first, tz=TZ) - pd.Timedelta(microseconds=1))
    fresh = now[~before.isin(["late", "on_time"])].value_counts()
    late, on_time = int(fresh.get("late", 0)), int(fresh.get("on_time", 0))
    in_time, overdue = int(fresh.get("in_time", 0)), int(fresh.get("overdue", 0))
    return {
        **found, **powers, "settled": late + on_time, "settled_late": late, "open_in_time": in_time,
        "handled": late + on_time + in_time + overdue,
    }  # fmt: skip


def asked(at: At, first: date, last: date, level: Any, place: dict[str, str], **scope: Any) -> Score:
    return at.ask(score, first=first, last=last, level=level, **place, **scope)


def some_ward(at: At) -> str:
    """The ward with the most dossiers."""
    (row,) = at.truth().rows(
        "SELECT ma_xa_gso AS w FROM h WHERE cap = 'XA' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    return str(row["w"])


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("level", ["city", "district", "commune"])
def test_every_count_again_from_the_source(now: At, period: str, level: str) -> None:
    first, last = PERIODS[period]
    place = {"city": {}, "district": {"district": HA_DONG}, "commune": {"ward": some_ward(now)}}[level]
    found = asdict(asked(now, first, last, level, place).counts)
    right = truth(now, first, last, level, place)
    assert {k: found[k] for k in right} == right
    assert right["received"] > 0
    assert (right["handled"] > right["settled"] > 0) or level == "commune"


def test_late_ones_are_among_what_was_compared(now: At) -> None:
    right = truth(now, date(2026, 1, 1), NOVEMBER, "city", {})
    assert 0 < right["settled_late"] < right["settled"]
    assert 0 < right["open_in_time"] < right["handled"] - right["settled"], "some open ones are overdue, some are not"


@pytest.mark.parametrize("period", PERIODS)
def test_places_within_have_the_figures_they_have_alone(now: At, period: str) -> None:
    first, last = PERIODS[period]
    whole = asked(now, first, last, "city", {})
    assert {s.code for s in whole.within} <= set(registry().districts)
    mine = next(s for s in whole.within if s.code == HA_DONG)
    alone = asked(now, first, last, "district", {"district": HA_DONG})
    assert (mine.points, mine.settled) == (points(alone.outcomes), alone.counts.settled)
    for ward in alone.within[:3]:
        one = asked(now, first, last, "commune", {"ward": ward.code})
        assert (ward.points, ward.settled, one.within) == (points(one.outcomes), one.counts.settled, ())


@pytest.mark.parametrize("first", [date(2026, 10, 1), date(2026, 1, 1)], ids=["quarter", "year"])
def test_a_running_period_counts_what_is_late_now_not_at_its_end(now: At, first: date) -> None:
    so_far = asked(now, first, NOVEMBER, "city", {})
    assert so_far.counts.open_in_time > 20, "some fall due later in the year"
    assert asked(now, first, date(2026, 12, 1), "city", {}) == so_far


def test_ranked_by_share_and_never_below_the_minimum(now: At, monkeypatch: pytest.MonkeyPatch) -> None:
    settled = [s.settled for s in asked(now, *PERIODS["year so far"], "city", {}).within]
    few = sorted(settled)[len(settled) // 2]
    some = qd766().model_copy(update={"min_settled": few})
    monkeypatch.setattr("data_access.queries.qd766.qd766", lambda: some)
    within = asked(now, *PERIODS["year so far"], "city", {}).within
    ranked = [s for s in within if s.settled >= few]
    assert list(within[: len(ranked)]) == ranked
    assert len(within) > len(ranked) > 3, "there are small ones"
    shares = [s.points.share or 0 for s in ranked]
    assert shares == sorted(shares, reverse=True)
    small = [s.code for s in within[len(ranked) :]]
    assert small == sorted(small), "no order of merit among those too small to rank"


def test_a_districts_viewer_gets_the_districts_part_alone(now: At) -> None:
    first, last = PERIODS["year so far"]
    mine = asked(now, first, last, "district", {"district": HA_DONG}, districts=(HA_DONG,))
    assert mine == asked(now, first, last, "district", {"district": HA_DONG})
    assert {s.code for s in mine.within} <= {w.code for w in registry().wards_of(HA_DONG)}
    theirs = asked(now, first, last, "district", {"district": CAU_GIAY})
    assert theirs.counts.received > 0, "there is something to leak"
    stolen = asked(now, first, last, "district", {"district": CAU_GIAY}, districts=(HA_DONG,))
    assert (stolen.counts.received, stolen.counts.handled, stolen.within) == (0, 0, ())
    everything = asked(now, first, last, "district", {}, districts=(HA_DONG,))
    assert everything.counts == mine.counts
    assert [s.code for s in everything.within] == [HA_DONG]


def test_a_month_without_any_dossier_has_no_points_and_no_zero(now: At) -> None:
    month = date(2016, 3, 1)
    found = asked(now, month, month, "city", {})
    states = {o.component.id: o.state for o in found.outcomes}
    assert states["2.1"] == states["3.3"] == states["3.6"] == states["4.1"] == states["5.4"] == "nothing"
    assert [o for o in found.outcomes if o.state == "nothing" and o.points is not None] == []


def test_columns_the_source_never_fills_are_not_computable(now: At) -> None:
    first, last = OCTOBER, OCTOBER
    with now.engine.connect() as conn:
        for table in ("qd766_unit_month", "qd766_district_month"):
            conn.execute(text(f"UPDATE {table} SET in_known = 0, digitised_in = 0, eid_known = 0, result_known = 0"))
        conn.execute(text("UPDATE procedure SET has_fee = NULL"))
        conn.execute(text("DELETE FROM offering"))
        found = {o.component.id: o for o in score(conn, first, last, "city").outcomes}
        conn.rollback()
    for lost in ("3.1", "3.2", "3.3", "3.5b", "3.6", "4.1", "4.2", "4.3", "4.5a", "4.5b"):
        assert (found[lost].state, found[lost].unfilled, found[lost].points) == ("not_computable", True, None), lost
    assert found["2.1"].state == found["5.4"].state == "points"
