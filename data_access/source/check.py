"""Does the profile give what the contract asks? Judged on the SELECT's own description and a sample.

Only contract columns are sampled: columns beyond the contract are listed by name and never fetched.
"""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from config.problems import Problem
from data_access.source.column_types import BY_DIALECT, Types
from data_access.source.contract import ENTITIES, Column, Entity, Kind
from data_access.source.convert import fits
from data_access.source.copy_out import DATE, TIMESTAMP, TIMESTAMPTZ, in_range
from data_access.source.profile import Profile
from data_access.source.reader import Shape, Source

SAMPLE = 100


@dataclass(frozen=True)
class WrongType:
    """A column whose values aren't what the contract says."""

    column: str
    expected: Kind
    found: str


@dataclass(frozen=True)
class EntityCheck:
    """What one SELECT of the profile gives. `error` is set when it doesn't run at all."""

    entity: str
    file: str
    provided: bool = True
    present: tuple[str, ...] = ()
    missing_required: tuple[str, ...] = ()
    missing_optional: tuple[str, ...] = ()
    wrong_type: tuple[WrongType, ...] = ()
    extra: tuple[str, ...] = ()
    unknown_values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nulls: tuple[str, ...] = ()
    rows: int | None = None
    error: Problem | None = None
    shape: Shape | None = field(default=None, repr=False)

    @property
    def problem(self) -> Problem | None:
        """Why the sync must refuse this entity; None when it may be read."""
        if self.error is not None:
            return self.error
        if self.missing_required:
            columns = ", ".join(self.missing_required)
            return Problem("source_column_missing", file=self.file, entity=self.entity, columns=columns)
        required = [w for w in self.wrong_type if ENTITIES[self.entity].column(w.column).required]
        if required:
            w = required[0]
            return Problem(
                "source_column_type", file=self.file, entity=self.entity, column=w.column,
                expected=w.expected, found=w.found,
            )  # fmt: skip
        return None

    def lines(self, lang: str = "vi") -> list[str]:
        """Plain sentences for the terminal."""

        def say(vi: str, en: str) -> str:
            return en if lang == "en" else vi

        if not self.provided:
            return [say(f"– {self.entity}: không có {self.file} (không bắt buộc)",
                        f"– {self.entity}: no {self.file} (optional)")]  # fmt: skip
        problem = self.problem
        out = [f"✗ {self.entity}: {problem.text(lang)}"] if problem else [
            say(f"✓ {self.entity}: đủ cột bắt buộc ({len(self.present)} cột, khoảng {self.rows or 0} dòng)",
                f"✓ {self.entity}: all required columns ({len(self.present)} columns, about {self.rows or 0} rows)")
        ]  # fmt: skip
        notes = [
            (self.missing_optional, "thiếu cột không bắt buộc", "optional columns missing"),
            (tuple(f"{w.column} ({w.found} ≠ {w.expected})" for w in self.wrong_type),
             "sai kiểu (cột không bắt buộc được bỏ qua)", "wrong type (optional ones are left out)"),
            (self.extra, "cột ngoài hợp đồng, không được đọc", "columns beyond the contract, never read"),
            (tuple(f"{k}: {', '.join(v)}" for k, v in self.unknown_values.items()),
             "giá trị lạ trong mẫu", "unknown values in the sample"),
            (self.nulls, "cột bắt buộc có giá trị trống trong mẫu", "required columns with empty values in the sample"),
        ]  # fmt: skip
        return out + [f"    {say(vi, en)}: {', '.join(what)}" for what, vi, en in notes if what]


# NULL is an answer in these required columns: not finished yet, no such code.
NULLABLE = {
    "received_at", "due_at", "finished_at", "returned_at", "to_at", "parent_code", "ward_code",
    "limit_value", "limit_unit", "value", "channel",
}  # fmt: skip


def check_source(engine: Engine, profile: Profile) -> list[EntityCheck]:
    """Check every entity of the contract. Raises SourceDownError when the source doesn't answer."""
    return inspect(Source(engine, profile))


def inspect(source: Source) -> list[EntityCheck]:
    """The same on a Source, and lets it read what passed."""
    checks = []
    for entity in ENTITIES.values():
        file = source.profile.file(entity.name)
        if entity.name not in source.profile.sql:
            checks.append(EntityCheck(entity.name, file, provided=False))
            continue
        try:
            with source.snapshot() as connection:
                check = check_entity(source, connection, entity)
        except Problem as problem:
            check = EntityCheck(entity.name, file, error=problem)
        checks.append(check)
    source.shapes = {c.entity: c.shape for c in checks if c.shape is not None and c.problem is None}
    return checks


