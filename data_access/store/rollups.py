"""Rollups: what each fact contributes, written once and used to load, to change, to rebuild and to check.

A rollup row is the sum of its facts' contributions and exists only while one of its measures isn't 0.
A change is: subtract what the touched facts contributed, change the facts, add what they contribute now.

To add one: its table in a migration (with `scope_table`), a `Rollup` (rollup.py) in a file of its own, and
its name in ROLLUPS below. Contributions may read the touched facts' own columns and their `pause` rows.
A store whose figures were made by other definitions is rebuilt by itself, at `migrate` and when a sync
starts: the definitions' fingerprint is kept in the store.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, text

from config.quality import QualityLimits
from data_access.store import books, qd766_rollup, quality_rollup
from data_access.store.arrivals import ARRIVAL_HOUR
from data_access.store.coverage import COVERAGE, OFFER_SPAN, PROCEDURE_COVERAGE, UNIT_COVERAGE, USE_CHANGED
from data_access.store.flows import (
    DISTRICT_DAY,
    FIELD_DAY,
    FLOW_DAY,
    OFFICER_DAY,
    PROCEDURE_MONTH,
    UNIT_DAY,
    UNIT_TOTAL,
)
from data_access.store.link_state import LINK_STATE
from data_access.store.moment import CROSSING, OFFICER_HELD, OFFICER_RECENT, OPEN_STOCK, SETTLED_RECENT
from data_access.store.rollup import Rollup

ROLLUPS: tuple[Rollup, ...] = (  # one with a renewal after those it reads
    *qd766_rollup.ROLLUPS,
    FLOW_DAY,
    UNIT_DAY,
    DISTRICT_DAY,
    FIELD_DAY,
    PROCEDURE_MONTH,
    OFFICER_DAY,
    UNIT_TOTAL,
    OPEN_STOCK,
    SETTLED_RECENT,
    OFFICER_HELD,
    OFFICER_RECENT,
    ARRIVAL_HOUR,
    *quality_rollup.ROLLUPS,
)


def prepare(connection: Connection) -> None:
    """The session's temporary tables: what is touched, and the differences it makes."""
    statements = [
        f'CREATE TEMP TABLE IF NOT EXISTS touched_{r} ({r}_id text COLLATE "C" PRIMARY KEY) ON COMMIT DELETE ROWS'
        for r in ("dossier", "step")
    ]
    statements += [
        f"CREATE TEMP TABLE IF NOT EXISTS delta_{r.table} (LIKE {r.table}, sign smallint) ON COMMIT DELETE ROWS"
        for r in ROLLUPS
    ]
    for statement in statements:
        connection.execute(text(statement))


def _from(r: Rollup, facts: str) -> str:
    return quality_rollup.filled(r.contributions, facts=facts)


def contribute(connection: Connection, fact: str, sign: int, only_moment: bool = False) -> None:
    """Note what the touched facts contribute now, with `sign` (-1 before the change, +1 after)."""
    for r in (r for r in ROLLUPS if r.fact == fact and r.moment >= only_moment):
        facts = f"(SELECT f.* FROM touched_{r.fact} t JOIN {r.fact} f USING ({r.fact}_id))"
        plain = ", ".join((*r.keys, *r.attributes))
        sums = ", ".join(f"{sign} * sum({m})" for m in r.measures)
        connection.execute(
            text(f"""
                INSERT INTO delta_{r.table} ({", ".join(r.columns)}, sign)
                SELECT {plain}, {sums}, {sign}
                  FROM ({_from(r, facts + " facts" if r.fact == "dossier" else facts)}) c
                 GROUP BY {plain}
            """)
        )


