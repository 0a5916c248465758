"""OpenCPS v2 tables in a MariaDB, as the product defines them, and rows for them."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import CONFIG_DIR
from tests.support.mariadb import PASSWORD, MariaDB

SCHEMA = Path(__file__).resolve().parents[1] / "data_access/source/opencps/schema.csv"
DBA = CONFIG_DIR / "profiles/opencps/for_the_dba.sql"
READER = "ops_reader"
GROUP = 35_417  # the profile's group_id
# Liferay's types as its MySQL dialect makes them.
TYPES = {
    "LONG": "bigint", "INTEGER": "int", "DOUBLE": "double", "BOOLEAN": "tinyint", "DATE": "datetime",
    "TEXT": "longtext", "STRING": "longtext",
}  # fmt: skip
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Those of the product's own indexes that the profile leans on.
INDEXES = (
    "CREATE INDEX IX_D4ACCBFA ON opencps_dossier (groupId, dossierId)",
    "CREATE INDEX IX_E4D6634A ON opencps_dossieraction (dossierId, nextActionId)",
    "CREATE INDEX IX_662474BD ON opencps_dossieractionuser (dossierActionId)",
    "CREATE INDEX IX_928D77F1 ON opencps_paymentfile (groupId, dossierId)",
    "CREATE INDEX IX_ABABE3D2 ON opencps_serviceconfig (groupId, serviceInfoId, govAgencyCode(75))",
    "CREATE INDEX IX_28B30015 ON opencps_processoption (serviceConfigId, dossierTemplateId)",
)


def tables() -> dict[str, dict[str, str]]:
    """Table → column → definition. The two modules of the product that both define votings: the later one."""
    found: dict[str, dict[str, str]] = {}
    with SCHEMA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            definition = f"{TYPES.get(row['type'], row['type'])} {row['nullable']}"
            found.setdefault(row["table"], {})[row["column"]] = definition + " primary key" * (
                row["primary_key"] == "Y"
            )
    return found


def make_database(server: MariaDB, name: str) -> None:
    """The database with the product's tables, then what for_the_dba.sql asks for."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"USE {name}")
        for table, columns in tables().items():
            listed = ", ".join(f"{column} {definition}" for column, definition in columns.items())
            cursor.execute(f"CREATE TABLE {table} ({listed}) ENGINE=InnoDB")
        for index in INDEXES:
            cursor.execute(index)
        script = re.sub(r"--.*", "", DBA.read_text(encoding="utf-8")).replace("CHANGE-ME", PASSWORD)
        for statement in filter(str.strip, script.split(";")):
            cursor.execute(statement.replace("CREATE USER", "CREATE USER IF NOT EXISTS"))


def insert(cursor: Any, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns."""
    if rows:
        names = ", ".join(rows[0])
        marks = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", [tuple(r.values()) for r in rows])


def empty(cursor: Any, names: Iterable[str] | None = None) -> None:
    """Empty all tables."""
    for name in names or tables():
        cursor.execute(f"TRUNCATE {name}")


def utc(local: str | None) -> datetime | None:
    """Hà Nội's wall clock → what Liferay writes: GMT without a zone, whole seconds."""
    if local is None:
        return None
    return (
        datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC).replace(tzinfo=None)
    )
