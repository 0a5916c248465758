"""Daily snapshots of the backlog: what was true at the end of a day, written once and never changed."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from data_access.rules.timeliness import RULE
from data_access.store import books

LATE = timedelta(hours=1)  # written so long after the day's end, it is no longer simply the state itself
AHEAD = timedelta(hours=12)  # a source's clock so far ahead of the store's is broken and closes no day
DEFINITION = (
    "open: received up to the end of the day and not settled by then; suspended: waiting for the citizen then; "
    "overdue: not suspended, legal due day before this day; due_24h: neither, due within 24 hours of the day's end"
)

# What is open now, and what has been settled since. For a snapshot written right after midnight this is the
# view open_dossier; later, pauses tell who was suspended then, and the due date as it is known now who was late.
BACKLOG = """
INSERT INTO backlog_snapshot (day, unit_code, field_code, tier, district_code, open, overdue, due_24h, suspended)
SELECT :day, unit_code, field_code, tier, district_code, count(*),
       count(*) FILTER (WHERE NOT suspended AND late), count(*) FILTER (WHERE NOT suspended AND NOT late AND soon),
       count(*) FILTER (WHERE suspended)
  FROM (
    SELECT d.unit_code, d.field_code, d.tier, d.district_code,
           CASE WHEN d.bucket = 'suspended' THEN NOT EXISTS (
                  SELECT FROM pause p WHERE p.dossier_id = d.dossier_id AND p.from_at >= :ends AND p.to_at IS NULL)
                ELSE EXISTS (
                  SELECT FROM pause p WHERE p.dossier_id = d.dossier_id AND p.from_at < :ends AND p.to_at > :ends)
           END AS suspended,
           coalesce(coalesce(d.overdue_from, (d.legal_due_at AT TIME ZONE :tz)::date + 1) <= :day, false) AS late,
           coalesce(d.legal_due_at <= CAST(:ends AS timestamptz) + interval '24 hours', false) AS soon
      FROM dossier d
     WHERE (d.bucket IN ('running', 'suspended') OR d.settled_day > :day)
       AND coalesce(d.received_day <= :day, true)
  ) at_its_end
 GROUP BY unit_code, field_code, tier, district_code
"""

MISSING = """
SELECT g.day::date AS day
  FROM data_version v CROSS JOIN snapshot_start s
 CROSS JOIN LATERAL generate_series(s.day::timestamp, v.as_of_day - interval '1 day', '1 day') AS g(day)
 WHERE NOT EXISTS (SELECT FROM snapshot_day w WHERE w.day = g.day::date)
 ORDER BY 1 DESC
"""


def missing(connection: Connection) -> list[date]:
    """Closed days since the first load that have no snapshot (yet), the newest first."""
    return list(connection.execute(text(MISSING)).scalars())


def late(connection: Connection) -> list[date]:
    """Closed days whose snapshot was written long after their end, the newest first."""
    return list(connection.execute(text("SELECT day FROM snapshot_day WHERE late ORDER BY day DESC")).scalars())


def start(connection: Connection) -> None:
    """Remember the first day this store lives through: the local day of its figures at its first poll."""
    connection.execute(
        text("INSERT INTO snapshot_start (day) SELECT as_of_day FROM data_version ON CONFLICT DO NOTHING")
    )


def write(connection: Connection, day: date, tz: str) -> bool:
    """Write the snapshot of a closed day, within a transaction that changes nothing else; a new version.

    A day is closed when the figures' instant (the source's clock) lies beyond its end. Returns False, and
    writes nothing, when it isn't, when it has been written, or when the two servers' clocks are at odds.
    """
    ends = day_ends(day, tz)
    current = books.version(connection)
    if current is None or current.as_of < ends:
        return False
    written = connection.execute(
        text("""
            INSERT INTO snapshot_day (day, written_at, as_of, late, rule, definition)
            SELECT :day, clock_timestamp(), :as_of, :late, :rule, :definition
             WHERE CAST(:ends AS timestamptz) <= clock_timestamp() + CAST(:ahead AS interval)
            ON CONFLICT DO NOTHING
        """),
        {
            "day": day, "as_of": current.as_of, "late": current.as_of - ends > LATE, "rule": RULE,
            "definition": DEFINITION, "ends": ends, "ahead": AHEAD,
        },
    ).rowcount  # fmt: skip
    if not written:
        return False
    connection.execute(text(BACKLOG), {"day": day, "ends": ends, "tz": tz})
    connection.execute(
        text("INSERT INTO backlog_day SELECT day, district_code, sum(open), sum(overdue) FROM backlog_snapshot "
             "WHERE day = :day GROUP BY day, district_code"), {"day": day},
    )  # fmt: skip
    books.bump(connection, None, tz)
    return True


def day_ends(day: date, tz: str) -> datetime:
    """The instant at which a local day ends."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(tz))