def merge(connection: Connection, only_moment: bool = False) -> None:
    """Bring the noted differences into the rollups; rows that come to nothing go."""
    noted = " UNION ALL ".join(f"SELECT '{r.table}' WHERE EXISTS (SELECT FROM delta_{r.table})" for r in ROLLUPS)
    different = set(connection.execute(text(noted)).scalars())
    for r in (r for r in ROLLUPS if r.table in different and r.moment >= only_moment):
        keys, measures = ", ".join(r.keys), r.measures
        latest = [f"coalesce(max({a}) FILTER (WHERE sign > 0), max({a})) AS {a}" for a in r.attributes]
        moved = [f"min({a}) IS DISTINCT FROM max({a})" for a in r.attributes]
        sums = [f"sum({m}) AS {m}" for m in measures]
        changed = [f"sum({m}) <> 0" for m in measures]
        sets = [f"{m} = t.{m} + EXCLUDED.{m}" for m in measures]
        sets += [f"{a} = EXCLUDED.{a}" for a in r.attributes]
        connection.execute(
            text(f"""
                INSERT INTO {r.table} AS t ({", ".join(r.columns)})
                SELECT {", ".join([keys, *latest, *sums])} FROM delta_{r.table}
                 GROUP BY {keys} HAVING {" OR ".join(changed + moved)}
                ON CONFLICT ({keys}) DO UPDATE SET {", ".join(sets)}
            """)
        )
        same = " AND ".join(f"t.{k} = d.{k}" for k in r.keys)
        zero = " AND ".join(f"t.{m} = 0" for m in measures)
        connection.execute(
            text(f"DELETE FROM {r.table} t USING (SELECT DISTINCT {keys} FROM delta_{r.table} WHERE sign < 0) d "
                 f"WHERE {same} AND {zero}")
        )  # fmt: skip
    if "procedure_month" in different and not only_moment:
        units = list(connection.execute(text(USE_CHANGED)).scalars())
        if units:
            _fill_unit_coverage(connection, units)


def publish(connection: Connection, as_of: datetime, tz: str) -> None:
    """The next version, as of the instant `as_of`: the rollups of the moment follow.

    The first one fills these, coverage and links; the other rollups are there by then (filling.py).

    Called by the sync at the end of a first load and of a poll, in a transaction that changes no facts besides.
    """
    before = connection.execute(text("SELECT as_of, as_of_day FROM data_version")).one_or_none()
    if before is None:
        books.bump(connection, as_of, tz)
        _fill_all(connection, [r for r in ROLLUPS if r.moment])
        return
    day = connection.execute(
        text("SELECT (CAST(:at AS timestamptz) AT TIME ZONE :tz)::date"), {"at": as_of, "tz": tz}
    ).scalar_one()
    (old, new), (old_day, new_day) = sorted((before.as_of, as_of)), sorted((before.as_of_day, day))
    span = {"old": old, "new": new, "old_day": old_day, "new_day": new_day}
    for fact, crossing in CROSSING.items():
        connection.execute(text(f"INSERT INTO touched_{fact} {crossing}"), span)
        contribute(connection, fact, -1, only_moment=True)
    books.bump(connection, as_of, tz)
    for fact in CROSSING:
        contribute(connection, fact, 1, only_moment=True)
    merge(connection, only_moment=True)
    if old_day < new_day:
        for r in (r for r in ROLLUPS if r.moment and r.renewal):
            _fill_one(connection, r)
    if old_day.replace(day=1) < new_day.replace(day=1):
        _fill_unit_coverage(connection)


def _fill_unit_coverage(connection: Connection, units: list[str] | None = None) -> None:
    """Recompute unit_coverage, of all units or of some."""
    only, some = ("true", {}) if units is None else ("unit_code = ANY(:units)", {"units": units})
    connection.execute(text(f"DELETE FROM unit_coverage WHERE {only}"), some)
    query = UNIT_COVERAGE.format(units=only.replace("unit_code", "u.unit_code"))
    connection.execute(text(f"INSERT INTO unit_coverage ({_UNIT_COVERAGE_COLUMNS}) {query}"), some)


def refresh_coverage(connection: Connection) -> bool:
    """Recompute coverage of the city, units and procedures, and what is offered where; True when the city's changed.

    Before the first version there is nothing to do: it fills all.
    """
    if books.version(connection) is None:
        return False
    _fill_unit_coverage(connection)
    connection.execute(text("DELETE FROM procedure_coverage"))
    connection.execute(
        text(f"INSERT INTO procedure_coverage ({_PROCEDURE_COVERAGE_COLUMNS}) {PROCEDURE_COVERAGE}")
    )  # fmt: skip
    connection.execute(text("DELETE FROM offer_span"))
    connection.execute(text(f"INSERT INTO offer_span ({_OFFER_SPAN_COLUMNS}) {OFFER_SPAN}"))
    connection.execute(text(f"CREATE TEMP TABLE coverage_now ON COMMIT DROP AS {COVERAGE}"))
    changed = connection.execute(
        text("""
            SELECT EXISTS (SELECT * FROM coverage_now
                           EXCEPT SELECT day, procedures, level3, level4 FROM coverage_history)
                OR (SELECT count(*) FROM coverage_now) <> (SELECT count(*) FROM coverage_history)
        """)
    ).scalar_one()
    if changed:
        connection.execute(text("DELETE FROM coverage_history"))
        connection.execute(
            text("INSERT INTO coverage_history (day, procedures, level3, level4) SELECT * FROM coverage_now")
        )
    connection.execute(text("DROP TABLE coverage_now"))
    return bool(changed)


