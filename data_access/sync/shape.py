"""A batch of the source's rows → rows as the store has them: gaps filled, derived columns added.

The store's NOT NULL columns get a value that says "unknown" ('' or '?', status 0), never a guess that
would count somewhere; data quality lists them.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_access.rules.timeliness import classify, local_day
from data_access.source.contract import ENTITIES, Entity
from data_access.sync.places import Places, unit_districts

EPOCH = pa.scalar(pd.Timestamp("1970-01-01", tz="UTC"), pa.timestamp("us", tz="UTC"))
OLD_DAY = pa.scalar(pd.Timestamp("1900-01-01").date(), pa.date32())
UNKNOWN = "?"
_CLASSIFY = [
    "status", "received_at", "due_at", "due_original", "finished_at", "returned_at", "updated_at",
    "supplement_count", "apology_count",
]  # fmt: skip
# Nine digits and more in free text are somebody's phone or identity number.
_NUMBERS = r"\+?\d(?:[ .\-]?\d){8,}"


def with_keys(entity: Entity, table: pa.Table) -> pa.Table:
    """Only rows that have their whole key, the last one of each: rows can't be told apart without."""
    keep = None
    for name in entity.key:
        valid = pc.is_valid(table[name])
        keep = valid if keep is None else pc.and_(keep, valid)
    if not pc.all(keep).as_py():
        table = table.filter(keep)
    return table


def dossiers(table: pa.Table, first_due: Callable[[pa.Table], pa.Array], places: Places, tz: str) -> pa.Table:
    """Contract rows of `dossier` → columns of the store's table, plus `deleted`.

    1. fill gaps; 2. the first due date ever seen, where the source doesn't keep it; 3. field, tier and
    district by the processing unit; 4. rule R-A.
    """
    table = with_keys(ENTITIES["dossier"], table)
    out = {name: table[name] for name in table.schema.names if name != "unit_processing"}
    out["unit_code"] = pc.coalesce(table["unit_processing"], table["unit_received"], UNKNOWN)
    for name in ("dossier_code", "procedure_code", "unit_received"):
        out[name] = pc.fill_null(out[name], UNKNOWN)
    out["channel"] = _code(table["channel"], 1)  # no channel given means the counter (DOMAIN B)
    out["status"] = _code(table["status"], 0)
    out["rating"] = _code(table["rating"], None)
    for name in ("supplement_count", "apology_count"):
        out[name] = _small(table[name], None)
    out["updated_at"] = pc.coalesce(table["updated_at"], table["received_at"], EPOCH)
    out["deleted"] = pc.fill_null(table["deleted"], False)
    out["late_reason"] = pc.replace_substring_regex(table["late_reason"], _NUMBERS, "…")
    if table["due_original"].null_count:
        out["due_original"] = pc.coalesce(table["due_original"], first_due(table))
    out["field_code"] = places.procedure_field(out["procedure_code"])
    out["tier"] = places.unit_tier(out["unit_code"])
    out["district_code"] = places.unit_district(out["unit_code"])
    ruled = classify(pa.table({n: out[n] for n in _CLASSIFY}).to_pandas(), tz)
    out["bucket"] = pa.array(ruled["bucket"], pa.string())
    out["legal_due_at"] = pa.Array.from_pandas(ruled["legal_due_at"], type=pa.timestamp("us", tz="UTC"))
    for name in ("received_day", "settled_day", "overdue_from"):
        out[name] = pa.Array.from_pandas(ruled[name], type=pa.timestamp("us")).cast(pa.date32())
    out["timeliness"] = pa.array(ruled["timeliness"].replace({np.nan: None}), pa.string())
    return pa.table(out)


