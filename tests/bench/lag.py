"""How long a commit in the source takes to be in the figures, at so many changes a second, while a sync follows.

The sync is a process of its own, as in operation. A writer commits one change after the other, as the one-stop
system's own account: a dossier comes, is worked on, is settled; the store is looked at every 25 ms.
"""

import json
import random
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, text

PER_SECOND = 50
WARM_UP = 4.0  # seconds; changes of that time are not counted


@dataclass(frozen=True)
class Lag:
    """Seconds from the commit of a change until the data version that holds it; how many were seen."""

    p50: float
    p95: float
    worst: float
    changes: int
    per_second: float
    versions_a_second: float


class Writer(threading.Thread):
    """Commits so many changes a second; `pending`: (dossier, updated_at, instant of the commit)."""

    def __init__(self, dsn: str, per_second: float = PER_SECOND) -> None:
        super().__init__(daemon=True)
        self.per_second = per_second
        self.conn = psycopg.connect(dsn, autocommit=True)
        self.pending: deque[tuple[str, Any, float]] = deque()
        self.stopped = threading.Event()
        self.made = 0
        rows = self.conn.execute(
            "SELECT don_vi_xu_ly, ma_tthc, kenh FROM onestop.ho_so WHERE cap_nhat > now() - interval '40 days' "
            "AND trang_thai = 10 LIMIT 5000"
        ).fetchall()
        self.like = (
            rows or self.conn.execute("SELECT don_vi_xu_ly, ma_tthc, kenh FROM onestop.ho_so LIMIT 5000").fetchall()
        )
        self.officers: dict[str, list[str]] = {}
        for officer, unit in self.conn.execute("SELECT ma_can_bo, ma_don_vi FROM onestop.can_bo"):
            self.officers.setdefault(unit, []).append(officer)
        self.dice = random.Random(2018)
        self.tag = f"b{time.time_ns() // 1_000_000}"
        self.open: deque[tuple[str, str]] = deque()

    def run(self) -> None:
        """Until stopped, at an even pace."""
        began = time.monotonic()
        while not self.stopped.is_set():
            due = began + self.made / self.per_second
            time.sleep(max(0.0, due - time.monotonic()))
            self.pending.append(self._change())
            self.made += 1

    def _change(self) -> tuple[str, object, float]:
        kind = self.made % 5  # two come, two are worked on, one is settled
        with self.conn.transaction():
            if kind < 2 or len(self.open) < 3:
                key, at = self._arrive()
            else:
                key, unit = self.open.popleft()
                officer = self.dice.choice(self.officers[unit])
                self.conn.execute(
                    "UPDATE onestop.buoc_xu_ly SET ket_thuc = now(), cap_nhat = clock_timestamp() "
                    "WHERE id_ho_so = %s AND ket_thuc IS NULL", [key],
                )  # fmt: skip
                if kind < 4:
                    self._step(key, officer)
                    self.open.append((key, unit))
                status = "9, ngay_ket_thuc = now()" if kind == 4 else "4"
                (at,) = self.conn.execute(
                    f"UPDATE onestop.ho_so SET trang_thai = {status}, cap_nhat = clock_timestamp() "
                    "WHERE id_ho_so = %s RETURNING cap_nhat", [key],
                ).fetchone() or (None,)  # fmt: skip
        return key, at, time.monotonic()

    def _arrive(self) -> tuple[str, object]:
        unit, procedure, channel = self.dice.choice(self.like)
        while unit not in self.officers:
            unit, procedure, channel = self.dice.choice(self.like)
        key = f"{self.tag}-{self.made}"
        (at,) = self.conn.execute(
            """
            INSERT INTO onestop.ho_so (id_ho_so, ma_ho_so, ma_tthc, don_vi_tiep_nhan, don_vi_xu_ly, kenh, trang_thai,
              ngay_nop, ngay_tiep_nhan, hen_tra, hen_tra_goc, so_lan_bo_sung, so_lan_xin_loi, phi_phai_nop,
              nop_phi_truc_tuyen, so_hoa_thanh_phan, so_hoa_ket_qua, ky_so, tu_nop, xac_thuc_dien_tu, da_xoa, cap_nhat,
              chu_ho_so, so_giay_to, so_dien_thoai, dia_chi)
            VALUES (%s, %s, %s, %s, %s, %s, 2, now(), now(), now() + interval '3 days', now() + interval '3 days', 0, 0,
              0, false, true, false, false, true, false, false, clock_timestamp(), '', '', '', '') RETURNING cap_nhat
            """,
            [key, key, procedure, unit, unit, channel],
        ).fetchone() or (None,)
        self._step(key, self.dice.choice(self.officers[unit]))
        self.open.append((key, unit))
        return key, at

    def _step(self, key: str, officer: str) -> None:
        self.conn.execute(
            "INSERT INTO onestop.buoc_xu_ly VALUES (%s, %s, 'Thẩm định', %s, now(), now() + interval '1 day', NULL, "
            "clock_timestamp())",
            [f"{key}-{self.made}", key, [officer]],
        )


