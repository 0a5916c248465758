"""Service coverage: which commune-level procedures each ward offers online, on any day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import rows

LIVE = "o.active_from <= :on AND (o.active_to IS NULL OR o.active_to > :on)"
VALID = "(p.valid_from IS NULL OR p.valid_from <= :on) AND (p.valid_to IS NULL OR p.valid_to > :on)"

BY_WARD = f"""
WITH offered AS (
  SELECT o.unit_code, o.procedure_code, max(o.level) AS level
  FROM offering o JOIN procedure p USING (procedure_code)
  WHERE {LIVE} AND p.tier = 'commune' AND {VALID}
  GROUP BY o.unit_code, o.procedure_code
), used AS (
  SELECT DISTINCT unit_code, procedure_code FROM procedure_month
  WHERE received_online > 0 AND month > :on - interval '12 months' AND month <= :on
)
SELECT u.ward_code, u.district_code,
       count(*) FILTER (WHERE f.level = 3) AS level3, count(*) FILTER (WHERE f.level = 4) AS level4,
       count(*) FILTER (WHERE f.level >= 3 AND used.procedure_code IS NOT NULL) AS active
FROM unit u LEFT JOIN offered f USING (unit_code) LEFT JOIN used USING (unit_code, procedure_code)
WHERE u.ward_code IS NOT NULL GROUP BY u.ward_code, u.district_code
"""

HISTORY = "SELECT day, procedures, level3, level4 FROM coverage_history WHERE day <= :on ORDER BY day"

GAPS = f"""
SELECT p.procedure_code, p.name, p.field_name, o.level,
       (SELECT count(DISTINCT x.unit_code) FROM offering x JOIN unit USING (unit_code)
        WHERE x.procedure_code = p.procedure_code AND x.level >= 3 AND unit.ward_code IS NOT NULL
          AND x.active_from <= :on AND (x.active_to IS NULL OR x.active_to > :on)) AS wards_offering
FROM procedure p
LEFT JOIN (
  SELECT o.procedure_code, max(o.level) AS level FROM offering o JOIN unit u USING (unit_code)
  WHERE u.ward_code = :ward AND {LIVE} GROUP BY o.procedure_code
) o USING (procedure_code)
WHERE p.tier = 'commune' AND {VALID} AND coalesce(o.level, 0) < 3
ORDER BY wards_offering DESC, p.field_name, p.name
"""

MISSING_MOST = f"""
SELECT p.procedure_code, p.name, p.field_name, count(o.unit_code) AS wards_offering
FROM procedure p
LEFT JOIN (
  SELECT DISTINCT o.unit_code, o.procedure_code FROM offering o JOIN unit u USING (unit_code)
  WHERE u.ward_code IS NOT NULL AND o.level >= 3 AND {LIVE}
) o USING (procedure_code)
WHERE p.tier = 'commune' AND {VALID}
GROUP BY p.procedure_code, p.name, p.field_name ORDER BY wards_offering, p.field_name, p.name
"""

TOTAL = f"SELECT count(*) AS n FROM procedure p WHERE p.tier = 'commune' AND {VALID}"


USE_KNOWN = (
    "SELECT coalesce(min(month) <= CAST(:on AS date) - interval '11 months', false) AS known FROM procedure_month"
)


@dataclass(frozen=True)
class Coverage:
    """wards: one row a ward (level3, level4, active: procedures); total: commune-level procedures.

    use_known: whether dossiers were recorded through the twelve months before; else `active` says nothing.

    history: city-wide totals from each day on which they changed; procedures: by wards offering them online.
    """

    wards: list[dict[str, Any]]
    total: int
    use_known: bool
    history: list[dict[str, Any]]
    procedures: list[dict[str, Any]]


def coverage(connection: Connection, on: date) -> Coverage:
    """Coverage as it stood on the day `on`. Called by pages/coverage.py."""
    return Coverage(
        wards=rows(connection, BY_WARD, on=on),
        total=int(rows(connection, TOTAL, on=on)[0]["n"]),
        use_known=bool(rows(connection, USE_KNOWN, on=on)[0]["known"]),
        history=rows(connection, HISTORY, on=on),
        procedures=rows(connection, MISSING_MOST, on=on),
    )


def ward_gaps(connection: Connection, ward: str, on: date) -> list[dict[str, Any]]:
    """Commune-level procedures that a ward does not offer at level 3 or 4. Called by pages/coverage.py."""
    return rows(connection, GAPS, ward=ward, on=on)
