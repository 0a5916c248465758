"""Bring the store's schema to the newest version (Alembic)."""

import re
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from config.i18n import NOTHING
from config.problems import Problem
from config.settings import settings
from data_access.store import rollups

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_200_584  # an advisory lock, so that two processes started at once migrate one after the other


def migrate(owner: Engine, reader: str) -> None:
    """Apply what is missing; `reader` is the role that screens use. Safe to call at every start.

    Rollups that are new, or defined anew, are filled before anyone looks at them. Raises Problem: store_newer when a
    newer version of the program made this schema, store_zone.
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
            if problem is not None and problem.code != "store_not_migrated":
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
    """Why this process must not work on the store; None when it may.

    Problem: its schema is older (store_not_migrated) or newer (store_newer) than this program's, or its days were
    counted in another time zone (store_zone).
    """
    scripts = ScriptDirectory(str(MIGRATIONS))
    needed = scripts.get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    url = connection.engine.url
    store = "/".join(part for part in (url.host, url.database) if part)
    if found == needed:
        zone = _zone(connection)
        return None if zone == settings().timezone else Problem("store_zone", store=store, found=zone)
    known = found is None or any(script.revision == found for script in scripts.walk_revisions())
    code = "store_not_migrated" if known else "store_newer"
    return Problem(code, store=store, found=found or NOTHING, needed=needed)


def _zone(connection: Connection) -> str:
    """The time zone by which the store counts months, and so the one it was made for."""
    asked = text("SELECT pg_get_functiondef('local_month(timestamptz)'::regprocedure)")
    (zone,) = set(re.findall(r"'([^']+)'::text", str(connection.execute(asked).scalar_one()))) - {"month"}
    return zone
