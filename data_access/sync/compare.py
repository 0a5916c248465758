"""The store's side of a slice: its sums, asked by the same expressions as the source's (`source/slices.py`)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from data_access.source import slices
from data_access.source.contract import Entity
from data_access.source.reader import Source
from data_access.source.slices import Digest, Slice
from data_access.sync import reconcile_books

UNIT = {"link_check": "ward_code", "observation": "indicator_code"}


@dataclass(frozen=True)
class Sums:
    """Sums of both sides of one entity's slice, and the groups whose rows must be looked at."""

    source: Digest
    store: Digest
    differing: frozenset[str]

    @classmethod
    def of(cls, store: Connection, source: Source, entity: Entity, part: Slice, day: date, there: Digest) -> "Sums":
        """Compare what the source said with the store; sums that are known to agree so don't differ."""
        here = digest(store, source, entity, part)
        differing = frozenset(g for g in there.keys() | here.keys() if there.get(g) != here.get(g))
        if differing and reconcile_books.known(store, entity.name, day) == (_hash(there), _hash(here)):
            differing = frozenset()
        return cls(there, here, differing)


def learn(store: Connection, source: Source, entity: Entity, part: Slice, day: date, before: Sums) -> None:
    """After the rows of all groups that differed were compared: sums that differ still needn't be looked into again."""
    here = digest(store, source, entity, part)
    if here != before.source:
        reconcile_books.learn(store, entity.name, day, (_hash(before.source), _hash(here)))


def digest(store: Connection, source: Source, entity: Entity, part: Slice) -> Digest:
    """The store's sums of a slice, of the columns that this source has."""
    owner, alias = ("dossier", "s") if entity in slices.OF_DOSSIERS else (entity.name, "d")
    table: Any = sa.table(owner, sa.column("dossier_id")).alias("d")
    if alias == "s":
        table = table.join(sa.table(entity.name).alias("s"), sa.text("s.dossier_id = d.dossier_id"))
    columns = _columns(source, entity, alias)
    group: sa.ColumnElement[Any] = sa.literal_column(f"d.{UNIT.get(owner, 'unit_code')}")
    dialect = source.engine.dialect.name
    asked = slices.aggregates(entity, columns, "postgresql" if slices.adds_up(dialect) else dialect)
    statement = sa.select(group.label("g"), *asked).select_from(table).group_by(group)
    at: sa.ColumnElement[Any] = sa.literal_column(f"d.{slices.CHANGED[owner]}")
    if part.since is not None:
        statement = statement.where(at >= part.since)
    if part.until is not None:
        statement = statement.where(at < part.until)
    return slices.as_digest(store.execute(statement).fetchall())


def oldest(store: Connection, entity: Entity, since: datetime | None) -> datetime | None:
    """The first instant of change at or after `since`; None when there is none."""
    at: sa.ColumnElement[Any] = sa.literal_column(slices.CHANGED[entity.name])
    statement = sa.select(sa.func.min(at)).select_from(sa.table(entity.name))
    found: datetime | None = store.execute(statement.where(at >= since) if since is not None else statement).scalar()
    return found


def _columns(source: Source, entity: Entity, alias: str) -> dict[str, sa.ColumnElement[Any]]:
    """Contract columns as the source's expressions have them: local times stay local where it can't say more."""
    shape = source.shapes[entity.name]
    columns: dict[str, sa.ColumnElement[Any]] = {}
    for name in shape.present:
        stored = "unit_code" if name == "unit_processing" else name
        column: sa.ColumnElement[Any] = sa.literal_column(f"{alias}.{stored}")
        if entity.column(name).kind == "text[]":
            column = sa.func.array_to_string(column, ",")
        elif not source.fast and name in shape.naive:
            column = sa.func.timezone(source.profile.zone.key, column)
        columns[name] = sa.false() if name == "deleted" else column  # marked ones aren't in the store
    return columns


def _hash(sums: Digest) -> str:
    return hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest()
