"""What a dossier contributes to the score of Decision 766; the tables are explained in migration 0004.

TIMELY and OPEN say in SQL what `rules.standing.rule_c` says of rows: a test holds them equal. A dossier is open from
its receipt to its end; while open it may become late, be in time again when a supplement is over (its time is
subtracted), and become late again. These turns depend on the dossier alone, not on the day they are looked at, so that
they can be summed up: late and open at any instant = the turns up to it.
"""

from data_access.store.rollup import Rollup

# One row a received dossier. `ended`: its end under R-C; `paused`: whether its pauses need to be read. OFFSET 0 keeps
# the look for pauses at one a row.
_DOSSIER = """
(SELECT unit_code, tier, district_code, dossier_id, received_at, updated_at,
        date_trunc('month', received_day::timestamp)::date AS received_month,
        coalesce(due_original, due_at) AS due,
        coalesce(supplement_count > 1, false) AS twice,
        bucket = 'suspended' AS waits,
        CASE WHEN bucket = 'closed' THEN coalesce(least(finished_at, returned_at), updated_at) END AS ended,
        CASE WHEN bucket = 'closed' THEN greatest(
          CASE WHEN returned_at < finished_at THEN local_month(returned_at)
               ELSE date_trunc('month', settled_day::timestamp)::date END,
          date_trunc('month', received_day::timestamp)::date) END AS ended_month,
        EXISTS (SELECT FROM pause p WHERE p.dossier_id = f.dossier_id) AS paused
   FROM (SELECT * FROM {facts}) f WHERE %s OFFSET 0)
"""

# What the pauses of d say at the instant %s: supplements asked for so far, since when it waits (if it does), and the
# time of the supplements that are over, overlapping ones once.
_PAUSES = """
(SELECT p.asked, p.since, make_interval(secs => coalesce(
          (SELECT extract(epoch FROM sum(upper(r) - lower(r))) FROM unnest(p.over) r), 0)::float8) AS allowed
   FROM (SELECT count(*) FILTER (WHERE reason = 'supplement') AS asked,
                min(from_at) FILTER (WHERE to_at IS NULL OR to_at > %s) AS since,
                range_agg(tstzrange(from_at, to_at))
                  FILTER (WHERE reason = 'supplement' AND to_at <= %s AND to_at > from_at) AS over
           FROM pause WHERE pause.dossier_id = d.dossier_id AND from_at <= %s) p)
"""


def _pauses(at: str) -> str:
    return _PAUSES.replace("%s", at)


# (at, turn): +1 when d becomes late while open, -1 when it is in time again. Late from `at` on means later than due,
# so that is a microsecond after it. With pauses: one stretch between any two of their beginnings and ends.
_TURNS = f"""
(SELECT x.at, 1 AS turn
   FROM (SELECT CASE WHEN d.twice THEN d.received_at
                     WHEN d.waits AND d.updated_at <= d.due THEN NULL
                     ELSE greatest(d.received_at, d.due + interval '1 microsecond') END AS at) x
  WHERE NOT d.paused AND d.due IS NOT NULL AND x.at IS NOT NULL
    AND (d.ended IS NULL OR d.ended > d.due OR d.twice)
 UNION ALL
 SELECT y.at, y.turn
   FROM (SELECT e.at AS began, lead(e.at) OVER (ORDER BY e.at) AS next,
                CASE WHEN d.twice OR p.asked > 1 THEN e.at
                     WHEN d.waits AND p.since > d.due + p.allowed THEN e.at
                     WHEN d.waits AND (p.since IS NOT NULL OR d.updated_at <= d.due + p.allowed) THEN NULL
                     ELSE greatest(e.at, d.due + p.allowed + interval '1 microsecond') END AS late_from
           FROM (SELECT d.received_at AS at
                 UNION SELECT from_at FROM pause WHERE pause.dossier_id = d.dossier_id AND from_at > d.received_at
                 UNION SELECT to_at FROM pause WHERE pause.dossier_id = d.dossier_id AND to_at > d.received_at) e
          CROSS JOIN LATERAL {_pauses("e.at")} p) s
  CROSS JOIN LATERAL (VALUES (s.late_from, 1), (s.next, -1)) y(at, turn)
  WHERE d.paused AND d.due IS NOT NULL AND y.at IS NOT NULL AND (s.next IS NULL OR s.late_from < s.next)
    AND s.late_from IS NOT NULL)
"""

