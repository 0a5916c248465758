"""Rollups: what each fact contributes, written once and used to load, to change, to rebuild and to check.

A rollup row is the sum of its facts' contributions and exists only while one of its measures isn't 0.
A change is: subtract what the touched facts contributed, change the facts, add what they contribute now.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from data_access.store import books
from data_access.store.rollup import Rollup

FLOW_DAY = Rollup(
    "flow_day",
    "dossier",
    ("unit_code", "field_code", "channel", "day"),
    ("tier", "district_code"),
    ("received", "settled_early", "settled_on_time", "settled_late", "became_overdue", "rated", "satisfied"),
    """
    SELECT unit_code, field_code, channel, received_day AS day, tier, district_code, 1 AS received,
           0 AS settled_early, 0 AS settled_on_time, 0 AS settled_late, 0 AS became_overdue, 0 AS rated, 0 AS satisfied
      FROM {facts} WHERE received_day IS NOT NULL
    UNION ALL
    SELECT unit_code, field_code, channel, settled_day, tier, district_code, 0,
           (timeliness = 'early')::int, (timeliness = 'on_time')::int, (timeliness = 'late')::int, 0,
           coalesce(rating BETWEEN 1 AND 3, false)::int, coalesce(rating BETWEEN 2 AND 3, false)::int
      FROM {facts} WHERE settled_day IS NOT NULL
    UNION ALL
    SELECT unit_code, field_code, channel, overdue_from, tier, district_code, 0, 0, 0, 0, 1, 0, 0
      FROM {facts} WHERE overdue_from IS NOT NULL
    """,
)

PROCEDURE_MONTH = Rollup(
    "procedure_month",
    "dossier",
    ("unit_code", "procedure_code", "month"),
    ("tier", "district_code"),
    ("received", "received_online"),
    """
    SELECT unit_code, procedure_code, date_trunc('month', received_day::timestamp)::date AS month,
           tier, district_code, 1 AS received, (channel = 2)::int AS received_online
      FROM {facts} WHERE received_day IS NOT NULL
    """,
)

# 1/n is rounded to a multiple of 2^-20: such numbers add up exactly in any order, so that subtracting
# gives back what was before, and a rebuild the same sums.
OFFICER_DAY = Rollup(
    "officer_day",
    "step",
    ("officer_id", "day", "district_code"),
    (),
    ("steps_finished", "steps_with_due", "steps_on_time"),
    """
    SELECT o.officer_id, s.finished_day AS day, s.district_code, n.share AS steps_finished,
           CASE WHEN s.due_at IS NOT NULL THEN n.share ELSE 0 END AS steps_with_due,
           CASE WHEN s.finished_at <= s.due_at THEN n.share ELSE 0 END AS steps_on_time
      FROM {facts} s
     CROSS JOIN LATERAL (SELECT round(1048576.0 / cardinality(s.officer_ids))::float8 / 1048576 AS share) n
     CROSS JOIN LATERAL unnest(s.officer_ids) AS o(officer_id)
     WHERE s.finished_day IS NOT NULL AND cardinality(s.officer_ids) > 0
    """,
)

UNIT_TOTAL = Rollup(
    "unit_total",
    "dossier",
    ("unit_code",),
    ("tier", "district_code"),
    ("received", "settled"),
    """
    SELECT unit_code, tier, district_code, 1 AS received, (settled_day IS NOT NULL)::int AS settled
      FROM {facts} WHERE received_day IS NOT NULL
    """,
)

ROLLUPS = (FLOW_DAY, PROCEDURE_MONTH, OFFICER_DAY, UNIT_TOTAL)

# By day: procedures in force (one without a first day always was), and how many of the offered ones have
# level 3 or 4 as the highest level at which they are offered anywhere. Changes by day, summed up over days.
COVERAGE = """
WITH change AS (
  SELECT procedure_code, level, active_from AS day, 1 AS n FROM offering
   WHERE level >= 3 AND (active_to IS NULL OR active_to > active_from)
  UNION ALL
  SELECT procedure_code, level, active_to, -1 FROM offering WHERE level >= 3 AND active_to > active_from
), by_day AS (
  SELECT procedure_code, day, sum(n) FILTER (WHERE level = 3) AS n3, sum(n) FILTER (WHERE level = 4) AS n4
    FROM change GROUP BY procedure_code, day
), state AS (
  SELECT procedure_code, day, (coalesce(sum(n4) OVER w, 0) > 0)::int AS level4,
         (coalesce(sum(n3) OVER w, 0) > 0 AND coalesce(sum(n4) OVER w, 0) = 0)::int AS level3
    FROM by_day WINDOW w AS (PARTITION BY procedure_code ORDER BY day)
), step AS (
  SELECT day, 0 AS procedures, level3 - coalesce(lag(level3) OVER w, 0) AS level3,
         level4 - coalesce(lag(level4) OVER w, 0) AS level4
    FROM state WINDOW w AS (PARTITION BY procedure_code ORDER BY day)
  UNION ALL
  SELECT coalesce(valid_from, DATE '1945-09-02'), 1, 0, 0 FROM procedure
  UNION ALL
  SELECT valid_to, -1, 0, 0 FROM procedure WHERE valid_to IS NOT NULL
), total AS (
  SELECT day, sum(procedures) AS procedures, sum(level3) AS level3, sum(level4) AS level4
    FROM step GROUP BY day HAVING count(*) FILTER (WHERE procedures <> 0 OR level3 <> 0 OR level4 <> 0) > 0
)
SELECT day, sum(procedures) OVER w AS procedures, sum(level3) OVER w AS level3, sum(level4) OVER w AS level4
  FROM total WINDOW w AS (ORDER BY day)
