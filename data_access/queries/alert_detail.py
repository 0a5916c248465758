"""One alert by its number, as an address names it."""

from sqlalchemy import Connection

from data_access.queries.alerts import COLUMNS, Alert
from data_access.queries.answers import of_alerts, rows


@of_alerts
def one_alert(connection: Connection, alert_id: int) -> Alert | None:
    """The alert; None when there is none of this number in scope. Called by pages/alerts.py."""
    found = rows(connection, f"SELECT {COLUMNS} FROM alert WHERE alert_id = :id", id=alert_id)
    return Alert(**found[0]) if found else None
