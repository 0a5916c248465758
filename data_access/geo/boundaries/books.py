"""The store's books of boundaries: imports with their reports, and which were live when, who decided and why."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from config.problems import Problem
from config.shapes import Area, Shapes, shapes_of
from data_access import audit
from data_access.geo.boundaries.importing import Imported
from data_access.geo.boundaries.report import Report

LONGEST_REASON = 500
LOCK = 7_200_614
_IMPORTS = """
SELECT i.import_id, i.at, i.who, i.file_name, i.digest, i.report,
       (SELECT max(l.at) FROM boundary_live l WHERE l.import_id = i.import_id) AS live_at
FROM boundary_import i ORDER BY i.import_id DESC LIMIT :most
"""
_LIVE = """
SELECT l.live_id, l.at, l.who, l.reason, l.import_id, i.file_name FROM boundary_live l
LEFT JOIN boundary_import i USING (import_id) ORDER BY l.live_id DESC LIMIT :most
"""


@dataclass(frozen=True)
class Kept:
    """An import. `live_at`: when it last went live."""

    import_id: int
    at: datetime
    who: str
    file_name: str
    digest: str
    report: Report
    live_at: datetime | None


@dataclass(frozen=True)
class Live:
    """A decision about what maps draw; `import_id` None: the approximate cells."""

    live_id: int
    at: datetime
    who: str
    reason: str
    import_id: int | None
    file_name: str | None


def imports(connection: Connection, most: int = 50) -> list[Kept]:
    """The newest imports first."""
    rows = connection.execute(text(_IMPORTS), {"most": most}).mappings()
    return [Kept(**(dict(row) | {"report": Report.of(row["report"])})) for row in rows]


def decisions(connection: Connection, most: int = 50) -> list[Live]:
    """What was live, the newest first; empty while nothing ever was but the approximate cells."""
    return [Live(**row) for row in connection.execute(text(_LIVE), {"most": most}).mappings()]


def shapes(connection: Connection, import_id: int) -> Shapes:
    """The shapes of an import. Raises Problem (boundary_gone)."""
    packed = connection.execute(
        text("SELECT shapes FROM boundary_import WHERE import_id = :i"), {"i": import_id}
    ).scalar_one_or_none()
    if packed is None:
        raise Problem("boundary_gone", number=import_id)
    areas: dict[str, Area] = json.loads(zlib.decompress(packed))
    return shapes_of(areas)


def gids(connection: Connection) -> dict[str, str]:
    """GADM ids that earlier imports joined by name, so that a file with the ids alone can be joined."""
    found: dict[str, str] = {}
    for known in connection.execute(text("SELECT report -> 'gids' FROM boundary_import ORDER BY import_id")).scalars():
        found |= known or {}
    return found


def keep(engine: Engine, who: str, file_name: str, imported: Imported) -> int:
    """Store an import; it is not live yet. Returns its number."""
    with engine.begin() as connection:
        return connection.execute(
            text("""INSERT INTO boundary_import (who, file_name, digest, report, shapes)
                    VALUES (:who, :file, :digest, CAST(:report AS jsonb), :shapes) RETURNING import_id"""),
            {"who": who, "file": file_name[:200], "digest": shapes_of(imported.areas).version,
             "report": json.dumps(imported.report.document()), "shapes": _packed(imported.areas)},
        ).scalar_one()  # fmt: skip


def _packed(areas: Mapping[str, Area]) -> bytes:
    return zlib.compress(json.dumps(areas, separators=(",", ":")).encode())


def go_live(engine: Engine, who: str, reason: str, import_id: int | None) -> None:
    """Draw these boundaries from now on (None: the approximate cells); all processes see it within seconds.

    Raises Problem: boundary_reason, boundary_gone, boundary_incomplete (wards without an area), boundary_is_live.
    """
    with engine.begin() as connection:
        _decide(connection, who, reason, import_id)


def go_back(engine: Engine, who: str, reason: str) -> None:
    """Draw what was live before the present boundaries; done twice, it is as it was. Raises as `go_live`."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK})
        last = decisions(connection, 2)
        if not last:
            raise Problem("boundary_is_live")
        _decide(connection, who, reason, last[1].import_id if len(last) > 1 else None)


def _decide(connection: Connection, who: str, reason: str, import_id: int | None) -> None:
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Problem("boundary_reason", most=LONGEST_REASON)
    connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK})
    if import_id is not None:
        row = connection.execute(
            text("SELECT report FROM boundary_import WHERE import_id = :i"), {"i": import_id}
        ).scalar_one_or_none()
        if row is None:
            raise Problem("boundary_gone", number=import_id)
        if missing := Report.of(row).missing:
            raise Problem("boundary_incomplete", n=len(missing))
    last = decisions(connection, 1)
    if (last[0].import_id if last else None) == import_id:
        raise Problem("boundary_is_live")
    connection.execute(
        text("INSERT INTO boundary_live (who, reason, import_id) VALUES (:who, :reason, :i)"),
        {"who": who, "reason": reason, "i": import_id},
    )
    what = "approximate cells" if import_id is None else f"import {import_id}"
    audit.note(connection, audit.Entry("boundaries_changed", who, what, reason))
