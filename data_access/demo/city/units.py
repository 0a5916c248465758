"""The city's units (departments, districts, wards) and the character each ward has."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_access.demo.city.settings import departments, read_csv, tunables

CITY, DISTRICT, COMMUNE = 0, 1, 2
ROOT = "000.00.00.H26"

Objects = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Parallel arrays over all units: the root, departments, districts, then wards in registry order."""

    code: Objects
    name: Objects
    tier: Ints
    parent: Objects
    ward_code: Objects
    """GSO code, None above the commune tier."""
    district: Ints
    """Position of the district a ward lies in (its own for a district), −1 for the city tier."""
    weight: Floats
    """How many dossiers come in, relative within the tier."""
    urban: Bools
    readiness: Floats
    """0 … 1: how early and how much a unit takes up online services and digitising."""
    late_factor: Floats
    """Multiplies the probability of missing a due date."""
    understaffed: Bools
    paper_book: Bools
    """Certifications mostly go into a paper book and are never logged."""
    saturday: Bools
    link_quality: Floats
    """Probability that a link check finds the line up."""

    def of(self, tier: int) -> Ints:
        """Positions of the units of one tier."""
        return np.flatnonzero(self.tier == tier)


def make_units(rng: np.random.Generator) -> Units:
    """637 units; codes of the old generation (000.ward.unit.H26)."""
    deps, wards = departments(), read_csv("wards_584.csv")
    knobs = tunables()["wards"]
    district_codes = list(dict.fromkeys(w["district_code"] for w in wards))
    district_names = {w["district_code"]: w["district_name"] for w in wards}
    first_district = 1 + len(deps)
    position = {code: first_district + i for i, code in enumerate(district_codes)}

    code = [ROOT] + [f"000.00.{d['no']:02d}.H26" for d in deps]
    code += [f"000.00.{41 + i:02d}.H26" for i in range(len(district_codes))]
    seen: dict[str, int] = {}
    for w in wards:
        seen[w["district_code"]] = seen.get(w["district_code"], 0) + 1
        number = 41 + district_codes.index(w["district_code"])
        code.append(f"000.{seen[w['district_code']]:02d}.{number:02d}.H26")
    name = ["UBND Thành phố Hà Nội"] + [d["name"] for d in deps]
    name += [f"UBND {district_names[c]}" for c in district_codes]
    name += [f"UBND {w['name']}" for w in wards]

    n_dep, n_dis, n = len(deps), len(district_codes), len(code)
    tier = np.array([CITY] * (1 + n_dep) + [DISTRICT] * n_dis + [COMMUNE] * len(wards))
    district = np.array([-1] * (1 + n_dep) + list(position.values()) + [position[w["district_code"]] for w in wards])
    parent = [None] + [ROOT] * (n_dep + n_dis) + [code[position[w["district_code"]]] for w in wards]
    is_ward = tier == COMMUNE
    kind = np.array([""] * (1 + n_dep + n_dis) + [w["kind"] for w in wards])
    population = np.zeros(n)
    population[is_ward] = [float(w["population_2019"]) for w in wards]
    for i in range(len(district_codes)):
        population[first_district + i] = population[is_ward & (district == first_district + i)].sum()
    urban = kind == "Phường"
    urban[tier == DISTRICT] = [district_names[c].startswith("Quận") for c in district_codes]

    kind_factor = np.select([urban & is_ward, kind == "Thị trấn", is_ward], [1.0, 0.85, 0.5], 1.0)
    weight = np.maximum(population, 1) ** 0.85 * kind_factor * rng.lognormal(0, 0.3, n)
    weight[tier == CITY] = [0.0] + [float(d["procedures"]) for d in deps]
    mood = np.ones(n) * 0.5  # a district's zeal rubs off on its wards
    mood[tier == DISTRICT] = rng.beta(5, 3, n_dis)
    mood[is_ward] = mood[district[is_ward]]
    readiness = np.clip(0.45 * mood + 0.45 * rng.beta(4, 2.2, n) + 0.12 * urban, 0.05, 1.0)
    understaffed = is_ward & (rng.random(n) < knobs["understaffed"])
    strain = np.ones(n)
    strain[tier == DISTRICT] = rng.lognormal(0, 0.35, n_dis)
    strain[is_ward] = strain[district[is_ward]]
    late_factor = strain * rng.lognormal(-0.2, 0.65, n) * np.where(understaffed, tunables()["late_understaffed"], 1)
    paper_book = is_ward & (rng.random(n) < np.where(urban, 0.7, 1.15) * knobs["paper_book"])
    flaky = is_ward & (rng.random(n) < knobs["flaky_link"])
    return Units(
        code=np.array(code, object),
        name=np.array(name, object),
        tier=tier,
        parent=np.array(parent, object),
        ward_code=np.array([None] * (1 + n_dep + n_dis) + [w["ward_code"] for w in wards], object),
        district=district,
        weight=weight,
        urban=urban,
        readiness=readiness,
        late_factor=late_factor,
        understaffed=understaffed,
        paper_book=paper_book,
        saturday=rng.random(n) < knobs["saturday"],
        link_quality=np.where(flaky, rng.uniform(0.80, 0.95, n), rng.uniform(0.995, 0.9999, n)),
    )