def steps(table: pa.Table, tz: str) -> pa.Table:
    """Contract rows of `step` → columns of the store's table; unit and district come from the dossier."""
    table = with_keys(ENTITIES["step"], table)
    out = {name: table[name] for name in table.schema.names}
    for name in ("dossier_id", "step_name"):
        out[name] = pc.fill_null(out[name], UNKNOWN)
    out["officer_ids"] = _codes(out["officer_ids"])
    out["updated_at"] = pc.coalesce(table["updated_at"], table["finished_at"], table["started_at"], EPOCH)
    finished = table["finished_at"].to_pandas()
    if len(table):
        out["finished_day"] = pa.Array.from_pandas(local_day(finished, tz), type=pa.timestamp("us")).cast(pa.date32())
    else:
        out["finished_day"] = pa.array([], pa.date32())
    return pa.table(out)


def pauses(table: pa.Table) -> pa.Table:
    """Contract rows of `pause`; the district comes from the dossier."""
    return with_keys(ENTITIES["pause"], table)


def links(table: pa.Table, places: Places) -> pa.Table:
    """Contract rows of `link_check` with their ward's district."""
    table = with_keys(ENTITIES["link_check"], table)
    table = table.filter(pc.is_valid(table["up"]))
    return table.append_column("district_code", places.ward_district(table["ward_code"]))


def observations(table: pa.Table, places: Places) -> pa.Table:
    """Contract rows of `observation` with their scope's district."""
    table = with_keys(ENTITIES["observation"], table)
    found = places.observation_district(table["scope_kind"].to_pylist(), table["scope_code"].to_pylist())
    return table.append_column("district_code", pa.array(found, pa.string()))


def dimension(entity: Entity, table: pa.Table, places: Places) -> pa.Table:
    """Contract rows of a dimension → columns of the store's table."""
    if entity.name == "offering":
        i = table.schema.get_field_index("active_from")
        table = table.set_column(i, "active_from", pc.fill_null(table["active_from"], OLD_DAY))
    table = with_keys(entity, table)
    out = {name: table[name] for name in table.schema.names}
    for column in entity.columns:
        if column.required and column.kind == "text" and column.name not in ("parent_code", "ward_code"):
            unknown = None if column.name == "limit_unit" else ""
            if column.allowed:
                known = pc.is_in(out[column.name], value_set=pa.array(column.allowed, pa.string()))
                out[column.name] = pc.if_else(known, out[column.name], pa.scalar(unknown, pa.string()))
            elif column.name not in entity.key:
                out[column.name] = pc.fill_null(out[column.name], UNKNOWN)
    if entity.name == "unit":
        out["district_code"] = pa.array(unit_districts(pa.table(out), places.registry), pa.string())
    elif entity.name == "officer":
        out["active"] = pc.fill_null(out["active"], False)
        out["tier"] = places.unit_tier(out["unit_code"])
        out["district_code"] = places.unit_district(out["unit_code"])
    elif entity.name == "offering":
        out["level"] = _code(out["level"], 0)
        out["district_code"] = places.unit_district(out["unit_code"])
    return pa.table(out)


def _codes(joined: pa.ChunkedArray) -> pa.ChunkedArray:
    """Codes joined by commas → a list of them; none for missing ones."""
    some = pc.split_pattern(pc.fill_null(joined, ""), ",")
    return pc.if_else(pc.equal(pc.fill_null(joined, ""), ""), pa.scalar([], pa.list_(pa.string())), some)


def _code(values: pa.ChunkedArray, missing: int | None) -> pa.ChunkedArray:
    """The same for codes, of which 0 means nothing: one beyond the range is unknown, not missing."""
    return pc.if_else(pc.is_valid(values), _small(values, 0), pa.scalar(missing, pa.int64()))


def _small(values: pa.ChunkedArray, missing: int | None) -> pa.ChunkedArray:
    """Into the range of smallint; values beyond it are as unknown as missing ones."""
    fits = pc.and_(pc.greater_equal(values, -32768), pc.less_equal(values, 32767))
    return pc.if_else(pc.fill_null(fits, False), values, pa.scalar(missing, pa.int64()))
