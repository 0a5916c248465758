"""A one-stop database of millions of dossiers, made in minutes: the generated city, every dossier many times over.

    python -m tests.bench.big_city DIRECTORY DOSSIERS

Each copy goes to another unit of the same tier and to officers of the same role there, some seconds earlier than
the one before, so that wards, days and officers fill up as they would in a city that logs everything; rows lie in
the order of their last change, as in a database that has grown. Copies keep the last two steps of a dossier.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg

from data_access.demo import server
from data_access.demo.city import generate, is_complete
from data_access.demo.city.load import run_script
from data_access.demo.server import Server
from tests.support.cities import NOW, SEED

BASE = 250_000  # what is generated at most; the rest are copies
LIVE = 5  # one copy in so many holds what is open now

# Every unit to the one 17·k further on in its tier; officers to those of the same role (and turn) there.
MAPS = """
CREATE TEMP TABLE unit_map AS
SELECT k, u.ma_don_vi AS old, n.ma_don_vi AS new
  FROM (SELECT *, row_number() OVER w - 1 AS i, count(*) OVER (PARTITION BY cap) AS n FROM onestop.don_vi
        WINDOW w AS (PARTITION BY cap ORDER BY ma_don_vi)) u
 CROSS JOIN generate_series(0, {last}) k
  JOIN (SELECT *, row_number() OVER w - 1 AS i FROM onestop.don_vi
        WINDOW w AS (PARTITION BY cap ORDER BY ma_don_vi)) n ON n.cap = u.cap AND n.i = (u.i + 17 * k) % u.n;
CREATE TEMP TABLE seat AS SELECT ma_can_bo, ma_don_vi, vai_tro, row_number() OVER w - 1 AS i,
       count(*) OVER (PARTITION BY ma_don_vi, vai_tro) AS n
  FROM onestop.can_bo WINDOW w AS (PARTITION BY ma_don_vi, vai_tro ORDER BY ma_can_bo);
ANALYZE seat; ANALYZE unit_map;
CREATE TEMP TABLE officer_map AS
SELECT m.k, o.ma_can_bo AS old, coalesce(t.ma_can_bo, o.ma_can_bo) AS new
  FROM seat o JOIN unit_map m ON m.old = o.ma_don_vi
  LEFT JOIN (SELECT DISTINCT ma_don_vi, vai_tro, n FROM seat) c ON c.ma_don_vi = m.new AND c.vai_tro = o.vai_tro
  LEFT JOIN seat t ON t.ma_don_vi = m.new AND t.vai_tro = o.vai_tro AND t.i = o.i % c.n;
CREATE INDEX ON officer_map (k, old);
CREATE TEMP TABLE holders AS SELECT row_number() OVER () AS holder, can_bo
  FROM (SELECT DISTINCT can_bo FROM onestop.buoc_xu_ly) x;
CREATE TEMP TABLE holders_map AS
SELECT k, holder, (SELECT array_agg(DISTINCT m.new ORDER BY m.new) FROM unnest(can_bo) c(o)
                            JOIN officer_map m ON m.k = s.k AND m.old = c.o) AS new
  FROM holders CROSS JOIN generate_series(0, {last}) s(k);
CREATE INDEX ON holders_map (k, holder); -- else a plan may read it whole for every step
ANALYZE officer_map; ANALYZE holders_map;
"""

# Copies from the city's last years: the newest ones hold what is open now, the others only what is closed, further
# and further back, so that the flow is even over about five years.
COPIES = """
CREATE TEMP TABLE copy_of AS
SELECT k, CASE WHEN k = 0 THEN '' ELSE '-' || k END AS tag, k >= {live} AS closed_only,
       k * interval '11 seconds'
       + CASE WHEN k >= {live} THEN 13 + 195 * (k - {live}) / ({last} + 1 - {live}) ELSE 0 END
         * interval '7 days' AS back
  FROM generate_series(0, {last}) k;
CREATE UNLOGGED TABLE onestop.ho_so_moi (LIKE onestop.ho_so INCLUDING DEFAULTS);
CREATE UNLOGGED TABLE onestop.buoc_moi (LIKE onestop.buoc_xu_ly INCLUDING DEFAULTS);
CREATE TEMP TABLE tail AS
SELECT s.*, o.holder, h.trang_thai IN (3, 7, 9, 10) AS closed,
       row_number() OVER (PARTITION BY id_ho_so ORDER BY bat_dau DESC, id_buoc DESC) AS back_n
  FROM onestop.buoc_xu_ly s JOIN onestop.ho_so h USING (id_ho_so) JOIN holders o ON o.can_bo = s.can_bo;
CREATE INDEX ON tail (cap_nhat);
ANALYZE copy_of; ANALYZE tail;
"""

# Eight weeks after eight weeks, so that rows lie in the order of their last change.
DOSSIERS = """
INSERT INTO onestop.ho_so_moi SELECT {dossier}
  FROM copy_of g
 CROSS JOIN LATERAL (SELECT * FROM onestop.ho_so h WHERE h.cap_nhat >= %(since)s + g.back
                        AND h.cap_nhat < %(until)s + g.back
                        AND (NOT g.closed_only OR h.trang_thai IN (3, 7, 9, 10))) h
  JOIN unit_map a ON a.k = g.k AND a.old = h.don_vi_tiep_nhan JOIN unit_map b ON b.k = g.k AND b.old = h.don_vi_xu_ly
 ORDER BY h.cap_nhat - g.back