"""

# The last check of each link; `since`: the first check after the last one that found the other state.
LINK_STATE = """
SELECT l.ward_code, l.service, c.district_code, c.checked_at, c.up, c.latency_ms, f.since
  FROM (SELECT DISTINCT ward_code, service FROM {links}) l
 CROSS JOIN LATERAL (SELECT * FROM link_check c WHERE c.ward_code = l.ward_code AND c.service = l.service
                      ORDER BY c.checked_at DESC LIMIT 1) c
 CROSS JOIN LATERAL (SELECT max(o.checked_at) AS at FROM link_check o WHERE o.ward_code = l.ward_code
                        AND o.service = l.service AND o.up = NOT c.up) o
 CROSS JOIN LATERAL (SELECT min(s.checked_at) AS since FROM link_check s WHERE s.ward_code = l.ward_code
                        AND s.service = l.service AND s.checked_at > coalesce(o.at, '-infinity')) f
"""


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


def contribute(connection: Connection, fact: str, sign: int) -> None:
    """Note what the touched facts contribute now, with `sign` (-1 before the change, +1 after)."""
    for r in (r for r in ROLLUPS if r.fact == fact):
        facts = f"(SELECT f.* FROM touched_{r.fact} t JOIN {r.fact} f USING ({r.fact}_id))"
        plain = ", ".join((*r.keys, *r.attributes))
        sums = ", ".join(f"{sign} * sum({m})" for m in r.measures)
        connection.execute(
            text(f"""
                INSERT INTO delta_{r.table} ({", ".join(r.columns)}, sign)
                SELECT {plain}, {sums}, {sign}
                  FROM ({r.contributions.format(facts=facts + " facts" if r.fact == "dossier" else facts)}) c
                 GROUP BY {plain}
            """)
        )


def merge(connection: Connection) -> None:
    """Bring the noted differences into the rollups; rows that come to nothing go."""
    for r in ROLLUPS:
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


def refresh_coverage(connection: Connection) -> bool:
    """Recompute coverage_history from the offerings; True when it changed."""
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


_LINK_COLUMNS = "ward_code, service, district_code, checked_at, up, latency_ms, since"


def refresh_links(connection: Connection, links: str = "link_check") -> None:
    """Recompute link_state of the links named in the table `links` (an index answers each)."""
    sets = ", ".join(f"{c} = EXCLUDED.{c}" for c in _LINK_COLUMNS.split(", ")[2:])
    connection.execute(
        text(f"INSERT INTO link_state ({_LINK_COLUMNS}) {LINK_STATE.format(links=links)} "
             f"ON CONFLICT (ward_code, service) DO UPDATE SET {sets}")
    )  # fmt: skip


def _expected(r: Rollup) -> str:
    plain = ", ".join(r.keys)
    attributes = "".join(f", max({a}) AS {a}" for a in r.attributes)
    sums = ", ".join(f"sum({m}) AS {m}" for m in r.measures)
    some = " OR ".join(f"sum({m}) <> 0" for m in r.measures)
    source = r.contributions.format(facts=r.fact)
    return f"SELECT {plain}{attributes}, {sums} FROM ({source}) c GROUP BY {plain} HAVING {some}"


def fill(connection: Connection) -> None:
    """Every rollup anew from the facts, within the caller's transaction and without a new version."""
    connection.execute(text("SET LOCAL work_mem = '192MB'"))  # else the sums spill to disk
    for r in ROLLUPS:
        connection.execute(text(f"DELETE FROM {r.table}"))
        order = ", ".join(r.keys)  # in key order, the key's index grows at its end
        connection.execute(text(f"INSERT INTO {r.table} ({', '.join(r.columns)}) {_expected(r)} ORDER BY {order}"))
    refresh_coverage(connection)
    connection.execute(text("DELETE FROM link_state"))
    refresh_links(connection)


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
    expected.append(("coverage_history", "day, procedures, level3, level4", COVERAGE))
    expected.append(("link_state", _LINK_COLUMNS, LINK_STATE.format(links="link_check")))
    parts = [_comparison(table, columns, query) for table, columns, query in expected]
    rows = connection.execute(text(" UNION ALL ".join(parts)), {"n": limit})
    return [
        Difference(r.name, r.shown if r.side == "stored" else None, r.shown if r.side == "expected" else None)
        for r in rows
    ]


def _comparison(table: str, columns: str, query: str) -> str:
    """Rows on one side only, as text."""
    typed = f"SELECT {columns} FROM {table} WHERE false UNION ALL SELECT {columns} FROM ({query}) q"
    stored = f"SELECT {columns} FROM {table}"
    return f"""
        (SELECT '{table}' AS name, 'stored' AS side, x::text AS shown
           FROM ({stored} EXCEPT ALL ({typed})) x LIMIT :n)
        UNION ALL
        (SELECT '{table}', 'expected', x::text FROM (({typed}) EXCEPT ALL {stored}) x LIMIT :n)
    """
