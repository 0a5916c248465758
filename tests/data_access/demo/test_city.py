"""The generated city: published figures to the digit, no impossible order, the same seed the same city."""

import psycopg
import pytest

from data_access.demo.city import is_complete
from tests.data_access.demo.conftest import DOSSIERS, make, rows

TABLES = (
    "don_vi", "thu_tuc", "cung_cap", "can_bo", "ho_so", "buoc_xu_ly", "tam_dung", "thay_doi_han", "danh_gia",
    "kiem_tra_ket_noi", "chi_so", "trang_thai_mo_phong", "ke_hoach", "mat_ket_noi",
)  # fmt: skip


def digest(dsn: str) -> dict[str, str]:
    """Table → a hash of all its rows."""
    found = {}
    for table in TABLES:
        [(value,)] = rows(dsn, f"SELECT md5(string_agg(md5(t::text), '' ORDER BY t::text)) FROM onestop.{table} t")
        found[table] = value
    return found


def test_the_citys_cast(owner: str) -> None:
    assert dict(rows(owner, "SELECT cap, count(*) FROM onestop.don_vi GROUP BY 1")) == {
        "TINH": 23, "HUYEN": 30, "XA": 584,
    }  # fmt: skip
    assert dict(rows(owner, "SELECT cap, count(*) FROM onestop.thu_tuc GROUP BY 1")) == {
        "XA": 168, "HUYEN": 340, "TINH": 1414,
    }  # fmt: skip
    assert rows(owner, "SELECT count(*) FROM onestop.can_bo") == [(11_000,)]
    unmarked = "SELECT count(*) FROM onestop.thu_tuc WHERE ma_tthc LIKE 'DEMO-%' AND ten NOT LIKE '%(mẫu %'"
    assert rows(owner, unmarked) == [(0,)]
    assert rows(owner, "SELECT count(*) FROM onestop.thu_tuc WHERE ma_tthc NOT LIKE 'DEMO-%'") == [(60,)]


@pytest.mark.parametrize(
    ("day", "level3", "level4"),
    [("2017-12-31", 313, 140), ("2018-08-31", 382, 170), ("2018-12-31", 916, 139)],
)
def test_published_points_of_online_services(owner: str, day: str, level3: int, level4: int) -> None:
    query = f"""
      SELECT count(*) FILTER (WHERE best = 3), count(*) FILTER (WHERE best = 4) FROM (
        SELECT ma_tthc, max(muc_do) AS best FROM onestop.cung_cap
         WHERE tu_ngay <= '{day}' AND (den_ngay IS NULL OR den_ngay > '{day}') GROUP BY 1) q"""
    assert rows(owner, query) == [(level3, level4)]


def test_online_services_now(owner: str) -> None:
    query = """
      SELECT count(DISTINCT ma_tthc) FROM onestop.cung_cap
       WHERE muc_do >= 3 AND tu_ngay <= '2026-11-18' AND (den_ngay IS NULL OR den_ngay > '2026-11-18')"""
    assert rows(owner, query) == [(1880,)]


def test_one_level_at_a_time(owner: str) -> None:
    query = """
      SELECT count(*) FROM onestop.cung_cap a JOIN onestop.cung_cap b
          ON (a.ma_don_vi, a.ma_tthc) = (b.ma_don_vi, b.ma_tthc) AND a.tu_ngay < b.tu_ngay
       WHERE a.den_ngay IS NULL OR a.den_ngay > b.tu_ngay"""
    assert rows(owner, query) == [(0,)]


def test_commune_share_is_exact(owner: str) -> None:
    query = """
      SELECT count(*), count(*) FILTER (WHERE cap = 'XA')
        FROM onestop.ho_so JOIN onestop.don_vi ON ma_don_vi = don_vi_xu_ly WHERE trang_thai NOT IN (1, 3)"""
    assert rows(owner, query) == [(DOSSIERS, round(DOSSIERS * 279 / 311))]