_UNIT_COVERAGE_COLUMNS = "unit_code, day, district_code, level3, level4, active"
_PROCEDURE_COVERAGE_COLUMNS = "procedure_code, district_code, day, wards"
_OFFER_SPAN_COLUMNS = "district_code, procedure_code, from_day, to_day"
_LINK_COLUMNS = "ward_code, service, district_code, checked_at, up, latency_ms, since"


def refresh_links(connection: Connection, links: str = "link_check") -> None:
    """Recompute link_state of the links named in the table `links` (an index answers each)."""
    sets = ", ".join(f"{c} = EXCLUDED.{c}" for c in _LINK_COLUMNS.split(", ")[2:])
    connection.execute(
        text(f"INSERT INTO link_state ({_LINK_COLUMNS}) {LINK_STATE.format(links=links)} "
             f"ON CONFLICT (ward_code, service) DO UPDATE SET {sets}")
    )  # fmt: skip


def _expected(r: Rollup, source: str | None = None) -> str:
    """The rollup's rows, from the facts or from `source`, which gives contributions too."""
    plain = ", ".join(r.keys)
    attributes = "".join(f", max({a}) AS {a}" for a in r.attributes)
    sums = ", ".join(f"sum({m}) AS {m}" for m in r.measures)
    some = " OR ".join(f"sum({m}) <> 0" for m in r.measures)
    source = source or _from(r, r.fact)
    return f"SELECT {plain}{attributes}, {sums} FROM ({source}) c GROUP BY {plain} HAVING {some}"


def fill(connection: Connection) -> None:
    """Every rollup anew from the facts, within the caller's transaction and without a new version."""
    quality_rollup.fill_duplicates(connection)
    _fill_all(connection, ROLLUPS)


def _fill_all(connection: Connection, some: Sequence[Rollup]) -> None:
    connection.execute(text("SET LOCAL work_mem = '192MB'"))  # else the sums spill to disk
    for r in some:
        _fill_one(connection, r)
    refresh_coverage(connection)
    connection.execute(text("DELETE FROM link_state"))
    refresh_links(connection)
    connection.execute(text("DELETE FROM rollup_definition"))
    connection.execute(text("INSERT INTO rollup_definition (fingerprint) VALUES (:f)"), {"f": fingerprint()})


def _fill_one(connection: Connection, r: Rollup) -> None:
    """CREATE TABLE AS sums up on all cores, which INSERT never does."""
    connection.execute(text(f"CREATE TEMP TABLE made ON COMMIT DROP AS {_expected(r, r.renewal)}"))
    connection.execute(text(f"DELETE FROM {r.table}"))
    _insert(connection, r, "SELECT * FROM made")
    connection.execute(text("DROP TABLE made"))


def fill_empty(connection: Connection, r: Rollup) -> None:
    """One rollup while nobody reads it: emptied by TRUNCATE, so that its rows need no write-ahead log."""
    connection.execute(text(f"TRUNCATE {r.table}"))
    _insert(connection, r, _expected(r, r.renewal))


def _insert(connection: Connection, r: Rollup, query: str) -> None:
    """In key order: the key's index grows at its end, and what is asked for together lies together."""
    columns, order = ", ".join(r.columns), ", ".join(r.keys)
    connection.execute(text(f"INSERT INTO {r.table} ({columns}) {query} ORDER BY {order}"))


def fingerprint(limits: QualityLimits | None = None) -> str:
    """Of all definitions by which rollups are made; another one means that stored rollups are out of date.

    limits: of data quality; None: those counted by.
    """
    return _fingerprint(ROLLUPS, limits or quality_rollup.counted_by())


