"""Bring the store's schema to the newest version (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from data_access.store import rollups

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_200_584  # an advisory lock, so that two processes started at once migrate one after the other


def migrate(owner: Engine, reader: str) -> None:
    """Apply what is missing; `reader` is the role that screens use. Safe to call at every start.

    Rollups that are new, or defined anew, are filled before anyone looks at them.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with owner.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": LOCK})
        connection.commit()
        config.attributes["connection"] = connection
        config.attributes["reader"] = reader
        try:
            command.upgrade(config, "head")
            connection.commit()
            rollups.renew(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": LOCK})
            connection.commit()
