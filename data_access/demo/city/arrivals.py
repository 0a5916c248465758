"""Which dossiers come in: where, what for, when, by which channel."""

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.offerings import NEVER, Offerings
from data_access.demo.city.settings import clock, tet_days, tunables
from data_access.demo.city.units import CITY, COMMUNE, DISTRICT, Floats, Ints, Units

Times = npt.NDArray[np.datetime64]
COUNTER, ONLINE, POST = 1, 2, 3
Columns = TypeVar("Columns")


@dataclass(frozen=True)
class Arrivals:
    """Parallel arrays, sorted by the moment of arrival; positions into units and catalogue."""

    unit: Ints
    """Processing unit."""
    received_by: Ints
    procedure: Ints
    channel: Ints
    submitted: Times
    """NaT at the counter."""
    received: Times
    matter: Ints
    """Ward (position) the matter lies in."""

    @property
    def arrived(self) -> Times:
        """Submission when there is one, else reception."""
        return np.where(np.isnat(self.submitted), self.received, self.submitted)


def pair_weights(rng: np.random.Generator, units: Units, cat: Catalogue, tier: int) -> tuple[Ints, Ints, Floats]:
    """(unit, procedure, weight) of every pair that can occur in a tier; weights sum to 1."""
    us, ps = units.of(tier), cat.of(tier)
    if tier == CITY:
        unit, proc = cat.department[ps], ps
        weight = cat.share[ps] * units.weight[unit]
        return unit, proc, weight / weight.sum()
    fields = sorted(set(cat.field[ps]))
    taste = rng.lognormal(0, 0.25, (len(us), len(fields)))
    column = np.array([fields.index(f) for f in cat.field[ps]])
    mix = cat.share[ps][None, :] * taste[:, column]
    urban = units.urban[us][:, None]
    land, certify = (cat.field[ps] == "Đất đai")[None, :], (cat.field[ps] == "Chứng thực")[None, :]
    mix = mix * np.where(land, np.where(urban, 0.7, 1.7), 1.0)
    mix = mix * np.where(certify & units.paper_book[us][:, None], 0.03, 1.0)
    weight = mix * units.weight[us][:, None]
    unit, proc = np.broadcast_to(us[:, None], mix.shape), np.broadcast_to(ps[None, :], mix.shape)
    return unit.ravel(), proc.ravel(), (weight / weight.sum()).ravel()


def day_weights(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.float64]:
    """Relative number of arrivals per day for the three seasons: shape (3, len(days))."""
    knobs = tunables()
    n = len(days)
    weekday = (days.astype(np.int64) + 3) % 7
    week = np.array(knobs["weekday"])
    working = clock().is_working_day(days)
    # a make-up Saturday is an ordinary day, a holiday is like a Sunday
    rhythm = np.where(working, np.maximum(week[weekday], 0.9), np.where(weekday == 5, week[5], week[6]))
    rhythm = np.where(~working & (weekday < 5), week[6], rhythm)
    for tet in tet_days():
        gap = (days - tet).astype(int)
        rhythm = rhythm * np.where((gap >= -7) & (gap < 12), knobs["tet_quiet"], 1.0)
        rhythm = rhythm * np.where((gap >= 12) & (gap < 26), knobs["tet_rebound"], 1.0)
    month = days.astype("M8[M]").astype(int) % 12
    months = np.array([knobs["months"][k] for k in ("certify", "family", "other")])
    growth = np.exp(knobs["growth"] * np.arange(n) / max(n - 1, 1))
    return np.asarray(rhythm[None, :] * growth[None, :] * months[:, month])


def _hour_sampler(profile: dict[int, float]) -> npt.NDArray[np.float64]:
    """24 cumulative chances; missing hours repeat the last given one at night (online) or are 0."""
    chance = np.array([float(profile.get(h, 0)) for h in range(24)])
    return np.asarray(np.cumsum(chance / chance.sum()))