@lru_cache(maxsize=16)
def _fingerprint(made: tuple[Rollup, ...], limits: QualityLimits) -> str:
    defined = tuple(
        replace(r, contributions=quality_rollup.filled(r.contributions, limits, facts="{facts}")) for r in made
    )
    others = (
        quality_rollup.every_duplicate(limits), COVERAGE, UNIT_COVERAGE, PROCEDURE_COVERAGE, OFFER_SPAN, LINK_STATE,
    )  # fmt: skip
    return hashlib.sha256(repr((defined, others)).encode()).hexdigest()


def renew(connection: Connection) -> bool:
    """Rebuild as a new version when the figures were made by other definitions than these; True when so.

    Called after migrations and before each change that the sync makes, in the caller's transaction; costs two looks.
    Where only the limits of data quality are others, only what hangs on them is counted anew.
    """
    books.writing(connection)
    if books.version(connection) is None:
        return False
    quality_rollup.adopt()
    made_by = connection.execute(text("SELECT fingerprint FROM rollup_definition")).scalar_one_or_none()
    if made_by == fingerprint():
        return False
    if made_by in {fingerprint(limits) for limits in quality_rollup.known_limits()}:
        quality_rollup.fill_duplicates(connection)
        connection.execute(text("SET LOCAL work_mem = '192MB'"))
        for r in quality_rollup.ROLLUPS:
            _fill_one(connection, r)
        connection.execute(text("UPDATE rollup_definition SET fingerprint = :f"), {"f": fingerprint()})
        books.bump(connection, None, "UTC")
    else:
        rebuild(connection)
    return True


def rebuild(connection: Connection) -> None:
    """Recompute all rollups from the facts as a new version, in the caller's transaction.

    Called by `python -m data_access rebuild`. Waits for a sync's transaction at work and keeps the next one
    waiting. Does nothing before the first load has ended, since nothing is published then.
    """
    books.writing(connection)
    if books.version(connection) is not None:
        fill(connection)
        books.bump(connection, None, "UTC")


@dataclass(frozen=True)
class Difference:
    """A rollup row that isn't what the facts say; None: there is no such row."""

    table: str
    stored: str | None
    expected: str | None


def check(connection: Connection, limit: int = 100) -> list[Difference]:
    """Compare every rollup with the facts; [] when all is exact (`rebuild --check`).

    One statement, so that it sees one state even while a sync is at work.
    """
    if books.version(connection) is None:
        return []
    expected = [(r.table, ", ".join(r.columns), _expected(r)) for r in ROLLUPS]
    expected.append(("duplicate_code", quality_rollup.DUPLICATE_COLUMNS, quality_rollup.every_duplicate()))
    expected.append(("coverage_history", "day, procedures, level3, level4", COVERAGE))
    expected.append(("unit_coverage", _UNIT_COVERAGE_COLUMNS, UNIT_COVERAGE.format(units="true")))
    expected.append(("procedure_coverage", _PROCEDURE_COVERAGE_COLUMNS, PROCEDURE_COVERAGE))
    expected.append(("offer_span", _OFFER_SPAN_COLUMNS, OFFER_SPAN))
    expected.append(("link_state", _LINK_COLUMNS, LINK_STATE.format(links="link_check")))
    parts = [_comparison(table, columns, query) for table, columns, query in expected]
    rows = connection.execute(text(" UNION ALL ".join(parts)), {"n": limit})
    return [
        Difference(r.name, r.shown if r.side == "stored" else None, r.shown if r.side == "expected" else None)
        for r in rows
    ]


def _comparison(table: str, columns: str, query: str) -> str:
    """Rows on one side only, as text, at most :n a side. Each side is read once: the facts are what costs."""
    return f"""
        (SELECT '{table}' AS name, side, shown
           FROM (SELECT side, shown, row_number() OVER (PARTITION BY side) AS nth
                   FROM (SELECT CASE WHEN sum(n) > 0 THEN 'stored' ELSE 'expected' END AS side,
                                ROW({columns})::text AS shown
                           FROM (SELECT {columns}, 1 AS n FROM {table}
                                 UNION ALL SELECT {columns}, -1 FROM ({query}) q) sides
                          GROUP BY {columns} HAVING sum(n) <> 0) x) y
          WHERE nth <= :n ORDER BY side DESC)
    """
