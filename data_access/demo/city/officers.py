"""The 11,000 accounts and the groups that steps are handed to."""

from dataclasses import dataclass

import numpy as np

from data_access.demo.city.names import people
from data_access.demo.city.units import CITY, COMMUNE, DISTRICT, Bools, Floats, Ints, Objects, Units

TOTAL = 11_000
FUNCTIONS = ("tiep_nhan", "tu_phap", "dat_dai", "xa_hoi", "lanh_dao", "van_thu", "quan_tri")
FUNCTION = {name: i for i, name in enumerate(FUNCTIONS)}
ROLE = {"tu_phap": "tham_dinh", "dat_dai": "tham_dinh", "xa_hoi": "tham_dinh"}
STAFF = {COMMUNE: (3, 2, 2, 2, 3, 1, 1), DISTRICT: (10, 8, 14, 14, 8, 4, 2), CITY: (6, 6, 6, 16, 6, 3, 3)}


@dataclass(frozen=True)
class Officers:
    """Parallel arrays over accounts, sorted by unit and function; a group is unit × function."""

    code: Objects
    name: Objects
    unit: Ints
    function: Ints
    active: Bools
    cumulative: Floats
    """Running sum of chances over all accounts, each group adding up to 1: see `pick`."""
    first: Ints
    """Group → position of its first account; one entry more at the end."""

    @property
    def role(self) -> Objects:
        """Role of the contract: specialists share `tham_dinh`."""
        return np.array([ROLE.get(f, f) for f in FUNCTIONS], object)[self.function]

    def pick(self, rng: np.random.Generator, unit: Ints, function: Ints) -> Ints:
        """For each (unit, function) the position of one account; active ones only, some likelier."""
        group = unit * len(FUNCTIONS) + function
        start = self.first[group]
        base = np.where(start > 0, self.cumulative[start - 1], 0.0)
        found = np.searchsorted(self.cumulative, base + rng.random(len(group)) * 0.999999, side="right")
        return np.asarray(np.clip(found, start, self.first[group + 1] - 1))

    def neighbour(self, position: Ints, unit: Ints, function: Ints, by: int) -> Ints:
        """Another account of the same group, `by` places on (round the group)."""
        group = unit * len(FUNCTIONS) + function
        start, size = self.first[group], self.first[group + 1] - self.first[group]
        return np.asarray(start + (position - start + by) % size)


def make_officers(rng: np.random.Generator, units: Units) -> Officers:
    """Exactly 11,000 accounts; departments share what wards and districts leave."""
    n_units = len(units.code)
    staff = np.array([STAFF[int(t)] for t in units.tier])
    staff[0] = 0
    departments = np.arange(1, int((units.tier == CITY).sum()))
    spare = TOTAL - int(staff.sum())
    staff[departments, FUNCTION["xa_hoi"]] += spare // len(departments)
    staff[departments[: spare % len(departments)], FUNCTION["xa_hoi"]] += 1
    # short of hands: the specialist and receptionist who left are not replaced, their accounts are locked
    per_group = staff.ravel()
    first = np.concatenate(([0], np.cumsum(per_group)))
    group = np.repeat(np.arange(len(per_group)), per_group)
    unit, function = group // len(FUNCTIONS), group % len(FUNCTIONS)
    is_first = np.arange(TOTAL) == first[group]
    active = is_first | (rng.random(TOTAL) > np.where(units.understaffed[unit], 0.45, 0.06))
    chance = np.where(active, rng.lognormal(0, 0.55, TOTAL), 0.0)
    sums = np.bincount(group, chance, minlength=n_units * len(FUNCTIONS))
    return Officers(
        code=np.array([f"CB{i:05d}" for i in range(1, TOTAL + 1)], object),
        name=people(rng, TOTAL),
        unit=unit,
        function=function,
        active=active,
        cumulative=np.cumsum(chance / sums[group]),
        first=first,
    )
