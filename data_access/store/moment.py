"""Rollups as of the figures' own instant: what is open now, who holds it, what the last 28 days brought.

Their contributions read data_version, so they change without any fact changing, as time passes. `publish`
(rollups.py) treats that as a change like any other: the facts that CROSSING names are touched, what they
contributed at the old instant is subtracted, what they contribute at the new one added.
"""

from data_access.store.flows import SHARE
from data_access.store.rollup import Rollup
from data_access.working_time import RECENT_DAYS

# As in the view open_dossier, which lists the same dossiers one by one.
OVERDUE = "bucket = 'running' AND coalesce(overdue_from <= as_of_day, false)"
SOON = "bucket = 'running' AND coalesce(legal_due_at <= as_of + interval '24 hours', false)"

OPEN_STOCK = Rollup(
    "open_stock",
    "dossier",
    ("unit_code", "field_code", "channel"),
    ("tier", "district_code"),
    ("open", "overdue", "due_24h", "suspended"),
    f"""
    SELECT unit_code, field_code, channel, tier, district_code, 1 AS open, ({OVERDUE})::int AS overdue,
           ({SOON} AND NOT ({OVERDUE}))::int AS due_24h, (bucket = 'suspended')::int AS suspended
      FROM {{facts}} CROSS JOIN data_version WHERE bucket IN ('running', 'suspended')
    """,
    moment=True,
)

_RECENT = f"{{day}} > as_of_day - {RECENT_DAYS} AND {{day}} <= as_of_day"

SETTLED_RECENT = Rollup(
    "settled_recent",
    "dossier",
    ("unit_code", "field_code", "channel"),
    ("district_code",),
    ("settled",),
    f"""
    SELECT unit_code, field_code, channel, district_code, 1 AS settled
      FROM {{facts}} CROSS JOIN data_version WHERE {_RECENT.format(day="settled_day")}
    """,
    moment=True,
    renewal=f"""
    SELECT unit_code, field_code, channel, district_code,
           settled_early + settled_on_time + settled_late AS settled
      FROM flow_day CROSS JOIN data_version WHERE {_RECENT.format(day="day")}
    """,
)

OFFICER_HELD = Rollup(
    "officer_held",
    "step",
    ("officer_id", "district_code"),
    (),
    ("steps", "overdue"),
    f"""
    SELECT officer_id, district_code, share AS steps, CASE WHEN late THEN share ELSE 0 END AS overdue
      FROM (SELECT unnest(officer_ids) AS officer_id, district_code, {SHARE} AS share, due_at < as_of AS late
              FROM {{facts}} f CROSS JOIN data_version WHERE waiting AND cardinality(officer_ids) > 0) s
    """,
    moment=True,
)

OFFICER_RECENT = Rollup(
    "officer_recent",
    "step",
    ("officer_id", "district_code"),
    (),
    ("finished", "with_due", "on_time"),
    f"""
    SELECT officer_id, district_code, share AS finished, CASE WHEN due THEN share ELSE 0 END AS with_due,
           CASE WHEN kept THEN share ELSE 0 END AS on_time
      FROM (SELECT unnest(officer_ids) AS officer_id, district_code, {SHARE} AS share, due_at IS NOT NULL AS due,
                   finished_at <= due_at AS kept
              FROM {{facts}} f CROSS JOIN data_version
             WHERE cardinality(officer_ids) > 0 AND {_RECENT.format(day="finished_day")}) s
    """,
    moment=True,
    renewal=f"""
    SELECT s.officer_id, s.district_code, sum(s.steps_finished) AS finished, sum(s.steps_with_due) AS with_due,
           sum(s.steps_on_time) AS on_time
      FROM officer_day s CROSS JOIN data_version v WHERE {_RECENT.format(day="day")}
     GROUP BY s.officer_id, s.district_code
    """,
)

# Which facts contribute something else at one instant than at another: from :old to :new (instants), :old_day to
# :new_day (local days), the earlier one first. Index ranges: dossier_due, step_due. Two days more
# on either side, since the store knows no time zone; the due day's own condition decides.
CROSSING = {
    "dossier": """
      SELECT dossier_id FROM dossier
       WHERE bucket = 'running' AND legal_due_at > CAST(:old AS timestamptz) + interval '24 hours'
         AND legal_due_at <= CAST(:new AS timestamptz) + interval '24 hours'
      UNION
      SELECT dossier_id FROM dossier
       WHERE bucket = 'running' AND overdue_from > :old_day AND overdue_from <= :new_day
         AND legal_due_at >= CAST(:old_day AS date) - 2 AND legal_due_at < CAST(:new_day AS date) + 2
    """,
    "step": "SELECT step_id FROM step WHERE waiting AND due_at >= :old AND due_at < :new",
}
