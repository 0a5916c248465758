"""The rules of the simulated offices: what one event does to one dossier and what it leads to."""

import numpy as np
import numpy.typing as npt

from data_access.demo.city.officers import FUNCTION
from data_access.demo.city.processing import OFFICE_DAY
from data_access.demo.city.redating import PAUSE_REASON
from data_access.demo.city.settings import clock, processes, tunables
from data_access.demo.city.state import LATE_REASONS
from data_access.demo.city.world import World
from data_access.demo.sim.dossier import Changes, Dossier, Step, Time

NEW_PROMISE = (3, 5, 10)
OFFICE_MINUTE = 60


def one(times: npt.NDArray[np.datetime64]) -> Time:
    """The single time in a 0-d array."""
    return np.asarray(times, "M8[s]").reshape(1)[0]


class Office:
    """Handles events at their local time; notes every change in `changes`.

    `factor` shortens what is planned from now on, except for what is bound to be late.
    """

    def __init__(self, world: World, rng: np.random.Generator, factor: float, last_step: int) -> None:
        self.world, self.rng, self.factor = world, rng, factor
        self.last_step = last_step
        self.changes = Changes()
        self.clock = clock()

    def handle(self, d: Dossier, t: Time) -> None:
        """Do what is planned for `d` at `t`; afterwards d.at says when to come back, None for never."""
        self.changes.dossiers[d.id] = d
        getattr(self, f"_{d.what}")(d, t)

    # --- events; their names are the codes of ke_hoach.viec -------------------------------------

    def _tiep_nhan(self, d: Dossier, t: Time) -> None:
        cat, p = self.world.cat, d.procedure
        due = one(self.clock.due_at(t, cat.limit_value[p], cat.limit_unit[p], cat.same_day[p]))
        d.trang_thai, d.ngay_tiep_nhan, d.hen_tra, d.hen_tra_goc = 2, t, due, due
        d.index = 0
        self._begin_step(d, t)

    def _tu_choi(self, d: Dossier, t: Time) -> None:
        d.trang_thai, d.ngay_ket_thuc = 3, t
        d.rest()

    def _xong_buoc(self, d: Dossier, t: Time) -> None:
        self._end_step(d, t)
        if d.index + 1 < len(processes()[d.family]):
            d.index += 1
            d.trang_thai = 4
            self._begin_step(d, t)
            self._perhaps_apologise(d, t)
            return
        self._finish(d, t)

    def _tam_dung(self, d: Dossier, t: Time) -> None:
        draw = self.rng.random()
        kind = 5 if draw < 0.80 else 6 if draw < 0.92 and self.world.cat.has_fee[d.procedure] else 8
        d.trang_thai, d.paused_since = kind, t
        d.so_lan_bo_sung += kind == 5
        self.changes.pauses_begun.append((d.id, t, PAUSE_REASON[kind]))
        typical = {5: 4.0, 6: 2.5, 8: 14.0}[kind] * OFFICE_DAY
        d.plan(self._later(t, typical * self.rng.lognormal(0, 0.8) / self.factor), "tiep_tuc")

    def _tiep_tuc(self, d: Dossier, t: Time) -> None:
        since = d.paused_since if d.paused_since is not None else t
        stood = int(self.clock.worked(t) - self.clock.worked(since))
        reason = PAUSE_REASON.get(d.trang_thai, "bo_sung")
        d.trang_thai = 4 if d.index else 2
        d.paused_since = None
        self.changes.pauses_over.append((d.id, t))
        if d.hen_tra is not None and stood > 0:
            self._move_due(d, t, one(self.clock.add_working_time(d.hen_tra, stood)), reason)
        if d.step is not None:
            if d.step.due is not None:
                d.step.due = one(self.clock.add_working_time(d.step.due, stood))
            self.changes.steps[d.step.id] = d.step
        d.plan(self._later(t, self._share(d) * d.span * 0.5), "xong_buoc")

    def _rut(self, d: Dossier, t: Time) -> None:
        self._end_step(d, t)
        d.trang_thai, d.ngay_ket_thuc = 7, t
        d.rest()

    def _tra(self, d: Dossier, t: Time) -> None:
        d.trang_thai, d.ngay_tra = 10, t
        if self.rng.random() < tunables()["rated"] * (0.5 + self.world.units.readiness[d.unit]):
            d.plan(t + np.timedelta64(int(self.rng.exponential(7200) / self.factor) + 5, "s"), "danh_gia")
        elif d.span > 2 * OFFICE_DAY and self.rng.random() < 4 * tunables()["reopened"]:
            d.plan(self._later(t, self.rng.uniform(2, 25) * OFFICE_DAY / self.factor), "mo_lai")
        else:
            d.rest()

    def _danh_gia(self, d: Dossier, t: Time) -> None:
        late = d.hen_tra is not None and d.ngay_ket_thuc is not None and d.ngay_ket_thuc > d.hen_tra
        bad = 0.30 if late else 0.08 if self.world.units.understaffed[d.unit] else 0.025
        draw = self.rng.random()
        d.diem_danh_gia = 1 if draw < bad else 2 if draw < bad + 0.27 else 3
        self.changes.ratings.append((d.id, d.diem_danh_gia, t))
        d.rest()

    def _mo_lai(self, d: Dossier, t: Time) -> None:
        d.trang_thai, d.ngay_ket_thuc, d.ngay_tra, d.diem_danh_gia = 4, None, None, None
        day = self.clock.add_working_days(t.astype("M8[D]"), 5)
        self._move_due(d, t, one(self.clock.closing(day)), "mo_lai")
        d.family, d.index = "reopened", 0
        d.span = int(self.rng.uniform(0.8, 6) * OFFICE_DAY / self.factor)
        self._begin_step(d, t)

    # --- parts of events ------------------------------------------------------------------------

    def _later(self, t: Time, office_seconds: float) -> Time:
        return one(self.clock.add_working_time(t, max(int(office_seconds), OFFICE_MINUTE // 2)))

    def _share(self, d: Dossier) -> float:
        return processes()[d.family][d.index][2]

    def _begin_step(self, d: Dossier, t: Time) -> None:
        """Hand the dossier on; plan the step's end, or a pause in its middle."""
        name, function, share = processes()[d.family][d.index]
        fn = FUNCTION["dat_dai"] if d.family == "reopened" and not d.index else FUNCTION[function]
        unit = d.received_by if d.index == 0 and function == "tiep_nhan" else d.unit
        limit = 5 * OFFICE_DAY
        if d.ngay_tiep_nhan is not None and d.hen_tra_goc is not None and d.family != "reopened":
            limit = int(self.clock.worked(d.hen_tra_goc) - self.clock.worked(d.ngay_tiep_nhan))
        self.last_step += 1
        due = self._later(t, share * max(limit, 1200))
        d.step = Step(f"B{self.last_step:010d}", d.id, name, self._executors(unit, fn), t, due)
        self.changes.steps[d.step.id] = d.step
        length = share * d.span * self.rng.lognormal(0, 0.3)
        knobs = tunables()["supplement"]
        long = limit > 2.5 * OFFICE_DAY
        chance = (knobs["land"] if d.family == "land" else knobs["long"]) if long else 0.0
        if d.index == 1 and d.family != "reopened" and self.rng.random() < chance:
            d.plan(self._later(t, length * 0.5), "tam_dung")
        elif d.index == 1 and long and self.rng.random() < tunables()["withdrawn"] * 2:
            d.plan(self._later(t, length * 0.6), "rut")
        else:
            d.plan(self._later(t, length), "xong_buoc")

    def _executors(self, unit: int, function: int) -> list[str]:
        """One officer, now and then two."""
        officers = self.world.officers
        u, f = np.array([unit]), np.array([function])
        first = officers.pick(self.rng, u, f)
        chosen = [int(first[0])]
        if self.rng.random() < 0.08:
            chosen.append(int(officers.neighbour(first, u, f, 1)[0]))
        return [str(officers.code[i]) for i in dict.fromkeys(chosen)]

    def _end_step(self, d: Dossier, t: Time) -> None:
        if d.step is None:
            return
        d.step.end = max(t, d.step.start)
        self.changes.steps[d.step.id] = d.step
        self.changes.seen.update(dict.fromkeys(d.step.officers, t))
        d.step = None

    def _finish(self, d: Dossier, t: Time) -> None:
        ready = self.world.units.readiness[d.unit]
        d.trang_thai, d.ngay_ket_thuc = 9, t
        d.so_hoa_ket_qua = bool(self.rng.random() < 0.2 + 0.7 * ready)
        d.ky_so = bool(self.rng.random() < 0.5 * ready)
        if d.hen_tra is not None and t > d.hen_tra and self.rng.random() < 0.7:
            d.ly_do_tre = LATE_REASONS[int(self.rng.integers(len(LATE_REASONS)))]
        if self.rng.random() < tunables()["never_collected"]:
            d.rest()
            return
        long = d.span > 2 * OFFICE_DAY
        d.plan(self._later(t, self.rng.exponential(1.1 * OFFICE_DAY if long else 2400) / self.factor), "tra")

    def _perhaps_apologise(self, d: Dossier, t: Time) -> None:
        """A day before a due date that can't be met, some say sorry and promise a new one, once."""
        if d.hen_tra is None or d.so_lan_xin_loi or d.so_lan_bo_sung or t >= d.hen_tra:
            return
        left = int(self.clock.worked(d.hen_tra) - self.clock.worked(t))
        rest = sum(s[2] for s in processes()[d.family][d.index :]) * d.span
        if left < 2 * OFFICE_DAY < d.span and rest > left and self.rng.random() < tunables()["apology"]:
            day = self.clock.add_working_days(d.hen_tra.astype("M8[D]"), int(self.rng.choice(NEW_PROMISE)))
            d.so_lan_xin_loi = 1
            self._move_due(d, t, one(self.clock.closing(day)), "xin_loi")

    def _move_due(self, d: Dossier, t: Time, new: Time, reason: str) -> None:
        old = d.hen_tra if d.hen_tra is not None else new
        self.changes.moved.append((d.id, t, old, new, reason))
        d.hen_tra = new
