"""Since when each configuration file stands as it does, and who put it so."""

from sqlalchemy import Connection, text

from data_access.config_history import COLUMNS, Change

LATEST = f"SELECT DISTINCT ON (file) {COLUMNS} FROM config_change ORDER BY file, change_id DESC"


def latest_changes(connection: Connection) -> dict[str, Change]:
    """The newest change of each file that was ever changed, by its name. Called by pages/settings.py."""
    return {row["file"]: Change(**row) for row in connection.execute(text(LATEST)).mappings()}
