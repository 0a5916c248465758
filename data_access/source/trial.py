"""An edited SELECT of the profile tried on ten rows, and the source counted: read only, for seconds, kept nowhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from config.problems import Problem
from data_access.source.check import EntityCheck, check_entity
from data_access.source.contract import ENTITIES
from data_access.source.profile import Profile
from data_access.source.reader import Source, SourceDownError, source_engine

ROWS = 10
SECONDS = 10
"""How long one statement of a trial may take."""
LONGEST = 20_000
PERSONAL = re.compile(
    r"\b\w*(applicant|delegate|chu_?ho_?so|nguoi_?nop|cmnd|cccd|id_?card|id_?no\b|phone|tel_?no|dien_?thoai|e_?mail|"
    r"birth|ngay_?sinh|address|dia_?chi|passport|ho_?chieu)\w*\b",
    re.IGNORECASE,
)
"""Columns of applicants by the names that one-stop products give them; none may pass for a column of the contract."""
COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
BEGINNING = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Tried:
    """The check of the edited SELECT and up to ten rows of contract columns; no rows when the check says no.

    said: the database's own words when the SELECT does not run.
    """

    check: EntityCheck
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    said: str = ""


def try_select(url: str, profile: Profile, entity: str, select: str) -> Tried:
    """Run `select` as the profile's SELECT of `entity`. Raises Problem (source_select_…, source_down, source_slow)."""
    refuse(select)
    trial = replace(profile, sql={**profile.sql, entity: select.strip().rstrip(";")})
    engine = source_engine(url)
    try:
        source = Source(engine, trial)
        with limited(engine) as connection:
            try:
                check = check_entity(source, connection, ENTITIES[entity])
            except Problem as problem:
                return Tried(EntityCheck(entity, trial.file(entity), error=problem), said=words_of(problem))
            if check.problem is not None or check.shape is None:
                return Tried(check)
            source.shapes[entity] = check.shape
            table = source.first(connection, ENTITIES[entity], ROWS)
        shown = tuple(name for name in ENTITIES[entity].names if name in check.shape.present)
        rows = tuple(tuple(row[name] for name in shown) for row in table.select(list(shown)).to_pylist())
        return Tried(check, shown, rows)
    finally:
        engine.dispose()


def refuse(select: str) -> None:
    """Raise Problem for what is no single SELECT of columns that may leave the source."""
    bare = COMMENTS.sub(" ", select).strip().rstrip(";")
    if len(select) > LONGEST or not BEGINNING.match(bare) or ";" in bare:
        raise Problem("source_select_one", most=LONGEST)
    if found := PERSONAL.search(bare):
        raise Problem("source_select_personal", column=found[0])


@contextmanager
def limited(engine: Engine) -> Iterator[Connection]:
    """A connection on which nothing can be written and no statement takes longer than SECONDS."""
    try:
        with engine.connect() as connection:
            kind = engine.dialect.name
            if kind == "postgresql":
                connection.execute(sa.text("SET TRANSACTION READ ONLY"))
                connection.execute(sa.text(f"SET LOCAL statement_timeout = '{SECONDS}s'"))
            elif kind == "mariadb" or getattr(engine.dialect, "is_mariadb", False):
                connection.execute(sa.text(f"SET SESSION max_statement_time = {SECONDS}"))
            elif kind == "mysql":
                connection.execute(sa.text(f"SET SESSION max_execution_time = {SECONDS * 1000}"))
            try:
                yield connection
            finally:
                connection.rollback()
                connection.invalidate()  # its limits go with it
    except (SourceDownError, SQLAlchemyError) as error:
        raise Problem("source_slow" if _is_timeout(error) else "source_down", seconds=SECONDS) from error


def _is_timeout(error: BaseException | None) -> bool:
    while error is not None:
        original = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(original, psycopg.errors.QueryCanceled):
            return True
        if (getattr(original, "args", None) or (None,))[0] in (1969, 3024):  # MariaDB, MySQL
            return True
        error = error.__cause__
    return False


def words_of(problem: Problem) -> str:
    """What the database said of a SELECT, in one line."""
    cause = getattr(problem.__cause__, "orig", problem.__cause__)
    return str(cause).splitlines()[0][:300] if cause is not None else ""
