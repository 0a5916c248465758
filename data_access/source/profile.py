"""A mapping profile: config/profiles/<name>/ with profile.yaml, one SELECT per entity and tables of codes."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from config.problems import Problem
from config.source import PROFILES
from data_access.source.contract import ENTITIES

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
TABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""`{{name}}` in a SELECT stands for one of the profile's own tables."""


class ProfileFile(BaseModel):
    """What profile.yaml may say; unknown keys are refused, since a typo would otherwise be silent."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: dict[str, str] = Field(default_factory=dict)
    dialect: str = "postgresql"
    """SQL dialect of the SELECTs, as SQLAlchemy calls it."""
    timezone: str = DEFAULT_ZONE
    """Zone in which times without a zone are read."""
    parameters: dict[str, str | int | float | bool | list[str] | list[int]] = Field(default_factory=dict)
    """Values for :name in the SELECTs (for example the tenant's group id); lists for IN :name."""
    status_map: dict[str, int] = Field(default_factory=dict)
    """Source status → national code 1–10, where the SELECT doesn't map it itself."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Name → file in the profile's folder, for {{name}} in the SELECTs: a CSV of codes that the source doesn't
    know, or a SELECT that several SELECTs share."""

    @field_validator("status_map", mode="before")
    @classmethod
    def _keys_are_text(cls, value: object) -> object:
        return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value


@dataclass(frozen=True)
class CodeTable:
    """A CSV of the profile: column names, and rows of text (None where a cell is empty)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Profile:
    """A profile as read: its settings, its SELECTs by entity, and what its files looked like then."""

    folder: Path
    conf: ProfileFile
    sql: dict[str, str]
    stamp: tuple[tuple[str, int, int], ...] = field(repr=False, default=())
    tables: dict[str, CodeTable | str] = field(repr=False, default_factory=dict)
    """By name: a CSV as read, or the text of a SELECT."""
    given: dict[str, Any] = field(repr=False, default_factory=dict)
    """Values that stand for parameters of profile.yaml (source.yaml)."""

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.conf.name

    @property
    def zone(self) -> ZoneInfo:
        """Zone in which times without a zone are read."""
        return ZoneInfo(self.conf.timezone)

    def file(self, entity: str) -> str:
        """The file that a person would mend for this entity, as they know it."""
        return f"{self.folder.name}/{entity}.sql"

    def changed(self) -> bool:
        """True when a file of the folder is no longer what was read. Costs a dozen stat calls."""
        return self.stamp != _stamp(self.folder)


def load_profile(name: str, base: Path = PROFILES, parameters: dict[str, Any] | None = None) -> Profile:
    """Read `base`/`name`; `parameters` stand for those of its own file.

    Raises Problem (profile_missing, profile_invalid, profile_entity_missing).
    """
    folder = base / name
    stamp = _stamp(folder)
    path = folder / "profile.yaml"
    try:
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        conf = ProfileFile.model_validate(document)
        given = parameters or {}
        conf = ProfileFile.model_validate(conf.model_dump() | {"parameters": conf.parameters | given})
    except OSError as error:
        raise Problem("profile_missing", file=f"{name}/profile.yaml") from error
    except (YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise Problem("profile_invalid", file=f"{name}/profile.yaml", reason=_reason(error)) from error
    sql: dict[str, str] = {}
    for entity in ENTITIES.values():
        file = folder / f"{entity.name}.sql"
        if file.exists():
            sql[entity.name] = file.read_text(encoding="utf-8").strip().rstrip(";")
        elif entity.required:
            raise Problem("profile_entity_missing", file=f"{name}/{entity.name}.sql", entity=entity.name)
    tables = {table: _read(folder / file) for table, file in conf.tables.items()}
    for entity_name, select in sql.items():
        _resolved(select, tables, f"{name}/{entity_name}.sql")
    return Profile(folder, conf, sql, stamp, tables, given)


def _resolved(select: str, tables: dict[str, CodeTable | str], file: str, within: tuple[str, ...] = ()) -> None:
    """Raise Problem (profile_invalid) when a SELECT names a table that isn't there, or one that names itself."""
    for name in TABLE.findall(select):
        if name not in tables or name in within:
            why = "contains itself" if name in within else "is not among the tables of profile.yaml"
            raise Problem("profile_invalid", file=file, reason=f"{{{{{name}}}}} {why}")
        inner = tables[name]
        if isinstance(inner, str):
            _resolved(inner, tables, file, (*within, name))


def _read(path: Path) -> CodeTable | str:
    if path.suffix != ".sql":
        return _read_table(path)
    try:
        return path.read_text(encoding="utf-8").strip().rstrip(";")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("profile_invalid", file=f"{path.parent.name}/{path.name}", reason=str(error)) from error


def _read_table(path: Path) -> CodeTable:
    """A table of codes, UTF-8 with a header; lines that start with # are comments."""
    file = f"{path.parent.name}/{path.name}"
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem("profile_invalid", file=file, reason=str(error)) from error
    numbered = [(n, cells) for n, cells in enumerate(lines, 1) if cells and not cells[0].startswith("#")]
    if len(numbered) < 2:
        raise Problem("profile_invalid", file=file, reason="no header or no rows")
    header = tuple(cell.strip() for cell in numbered[0][1])
    if len(set(header)) < len(header) or not all(cell.isidentifier() for cell in header):
        raise Problem("profile_invalid", file=file, reason="line 1: column names must be plain and differ")
    rows = []
    for line, cells in numbered[1:]:
        if len(cells) != len(header):
            raise Problem("profile_invalid", file=file, reason=f"line {line}: {len(cells)} cells, not {len(header)}")
        rows.append(tuple(cell.strip() or None for cell in cells))
    return CodeTable(header, tuple(rows))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted(f for f in folder.glob("*") if f.suffix in (".sql", ".yaml", ".csv"))
    return tuple((f.name, (s := f.stat()).st_mtime_ns, s.st_size) for f in files)


def _reason(error: Exception) -> str:
    """The first thing wrong, in one line."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}"
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    return where + str(getattr(error, "problem", None) or error).splitlines()[0]