"""
STEPS = """
INSERT INTO onestop.buoc_moi
SELECT s.id_buoc || tag, s.id_ho_so || tag, s.ten_buoc, m.new, s.bat_dau - back, s.han_buoc - back, s.ket_thuc - back,
       s.cap_nhat - back
  FROM copy_of g
 CROSS JOIN LATERAL (SELECT * FROM tail s WHERE s.cap_nhat >= %(since)s + g.back AND s.cap_nhat < %(until)s + g.back
                        AND (NOT g.closed_only OR s.closed) AND (g.k = 0 OR s.back_n <= 2)) s
  JOIN holders_map m ON m.k = g.k AND m.holder = s.holder
 ORDER BY s.cap_nhat - g.back
"""

REPLACE = """
INSERT INTO onestop.tam_dung SELECT p.id_ho_so || tag, tu_luc - back, den_luc - back, ly_do
  FROM onestop.tam_dung p JOIN onestop.ho_so h USING (id_ho_so)
  JOIN copy_of g ON g.k > 0 AND (NOT g.closed_only OR h.trang_thai IN (3, 7, 9, 10));
DROP TABLE onestop.ho_so;
ALTER TABLE onestop.ho_so_moi RENAME TO ho_so;
DROP TABLE onestop.buoc_xu_ly;
ALTER TABLE onestop.buoc_moi RENAME TO buoc_xu_ly;
CREATE UNIQUE INDEX ho_so_pkey ON onestop.ho_so (id_ho_so);
CREATE INDEX ho_so_cap_nhat ON onestop.ho_so (cap_nhat, id_ho_so);
CREATE UNIQUE INDEX buoc_xu_ly_pkey ON onestop.buoc_xu_ly (id_buoc);
CREATE INDEX buoc_xu_ly_cap_nhat ON onestop.buoc_xu_ly (cap_nhat, id_buoc);
CREATE INDEX buoc_xu_ly_ho_so ON onestop.buoc_xu_ly (id_ho_so);
ANALYZE onestop.ho_so; ANALYZE onestop.buoc_xu_ly; ANALYZE onestop.tam_dung;
"""

CHANGED = {
    "id_ho_so": "h.id_ho_so || g.tag",
    "ma_ho_so": "h.ma_ho_so || g.tag",
    "don_vi_tiep_nhan": "a.new",
    "don_vi_xu_ly": "b.new",
}


def make_source(directory: Path, dossiers: int) -> Server:
    """The server of `directory` with a source of about `dossiers` received ones; joined when it is there already."""
    directory.mkdir(parents=True, exist_ok=True)
    running = server.start(directory)
    done = directory / "source.made"
    if done.exists():
        return running
    base = min(BASE, dossiers)
    if not is_complete(running.dsn("onestop")):
        generate(running.dsn("onestop"), dossiers=base, seed=SEED, now=NOW, progress=lambda *_: None)
    _multiply(running, round(dossiers / base))
    done.touch()
    return running


def _multiply(running: Server, copies: int) -> None:
    # a superuser's session may trade safety for speed: the source only stands in for the real one
    with psycopg.connect(running.dsn("postgres", "onestop"), autocommit=True) as conn:
        for setting in (
            "work_mem = '512MB'", "maintenance_work_mem = '1GB'", "synchronous_commit = off",
            "enable_mergejoin = off", "random_page_cost = 1", "role = onestop",
        ):  # fmt: skip
            conn.execute("SET " + setting)
        columns = [
            r[0]
            for r in conn.execute(
                "SELECT CASE WHEN data_type LIKE 'timestamp%' THEN '@' ELSE '' END || column_name "
                "FROM information_schema.columns WHERE table_schema = 'onestop' AND table_name = 'ho_so' "
                "ORDER BY ordinal_position"
            )
        ]
        dossier = ", ".join(f"h.{c[1:]} - g.back" if c[0] == "@" else CHANGED.get(c, f"h.{c}") for c in columns)
        filled = {"last": copies - 1, "live": max(1, copies // LIVE), "dossier": dossier}
        _run(conn, (MAPS + COPIES).format(**filled))
        first, last = conn.execute(
            "SELECT min(cap_nhat) - (SELECT max(back) FROM copy_of), max(cap_nhat) FROM onestop.ho_so"
        ).fetchone() or (NOW, NOW)
        began = time.monotonic()
        while first <= last:
            month = {"since": first, "until": first + timedelta(days=56)}
            conn.execute(DOSSIERS.format(**filled), month)
            conn.execute(STEPS, month)
            first = month["until"]
        print(f"# {time.monotonic() - began:6.1f} s  copies", file=sys.stderr)
        _run(conn, REPLACE)
    run_script(running.dsn("onestop"), "grants.sql")


def _run(conn: psycopg.Connection, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            began = time.monotonic()
            conn.execute(statement)
            print(f"# {time.monotonic() - began:6.1f} s  {' '.join(statement.split())[:60]}", file=sys.stderr)


if __name__ == "__main__":
    make_source(Path(sys.argv[1]), int(sys.argv[2]))
