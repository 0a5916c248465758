"""Units, procedures, offerings and officers: read whole, compared in the store, only differences written."""

from collections.abc import Mapping

import pyarrow as pa
from sqlalchemy import Connection, text

from config.registry import Registry
from data_access.source.contract import DIMENSIONS, ENTITIES, Entity
from data_access.store import rollups
from data_access.sync import facts
from data_access.sync.facts import Changes
from data_access.sync.places import Places
from data_access.sync.shape import dimension
from data_access.sync.staging import copy_in


def change(
    connection: Connection, tables: dict[str, pa.Table], places: Places, registry: Registry
) -> tuple[Changes, Places]:
    """Bring the dimensions over, and what follows from them into facts and rollups.

    1. units and procedures first, since officers and offerings take their district from units; 2. where
    a unit's tier or district or a procedure's field changed, the facts move; 3. coverage follows the
    offerings. An entity that suddenly has no rows at all is left as it was: that is a broken SELECT or a
    source in maintenance, not a city without units. Returns the changes and the new lookups.
    """
    changes = Changes()
    now, offers = places, False
    for name in DIMENSIONS:
        if name not in tables or not len(tables[name]):
            continue
        entity = ENTITIES[name]
        batch = dimension(entity, tables[name], now)
        copy_in(connection, f"s_{name}", batch)
        written = _mirror(connection, entity, tuple(batch.schema.names))
        changes.dimensions += written
        offers = offers or (written > 0 and name != "officer")  # officers come and go; coverage doesn't know them
        if name == "procedure":
            now = Places.load(connection, registry)
    units = [c for c in _keys(places.of_unit, now.of_unit) if places.of_unit.get(c) != now.of_unit.get(c)]
    procedures = [c for c in _keys(places.field_of, now.field_of) if places.field_of.get(c) != now.field_of.get(c)]
    if units or procedures:
        changes.dossiers += facts.move(connection, units, procedures)
        changes.observations += facts.move_observations(connection, units)
    if offers:
        rollups.refresh_coverage(connection)
    return changes, now


def _keys(*maps: Mapping[str, object]) -> set[str]:
    return {key for m in maps for key in m}


def _mirror(connection: Connection, entity: Entity, columns: tuple[str, ...]) -> int:
    """Make the store's table equal to s_<table>; returns how many rows were written or deleted."""
    table, keys, names = entity.name, ", ".join(entity.key), ", ".join(columns)
    values = [c for c in columns if c not in entity.key]
    sets = ", ".join(f"{c} = EXCLUDED.{c}" for c in values)
    same = " AND ".join(f"s.{k} = t.{k}" for k in entity.key)
    written = connection.execute(
        text(f"""
            INSERT INTO {table} ({names})
            SELECT * FROM (SELECT DISTINCT ON ({keys}) {names} FROM s_{table} ORDER BY {keys}, ctid DESC) s
            EXCEPT SELECT {names} FROM {table}
            ON CONFLICT ({keys}) DO UPDATE SET {sets}
        """)
    ).rowcount
    gone = connection.execute(
        text(f"DELETE FROM {table} t WHERE NOT EXISTS (SELECT FROM s_{table} s WHERE {same})")
    ).rowcount
    return written + gone
