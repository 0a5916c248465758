"""What a sync would make of a source, without a store: ten mapped rows an entity and the data-quality counts.

Reads through the same `Source`, `shape` and rules as the sync; writes nothing anywhere.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection

from config.quality import quality_limits
from config.registry import Registry
from data_access.rules.quality import LEVELS, REASONS, Bounds, Known, dossier_problems, step_problems
from data_access.rules.standing import rule_a
from data_access.source.contract import DIMENSIONS, DOSSIER, ENTITIES, PAUSE, STEP, Entity
from data_access.source.reader import Position, Source
from data_access.sync import shape
from data_access.sync.places import Places

ROWS = 20_000
SHOWN = 10
NIGHT = (20, 6)
"""Local hours from and to which no counter is open: many receipts then mean a wrong time zone."""
CODES = {"unknown_status": "status", "unknown_channel": "channel", "unknown_rating": "rating"}
# Rows shown differ in this column as far as ten rows can: a mapping goes wrong by kinds of rows.
TIERS = ("city", "district", "commune")
_SPREAD = {"unit": "tier", "procedure": "tier", "offering": "level", "officer": "active", "dossier": "status",
           "step": "finished_at", "pause": "reason"}  # fmt: skip


@dataclass
class DryRun:
    """What was found. `counts` by kind of rules.quality; kinds that a partial look can't tell are absent."""

    as_of: datetime
    rows: dict[str, int] = field(default_factory=dict)
    samples: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Per entity up to ten contract rows; beside them what they are mapped to: unit_place (a unit's ward and
    district, None when unknown), procedure_name, field_name, standing (rule R-A), officers."""
    counts: Counter[str] = field(default_factory=Counter)
    named: dict[str, Counter[str]] = field(default_factory=dict)
    """Unknown codes themselves and how many rows carry each, by kind."""
    statuses: Counter[int | None] = field(default_factory=Counter)
    standings: Counter[str] = field(default_factory=Counter)
    received: int = 0
    received_at_night: int = 0
    wards: int = 0
    wards_without_unit: int = 0
    wards_with_several: int = 0

    def note(self, kind: str, where: pd.Series, codes: pd.Series | None = None) -> None:
        """Count the rows of a kind, and the codes they carry."""
        self.counts[kind] += int(where.sum())
        if codes is not None:
            self.named.setdefault(kind, Counter()).update(codes[where].astype(str))


def dry_run(source: Source, registry: Registry, tz: str, days: int | None = None) -> DryRun:
    """Look at everything, or at what changed in the last `days` days; `source` has passed its check.

    1. dimensions, whole; 2. dossiers, then steps, in batches (memory: two numbers a dossier); 3. pauses;
    4. for entities that are only shown, their first rows. Raises as the reader does.
    """
    with source.snapshot() as connection:
        found = DryRun(source.now(connection))
        tables = {n: source.whole(connection, ENTITIES[n]) for n in DIMENSIONS if source.has(ENTITIES[n])}
        places, known = _dimensions(found, tables, registry)
        since = found.as_of - timedelta(days=days) if days is not None else None
        ids = _dossiers(found, source, connection, tables, places, known, tz, since)
        _steps(found, source, connection, tables, known, ids, since)
        if source.has(PAUSE):
            _pauses(found, source, connection, ids, since)
        for entity in ENTITIES.values():
            if source.has(entity) and entity.name not in found.samples:
                found.samples[entity.name] = source.page(connection, entity, None, None, SHOWN).to_pandas()
    return found


def _dimensions(found: DryRun, tables: dict[str, pa.Table], registry: Registry) -> tuple[Places, Known]:
    """Units to their wards, procedures to their fields; officers and wards that don't fit."""
    places = Places(registry)
    frames = {}
    for name in DIMENSIONS:
        if name not in tables:
            continue
        shaped = shape.dimension(ENTITIES[name], tables[name], places).to_pandas()
        frames[name] = shaped
        if name == "unit":
            places.of_unit = {u.unit_code: (u.tier, u.district_code) for u in shaped.itertuples()}
        elif name == "procedure":
            places.field_of = dict(zip(shaped["procedure_code"], shaped["field_code"], strict=True))
        found.rows[name] = len(shaped)
    unit, procedure, officer = frames["unit"], frames["procedure"], frames["officer"]
    names = _unit_names(unit, registry)
    for name, frame in frames.items():
        sample = _spread(frame, _SPREAD[name])
        if "unit_code" in sample:
            sample["unit_place"] = sample["unit_code"].map(names)
        found.samples[name] = sample
    communes = unit[unit["tier"] == "commune"]
    served = communes["ward_code"].dropna()
    found.note("unknown_tier", unit["tier"] == "", unit["unit_code"])
    found.note("unknown_ward", (unit["tier"] == "commune") & ~unit["ward_code"].isin(registry.wards), unit["unit_code"])
    no_unit = procedure["limit_value"].notna() & procedure["limit_unit"].isna()
    found.note("unknown_limit", no_unit, procedure["procedure_code"])
    if "offering" in frames:
        level = frames["offering"]["level"]
        found.note("unknown_level", ~level.isin(LEVELS), level)
    found.note("officer_unit", officer["tier"] == "", officer["unit_code"])
    found.wards = len(registry.wards)
    found.wards_without_unit = len(set(registry.wards) - set(served))
    found.wards_with_several = int((served.value_counts() > 1).sum())
    known = Known(
        units=set(unit.loc[unit["tier"] != "", "unit_code"]),
        procedures=set(procedure["procedure_code"]),
        with_limit=set(procedure.loc[procedure["limit_value"].notna(), "procedure_code"]),
        officers=set(officer["officer_id"]),
        dossiers=(),
        wards=registry.wards,
    )
    return places, known


