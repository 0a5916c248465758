"""Data quality counted with the facts: the kinds of data_access/rules/quality.py as sums per unit and month.

`no_due` depends on what a procedure's limit is today, so it is kept by procedure and decided when asked.
Codes used twice can't be summed up at all: their dossiers are listed (`duplicate_code`).

The limits of quality.yaml stand in the conditions as {names} and are filled in when asked. Whoever counts changes by
them takes them up between transactions alone (`adopt`), or what is taken off would not be what was added.
"""

from sqlalchemy import Connection, text

from config.quality import QualityLimits, kept, quality_limits
from data_access.rules.quality import CHANNELS, DAY, DOSSIER_ORDERS, RATINGS, STEP_ORDERS, TIMES, Order
from data_access.rules.status import BUCKETS
from data_access.store.rollup import Rollup

NO_MONTH = "0001-01-01"
"""The month of dossiers that were not received, or on an unknown day."""
_MONTH = f"coalesce(date_trunc('month', received_day::timestamp)::date, DATE '{NO_MONTH}')"
_TAKEN_IN = "bucket NOT IN ('pre_intake', 'refused')"
NO_DUE = "received_day IS NOT NULL AND due_at IS NULL"


def _out_of_order(order: Order) -> str:
    """`is_out_of_order` in SQL; the quick comparison first, since nearly all rows are in order."""
    skew, grace = ("{skew}", "{grace}") if order.is_skewed else ("0", str(DAY - 1))
    full_hour = f"date_bin('1 hour', {order.earlier}, TIMESTAMPTZ '2000-01-01 00:00+00') = {order.earlier}"
    gap = f"{order.later} - {order.earlier}"
    whole = f"CASE WHEN {full_hour} THEN {grace} ELSE {skew} END"
    return f"({order.earlier} < {order.later} AND {gap} > make_interval(secs => {whole}))"


def _out_of_range() -> str:
    earliest, latest = (f"TIMESTAMPTZ '{{{name}}} 00:00+00'" for name in ("earliest", "latest"))
    return "(" + " OR ".join(f"{name} < {earliest} OR {name} >= {latest}" for name in TIMES) + ")"


TESTS = {
    "unknown_unit": "tier = ''",
    "unknown_procedure": "field_code = ''",
    "unknown_status": f"status NOT BETWEEN {min(BUCKETS)} AND {max(BUCKETS)}",
    "unknown_channel": f"channel NOT BETWEEN {min(CHANNELS)} AND {max(CHANNELS)}",
    "unknown_rating": f"rating NOT BETWEEN {min(RATINGS)} AND {max(RATINGS)}",
    "no_code": "dossier_code = '?'",
    "no_receipt": f"({_TAKEN_IN} AND received_at IS NULL)",
    "no_end": "(bucket = 'closed' AND received_at IS NOT NULL AND finished_at IS NULL AND returned_at IS NULL)",
    **{order.kind: _out_of_order(order) for order in DOSSIER_ORDERS},
    "out_of_range": _out_of_range(),
}
"""Kind → condition on the columns of `dossier`: `dossier_problems` but for no_due and duplicate_code."""
TROUBLED = "coalesce(" + " OR ".join(TESTS.values()) + ", false)"

BACKWARDS = _out_of_order(STEP_ORDERS[0])

_COUNTED = f"""1 AS dossiers, {TROUBLED}::int AS troubled,
           {", ".join(f"coalesce({test}, false)::int AS {kind}" for kind, test in TESTS.items())}"""

QUALITY_MONTH = Rollup(
    "quality_month",
    "dossier",
    ("unit_code", "month"),
    ("tier", "district_code"),
    ("dossiers", "troubled", *TESTS),
    f"SELECT unit_code, {_MONTH} AS month, tier, district_code, {_COUNTED} FROM {{facts}}",
)

QUALITY_UNIT = Rollup(  # of all times: ten years are 120 months of 637 units
    "quality_unit",
    "dossier",
    ("unit_code",),
    ("tier", "district_code"),
    ("dossiers", "troubled", *TESTS),
    f"SELECT unit_code, tier, district_code, {_COUNTED} FROM {{facts}}",
    renewal=f"SELECT unit_code, tier, district_code, dossiers, troubled, {', '.join(TESTS)} FROM quality_month",
)