def check_entity(source: Source, connection: Connection, entity: Entity) -> EntityCheck:
    """One entity. Raises Problem (source_select_failed) when its SELECT does not run.

    1. describe without fetching; 2. sample contract columns only; 3. judge; 4. estimate the rows."""
    with source._errors(entity):
        q = source.query(entity, ())
        result = connection.execute(sa.select(sa.text("q.*")).select_from(q).where(sa.text("1 = 0")))
        names = list(result.keys())
        description: Any = result.cursor.description if result.cursor is not None else None
        types = BY_DIALECT.get(source.engine.dialect.name)
        oids = {n: int(d[1]) for n, d in zip(names, description, strict=True)} if types and description else {}
        present = tuple(n for n in entity.names if n in names)
        sampled = source.query(entity, present)
        columns: list[sa.ColumnElement[Any]] = [
            # psycopg can't fetch 'infinity'
            in_range(sampled.c[n]).label(n)
            if source.fast and oids.get(n) in (DATE, TIMESTAMP, TIMESTAMPTZ)
            else sampled.c[n]
            for n in present
        ] or [sa.literal(1)]
        rows = connection.execute(sa.select(*columns).select_from(sampled).limit(SAMPLE)).fetchall()
        rows = rows if present else []
    values = dict(zip(present, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(present, ())
    mapped = bool(source.profile.conf.status_map)
    wrong = []
    for name in present:
        column = entity.column(name)
        if mapped and name == "status":
            continue
        found = _mismatch(column, values[name], oids.get(name), types)
        if found:
            wrong.append(WrongType(name, column.kind, found))
    bad = {w.column for w in wrong}
    usable = tuple(n for n in present if n not in bad)
    return EntityCheck(
        entity.name,
        source.profile.file(entity.name),
        present=present,
        missing_required=tuple(c.name for c in entity.columns if c.required and c.name not in names),
        missing_optional=tuple(c.name for c in entity.columns if not c.required and c.name not in names),
        wrong_type=tuple(wrong),
        extra=tuple(n for n in names if n not in entity.names),
        unknown_values=_unknown(entity, {n: values[n] for n in usable if not (mapped and n == "status")}),
        nulls=tuple(c.name for c in entity.columns
                    if c.required and c.name not in NULLABLE and any(v is None for v in values.get(c.name, ()))),
        rows=estimate(source, connection, entity),
        shape=Shape(
            present=usable,
            naive=frozenset(n for n in usable if _naive(values[n], oids.get(n), types)),
            numeric=frozenset(n for n in usable if _numeric(values[n], oids.get(n), types)),
            oids=tuple(oids.items()),
        ),
    )  # fmt: skip


def _mismatch(column: Column, values: tuple[Any, ...], code: int | None, types: Types | None) -> str | None:
    """What was found instead of the column's kind; None when it fits."""
    for value in values:
        if value is not None and not fits(column.kind, value):
            return type(value).__name__
    if types is not None and code in types.kinds and column.kind not in types.kinds[code]:
        return "/".join(types.kinds[code])
    return None


def _naive(values: tuple[Any, ...], code: int | None, types: Types | None) -> bool:
    if types is not None and code in types.kinds:
        return code in types.naive
    return any(v is not None and getattr(v, "tzinfo", None) is None for v in values)


def _numeric(values: tuple[Any, ...], code: int | None, types: Types | None) -> bool:
    if types is not None and code in types.kinds:
        return code in types.numbers
    return any(isinstance(v, int) for v in values)


def _unknown(entity: Entity, values: dict[str, tuple[Any, ...]]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, seen in values.items():
        allowed = entity.column(name).allowed
        odd = sorted({str(v) for v in seen if v is not None and v not in allowed}) if allowed else []
        if odd:
            found[name] = tuple(odd[:10])
    return found


def estimate(source: Source, connection: Connection, entity: Entity) -> int:
    """About how many rows: PostgreSQL's planner knows, others count."""
    with source._errors(entity):
        q = source.query(entity, ())
        if source.engine.dialect.name == "postgresql":
            statement = sa.select(sa.text("1")).select_from(q)
            compiled = statement.compile(connection.engine, compile_kwargs={"render_postcompile": True})
            command = f"EXPLAIN (FORMAT JSON) {compiled}"
            plan = connection.exec_driver_sql(command, dict(compiled.params)).scalar_one()
            return int(plan[0]["Plan"]["Plan Rows"])
        return int(connection.execute(sa.select(sa.func.count()).select_from(q)).scalar_one())
