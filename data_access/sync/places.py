"""Which district and tier a unit has, which field a procedure: worked out once, kept beside each fact.

A commune unit's district is that of its ward in the registry; a district unit's that of the communes
below it; a city department has none ('': only viewers of the whole city see its rows).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from config.registry import Registry


@dataclass
class Places:
    """Lookups for derived columns; `of_unit` gives (tier, district_code)."""

    registry: Registry
    of_unit: dict[str, tuple[str, str]] = field(default_factory=dict)
    field_of: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, registry: Registry) -> "Places":
        """From the store's own unit and procedure tables."""
        units = connection.execute(text("SELECT unit_code, tier, district_code FROM unit"))
        of_unit = {r.unit_code: (r.tier, r.district_code) for r in units}
        procedures = connection.execute(text("SELECT procedure_code, field_code FROM procedure"))
        return cls(registry, of_unit, {r.procedure_code: r.field_code for r in procedures})

    def ward_district(self, codes: pa.ChunkedArray) -> pa.Array:
        """District of GSO ward codes; '' for unknown ones."""
        wards = self.registry.wards
        return _look_up(codes, {c: w.district_code for c, w in wards.items()})

    def unit_tier(self, codes: pa.ChunkedArray) -> pa.Array:
        """Tier of units; '' for unknown ones."""
        return _look_up(codes, {c: tier for c, (tier, _) in self.of_unit.items()})

    def unit_district(self, codes: pa.ChunkedArray) -> pa.Array:
        """District of units; '' for unknown ones and city departments."""
        return _look_up(codes, {c: district for c, (_, district) in self.of_unit.items()})

    def procedure_field(self, codes: pa.ChunkedArray) -> pa.Array:
        """Field of procedures; '' for unknown ones."""
        return _look_up(codes, self.field_of)

    def observation_district(self, kinds: Sequence[str], codes: Sequence[str]) -> list[str]:
        """District of an observation's scope: a ward's, a unit's, the district itself, else ''."""
        found = []
        for kind, code in zip(kinds, codes, strict=True):
            if kind == "ward":
                ward = self.registry.wards.get(code)
                found.append(ward.district_code if ward else "")
            elif kind == "district":
                found.append(code if code in self.registry.districts else "")
            else:
                found.append(self.of_unit.get(code, ("", ""))[1] if kind == "unit" else "")
        return found


def unit_districts(units: pa.Table, registry: Registry) -> list[str]:
    """The district of each unit of a contract table, in its order."""
    rows = units.select(["unit_code", "tier", "parent_code", "ward_code"]).to_pylist()
    wards = registry.wards
    own = {
        r["unit_code"]: wards[r["ward_code"]].district_code
        for r in rows
        if r["tier"] == "commune" and r["ward_code"] in wards
    }
    below: dict[str, Counter[str]] = {}
    for r in rows:
        if r["unit_code"] in own:
            below.setdefault(r["parent_code"], Counter())[own[r["unit_code"]]] += 1
    of_district = {
        r["unit_code"]: min(below[r["unit_code"]].items(), key=lambda kv: (-kv[1], kv[0]))[0]
        for r in rows
        if r["tier"] == "district" and r["unit_code"] in below
    }
    found = []
    for r in rows:
        code = own.get(r["unit_code"]) or of_district.get(r["unit_code"])
        if code is None and r["tier"] == "commune":  # its ward code is unknown; its parent tells
            code = of_district.get(r["parent_code"])
        found.append(code or "")
    return found


def _look_up(codes: pa.ChunkedArray, values: dict[str, str]) -> pa.Array:
    if not values:
        return pa.repeat("", len(codes)).cast(pa.string())
    at = pc.index_in(codes, value_set=pa.array(values.keys(), pa.string()))
    found = pa.array(values.values(), pa.string()).take(at.combine_chunks() if isinstance(at, pa.ChunkedArray) else at)
    return pc.fill_null(found, "")
