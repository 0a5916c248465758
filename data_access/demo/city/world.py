"""What doesn't move: units, catalogue, offerings, officers. Generator and simulator draw the same ones."""

from dataclasses import dataclass

import numpy as np

from data_access.demo.city.catalogue import Catalogue, make_catalogue
from data_access.demo.city.offerings import Offerings, make_offerings
from data_access.demo.city.officers import Officers, make_officers
from data_access.demo.city.units import Units, make_units


@dataclass(frozen=True)
class World:
    """The city's fixed cast."""

    units: Units
    cat: Catalogue
    offers: Offerings
    officers: Officers


def dice(seed: int, stage: int) -> np.random.Generator:
    """Independent random numbers for each stage, so that one stage's change leaves the others alone."""
    return np.random.default_rng([seed, stage])


def make_world(seed: int, today: np.datetime64) -> World:
    """The same for the same seed; offerings reach up to `today`."""
    units, cat = make_units(dice(seed, 1)), make_catalogue(dice(seed, 2))
    return World(units, cat, make_offerings(dice(seed, 3), units, cat, today), make_officers(dice(seed, 4), units))
