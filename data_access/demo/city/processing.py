"""What happens to each dossier: pace, pauses, steps, end, return. All in office seconds, all vectorised.

A dossier's life is laid out in *processing seconds* x (0 … `span`), office time that the city spends on
it; pauses at x = q1 and q2 stretch it to *office seconds* since reception. Cutting that life at `now`
gives the open dossiers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_access.demo.city.arrivals import ONLINE, Arrivals
from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.settings import clock, processes, tet_days, tunables
from data_access.demo.city.units import Bools, Floats, Ints, Units

Times = npt.NDArray[np.datetime64]
OFFICE_DAY = 28_800
MAX_STEPS = 6
NAT = np.datetime64("NaT", "s")


@dataclass
class Lives:
    """Parallel to Arrivals; times are local, NaT where it never happens."""

    base: Ints
    """Office seconds at reception."""
    allowed: Ints
    """Office seconds from reception to the legal due date."""
    due_original: Times
    span: Ints
    """Processing seconds until the end (or the withdrawal)."""
    planned: Ints
    """Processing seconds had it not been withdrawn."""
    pause_x: Ints
    """(n, 2) processing second at which a pause begins; beyond any life where there is none."""
    pause_len: Ints
    """(n, 2) office seconds it lasts."""
    pause_kind: Ints
    """(n, 2) 5 supplement, 6 fee, 8 stopped; 0 none."""
    withdrawn: Bools
    refused: Bools
    finished: Times
    returned: Times
    rating: Ints
    rated_at: Times
    late: Bools

    def office(self, x: Ints) -> Ints:
        """Processing seconds (n,) or (n, k) → office seconds since the calendar began."""
        wide = x.ndim == 2
        q = self.pause_x[:, None, :] if wide else self.pause_x
        stretch = np.where(x[..., None] > q, self.pause_len[:, None, :] if wide else self.pause_len, 0).sum(-1)
        return np.asarray((self.base[:, None] if wide else self.base) + x + stretch)


def late_chance(units: Units, cat: Catalogue, unit: Ints, proc: Ints, received: Times) -> Floats:
    """Probability of missing the due date."""
    knobs = tunables()
    table = knobs["late"]
    by_proc = np.array([table.get(f, table["other"]) for f in cat.field])
    chance = by_proc[proc] * units.late_factor[unit]
    day = received.astype("M8[D]")
    for tet in tet_days():
        gap = (day - tet).astype(int)
        chance = chance * np.where((gap >= -5) & (gap < 21), knobs["late_after_tet"], 1.0)
    lately = units.understaffed[unit] & (day > day.max() - 120)
    chance = chance * np.where(lately, knobs["late_lately"], 1.0)
    return np.asarray(np.clip(chance, 0, 0.65))


def make_lives(rng: np.random.Generator, units: Units, cat: Catalogue, a: Arrivals) -> Lives:
    """Draw every dossier's life, whatever `now` is."""
    knobs, clk, n = tunables(), clock(), len(a.unit)
    proc, unit = a.procedure, a.unit
    due = clk.due_at(a.received, cat.limit_value[proc], cat.limit_unit[proc], cat.same_day[proc])
    base = clk.worked(a.received)
    allowed = np.maximum(clk.worked(due) - base, 1200)
    long = allowed > 2.5 * OFFICE_DAY
    land = (cat.field[proc] == "Đất đai") & long

    ratio = np.where(long, rng.beta(5, 2.2, n), rng.beta(2, 3.5, n))
    ratio = np.where(units.understaffed[unit], 0.4 + 0.6 * ratio, ratio)
    span = np.maximum(ratio * 0.985 * allowed, 420)
    # a certified copy takes minutes, not the whole day
    quick = cat.family[proc] == "certify"
    span = np.where(quick, np.minimum(span, rng.lognormal(8.3, 0.6, n)), span)
    late = rng.random(n) < late_chance(units, cat, unit, proc, a.received)
    median = np.where(land, knobs["late_days"]["land"], knobs["late_days"]["usual"])
    median = np.where(long, median, 0.6) * np.where(units.understaffed[unit], 1.5, 1.0)
    beyond = np.minimum(median * rng.lognormal(0, 0.85, n), 130) * OFFICE_DAY
    span = np.where(late, allowed + 600 + beyond, span).astype(np.int64)

    chance = np.where(land, knobs["supplement"]["land"],
                      np.where(long, knobs["supplement"]["long"], 0.0))  # fmt: skip
    count = (rng.random(n) < chance).astype(int)
    count += (count == 1) & (rng.random(n) < 0.10)
    kind_draw = rng.random((n, 2))
    kind = np.select([kind_draw < 0.80, kind_draw < 0.92], [5, 6], 8)
    kind = np.where((kind == 6) & ~cat.has_fee[proc][:, None], 5, kind)
    exists = np.arange(2)[None, :] < count[:, None]
    kind = np.where(exists, kind, 0)
    start = (0.12 + 0.5 * rng.random(n)) * span
    second = start + 0.25 * rng.random(n) * span
    pause_x = np.where(exists, np.stack([start, second], 1), 2**40).astype(np.int64)
    typical = np.select([kind == 5, kind == 6], [4.0, 2.5], 14.0)
    length = np.where(exists, np.minimum(typical * rng.lognormal(0, 0.8, (n, 2)), 90) * OFFICE_DAY, 0)

    withdrawn = (rng.random(n) < knobs["withdrawn"]) & (allowed > 1.5 * OFFICE_DAY) & ~late
    planned = span.copy()
    span = np.where(withdrawn, (span * rng.uniform(0.1, 0.9, n)).astype(np.int64), span)
    online = a.channel == ONLINE
    refused = rng.random(n) < np.where(online, knobs["refused"]["online"], knobs["refused"]["counter"])

    lives = Lives(
        base=base, allowed=allowed, due_original=due, span=span, planned=planned, pause_x=pause_x,
        pause_len=length.astype(np.int64), pause_kind=kind, withdrawn=withdrawn & ~refused, refused=refused,
        finished=a.received, returned=a.received, rating=np.zeros(n, np.int64), rated_at=a.received,
        late=late,
    )  # fmt: skip
    end = lives.office(span)
    lives.finished = clk.at(end)
    pick_up = np.where(long, rng.exponential(1.1 * OFFICE_DAY, n), rng.exponential(2400, n)) + 120
    lives.returned = clk.at(end + pick_up.astype(np.int64))
    gone = lives.withdrawn | refused | (rng.random(n) < knobs["never_collected"])
    lives.returned[gone] = NAT
    draw = rng.random(n)
    bad = np.where(late, 0.30, np.where(units.understaffed[unit], 0.08, 0.025))
    rated = (rng.random(n) < knobs["rated"] * (0.5 + units.readiness[unit])) & ~gone
    lives.rating = np.where(rated, np.where(draw < bad, 1, np.where(draw < bad + 0.27, 2, 3)), 0)
    lives.rated_at = lives.returned + rng.exponential(7200, n).astype(np.int64).astype("m8[s]")
    lives.rated_at[~rated] = NAT
    return lives


