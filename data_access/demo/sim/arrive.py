"""New dossiers between two instants, by the same rhythm as the generated past."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from data_access.demo.city import arrivals as past
from data_access.demo.city.arrivals import COUNTER, ONLINE, Arrivals
from data_access.demo.city.names import people
from data_access.demo.city.processing import OFFICE_DAY, make_lives
from data_access.demo.city.settings import clock, tunables
from data_access.demo.city.tables import FEES
from data_access.demo.city.units import CITY, COMMUNE, DISTRICT
from data_access.demo.city.world import World, dice
from data_access.demo.sim.dossier import Dossier, Time

Times = npt.NDArray[np.datetime64]


class Door:
    """Where dossiers come in. Rates continue those of the city's last generated day."""

    def __init__(self, world: World, seed: int, dossiers: int, generated_at: Time) -> None:
        self.world = world
        knobs = tunables()
        span = int(knobs["span_days"])
        days = generated_at.astype("M8[D]") - np.arange(span)[::-1]
        total = float(past.day_weights(days).mean(0).sum())
        self.per_weight = dossiers * float(np.exp(knobs["growth"])) / total
        part, whole = knobs["commune_share"]
        rest = 1 - part / whole
        tiers = (
            (COMMUNE, part / whole),
            (DISTRICT, rest * knobs["district_share_of_rest"]),
            (CITY, rest * (1 - knobs["district_share_of_rest"])),
        )
        rng = dice(seed, 6)
        pairs = [(past.pair_weights(rng, world.units, world.cat, tier), share) for tier, share in tiers]
        self.unit = np.concatenate([p[0][0] for p in pairs])
        self.procedure = np.concatenate([p[0][1] for p in pairs])
        self.cumulative = np.cumsum(np.concatenate([p[0][2] * p[1] for p in pairs]))
        hours = {int(h): float(x) for h, x in knobs["hours"].items()}
        self.counter_hours = np.array([hours.get(h, 0.0) for h in range(24)]) / sum(hours.values())
        online = np.array([float(knobs["online_hours"].get(h, 0.3)) for h in range(24)])
        self.online_hours = online / online.sum()

    def rates(self, t: Time, factor: float) -> tuple[float, float]:
        """Counter and online arrivals per second at `t`, `factor` included."""
        knobs = tunables()
        day = t.astype("M8[D]")
        hour = int((t - day).astype("m8[s]").astype(int)) // 3600
        a_day = self.per_weight * float(past.day_weights(np.array([day])).mean())
        weekday = (int(day.astype(int)) + 3) % 7
        online_part = knobs["online"]["last"]
        working = bool(clock().is_working_day(day))
        open_ = self.counter_hours[hour] if working or (weekday == 5 and hour < 11) else 0.0
        counter = a_day * (1 - online_part) * open_ / 3600
        # at weekends people still sit at home before their screens
        online = max(a_day, 0.12 * self.per_weight) * online_part * self.online_hours[hour] / 3600
        if factor > 1:  # a demonstration on a Sunday should move
            online = max(online, float(knobs["online_floor_factor"]) * self.busy)
        return counter * factor, online * factor

    @property
    def busy(self) -> float:
        """Arrivals per second in a mean office hour, factor 1."""
        return self.per_weight / OFFICE_DAY

    def arrivals(self, rng: np.random.Generator, start: Time, end: Time, factor: float) -> Arrivals:
        """Who comes in between `start` and `end` (at most some minutes apart)."""
        seconds = max(float((end - start).astype("m8[s]").astype(int)), 0.0)
        counter, online = self.rates(start, factor)
        n_counter, n_online = rng.poisson(counter * seconds), rng.poisson(online * seconds)
        unit_c, proc_c = self._pick(rng, n_counter)
        # those who would go online and can: draw more than needed, keep the ready ones
        unit_o, proc_o = self._pick(rng, n_online * 6)
        day = np.full(len(unit_o), end.astype("M8[D]"))
        w = self.world
        can = past.is_offered(w.units, w.cat, w.offers, unit=unit_o, proc=proc_o, day=day)
        keen = rng.random(len(unit_o)) < 0.35 + 0.65 * w.units.readiness[unit_o]
        kept = np.flatnonzero(can & keen)[:n_online]
        unit = np.concatenate([unit_c, unit_o[kept]])
        online_at = np.arange(len(unit)) >= n_counter
        t = start + (rng.random(len(unit)) * seconds).astype(np.int64).astype("m8[s]")
        wait = rng.exponential(5400 + 16_000 * (1 - w.units.readiness[unit])) / factor + 120
        clk = clock()
        received = np.where(online_at, clk.at(clk.worked(t) + wait.astype(np.int64)), t)
        wards = w.units.of(COMMUNE)
        matter = np.where(w.units.tier[unit] == COMMUNE, unit, rng.choice(wards, len(unit)))
        return Arrivals(
            unit=unit,
            received_by=unit.copy(),
            procedure=np.concatenate([proc_c, proc_o[kept]]),
            channel=np.where(online_at, ONLINE, COUNTER),
            submitted=np.where(online_at, t, np.datetime64("NaT")),
            received=received,
            matter=matter,
        )

    def _pick(self, rng: np.random.Generator, n: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        at = np.searchsorted(self.cumulative, rng.random(n) * self.cumulative[-1])
        at = np.minimum(at, len(self.cumulative) - 1)
        return self.unit[at], self.procedure[at]

    def dossiers(self, rng: np.random.Generator, a: Arrivals, factor: float, first_id: int) -> Iterator[Dossier]:
        """The arrivals as dossiers with a fate; codes are still missing."""
        w, n = self.world, len(a.unit)
        if not n:
            return
        lives = make_lives(rng, w.units, w.cat, a)
        # a fate of lateness isn't sped up, so it must be rarer to keep the city as late as it is
        late = lives.late & (rng.random(n) < 1 / factor)
        on_time = np.where(lives.late, 0.7 * lives.allowed, lives.planned)
        span = np.where(late, lives.planned, np.maximum(on_time / factor, 60)).astype(np.int64)
        ready, fee = w.units.readiness[a.unit], w.cat.has_fee[a.procedure]
        owed = np.where(fee & (rng.random(n) > 0.08), FEES[rng.integers(0, len(FEES), n)], 0)
        chance = rng.random((n, 4))
        names = people(rng, n)
        for i in range(n):
            online = bool(a.channel[i] == ONLINE)
            d = Dossier(
                id=f"HS{first_id + i:09d}", unit=int(a.unit[i]), received_by=int(a.received_by[i]),
                procedure=int(a.procedure[i]), trang_thai=1, ngay_tiep_nhan=None, hen_tra=None, hen_tra_goc=None,
                family=str(w.cat.family[a.procedure[i]]), span=int(span[i]),
            )  # fmt: skip
            d.plan(a.received[i], "tu_choi" if lives.refused[i] else "tiep_nhan")
            d.fixed = {
                "ma_tthc": w.cat.code[a.procedure[i]],
                "don_vi_tiep_nhan": w.units.code[a.received_by[i]],
                "don_vi_xu_ly": w.units.code[a.unit[i]],
                "xa_vu_viec": w.units.ward_code[a.matter[i]],
                "kenh": int(a.channel[i]),
                "ngay_nop": a.submitted[i] if online else None,
                "phi_phai_nop": int(owed[i]),
                "nop_phi_truc_tuyen": bool(owed[i] and online and chance[i, 0] < 0.25 + 0.5 * ready[i]),
                "so_hoa_thanh_phan": bool(online or chance[i, 1] < 0.75 * ready[i]),
                "tu_nop": bool(online and chance[i, 2] < 0.45 + 0.4 * ready[i]),
                "xac_thuc_dien_tu": bool(online and chance[i, 3] < 0.7),
                "da_xoa": False,
                "chu_ho_so": names[i],
                "so_giay_to": f"000{int(rng.integers(10**9)):09d}",
                "so_dien_thoai": f"09990{int(rng.integers(10**5)):05d}",
                "dia_chi": str(w.units.name[a.matter[i]]).replace("UBND ", ""),
            }
            yield d
