"""Plays the one-stop system: arrivals, steps, supplements, returns, ratings, links, at the real clock's pace."""

import heapq
import logging
import threading
from datetime import UTC, datetime
from types import TracebackType

import numpy as np
import psycopg

from data_access.demo.city import is_complete
from data_access.demo.city.settings import clock, to_instant, to_local, tunables
from data_access.demo.city.world import make_world
from data_access.demo.sim.arrive import Door
from data_access.demo.sim.dossier import Dossier, Time
from data_access.demo.sim.ledger import Ledger
from data_access.demo.sim.lines import Lines
from data_access.demo.sim.office import Office

log = logging.getLogger(__name__)
CHUNK = np.timedelta64(15, "m")
CATCH_UP = np.timedelta64(14, "D")
LINKS_BACK = np.timedelta64(7, "D")
QUIET = np.timedelta64(15, "s")  # an uneventful stretch is noted at most this late
LONG_GAP = np.timedelta64(2, "m")  # missed time is made up at life's own pace, whatever the factor
PULLED_PER_ARRIVAL = 4.0
NEW_FIGURES = """
INSERT INTO onestop.chi_so
SELECT ma_chi_so, loai_pham_vi, ma_pham_vi, %(at)s,
       least(round((avg(gia_tri) * (0.96 + 0.08 * random()))::numeric, (ma_chi_so LIKE '%%_pct')::int),
             CASE WHEN ma_chi_so LIKE '%%_pct' THEN 100 ELSE 1e9 END)
  FROM onestop.chi_so WHERE luc > %(at)s - interval '30 days'
 GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING
"""