@dataclass(frozen=True)
class Steps:
    """Rows of buoc_xu_ly before ids and officers: positions of dossier, template step, times (local)."""

    dossier: Ints
    index: Ints
    name: npt.NDArray[np.object_]
    function: npt.NDArray[np.object_]
    start: Times
    due: Times
    end: Times


def family_table() -> tuple[dict[str, int], npt.NDArray[np.object_], npt.NDArray[np.object_], Floats, Ints]:
    """Templates as matrices (family, step): key → row, names, functions, shares, number of steps."""
    rows = {family: i for i, family in enumerate(processes())}
    name = np.full((len(rows), MAX_STEPS), "", object)
    function = name.copy()
    share = np.zeros((len(rows), MAX_STEPS))
    for family, i in rows.items():
        for j, (step, who, part) in enumerate(processes()[family]):
            name[i, j], function[i, j], share[i, j] = step, who, part
    return rows, name, function, share, (share > 0).sum(1)


def make_steps(rng: np.random.Generator, cat: Catalogue, a: Arrivals, lives: Lives, now: np.datetime64) -> Steps:
    """All steps begun by `now`; the last one of an open dossier has no end yet."""
    clk = clock()
    rows, name, function, share, count = family_table()
    family = np.array([rows[f] for f in cat.family])[a.procedure]
    part = share[family] * rng.lognormal(0, 0.35, (len(family), MAX_STEPS))
    edge = np.cumsum(part / part.sum(1, keepdims=True), 1)
    edge[np.arange(len(family)), count[family] - 1] = 1.0
    end_x = np.minimum((edge * lives.planned[:, None]).astype(np.int64), lives.span[:, None])
    start_x = np.concatenate([np.zeros((len(family), 1), np.int64), end_x[:, :-1]], 1)
    keep = (np.arange(MAX_STEPS)[None, :] < count[family][:, None]) & (start_x < lives.span[:, None])
    keep &= ~lives.refused[:, None] & (a.received <= now)[:, None]
    end = clk.at(lives.office(end_x))
    start = np.concatenate([a.received[:, None], end[:, :-1]], 1)
    keep &= start <= now
    # a step's own deadline: its share of the legal limit, moved by the pauses that are over by now
    due_x = (np.cumsum(share[family], 1) * lives.allowed[:, None]).astype(np.int64)
    shift = np.zeros_like(due_x)
    for k in range(2):
        q = lives.pause_x[:, k]
        over = (lives.pause_kind[:, k] > 0) & (
            clk.at(lives.office(np.minimum(q, lives.span)) + lives.pause_len[:, k]) <= now
        )
        shift += np.where(over[:, None] & (end_x > q[:, None]), lives.pause_len[:, [k]], 0)
    due = clk.at(lives.base[:, None] + due_x + shift)
    which = np.nonzero(keep)
    ends = end[which]
    return Steps(
        dossier=which[0],
        index=which[1],
        name=name[family[which[0]], which[1]],
        function=function[family[which[0]], which[1]],
        start=start[which],
        due=due[which],
        end=np.where(ends <= now, ends, NAT),
    )
