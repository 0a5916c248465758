"""When a piece of work outside the screens was last done, and how it went: the backup, the check of the rollups."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

NAMES = ("backup", "restore_test", "rollup_check")


@dataclass(frozen=True)
class Done:
    """The last time. `facts`: what is worth knowing of it, such as a size in bytes."""

    at: datetime
    ok: bool
    facts: dict[str, Any]


def done(connection: Connection, name: str, ok: bool = True, **facts: object) -> None:
    """Note that it was done just now, by the store's owner. ValueError: no such work."""
    if name not in NAMES:
        raise ValueError(f"{name}: not one of {', '.join(NAMES)}")
    connection.execute(
        text("""INSERT INTO operation_done VALUES (:name, now(), :ok, CAST(:facts AS jsonb))
                ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at, ok = EXCLUDED.ok, facts = EXCLUDED.facts"""),
        {"name": name, "ok": ok, "facts": json.dumps(facts)},
    )


def last_done(connection: Connection) -> dict[str, Done]:
    """Name → the last time, of those that were ever done."""
    found = connection.execute(text("SELECT name, at, ok, facts FROM operation_done"))
    return {row.name: Done(row.at, row.ok, row.facts) for row in found}