TIMELY = Rollup(
    "qd766_timely",
    "dossier",
    ("unit_code", "month"),
    ("tier", "district_code"),
    ("received", "without_due", "settled_on_time", "settled_late", "late_open"),
    f"""
    SELECT d.unit_code, v.month, d.tier, d.district_code, v.received, v.without_due, v.settled_on_time,
           v.settled_late, v.late_open
      FROM {_DOSSIER % "received_day IS NOT NULL"} d
     CROSS JOIN LATERAL (
       SELECT d.received_month AS month, (d.due IS NOT NULL)::int AS received, (d.due IS NULL)::int AS without_due,
              0 AS settled_on_time, 0 AS settled_late, 0 AS late_open
       UNION ALL
       SELECT d.ended_month, 0, 0, (NOT l.late)::int, l.late::int, 0
         FROM (SELECT d.ended > d.due OR d.twice AS late WHERE NOT d.paused
               UNION ALL
               SELECT d.ended > d.due + p.allowed OR d.twice OR p.asked > 1
                 FROM {_pauses("'infinity'::timestamptz")} p WHERE d.paused) l
        WHERE d.ended IS NOT NULL AND d.due IS NOT NULL
       UNION ALL
       SELECT m.month, 0, 0, 0, 0, m.late_open
         FROM (SELECT local_month(t.at) AS month, t.turn FROM {_TURNS} t) t
        CROSS JOIN LATERAL (VALUES (t.month, t.turn), (d.ended_month, -t.turn)) m(month, late_open)
        WHERE m.month IS NOT NULL AND (d.ended_month IS NULL OR t.month < d.ended_month)
     ) v
    """,
)

OPEN = Rollup(
    "qd766_open",
    "dossier",
    ("unit_code", "at"),
    ("tier", "district_code"),
    ("late",),
    f"""
    SELECT d.unit_code, t.at, d.tier, d.district_code, t.turn AS late
      FROM {_DOSSIER % "bucket IN ('running', 'suspended') AND received_day IS NOT NULL"} d
     CROSS JOIN LATERAL {_TURNS} t
    """,
)

_MEASURES = (
    "received", "online", "online_result", "digitised_in", "eid_verified", "fee_owed", "paid_online", "done",
    "done_result", "done_both", "done_seconds", "in_known", "eid_known", "paid_known", "result_known",
)  # fmt: skip


def _flows(keys: str, span: str = "month") -> str:
    """Counts of received dossiers in the month (or year) of receipt, of completed ones in the one they were."""
    return f"""
    SELECT {keys.replace(span, f"date_trunc('{span}', received_day::timestamp)::date AS {span}")},
           1 AS received, (channel = 2)::int AS online,
           (channel = 2 AND coalesce(digitised_result, false))::int AS online_result,
           coalesce(digitised_in, false)::int AS digitised_in, coalesce(eid_verified, false)::int AS eid_verified,
           (fee_due IS DISTINCT FROM 0)::int AS fee_owed,
           (fee_due IS DISTINCT FROM 0 AND coalesce(paid_online, false))::int AS paid_online,
           0 AS done, 0 AS done_result, 0 AS done_both, 0::bigint AS done_seconds,
           (digitised_in IS NOT NULL)::int AS in_known, (eid_verified IS NOT NULL)::int AS eid_known,
           (paid_online IS NOT NULL)::int AS paid_known, 0 AS result_known
      FROM {{facts}} WHERE received_day IS NOT NULL
    UNION ALL
    SELECT {keys.replace(span, f"date_trunc('{span}', settled_day::timestamp)::date")},
           0, 0, 0, 0, 0, 0, 0, 1, coalesce(digitised_result, false)::int,
           coalesce(digitised_result AND digitised_in, false)::int,
           extract(epoch FROM coalesce(finished_at, returned_at, updated_at) - received_at)::bigint,
           0, 0, 0, (digitised_result IS NOT NULL)::int
      FROM {{facts}} WHERE status IN (9, 10) AND settled_day IS NOT NULL
    """


UNIT_MONTH = Rollup(
    "qd766_unit_month",
    "dossier",
    ("unit_code", "month", "procedure_code"),
    ("tier", "district_code"),
    _MEASURES,
    _flows("unit_code, month, procedure_code, tier, district_code"),
)

DISTRICT_MONTH = Rollup(
    "qd766_district_month",
    "dossier",
    ("month", "district_code", "procedure_code"),
    (),
    _MEASURES,
    _flows("month, district_code, procedure_code"),
    renewal=f"SELECT month, district_code, procedure_code, {', '.join(_MEASURES)} FROM qd766_unit_month",
)

DISTRICT_YEAR = Rollup(
    "qd766_district_year",
    "dossier",
    ("year", "district_code", "procedure_code"),
    (),
    _MEASURES,
    _flows("year, district_code, procedure_code", "year"),
    renewal=f"""
    SELECT date_trunc('year', month::timestamp)::date AS year, district_code, procedure_code, {", ".join(_MEASURES)}
      FROM qd766_unit_month
    """,
)

ROLLUPS = (UNIT_MONTH, DISTRICT_MONTH, DISTRICT_YEAR, TIMELY, OPEN)