class Simulator:
    """Moves the city of `dsn` (the one-stop system's own account) forward in time.

    `factor` multiplies the rate of events; their timestamps stay those of the real clock. Every chunk is
    one transaction, so it may be killed at any moment. Use as a context manager, or call `close`.
    """

    def __init__(self, dsn: str, *, seed: int | None = None, factor: float = 1.0) -> None:
        self.conn = psycopg.connect(dsn, autocommit=True)
        row = self.conn.execute(
            "SELECT hat_giong, so_ho_so, luc_sinh, luc_mo_phong FROM onestop.trang_thai_mo_phong"
        ).fetchone()
        assert row is not None
        city_seed, dossiers, generated, last = row
        self.seed = int(city_seed if seed is None else seed)
        self.factor = factor
        self.at = to_local(last)
        world = make_world(int(city_seed), to_local(generated).astype("M8[D]"))  # offers what the tables say
        self.world = world
        self.door = Door(world, int(city_seed), int(dossiers), to_local(generated))
        self.ledger = Ledger(self.conn, world)
        self.lines = Lines(world)
        self.saved = self.at

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self.conn.close()

    def advance(self, until: datetime, stop: threading.Event | None = None) -> None:
        """Simulate up to `until` (aware) in chunks of at most 15 minutes; `stop` ends it between chunks.

        A gap longer than two minutes is caught up at factor 1, at most the last 14 days of it.
        """
        end = to_local(until)
        factor = self.factor if end - self.at <= LONG_GAP else 1.0
        if end - self.at > CATCH_UP:
            self.at = end - CATCH_UP
        while self.at < end and not (stop is not None and stop.is_set()):
            upto = min(end, self.at + CHUNK)
            try:
                self._chunk(self.at, upto, factor, links=bool(end - upto <= LINKS_BACK))
            except Exception:
                self.ledger.forget()
                raise
            self.at = upto

    def _chunk(self, start: Time, end: Time, factor: float, *, links: bool) -> None:
        """One stretch of time in one transaction.

        1. Take the state row (a second simulator waits here). 2. Load what is due. 3. Let new dossiers in.
        4. Play events in order of time; what they lead to within the stretch too. 5. Links and figures.
        6. Write, and note how far the city has come.
        """
        rng = np.random.default_rng([self.seed, int(start.astype(np.int64))])
        rounds = self.lines.rounds(start, end) if links else []
        with self.conn.transaction():
            row = self.conn.execute(
                "SELECT so_cuoi_ho_so, so_cuoi_buoc, luc_mo_phong FROM onestop.trang_thai_mo_phong FOR UPDATE"
            ).fetchone()
            assert row is not None
            if to_local(row[2]) > self.saved:  # another simulator has been here
                self.saved = to_local(row[2])
                self.ledger.forget()
                if self.saved >= end:
                    return
                start = max(start, self.saved)
            last_dossier = int(row[0])
            office = Office(self.world, rng, factor, int(row[1]))
            waiting = self.ledger.due(end)
            waiting += self._pulled(rng, start, end, factor, {d.id for d in waiting})
            new = list(self.door.dossiers(rng, self.door.arrivals(rng, start, end, factor), factor, last_dossier + 1))
            for d in new:
                self._enter(office, d)
            self._play(office, waiting + new, start, end)
            for moment in rounds:
                self.lines.check(self.conn, rng, moment, factor)
            self._figures(start, end)
            if not (office.changes or rounds or end - self.saved >= QUIET):
                return
            self.ledger.write(office.changes)
            self.conn.execute(
                "UPDATE onestop.trang_thai_mo_phong SET luc_mo_phong = %s, so_cuoi_ho_so = %s, so_cuoi_buoc = %s",
                (to_instant(end), last_dossier + len(new), office.last_step),
            )
        self.saved = end

    def _enter(self, office: Office, d: Dossier) -> None:
        """Give a new dossier its code; it is in the books from now on."""
        assert d.fixed is not None
        arrived = d.fixed["ngay_nop"] if d.fixed["ngay_nop"] is not None else d.at
        assert arrived is not None
        d.fixed["ma_ho_so"] = self.ledger.next_code(d.received_by, arrived.astype("M8[D]"))
        office.changes.dossiers[d.id] = d

    def _pulled(
        self, rng: np.random.Generator, start: Time, end: Time, factor: float, taken: set[str]
    ) -> list[Dossier]:
        """With a factor above 1 offices also move a little outside their hours (a demonstration on a Sunday)."""
        closed = bool(clock().worked(start) == clock().worked(end))
        if factor <= 1 or not closed:
            return []
        seconds = float((end - start).astype("m8[s]").astype(int))
        rate = float(tunables()["online_floor_factor"]) * self.door.busy * factor * PULLED_PER_ARRIVAL
        n = int(rng.poisson(rate * seconds))
        found = [d for d in self.ledger.soonest(n) if d.id not in taken] if n else []
        for d in found:
            d.at = start + np.timedelta64(int(rng.random() * seconds), "s")
        return found

    @staticmethod
    def _play(office: Office, dossiers: list[Dossier], start: Time, end: Time) -> None:
        """Events in order of time until nothing is left before `end`."""
        queue = [(max(d.at, start), i) for i, d in enumerate(dossiers) if d.at is not None and d.at <= end]
        heapq.heapify(queue)
        while queue:
            t, i = heapq.heappop(queue)
            office.handle(dossiers[i], t)
            again = dossiers[i].at
            if again is not None and again <= end:
                heapq.heappush(queue, (max(again, t), i))

    def _figures(self, start: Time, end: Time) -> None:
        """Other centres publish their figures at six in the morning."""
        six = end.astype("M8[D]").astype("M8[s]") + np.timedelta64(6, "h")
        if start < six <= end:
            self.conn.execute(NEW_FIGURES, {"at": to_instant(six)})


def run_forever(dsn: str, factor: float, stop: threading.Event, seed: int | None = None) -> None:
    """Keep the city moving until `stop` is set: about once a second, through restarts of the database.

    Waits for a city that is still being generated.
    """
    pause = 1.0
    while not stop.is_set():
        try:
            if not is_complete(dsn):
                stop.wait(1.0)
                continue
            with Simulator(dsn, seed=seed, factor=factor) as simulator:
                while not stop.is_set():
                    simulator.advance(datetime.now(UTC), stop)
                    pause = 1.0
                    stop.wait(1.0)
        except psycopg.Error:
            log.warning("the one-stop database does not answer; trying again in %.0f s", pause, exc_info=True)
            stop.wait(pause)
            pause = min(pause * 2, 30.0)
