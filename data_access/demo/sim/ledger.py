"""The simulator's SQL: what is due, and one transaction that writes a chunk's changes."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import psycopg
from psycopg.rows import dict_row

from data_access.demo.city.settings import to_instant
from data_access.demo.city.world import World
from data_access.demo.sim.dossier import CHANGING, Changes, Dossier, Step, Time, local_or_none, sql_value

DUE = """
SELECT k.id_ho_so, k.luc, k.viec, k.quy_trinh, k.buoc, k.giay,
       h.don_vi_xu_ly, h.don_vi_tiep_nhan, h.ma_tthc, {changing},
       (SELECT max(p.tu_luc) FROM onestop.tam_dung p
         WHERE p.id_ho_so = k.id_ho_so AND p.den_luc IS NULL) AS paused_since
  FROM onestop.ke_hoach k JOIN onestop.ho_so h USING (id_ho_so)
 WHERE {which}
"""
OPEN_STEPS = """
SELECT id_buoc, id_ho_so, ten_buoc, can_bo, bat_dau, han_buoc FROM onestop.buoc_xu_ly
 WHERE id_ho_so = ANY(%s) AND ket_thuc IS NULL
"""
FIXED = (
    "ma_tthc", "don_vi_tiep_nhan", "don_vi_xu_ly", "xa_vu_viec", "kenh", "ngay_nop", "phi_phai_nop",
    "nop_phi_truc_tuyen", "so_hoa_thanh_phan", "tu_nop", "xac_thuc_dien_tu", "da_xoa", "chu_ho_so", "so_giay_to",
    "so_dien_thoai", "dia_chi",
)  # fmt: skip
Connection = psycopg.Connection[Any]


class Ledger:
    """Reads and writes the one-stop product's tables on one connection, inside the caller's transaction."""

    def __init__(self, conn: Connection, world: World) -> None:
        self.conn = conn
        self.unit_at = {code: i for i, code in enumerate(world.units.code)}
        self.procedure_at = {code: i for i, code in enumerate(world.cat.code)}
        self.world = world
        self._sequence: dict[str, int] = {}

    def due(self, until: Time) -> list[Dossier]:
        """Dossiers with something planned up to `until`."""
        return self._load("k.luc <= %s", (to_instant(until),))

    def soonest(self, n: int) -> list[Dossier]:
        """The `n` dossiers whose turn comes next, whenever that is."""
        which = "k.id_ho_so IN (SELECT id_ho_so FROM onestop.ke_hoach ORDER BY luc LIMIT %s)"
        return self._load(which, (n,))

    def _load(self, which: str, values: tuple[Any, ...]) -> list[Dossier]:
        query = DUE.format(changing=", ".join(f"h.{c}" for c in CHANGING), which=which)
        with self.conn.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(query, values).fetchall()
        found = {r["id_ho_so"]: self._dossier(r) for r in rows}
        if found:
            for row in self.conn.execute(OPEN_STEPS, (list(found),)):
                start, due = local_or_none(row[4]), local_or_none(row[5])
                assert start is not None
                found[row[1]].step = Step(row[0], row[1], row[2], list(row[3]), start, due, new=False)
        return list(found.values())

    def _dossier(self, r: dict[str, Any]) -> Dossier:
        changing: dict[str, Any] = {
            c: local_or_none(r[c]) if c.startswith(("ngay_", "hen_")) else r[c] for c in CHANGING
        }
        return Dossier(
            id=r["id_ho_so"], unit=self.unit_at[r["don_vi_xu_ly"]], received_by=self.unit_at[r["don_vi_tiep_nhan"]],
            procedure=self.procedure_at[r["ma_tthc"]], at=local_or_none(r["luc"]), what=r["viec"],
            family=r["quy_trinh"], index=r["buoc"], span=r["giay"], paused_since=local_or_none(r["paused_since"]),
            **changing,
        )  # fmt: skip

    def next_code(self, unit: int, day: np.datetime64) -> str:
        """The receiving unit's next dossier code of that day."""
        prefix = f"{self.world.units.code[unit]}-{str(day).replace('-', '')[2:]}-"
        if prefix not in self._sequence:
            row = self.conn.execute(
                "SELECT max(ma_ho_so) FROM onestop.ho_so WHERE ma_ho_so >= %s AND ma_ho_so < %s",
                (prefix, prefix + "~"),
            ).fetchone()
            self._sequence[prefix] = int(row[0].rsplit("-", 1)[1]) if row and row[0] else 0
        self._sequence[prefix] += 1
        return f"{prefix}{self._sequence[prefix]:04d}"

    def forget(self) -> None:
        """After a failed transaction: codes handed out in it are free again."""
        self._sequence.clear()

    def write(self, changes: Changes) -> None:
        """Everything a chunk changed. cap_nhat is the real time of writing, whatever time is simulated."""
        new = [d for d in changes.dossiers.values() if d.fixed is not None]
        old = [d for d in changes.dossiers.values() if d.fixed is None]
        names = ("id_ho_so", "ma_ho_so", *FIXED, *CHANGING)
        marks = ", ".join(["%s"] * len(names))
        self._many(
            f"INSERT INTO onestop.ho_so ({', '.join(names)}, cap_nhat) VALUES ({marks}, clock_timestamp())",
            ([d.id, (d.fixed or {})["ma_ho_so"], *(sql_value((d.fixed or {})[c]) for c in FIXED), *d.changing()]
             for d in new),
        )  # fmt: skip
        self._many(
            f"UPDATE onestop.ho_so SET {', '.join(f'{c} = %s' for c in CHANGING)}, cap_nhat = clock_timestamp() "
            "WHERE id_ho_so = %s",
            ([*d.changing(), d.id] for d in old),
        )
        self._steps(changes)
        self._many(
            "INSERT INTO onestop.tam_dung (id_ho_so, tu_luc, ly_do) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            ([i, to_instant(t), reason] for i, t, reason in changes.pauses_begun),
        )
        self._many(
            "UPDATE onestop.tam_dung SET den_luc = %s WHERE id_ho_so = %s AND den_luc IS NULL",
            ([to_instant(t), i] for i, t in changes.pauses_over),
        )
        self._many(
            "INSERT INTO onestop.thay_doi_han VALUES (%s, %s, %s, %s, %s)",
            ([i, to_instant(t), to_instant(a), to_instant(b), why] for i, t, a, b, why in changes.moved),
        )
        self._many(
            "INSERT INTO onestop.danh_gia VALUES (%s, %s, %s) ON CONFLICT (id_ho_so) DO UPDATE "
            "SET diem = excluded.diem, luc = excluded.luc",
            ([i, score, to_instant(t)] for i, score, t in changes.ratings),
        )
        self._many(
            "UPDATE onestop.can_bo SET truy_cap_cuoi = greatest(truy_cap_cuoi, %s) WHERE ma_can_bo = %s",
            ([to_instant(t), who] for who, t in sorted(changes.seen.items())),
        )
        self._plans(changes)

    def _steps(self, changes: Changes) -> None:
        self._many(
            "INSERT INTO onestop.buoc_xu_ly VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp())",
            ([s.id, s.dossier, s.name, s.officers, to_instant(s.start), sql_value(s.due), sql_value(s.end)]
             for s in changes.steps.values() if s.new),
        )  # fmt: skip
        self._many(
            "UPDATE onestop.buoc_xu_ly SET ket_thuc = %s, han_buoc = %s, cap_nhat = clock_timestamp() "
            "WHERE id_buoc = %s",
            ([sql_value(s.end), sql_value(s.due), s.id] for s in changes.steps.values() if not s.new),
        )

    def _plans(self, changes: Changes) -> None:
        over = [d.id for d in changes.dossiers.values() if d.at is None]
        if over:
            self.conn.execute("DELETE FROM onestop.ke_hoach WHERE id_ho_so = ANY(%s)", (over,))
        self._many(
            "INSERT INTO onestop.ke_hoach VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id_ho_so) DO UPDATE SET "
            "luc = excluded.luc, viec = excluded.viec, quy_trinh = excluded.quy_trinh, buoc = excluded.buoc, "
            "giay = excluded.giay",
            ([d.id, to_instant(d.at), d.what, d.family, d.index, d.span]
             for d in changes.dossiers.values() if d.at is not None),
        )  # fmt: skip

    def _many(self, query: str, rows: Iterable[list[Any]]) -> None:
        values = list(rows)
        if values:
            with self.conn.cursor() as cursor:
                cursor.executemany(query, values)