def _dossiers(
    found: DryRun, source: Source, connection: Connection, tables: dict[str, pa.Table], places: Places, known: Known,
    tz: str, since: datetime | None,
) -> npt.NDArray[np.uint64]:  # fmt: skip
    """Count what is doubtful and how rows are classified; returns the hashes of all ids, sorted."""
    bounds = Bounds.of(quality_limits())
    ids: list[npt.NDArray[np.uint64]] = []
    codes: list[npt.NDArray[np.uint64]] = []
    pool: list[pd.DataFrame] = []
    for batch in _batches(source, connection, DOSSIER, since):
        rows = batch.to_pandas()
        problems = dossier_problems(rows, known, bounds).drop(columns="duplicate_code")
        unit = rows["unit_processing"].where(rows["unit_processing"].notna(), rows["unit_received"])
        named = {"unknown_unit": unit, "unknown_procedure": rows["procedure_code"]} | {
            kind: rows[code].astype("Int64") for kind, code in CODES.items() if code in rows
        }
        for kind in problems:
            found.note(str(kind), problems[kind], named.get(str(kind)))
        alive = rows[~rows["deleted"].fillna(False).astype(bool)].copy()
        alive["standing"] = rule_a(alive, pd.Timestamp(found.as_of), tz)
        found.standings.update(alive["standing"])
        found.statuses.update(None if pd.isna(s) else int(s) for s in alive["status"])
        hour = alive["received_at"].dropna().dt.tz_convert(tz).dt.hour
        found.received += len(hour)
        found.received_at_night += int(((hour >= NIGHT[0]) | (hour < NIGHT[1])).sum())
        found.rows["dossier"] = found.rows.get("dossier", 0) + len(alive)
        ids.append(_hashes(rows["dossier_id"]))
        codes.append(_hashes(alive["dossier_code"].dropna()))
        pool = [_spread(pd.concat([*pool, alive]), "status")]
    seen, times = np.unique(np.concatenate([*codes, np.array([], np.uint64)]), return_counts=True)
    found.counts["duplicate_code"] = int(times[times > 1].sum()) if len(seen) else 0
    sample = pool[0] if pool else DOSSIER.schema.empty_table().to_pandas()
    procedures = tables["procedure"].to_pandas().drop_duplicates("procedure_code").set_index("procedure_code")
    sample["procedure_name"] = sample["procedure_code"].map(procedures["name"])
    sample["field_name"] = sample["procedure_code"].map(procedures["field_name"])
    sample["unit_place"] = sample["unit_processing"].map(_unit_names(tables["unit"].to_pandas(), places.registry))
    found.samples["dossier"] = sample
    found.rows.setdefault("dossier", 0)
    return np.sort(np.concatenate([*ids, np.array([], np.uint64)]))


