"""What the figures must be, counted by plain SQL on the one-stop database itself, under rule R-A.

Written apart from the sync and the queries on purpose: it reads the source's own tables as its owner.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from config.registry import registry

# One row a received dossier: `state` running, suspended or closed; days on the city's clock.
DOSSIERS = """
WITH place AS (
  SELECT x.ma_don_vi, x.cap, x.ma_xa_gso, coalesce(w.district, d.district, '') AS district
    FROM onestop.don_vi x
    LEFT JOIN known_ward w ON w.ward = x.ma_xa_gso AND x.cap = 'XA'
    LEFT JOIN LATERAL (
      SELECT min(kw.district) AS district FROM onestop.don_vi c JOIN known_ward kw ON kw.ward = c.ma_xa_gso
       WHERE c.ma_cha = x.ma_don_vi AND x.cap = 'HUYEN') d ON true
), h AS (
  SELECT h.id_ho_so, h.ma_ho_so, h.ma_tthc, h.kenh, h.diem_danh_gia, h.trang_thai, h.ngay_tiep_nhan,
         p.ma_don_vi, p.cap, p.ma_xa_gso, p.district, t.ma_linh_vuc,
         CASE WHEN h.trang_thai IN (5, 6, 8) THEN 'suspended' WHEN h.trang_thai IN (7, 9, 10) THEN 'closed'
              ELSE 'running' END AS state,
         (h.ngay_tiep_nhan AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS received,
         due.at AS due_at, (due.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS due,
         (coalesce(h.ngay_ket_thuc, h.ngay_tra, h.cap_nhat) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS ended,
         %(as_of)s::timestamptz AS as_of, (%(as_of)s::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS today
    FROM onestop.ho_so h
    JOIN place p ON p.ma_don_vi = h.don_vi_xu_ly JOIN onestop.thu_tuc t USING (ma_tthc)
    CROSS JOIN LATERAL (SELECT CASE WHEN h.so_lan_xin_loi > 0 AND h.so_lan_bo_sung = 0
                                    THEN coalesce(h.hen_tra_goc, h.hen_tra) ELSE h.hen_tra END AS at) due
   WHERE NOT h.da_xoa AND h.trang_thai NOT IN (1, 3) AND h.ngay_tiep_nhan IS NOT NULL
     AND (%(districts)s::text[] IS NULL OR p.district = ANY (%(districts)s))
     AND (%(field)s::text IS NULL OR t.ma_linh_vuc = %(field)s)
     AND (%(channel)s::int IS NULL OR h.kenh = %(channel)s)
), o AS (
  SELECT h.*, state = 'running' AND due < today AS overdue,
         state = 'running' AND due >= today AND due_at <= as_of + interval '24 hours' AS due_24h,
         state = 'suspended' AS suspended
    FROM h WHERE state IN ('running', 'suspended')
     AND (%(days)s::int IS NULL OR received > today - %(days)s::int)
), s AS (
  SELECT h.*, trang_thai <> 7 AND ended > due AS late FROM h WHERE state = 'closed'
)
"""
COUNTS = """count(*) AS open, count(*) FILTER (WHERE overdue) AS overdue,
  count(*) FILTER (WHERE due_24h) AS due_24h, count(*) FILTER (WHERE suspended) AS suspended"""


class Truth:
    """The source as of one instant, for a scope (district codes; None: the whole city)."""

    def __init__(self, dsn: str, as_of: datetime, districts: Sequence[str] | None = None) -> None:
        self.dsn, self.as_of, self.districts = dsn, as_of, None if districts is None else list(districts)

    def rows(self, query: str, **filters: Any) -> list[dict[str, Any]]:
        """Rows of a query over h (received), o (open), s (settled); filters: field, channel, days."""
        bound = {"field": None, "channel": None, "days": None} | filters
        return self.plain(DOSSIERS + query, **bound)

    def plain(self, query: str, **bound: Any) -> list[dict[str, Any]]:
        """Rows of a query on the source's own tables."""
        with psycopg.connect(self.dsn, row_factory=dict_row) as conn:
            conn.execute("CREATE TEMP TABLE known_ward (ward text PRIMARY KEY, district text)")
            with conn.cursor().copy("COPY known_ward FROM STDIN") as copy:
                for code, ward in registry().wards.items():
                    copy.write_row((code, ward.district_code))
            conn.execute("ANALYZE known_ward")
            found = conn.execute(query, {"as_of": self.as_of, "districts": self.districts, **bound}).fetchall()
            conn.rollback()
        return found

    def figures(self) -> dict[str, Any]:
        """All of the overview's figures."""
        (opened,) = self.rows(f"SELECT {COUNTS} FROM o")
        (flows,) = self.rows("""
            SELECT count(*) FILTER (WHERE cap = 'XA') AS received_commune, count(*) AS received_all,
                   count(*) FILTER (WHERE received = today) AS received_today,
                   count(*) FILTER (WHERE received = today AND kenh = 2) AS received_today_online,
                   count(*) FILTER (WHERE received BETWEEN today - 29 AND today) AS received_30,
                   count(*) FILTER (WHERE received BETWEEN today - 29 AND today AND kenh = 2) AS received_30_online,
                   date_trunc('month', min(received))::date AS first_month
              FROM h""")
        (settled,) = self.rows("""
            SELECT count(*) FILTER (WHERE ended BETWEEN today - 29 AND today) AS settled_30,
                   count(*) FILTER (WHERE ended BETWEEN today - 29 AND today AND NOT late) AS in_time_30,
                   count(*) FILTER (WHERE ended BETWEEN today - 59 AND today - 30) AS settled_before,
                   count(*) FILTER (WHERE ended BETWEEN today - 59 AND today - 30 AND NOT late) AS in_time_before,
                   count(*) FILTER (WHERE ended BETWEEN today - 29 AND today AND diem_danh_gia IN (1, 2, 3))
                     AS rated_30,
                   count(*) FILTER (WHERE ended BETWEEN today - 29 AND today AND diem_danh_gia IN (2, 3))
                     AS satisfied_30,
                   (%(as_of)s::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS as_of_day
              FROM s""")
        return {**opened, **flows, **settled}

    def by_unit(self, **filters: Any) -> dict[str, dict[str, Any]]:
        """Unit code → ward_code, tier, district_code and the counts of the backlog, under filters."""
        settled = {
            row["ma_don_vi"]: row["n"]
            for row in self.rows(
                "SELECT ma_don_vi, count(*) AS n FROM s WHERE ended BETWEEN today - 27 AND today GROUP BY 1",
                **(filters | {"days": None}),
            )
        }
        tiers = {"TINH": "city", "HUYEN": "district", "XA": "commune"}
        return {
            row.pop("ma_don_vi"): {
                "ward_code": row.pop("ma_xa_gso"),
                "tier": tiers[row.pop("cap")],
                "district_code": row.pop("district"),
                "settled_28": settled.get(code, 0),
                **row,
            }
            for row in self.rows(
                f"SELECT ma_don_vi, ma_xa_gso, cap, district, {COUNTS} FROM o GROUP BY 1, 2, 3, 4", **filters
            )
            for code in [row["ma_don_vi"]]
        }

    def steps(self) -> list[dict[str, Any]]:
        """Open steps of running dossiers: id, holders, whether overdue, unit and district."""
        return self.rows("""
            SELECT b.id_buoc, b.id_ho_so, b.can_bo, coalesce(b.han_buoc < as_of, false) AS overdue, b.ten_buoc,
                   o.ma_don_vi, o.district, o.ma_linh_vuc, o.overdue AS dossier_overdue
              FROM onestop.buoc_xu_ly b JOIN o USING (id_ho_so)
             WHERE b.ket_thuc IS NULL AND o.state = 'running'""")