def seconds_at(rng: np.random.Generator, n: int, profile: dict[int, float]) -> Ints:
    """`n` seconds of day following an hourly profile."""
    hour = np.searchsorted(_hour_sampler(profile), rng.random(n), side="right")
    return np.asarray(np.minimum(hour, 23) * 3600 + rng.integers(0, 3600, n))


def online_share(progress: npt.NDArray[np.float64], readiness: Floats) -> Floats:
    """Chance that a dossier of an offered service comes online; progress 0 … 1 over the city's life."""
    knobs = tunables()["online"]
    base = knobs["first"] + (knobs["last"] - knobs["first"]) * progress
    return np.asarray(np.clip(base * (0.35 + 1.3 * readiness), 0, 0.8))


def _sample(cumulative: npt.NDArray[np.float64], rng: np.random.Generator, n: int) -> Ints:
    return np.asarray(np.minimum(np.searchsorted(cumulative, rng.random(n) * cumulative[-1]), len(cumulative) - 1))


def is_offered(units: Units, cat: Catalogue, offers: Offerings, *, unit: Ints, proc: Ints, day: Times) -> Ints:
    """True where the unit offered the procedure online (level 3 or 4) on that day."""
    offered = np.zeros(len(unit), bool)
    for tier in (CITY, DISTRICT, COMMUNE):
        here = units.tier[unit] == tier
        matrix = offers.online_from[tier]
        row = 0 if tier == CITY else unit[here] - units.of(tier)[0]
        offered[here] = matrix[row, proc[here] - cat.of(tier)[0]] <= day[here]
    return np.asarray(offered & (day < NEVER))


def make_arrivals(
    rng: np.random.Generator, units: Units, cat: Catalogue, offers: Offerings, *, n: int, now: np.datetime64
) -> Arrivals:
    """Exactly `n` dossiers that arrived up to `now` (local), the published share of them at communes."""
    knobs, clk = tunables(), clock()
    commune = commune_count(n)
    district = round((n - commune) * knobs["district_share_of_rest"])
    unit, proc = [], []
    for tier, count in ((COMMUNE, commune), (DISTRICT, district), (CITY, n - commune - district)):
        u, p, weight = pair_weights(rng, units, cat, tier)
        pick = _sample(np.cumsum(weight), rng, count)
        unit.append(u[pick])
        proc.append(p[pick])
    unit_at, proc_at = np.concatenate(unit), np.concatenate(proc)

    today = now.astype("M8[D]")
    days = today - np.arange(int(knobs["span_days"]))[::-1]
    weights = day_weights(days)
    weights[:, -1] *= min(1.0, max(0.02, ((now - today).astype(int) / 3600 - 8) / 9))
    day_index = np.empty(n, np.int64)
    for season in range(3):
        here = cat.season[proc_at] == season
        day_index[here] = _sample(np.cumsum(weights[season]), rng, int(here.sum()))
    day = days[day_index]

    progress = day_index / len(days)
    offered = is_offered(units, cat, offers, unit=unit_at, proc=proc_at, day=day)
    working, saturday = clk.is_working_day(day), (day.astype(np.int64) + 3) % 7 == 5
    online = offered & (rng.random(n) < online_share(progress, units.readiness[unit_at]))
    # doors are closed: what is offered online comes online, the rest had come on the working day before
    closed = ~working & ~(saturday & units.saturday[unit_at])
    online |= closed & offered & (~saturday | (rng.random(n) < 0.3))
    back = day - 1
    for _ in range(16):
        stuck = ~clk.is_working_day(back)
        back = np.where(stuck, back - 1, back)
    day = np.where(closed & ~online, back, day)
    morning = ~online & saturday & (day == days[day_index]) & ~working
    second = seconds_at(rng, n, knobs["hours"])
    second = np.where(morning, 8 * 3600 + rng.integers(0, 3 * 3600, n), second)
    second = np.where(online, seconds_at(rng, n, _every_hour(knobs["online_hours"])), second)
    arrived = day.astype("M8[s]") + second.astype("m8[s]")
    for _ in range(20):  # what would come later today came on the same weekday of an earlier week
        arrived = np.where(arrived > now, arrived - np.timedelta64(7, "D"), arrived)
    closed_now = ~online & ~morning & ~clk.is_working_day(arrived.astype("M8[D]"))
    arrived[closed_now] = _open_again(arrived[closed_now])

    post = ~online & (rng.random(n) < 0.012)
    submitted = np.where(online, arrived, np.datetime64("NaT"))
    # eight working hours to accept an online submission; the less ready a unit, the longer it takes
    wait = rng.exponential(5400 + 16_000 * (1 - units.readiness[unit_at]), n).astype(np.int64) + 240
    received = arrived.copy()
    received[online] = clk.at(clk.worked(arrived[online]) + wait[online])
    order = np.argsort(arrived, kind="stable")
    wards = units.of(COMMUNE)
    matter = _matter(rng, units, unit_at, wards)
    by = unit_at.copy()  # a few district matters are handed in at the ward
    handed = (units.tier[unit_at] == DISTRICT) & (rng.random(n) < 0.06) & ~online
    by[handed] = matter[handed]
    channel = np.where(online, ONLINE, np.where(post, POST, COUNTER))
    return Arrivals(
        unit=unit_at[order],
        received_by=by[order],
        procedure=proc_at[order],
        channel=channel[order],
        submitted=submitted[order],
        received=received[order],
        matter=matter[order],
    )