def _steps(
    found: DryRun, source: Source, connection: Connection, tables: dict[str, pa.Table], known: Known,
    ids: npt.NDArray[np.uint64], since: datetime | None,
) -> None:  # fmt: skip
    officers = tables["officer"].to_pandas().drop_duplicates("officer_id").set_index("officer_id")["display_name"]
    pool: list[pd.DataFrame] = []
    for batch in _batches(source, connection, STEP, since):
        rows = batch.to_pandas()
        there = set(rows["dossier_id"][_known(rows["dossier_id"], ids)])
        problems = step_problems(rows, Known(**{**vars(known), "dossiers": there}))
        if since is not None:
            problems = problems.drop(columns="orphan_step")  # its dossier may only be older
        for kind in problems:
            found.note(str(kind), problems[kind])
        strange = rows["officer_ids"][problems["unknown_officer"]].str.split(",").explode()
        unknown = found.named.setdefault("unknown_officer", Counter())
        unknown.update(strange[~strange.isin(known.officers)].astype(str))
        found.rows["step"] = found.rows.get("step", 0) + len(rows)
        pool = [_spread(pd.concat([*pool, rows]), "finished_at")]
    sample = pool[0] if pool else STEP.schema.empty_table().to_pandas()
    sample["officers"] = (
        sample["officer_ids"]
        .fillna("")
        .map(lambda ids: ", ".join(str(officers.get(i, f"{i} ?")) for i in ids.split(",") if i))
    )
    found.samples["step"] = sample
    found.rows.setdefault("step", 0)


def _pauses(
    found: DryRun, source: Source, connection: Connection, ids: npt.NDArray[np.uint64], since: datetime | None
) -> None:
    """Pauses have no watermark: all of them, or, for a partial look, only some to show."""
    if since is not None:
        found.samples["pause"] = source.page(connection, PAUSE, None, None, SHOWN).to_pandas()
        return
    pool: list[pd.DataFrame] = []
    for batch in _batches(source, connection, PAUSE, None):
        rows = batch.to_pandas()
        found.note("orphan_pause", pd.Series(~_known(rows["dossier_id"], ids), rows.index))
        found.note("unknown_reason", ~rows["reason"].isin(REASONS), rows["reason"])
        found.rows["pause"] = found.rows.get("pause", 0) + len(rows)
        pool = [_spread(pd.concat([*pool, rows]), "reason")]
    found.samples["pause"] = pool[0] if pool else PAUSE.schema.empty_table().to_pandas()
    found.rows.setdefault("pause", 0)


def _batches(source: Source, connection: Connection, entity: Entity, since: datetime | None) -> Any:
    after = Position(since, ("0",)) if since is not None else None
    with closing(source.stream(connection, entity, after, ROWS)) as stream:
        yield from stream


def _spread(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Up to ten rows, the latest ones, of as many values of `column` as possible (of times: known or not)."""
    kind = rows[column].notna() if column.endswith("_at") else rows[column]
    turn = rows.groupby(kind, dropna=False).cumcount(ascending=False)
    return rows.assign(turn=turn).sort_values("turn", kind="stable").head(SHOWN).drop(columns="turn").sort_index()


def _unit_names(units: pd.DataFrame, registry: Registry) -> dict[str, str]:
    """Unit → its ward and district in words, or its name where it is no ward."""
    names = {}
    for code, name, tier, ward_code in units[["unit_code", "name", "tier", "ward_code"]].astype(object).to_numpy():
        ward = registry.wards.get(ward_code)
        if tier in TIERS:
            names[code] = f"{ward.name}, {registry.district(ward.district_code).name}" if ward else name
    return names


def _hashes(texts: pd.Series) -> npt.NDArray[np.uint64]:
    return pd.util.hash_array(texts.to_numpy(object)).astype(np.uint64)


def _known(texts: pd.Series, ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which of the texts are among the sorted hashes."""
    if not len(ids):
        return np.zeros(len(texts), bool)
    wanted = _hashes(texts.fillna(""))
    return ids[np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)] == wanted