IMPOSSIBLE = {
    "received before submitted": "SELECT 1 FROM onestop.ho_so WHERE ngay_nop > ngay_tiep_nhan",
    "finished before received": "SELECT 1 FROM onestop.ho_so WHERE ngay_tiep_nhan > ngay_ket_thuc",
    "returned before finished": "SELECT 1 FROM onestop.ho_so WHERE ngay_ket_thuc > ngay_tra",
    "closed without end": "SELECT 1 FROM onestop.ho_so WHERE (trang_thai IN (3,7,9,10)) <> (ngay_ket_thuc IS NOT NULL)",
    "returned and not": "SELECT 1 FROM onestop.ho_so WHERE (trang_thai = 10) <> (ngay_tra IS NOT NULL)",
    "received and not": "SELECT 1 FROM onestop.ho_so WHERE (trang_thai NOT IN (1,3)) <> (ngay_tiep_nhan IS NOT NULL)",
    "no due date": """SELECT 1 FROM onestop.ho_so
        WHERE ngay_tiep_nhan IS NOT NULL AND (hen_tra IS NULL OR hen_tra_goc IS NULL)""",
    "step outside its dossier": """SELECT 1 FROM onestop.buoc_xu_ly b JOIN onestop.ho_so h USING (id_ho_so)
        WHERE b.bat_dau < h.ngay_tiep_nhan OR b.ket_thuc > h.ngay_ket_thuc OR b.ket_thuc < b.bat_dau""",
    "steps overlap": """SELECT 1 FROM (SELECT bat_dau, lag(ket_thuc) OVER w AS before, lag(id_buoc) OVER w AS had
        FROM onestop.buoc_xu_ly WINDOW w AS (PARTITION BY id_ho_so ORDER BY id_buoc)) q
        WHERE had IS NOT NULL AND (before IS NULL OR bat_dau < before)""",
    "open without exactly one open step": """SELECT 1 FROM onestop.ho_so h WHERE (trang_thai IN (2,4,5,6,8))::int <>
        (SELECT count(*) FROM onestop.buoc_xu_ly b WHERE b.id_ho_so = h.id_ho_so AND ket_thuc IS NULL)""",
    "suspended without exactly one open pause": """SELECT 1 FROM onestop.ho_so h WHERE (trang_thai IN (5,6,8))::int <>
        (SELECT count(*) FROM onestop.tam_dung p WHERE p.id_ho_so = h.id_ho_so AND den_luc IS NULL)""",
    "open with nothing to come": """SELECT 1 FROM onestop.ho_so h WHERE trang_thai IN (1,2,4,5,6,8) AND NOT EXISTS
        (SELECT 1 FROM onestop.ke_hoach k WHERE k.id_ho_so = h.id_ho_so)""",
    "apology and supplement": "SELECT 1 FROM onestop.ho_so WHERE so_lan_xin_loi > 0 AND so_lan_bo_sung > 0",
    "executor who doesn't exist": """SELECT 1 FROM onestop.buoc_xu_ly b, unnest(can_bo) o
        WHERE NOT EXISTS (SELECT 1 FROM onestop.can_bo c WHERE c.ma_can_bo = o)""",
    "step without executor": "SELECT 1 FROM onestop.buoc_xu_ly WHERE cardinality(can_bo) NOT BETWEEN 1 AND 3",
    "rated before returned": """SELECT 1 FROM onestop.danh_gia r JOIN onestop.ho_so h USING (id_ho_so)
        WHERE r.luc < h.ngay_tra OR h.ngay_tra IS NULL OR h.diem_danh_gia IS DISTINCT FROM r.diem""",
    "online where it isn't offered": """SELECT 1 FROM onestop.ho_so h WHERE kenh = 2 AND NOT EXISTS
        (SELECT 1 FROM onestop.cung_cap c WHERE c.ma_don_vi = h.don_vi_xu_ly AND c.ma_tthc = h.ma_tthc AND muc_do >= 3
          AND tu_ngay <= (h.ngay_nop AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)""",
    "changed before it happened": """SELECT 1 FROM onestop.ho_so WHERE cap_nhat < greatest(ngay_nop, ngay_tiep_nhan,
        ngay_ket_thuc, ngay_tra)""",
    "after now": """SELECT 1 FROM onestop.ho_so, onestop.trang_thai_mo_phong
        WHERE greatest(ngay_nop, ngay_tiep_nhan, ngay_ket_thuc, ngay_tra) > luc_mo_phong""",
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_nothing_impossible(owner: str, name: str) -> None:
    assert rows(owner, f"SELECT count(*) FROM ({IMPOSSIBLE[name]}) q") == [(0,)]


def test_steps_end_in_office_hours(owner: str) -> None:
    query = """
      SELECT count(*) FROM onestop.buoc_xu_ly, LATERAL (SELECT ket_thuc AT TIME ZONE 'Asia/Ho_Chi_Minh' AS t) l
       WHERE ket_thuc IS NOT NULL AND NOT (t::time BETWEEN '08:00' AND '17:00')"""
    assert rows(owner, query) == [(0,)]


def test_what_screens_need_is_there(owner: str) -> None:
    statuses = {s for (s,) in rows(owner, "SELECT DISTINCT trang_thai FROM onestop.ho_so")}
    assert statuses >= {1, 2, 3, 4, 7, 9, 10}
    assert {k for (k,) in rows(owner, "SELECT DISTINCT kenh FROM onestop.ho_so")} == {1, 2, 3}
    moved = "SELECT count(*) > 20 FROM onestop.ho_so WHERE hen_tra > hen_tra_goc"
    assert rows(owner, moved) == [(True,)]
    checks = (
        "SELECT count(DISTINCT ma_xa_gso), count(DISTINCT dich_vu), bool_or(NOT thong) FROM onestop.kiem_tra_ket_noi"
    )
    assert rows(owner, checks) == [(584, 3, True)]


def test_same_seed_same_city_and_a_half_made_one_is_started_over(still_city: str) -> None:
    first = digest(still_city)
    with psycopg.connect(still_city) as conn:
        conn.execute("DELETE FROM onestop.trang_thai_mo_phong")
        conn.execute("DELETE FROM onestop.ho_so WHERE kenh = 1")
    assert not is_complete(still_city)
    calls = make(still_city)
    assert is_complete(still_city)
    assert digest(still_city) == first
    fractions = [f for f, _ in calls]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    make(still_city, seed=8)
    other = digest(still_city)
    assert other["ho_so"] != first["ho_so"]
