"""Links to the wards while the simulator runs: outages begin and end, checks are noted."""

from typing import Any

import numpy as np
import psycopg

from data_access.demo.city.links import SERVICES
from data_access.demo.city.settings import to_instant, tunables
from data_access.demo.city.units import COMMUNE
from data_access.demo.city.world import World
from data_access.demo.sim.dossier import Time

EVERY = 300  # seconds between two rounds
ROUNDS_AN_HOUR = 12
MEAN_OUTAGE = 9000.0  # seconds
KEEP_DAYS = 8


class Lines:
    """Each round of five minutes asks a twelfth of the wards, and all whose state has just changed."""

    def __init__(self, world: World) -> None:
        wards = world.units.of(COMMUNE)
        self.codes = [str(c) for c in world.units.ward_code[wards]]
        quality = world.units.link_quality[wards]
        self.chance = (1.02 - quality) / (1.02 - quality).sum()

    def rounds(self, start: Time, end: Time) -> list[Time]:
        """The moments of checking in (start, end]."""
        first = (start.astype(np.int64) // EVERY + 1) * EVERY
        return [np.datetime64(int(t), "s") for t in range(int(first), int(end.astype(np.int64)) + 1, EVERY)]

    def check(self, conn: psycopg.Connection[Any], rng: np.random.Generator, at: Time, factor: float) -> None:
        """One round at local time `at`."""
        moment = to_instant(at)
        ended = conn.execute(
            "DELETE FROM onestop.mat_ket_noi WHERE den_luc <= %s RETURNING ma_xa_gso, dich_vu", (moment,)
        ).fetchall()
        target = float(tunables()["links"]["offline_now"])
        begun = self._break(conn, rng, at, factor, rng.poisson(target * EVERY * factor / MEAN_OUTAGE))
        down = {(w, s) for w, s in conn.execute("SELECT ma_xa_gso, dich_vu FROM onestop.mat_ket_noi")}
        turn = int(at.astype(np.int64)) // EVERY % ROUNDS_AN_HOUR
        asked = {(w, s) for w in self.codes[turn::ROUNDS_AN_HOUR] for s in SERVICES}
        asked |= {(w, s) for w, s in ended} | begun
        rows = sorted(asked)
        latency = rng.lognormal(3.0, 0.45, len(rows)).astype(int)
        with conn.cursor().copy("COPY onestop.kiem_tra_ket_noi FROM STDIN") as copy:
            for (ward, service), ms in zip(rows, latency, strict=True):
                up = (ward, service) not in down
                copy.write_row((ward, service, moment, up, int(ms) if up else None))
        if turn == 0:
            conn.execute(
                "DELETE FROM onestop.kiem_tra_ket_noi WHERE luc < %s",
                (to_instant(at - np.timedelta64(KEEP_DAYS, "D")),),
            )

    def _break(
        self, conn: psycopg.Connection[Any], rng: np.random.Generator, at: Time, factor: float, n: int
    ) -> set[tuple[str, str]]:
        """`n` new outages; a broken line (wan) takes the services on it along."""
        begun: set[tuple[str, str]] = set()
        for ward in rng.choice(len(self.codes), n, p=self.chance):
            service = int(rng.integers(len(SERVICES)))
            until = to_instant(at + np.timedelta64(int(rng.exponential(MEAN_OUTAGE) / factor) + EVERY, "s"))
            for name in SERVICES if service == 0 else (SERVICES[service],):
                begun.add((self.codes[ward], name))
                conn.execute(
                    "INSERT INTO onestop.mat_ket_noi VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    (self.codes[ward], name, until),
                )
        return begun
