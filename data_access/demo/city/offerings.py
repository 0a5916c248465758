"""Which unit offers which procedure at which level since when, through the published points.

Counted city-wide, one count a procedure by the highest level offered anywhere: 453 at the end of 2017,
552 = 382 + 170 on 31 August 2018, 1,055 = 916 + 139 at the end of 2018, then growth to 1,880 of 1,922.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.settings import tunables
from data_access.demo.city.units import CITY, COMMUNE, DISTRICT, Ints, Units

Days = npt.NDArray[np.datetime64]
NEVER = np.datetime64("2200-01-01")
NATIONAL_PORTAL = np.datetime64("2019-12-09")
# procedures online (level 3 or 4) reached by the end of each phase; dates keep clear of the published days
PHASES = (
    ("2013-06-01", "2016-12-20", 372),
    ("2017-01-10", "2017-12-20", 453),
    ("2018-01-10", "2018-08-20", 552),
    ("2018-09-10", "2018-12-20", 1055),
    ("2019-01-10", "2019-12-20", 1538),
    ("2020-01-10", "2025-12-20", 1880),
)
LEVEL4 = (("2015-01-10", "2017-12-20", 140), ("2018-01-10", "2018-08-20", 170))
DOWNGRADED = 31  # 170 → 139 between 31 August and 31 December 2018
LEVEL4_NOW = 1150


@dataclass(frozen=True)
class Offerings:
    """Rows of cung_cap (positions of unit and procedure, level, first day, first day after or NaT)."""

    unit: Ints
    procedure: Ints
    level: Ints
    start: Days
    end: Days
    national: npt.NDArray[np.bool_]
    online_from: dict[int, Days]
    """Tier → matrix (units of the tier, its procedures): first day offered at level 3 or 4, else NEVER."""


def _dates(rng: np.random.Generator, first: str, last: str, n: int) -> Days:
    span = int((np.datetime64(last) - np.datetime64(first)).astype(int))
    return np.asarray(np.datetime64(first) + rng.integers(0, span, n))


def _city_schedule(rng: np.random.Generator, cat: Catalogue) -> tuple[Days, Days, Days]:
    """Per procedure: first day at level 3 or 4, first day at level 4, day of the fall back to 3 (2018)."""
    n = len(cat.code)
    # real procedures early, those nobody may do online never
    score = rng.random(n) - 0.45 * cat.real - 0.15 * (cat.tier == COMMUNE) + 10.0 * ~cat.eligible
    order = np.argsort(score)
    online, four, fall = (np.full(n, NEVER, "M8[D]") for _ in range(3))
    done = 0
    for first, last, total in PHASES:
        online[order[done:total]] = _dates(rng, first, last, total - done)
        done = total
    # the early level 4 ones: from those online by 2016, so that level 4 never comes before level 3
    early = order[: PHASES[0][2]]
    city = rng.permutation(early[cat.tier[early] == CITY])
    chosen = np.concatenate((city[:60], rng.permutation(np.setdiff1d(early, city[:60]))))
    done = 0
    for first, last, total in LEVEL4:
        picked = chosen[done:total]
        four[picked] = np.maximum(_dates(rng, first, last, total - done), online[picked])
        done = total
    fall[city[:DOWNGRADED]] = _dates(rng, "2018-09-10", "2018-12-20", DOWNGRADED)
    later = order[: PHASES[-1][2]]
    later = later[(four[later] == NEVER) | (fall[later] < NEVER)]
    # the sooner online, the likelier fully online by now
    weight = np.linspace(1.4, 0.6, len(later))
    grown = rng.choice(later, LEVEL4_NOW - (170 - DOWNGRADED), replace=False, p=weight / weight.sum())
    again = fall[grown] < NEVER
    day = np.maximum(_dates(rng, "2019-03-01", "2026-09-30", len(grown)), online[grown] + 60)
    # a service that fell back comes up again by a second row, see make_offerings
    fresh = grown[~again]
    four[fresh] = day[~again]
    return online, four, fall


def _spread(
    rng: np.random.Generator, start: Days, readiness: npt.NDArray[np.float64], pilots: int, never: float
) -> Days:
    """Matrix (units, procedures): when each unit follows; the readiest `pilots` on the very day."""
    shape = (len(readiness), len(start))
    late = 1 - readiness[:, None]
    lag = (rng.random(shape) * 700 * late**1.2 + 15).astype("m8[D]")
    out = np.where(start[None, :] < NEVER, start[None, :] + lag, NEVER)
    out[rng.random(shape) < never * late**1.3] = NEVER
    first = np.argsort(-readiness)[:pilots]
    out[first] = start[None, :]
    return np.asarray(out)


def make_offerings(rng: np.random.Generator, units: Units, cat: Catalogue, today: np.datetime64) -> Offerings:
    """All rows up to `today`; a unit that never goes online has one level 2 row (information only)."""
    online, four, fall = _city_schedule(rng, cat)
    pilots = int(tunables()["wards"]["pilots"])
    parts: list[tuple[Ints, Ints, int, Days, Days]] = []
    online_from: dict[int, Days] = {}
    for tier in (COMMUNE, DISTRICT, CITY):
        us, ps = units.of(tier), cat.of(tier)
        if tier == CITY:  # one department each
            three, four_at, fall_at = online[ps][None, :], four[ps][None, :], fall[ps][None, :]
            owner = cat.department[ps][None, :]
        else:
            n_pilots = pilots if tier == COMMUNE else 3
            three = _spread(rng, online[ps], units.readiness[us], n_pilots, 0.85)
            four_at = _spread(rng, four[ps], units.readiness[us], n_pilots, 0.9)
            four_at = np.where(three < NEVER, np.maximum(four_at, three), NEVER)
            fall_at = np.full(three.shape, NEVER, "M8[D]")
            owner = np.broadcast_to(us[:, None], three.shape)
        three, four_at, fall_at = (np.where(m > today, NEVER, m) for m in (three, four_at, fall_at))
        online_from[tier] = three
        proc = np.broadcast_to(ps[None, :], three.shape)
        nat, info = np.datetime64("NaT"), np.datetime64("2013-01-01")
        m3 = (three < NEVER) & (three < four_at)
        m4, m2, mf = four_at < NEVER, three == NEVER, fall_at < NEVER
        end3 = np.where(four_at < NEVER, four_at, nat)
        end4 = np.where(mf, fall_at, nat)
        parts += [
            (
                owner[m2],
                proc[m2],
                2,
                np.full(int(m2.sum()), info, "M8[D]"),
                np.full(int(m2.sum()), nat, "M8[D]"),
            ),
            (owner[m3], proc[m3], 3, three[m3], end3[m3]),
            (owner[m4], proc[m4], 4, four_at[m4], end4[m4]),
            (owner[mf], proc[mf], 3, fall_at[mf], np.full(int(mf.sum()), nat, "M8[D]")),
        ]
    start = np.concatenate([p[3] for p in parts]).astype("M8[D]")
    level = np.concatenate([np.full(len(p[0]), p[2]) for p in parts])
    return Offerings(
        unit=np.concatenate([p[0] for p in parts]),
        procedure=np.concatenate([p[1] for p in parts]),
        level=level,
        start=start,
        end=np.concatenate([p[4] for p in parts]).astype("M8[D]"),
        national=(level > 2) & (today > NATIONAL_PORTAL) & (rng.random(len(level)) < 0.45),
        online_from=online_from,
    )
