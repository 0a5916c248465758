"""Bring the store's schema to the newest version (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from config.i18n import NOTHING
from config.problems import Problem
from data_access.store import rollups

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_200_584  # an advisory lock, so that two processes started at once migrate one after the other


def migrate(owner: Engine, reader: str) -> None:
    """Apply what is missing; `reader` is the role that screens use. Safe to call at every start.

    Rollups that are new, or defined anew, are filled before anyone looks at them. Raises Problem (store_newer) when a
    newer version of the program made this schema.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with owner.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": LOCK})
        connection.commit()
        config.attributes["connection"] = connection
        config.attributes["reader"] = reader
        try:
            problem = unfit(connection)
            connection.rollback()  # each migration begins a transaction of its own
            if problem is not None and problem.code == "store_newer":
                raise problem
            command.upgrade(config, "head")
            connection.commit()
            rollups.renew(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": LOCK})
            connection.commit()


def unfit(connection: Connection) -> Problem | None:
    """Problem when the store's schema is older (store_not_migrated) or newer (store_newer) than this program's."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    needed = scripts.get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found == needed:
        return None
    known = found is None or any(script.revision == found for script in scripts.walk_revisions())
    url = connection.engine.url
    store = "/".join(part for part in (url.host, url.database) if part)
    code = "store_not_migrated" if known else "store_newer"
    return Problem(code, store=store, found=found or NOTHING, needed=needed)
