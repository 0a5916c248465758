"""Service coverage: which commune-level procedures each ward offers online, on any day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import rows

LIVE = "o.active_from <= :on AND (o.active_to IS NULL OR o.active_to > :on)"
VALID = "(p.valid_from IS NULL OR p.valid_from <= :on) AND (p.valid_to IS NULL OR p.valid_to > :on)"

# The last change of each ward up to the day holds then.
BY_WARD = """
SELECT u.ward_code, u.district_code, coalesce(c.level3, 0) AS level3, coalesce(c.level4, 0) AS level4,
       coalesce(c.active, 0) AS active
FROM unit u LEFT JOIN LATERAL (
  SELECT level3, level4, active FROM unit_coverage c WHERE c.unit_code = u.unit_code AND c.day <= :on
  ORDER BY c.day DESC LIMIT 1
) c ON true
WHERE u.ward_code IS NOT NULL
"""

HISTORY = "SELECT day, procedures, level3, level4 FROM coverage_history WHERE day <= :on ORDER BY day"

# Wards that offer a procedure online on the day, in scope: the city's own row, or those of the viewer's districts.
# The last change up to the day holds then; the key finds it.
WARDS_OFFERING = f"""
part AS (
  SELECT '' AS district_code WHERE current_setting('ops.scope', true) = '*'
  UNION ALL SELECT unnest(string_to_array(nullif(current_setting('ops.scope', true), '*'), ','))
), offering_wards AS (
  SELECT p.procedure_code, sum(c.wards) AS wards
  FROM procedure p CROSS JOIN part CROSS JOIN LATERAL (
    SELECT wards FROM procedure_coverage c
    WHERE c.procedure_code = p.procedure_code AND c.district_code = part.district_code AND c.day <= :on
    ORDER BY c.day DESC LIMIT 1
  ) c
  WHERE p.tier = 'commune' AND {VALID}
  GROUP BY p.procedure_code
)
"""

GAPS = f"""
WITH {WARDS_OFFERING}
SELECT p.procedure_code, p.name, p.field_name, o.level, coalesce(w.wards, 0) AS wards_offering
FROM procedure p
LEFT JOIN offering_wards w USING (procedure_code)
LEFT JOIN (
  SELECT o.procedure_code, max(o.level) AS level FROM offering o JOIN unit u USING (unit_code)
  WHERE u.ward_code = :ward AND {LIVE} GROUP BY o.procedure_code
) o USING (procedure_code)
WHERE p.tier = 'commune' AND {VALID} AND coalesce(o.level, 0) < 3
ORDER BY wards_offering DESC, p.field_name, p.name
"""

MISSING_MOST = f"""
WITH {WARDS_OFFERING}
SELECT p.procedure_code, p.name, p.field_name, coalesce(w.wards, 0) AS wards_offering
FROM procedure p LEFT JOIN offering_wards w USING (procedure_code)
WHERE p.tier = 'commune' AND {VALID}
ORDER BY wards_offering, p.field_name, p.name
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

    @property
    def city(self) -> dict[str, int]:
        """City-wide on the day: procedures in force, of these with level 3 or 4 as their highest anywhere."""
        return self.history[-1] if self.history else {"procedures": 0, "level3": 0, "level4": 0}

    @property
    def offered(self) -> int:
        """Offers of level 3 and 4, over all wards."""
        return sum(offers(row) for row in self.wards)

    @property
    def active(self) -> int:
        """Of these, used within the twelve months before."""
        return sum(row["active"] for row in self.wards)

    @property
    def complete_wards(self) -> int:
        """Wards that offer every commune-level procedure."""
        return sum(offers(row) >= self.total for row in self.wards) if self.total else 0

    def share(self, row: dict[str, Any], code: str) -> float | None:
        """A ward's coverage or active_coverage; None where there is nothing to divide by or use is not recorded."""
        if code == "coverage":
            return offers(row) / self.total if self.total else None
        return row["active"] / offers(row) if offers(row) and self.use_known else None

    def means(self, code: str, by: str) -> list[tuple[float, str, int]]:
        """(mean share of its wards, code, how many wards) by `district_code` or `ward_code`, least first."""
        groups: dict[str, list[float]] = {}
        for row in self.wards:
            share = self.share(row, code)
            if share is not None:
                groups.setdefault(row[by], []).append(share)
        return sorted((sum(shares) / len(shares), key, len(shares)) for key, shares in groups.items())


def offers(row: dict[str, Any]) -> int:
    """A ward's procedures at level 3 and 4."""
    return int(row["level3"] + row["level4"])


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