def commune_count(n: int) -> int:
    """How many of `n` received dossiers are at commune level: the published share."""
    part, whole = tunables()["commune_share"]
    return round(n * part / whole)


def exactly_received(
    rng: np.random.Generator, units: Units, a: Arrivals, lives: Any, *, n: int, now: np.datetime64
) -> Ints:
    """Positions to keep so that exactly `n` are received up to `now`, the published share at communes.

    Refused dossiers and those waiting for intake are not received: all of them stay.
    """
    received = ~lives.refused & (a.received <= now)
    commune = units.tier[a.unit] == COMMUNE
    keep = ~received
    for here, wanted in ((commune, commune_count(n)), (~commune, n - commune_count(n))):
        chosen = np.flatnonzero(received & here)
        keep[rng.choice(chosen, wanted, replace=False)] = True
    return np.flatnonzero(keep)


def take(columns: Columns, keep: Ints) -> Columns:
    """The same dataclass of arrays with the rows `keep` only."""
    cut = {f.name: getattr(columns, f.name)[keep] for f in dataclasses.fields(columns)}  # type: ignore[arg-type]
    return dataclasses.replace(columns, **cut)  # type: ignore[type-var]


def _every_hour(profile: dict[int, float]) -> dict[int, float]:
    """An hourly profile with the night's gaps filled: hours 1 … 5 are as quiet as midnight."""
    return {h: float(profile.get(h, 0.3)) for h in range(24)}


def _open_again(times: Times) -> Times:
    """The same time of day on the last working day before."""
    clk = clock()
    day = times.astype("M8[D]")
    second = (times - day).astype("m8[s]")
    for _ in range(16):
        day = np.where(clk.is_working_day(day), day, day - 1)
    return np.asarray(day.astype("M8[s]") + second)


def _matter(rng: np.random.Generator, units: Units, unit: Ints, wards: Ints) -> Ints:
    """The ward a matter lies in: mostly the processing ward; a ward of the district; anywhere."""
    anywhere = rng.choice(wards, len(unit))
    out = np.where(units.tier[unit] == COMMUNE, unit, anywhere)
    for district in units.of(DISTRICT):
        own = wards[units.district[wards] == district]
        here = np.flatnonzero(unit == district)
        out[here] = rng.choice(own, len(here))
    stray = (units.tier[unit] == COMMUNE) & (rng.random(len(unit)) < 0.04)
    return np.asarray(np.where(stray, anywhere, out))
