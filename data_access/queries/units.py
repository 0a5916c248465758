"""Which units make up a ward or a district."""

from sqlalchemy import Connection

from data_access.queries.answers import rows


def units_of(connection: Connection, district: str | None, ward: str | None) -> dict[str, str | None]:
    """unit_code → ward code of the units of a ward or of a district; empty when neither is asked for.

    For queries/qd766.py and the forms. A district's own office has no ward.
    """
    found = rows(
        connection,
        "SELECT unit_code, ward_code FROM unit "
        "WHERE CASE WHEN CAST(:ward AS text) IS NULL THEN district_code = :district ELSE ward_code = :ward END",
        ward=ward, district=district,
    )  # fmt: skip
    return {row["unit_code"]: row["ward_code"] for row in found}
