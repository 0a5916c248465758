"""The officers of a district by role: what they hold now, what they finished in a period."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from data_access.queries.answers import rows

# officer_day's key begins with the officer: a district's few hundred are read one by one, whatever the years.
BY_ROLE = """
WITH o AS MATERIALIZED (SELECT officer_id, role, active FROM officer WHERE district_code = :district)
SELECT o.role, count(*) FILTER (WHERE o.active OR held.steps > 0)::int AS officers,
       coalesce(sum(held.steps), 0) AS steps, coalesce(sum(held.overdue), 0) AS overdue,
       coalesce(sum(done.finished), 0) AS finished, coalesce(sum(done.with_due), 0) AS with_due,
       coalesce(sum(done.on_time), 0) AS on_time
FROM o
LEFT JOIN LATERAL (SELECT sum(steps) AS steps, sum(overdue) AS overdue FROM officer_held h
                   WHERE h.officer_id = o.officer_id) held ON true
LEFT JOIN LATERAL (SELECT sum(steps_finished) AS finished, sum(steps_with_due) AS with_due,
                          sum(steps_on_time) AS on_time FROM officer_day d
                   WHERE d.officer_id = o.officer_id AND d.day BETWEEN :first AND :last) done ON true
GROUP BY o.role ORDER BY steps DESC, o.role
"""


@dataclass(frozen=True)
class RoleLoad:
    """Officers of a role: steps and overdue ones held now; finished in the period, of these with a deadline and kept.

    A step held by n officers counts 1/n for each: a late one stands with those who held it, whoever came last.
    """

    role: str
    officers: int
    steps: float
    overdue: float
    finished: float
    with_due: float
    on_time: float


def by_role(connection: Connection, district: str, first: date, last: date) -> list[RoleLoad]:
    """A district's officers (of its wards and its own office) by role, most steps first. For pages/officer_roles.py."""
    found = rows(connection, BY_ROLE, district=district, first=first, last=last)
    return [RoleLoad(**row) for row in found if row["officers"] or row["finished"]]