def measure(writer_dsn: str, source_url: str, store_url: str, seconds: float) -> Lag:
    """Let a sync follow while changes are committed for so long, and look when each is in the figures."""
    sync = subprocess.Popen([sys.executable, "-m", "tests.bench.lag"], stdin=subprocess.PIPE, text=True)
    assert sync.stdin is not None
    sync.stdin.write(json.dumps([source_url, store_url]) + "\n")
    sync.stdin.flush()
    engine = create_engine(store_url)
    writer = Writer(writer_dsn)
    try:
        _wait_for_version(engine)
        writer.start()
        return _look(engine, writer, seconds)
    finally:
        writer.stopped.set()
        writer.join()
        writer.conn.close()
        engine.dispose()
        sync.stdin.close()  # it ends by that
        sync.wait(60)


def _wait_for_version(engine: Engine) -> None:
    """Until the sync has polled once."""
    deadline = time.monotonic() + 600
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        first = connection.execute(text("SELECT version FROM data_version")).scalar_one()
        while connection.execute(text("SELECT version FROM data_version")).scalar_one() == first:
            if time.monotonic() > deadline:
                raise TimeoutError("the sync does not follow")
            time.sleep(0.1)


def _look(engine: Engine, writer: Writer, seconds: float) -> Lag:
    lags: list[float] = []
    began = time.monotonic()
    version = versions = 0
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        while time.monotonic() < began + WARM_UP + seconds or (writer.pending and time.monotonic() < began + 300):
            if time.monotonic() > began + WARM_UP + seconds:
                writer.stopped.set()
            now = connection.execute(text("SELECT version FROM data_version")).scalar_one()
            seen = time.monotonic()
            if now != version:
                version, versions = now, versions + 1
                waiting = [writer.pending.popleft() for _ in range(len(writer.pending))]
                stored: dict[str, Any] = dict(
                    connection.execute(
                        text("SELECT dossier_id, updated_at FROM dossier WHERE dossier_id = ANY(:ids)"),
                        {"ids": [w[0] for w in waiting]},
                    ).tuples().all()
                )  # fmt: skip
                for key, at, committed in reversed(waiting):
                    if key in stored and stored[key] >= at:
                        if committed > began + WARM_UP:
                            lags.append(seen - committed)
                    else:
                        writer.pending.appendleft((key, at, committed))
            time.sleep(0.025)
    spent = time.monotonic() - began
    if writer.pending:
        raise RuntimeError(f"{len(writer.pending)} changes never came")
    cut = quantiles(lags, n=20)
    return Lag(cut[9], cut[18], max(lags), len(lags), writer.made / spent, versions / spent)


def _follow(source_url: str, store_url: str) -> None:
    """The sync process: follows until its standard input ends."""
    from config.settings import Settings
    from data_access.sync import open_sync

    stop = threading.Event()
    job = open_sync(Settings(), source_url, store_url)
    thread = threading.Thread(target=job.follow, args=(stop,))
    thread.start()
    sys.stdin.read()
    stop.set()
    thread.join()


if __name__ == "__main__":
    _follow(*json.loads(sys.stdin.readline()))
