"""Rollups of what came, went and was finished: by day, month, officer, unit."""

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

_SETTLED = "settled_early + settled_on_time + settled_late"

_DAILY = (
    "received", "received_online", "settled", "in_time", "rated", "satisfied", "became_overdue", "settled_late",
)  # fmt: skip


def _daily(keys: str) -> str:
    """Flows of a place by day, from the dossiers."""
    return f"""
    SELECT {keys.replace("day", "received_day AS day")}, 1 AS received, (channel = 2)::int AS received_online,
           0 AS settled, 0 AS in_time, 0 AS rated, 0 AS satisfied, 0 AS became_overdue, 0 AS settled_late
      FROM {{facts}} WHERE received_day IS NOT NULL
    UNION ALL
    SELECT {keys.replace("day", "settled_day")}, 0, 0, 1, (timeliness <> 'late')::int,
           coalesce(rating BETWEEN 1 AND 3, false)::int, coalesce(rating BETWEEN 2 AND 3, false)::int, 0,
           (timeliness = 'late')::int
      FROM {{facts}} WHERE settled_day IS NOT NULL
    UNION ALL
    SELECT {keys.replace("day", "overdue_from")}, 0, 0, 0, 0, 0, 0, 1, 0
      FROM {{facts}} WHERE overdue_from IS NOT NULL
    """


def _daily_of_flows(keys: str) -> str:
    """The same from flow_day."""
    return f"""
    SELECT {keys}, received, CASE WHEN channel = 2 THEN received ELSE 0 END AS received_online, {_SETTLED} AS settled,
           settled_early + settled_on_time AS in_time, rated, satisfied, became_overdue, settled_late
      FROM flow_day
    """


UNIT_DAY = Rollup(
    "unit_day",
    "dossier",
    ("unit_code", "day"),
    ("district_code",),
    _DAILY,
    _daily("unit_code, day, district_code"),
    renewal=_daily_of_flows("unit_code, day, district_code"),
)

DISTRICT_DAY = Rollup(
    "district_day",
    "dossier",
    ("day", "district_code"),
    (),
    _DAILY,
    _daily("day, district_code"),
    renewal=_daily_of_flows("day, district_code"),
)


def _by_field(flows: str) -> str:
    """Sums by district and field; each once more as one of the whole city, district '*'."""
    return f"""
    SELECT p.district_code, f.day, f.tier, f.field_code, f.received, f.received_online, f.settled_early,
           f.settled_on_time, f.settled_late, f.became_overdue
      FROM (SELECT district_code, day, tier, field_code, sum(received)::int AS received,
                   sum(CASE WHEN channel = 2 THEN received ELSE 0 END)::int AS received_online,
                   sum(settled_early)::int AS settled_early, sum(settled_on_time)::int AS settled_on_time,
                   sum(settled_late)::int AS settled_late, sum(became_overdue)::int AS became_overdue
              FROM {flows} flow GROUP BY district_code, day, tier, field_code) f
     CROSS JOIN LATERAL (VALUES (f.district_code), ('*')) p(district_code)
    """


FIELD_DAY = Rollup(
    "field_day",
    "dossier",
    ("district_code", "day", "tier", "field_code"),
    (),
    ("received", "received_online", "settled_early", "settled_on_time", "settled_late", "became_overdue"),
    _by_field(f"({FLOW_DAY.contributions})"),
    renewal=_by_field("flow_day"),
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
    renewal="""
    SELECT unit_code, procedure_code, month, tier, district_code, received, online AS received_online
      FROM qd766_unit_month
    """,
)

# 1/n is rounded to a multiple of 2^-20: such numbers add up exactly in any order, so that subtracting
# gives back what was before, and a rebuild the same sums.
SHARE = "round(1048576::float8 / cardinality(officer_ids)) / 1048576"

# unnest stands in the list of columns: beside the table (LATERAL) it takes twice the time.
OFFICER_DAY = Rollup(
    "officer_day",
    "step",
    ("officer_id", "day", "district_code"),
    (),
    ("steps_finished", "steps_with_due", "steps_on_time"),
    f"""
    SELECT officer_id, day, district_code, share AS steps_finished,
           CASE WHEN with_due THEN share ELSE 0 END AS steps_with_due,
           CASE WHEN on_time THEN share ELSE 0 END AS steps_on_time
      FROM (SELECT unnest(officer_ids) AS officer_id, finished_day AS day, district_code, {SHARE} AS share,
                   due_at IS NOT NULL AS with_due, finished_at <= due_at AS on_time
              FROM {{facts}} f WHERE finished_day IS NOT NULL AND cardinality(officer_ids) > 0) s
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
    renewal=f"SELECT unit_code, tier, district_code, received, {_SETTLED} AS settled FROM flow_day",
)