QUALITY_NO_DUE = Rollup(
    "quality_no_due",
    "dossier",
    ("unit_code", "procedure_code", "month"),
    ("district_code",),
    ("dossiers", "alone"),
    f"""
    SELECT unit_code, procedure_code, {_MONTH} AS month, district_code, 1 AS dossiers,
           (NOT {TROUBLED})::int AS alone
      FROM {{facts}} WHERE {NO_DUE}
    """,
)

QUALITY_STEP = Rollup(
    "quality_step",
    "step",
    ("unit_code", "month"),
    ("district_code",),
    ("step_backwards",),
    f"""
    SELECT unit_code, date_trunc('month', finished_day::timestamp)::date AS month, district_code,
           1 AS step_backwards
      FROM {{facts}} s WHERE {BACKWARDS}
    """,
)

ROLLUPS = (QUALITY_MONTH, QUALITY_UNIT, QUALITY_NO_DUE, QUALITY_STEP)

DUPLICATE_COLUMNS = "dossier_id, dossier_code, unit_code, procedure_code, month, district_code, troubled, no_due"
DUPLICATES = f"""
SELECT d.dossier_id, d.dossier_code, d.unit_code, d.procedure_code, {_MONTH} AS month, d.district_code,
       {TROUBLED} AS troubled, {NO_DUE} AS no_due
  FROM dossier d
  JOIN (SELECT dossier_code FROM dossier WHERE {{codes}} AND dossier_code <> '?'
         GROUP BY dossier_code HAVING count(*) > 1) c USING (dossier_code)
"""
_adopted: QualityLimits | None = None
_known: list[QualityLimits] = []


def adopt() -> None:
    """Count by what quality.yaml says now; only where no change is half counted."""
    global _adopted  # noqa: PLW0603 - one set of limits a process is the point
    _adopted = quality_limits()
    if _adopted not in _known:
        _known.append(_adopted)


def counted_by() -> QualityLimits:
    """The limits adopted; where nothing is counted, those in force."""
    return _adopted or quality_limits()


def known_limits() -> list[QualityLimits]:
    """All that were in force in this process, and those that are shipped."""
    return [*_known, *([shipped] if (shipped := kept.read(kept.shipped, None, None)[0]) else [])]


def filled(sql: str, limits: QualityLimits | None = None, **more: str) -> str:
    """A condition or query with the limits (None: those counted by) in their places."""
    of = limits or counted_by()
    skew = of.clock_skew_minutes * 60
    return sql.format(earliest=of.earliest, latest=of.latest, skew=skew, grace=max(DAY - 1, skew), **more)


def every_duplicate(limits: QualityLimits | None = None) -> str:
    """The rows of `duplicate_code`."""
    return filled(DUPLICATES, limits, codes="true")


def fill_duplicates(connection: Connection) -> None:
    """The list of dossiers that share a code, anew from the facts."""
    connection.execute(text("DELETE FROM duplicate_code"))
    connection.execute(text(f"INSERT INTO duplicate_code ({DUPLICATE_COLUMNS}) {every_duplicate()}"))


def refresh_duplicates(connection: Connection) -> None:
    """The same after a change: only codes that touched dossiers have now, or had as members of the list."""
    connection.execute(
        text("""
            CREATE TEMP TABLE touched_code ON COMMIT DROP AS
            SELECT d.dossier_code FROM touched_dossier t JOIN dossier d USING (dossier_id)
            UNION SELECT c.dossier_code FROM touched_dossier t JOIN duplicate_code c USING (dossier_id)
        """)
    )
    touched = "SELECT dossier_code FROM touched_code"
    connection.execute(text(f"DELETE FROM duplicate_code WHERE dossier_code IN ({touched})"))
    found = filled(DUPLICATES, codes=f"dossier_code IN ({touched})")
    connection.execute(text(f"INSERT INTO duplicate_code ({DUPLICATE_COLUMNS}) {found}"))
    connection.execute(text("DROP TABLE touched_code"))
