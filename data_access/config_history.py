"""Saving configuration: checked, written whole or not at all, and kept with who, when and why.

The file is what is in force; the store keeps its history. Whoever saves names the text they began from (`base`), so
that nothing another person did in between is overwritten. A file edited by hand is found and kept as such.
"""

import difflib
import hashlib
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy import Connection, Engine, text

from config import kept
from config.files import FILES, ConfigFile, config_file
from config.i18n import Texts
from config.problems import Problem
from data_access import audit
from data_access.audit import Entry
from data_access.keeping import keeping

log = structlog.get_logger(__name__)
Kind = Literal["saved", "by_hand", "restored"]
LOCK = 7_200_612
"""Advisory lock of whoever reads, compares and writes a configuration file."""
SECONDS = 2.0
COLUMNS = "change_id, file, at, person, why, kind, before, after, from_change"

INSERT = f"""
INSERT INTO config_change (file, person, why, kind, before, after, from_change)
VALUES (:file, :person, :why, :kind, :before, :after, :from_change) RETURNING {COLUMNS}
"""
LAST = f"SELECT {COLUMNS} FROM config_change WHERE file = :file ORDER BY change_id DESC LIMIT 1"
HISTORY = f"""
SELECT {COLUMNS} FROM config_change WHERE (CAST(:file AS text) IS NULL OR file = :file)
ORDER BY change_id DESC LIMIT :limit
"""
ONE = f"SELECT {COLUMNS} FROM config_change WHERE change_id = :id"


@dataclass(frozen=True)
class Change:
    """One change of one file. file: its name in config/files.py; person '': edited by hand, beside the application."""

    change_id: int
    file: str
    at: datetime
    person: str
    why: str
    kind: Kind
    before: str
    after: str
    from_change: int | None


@dataclass(frozen=True)
class Standing:
    """A file's text now, and its fingerprint: what an editor begins from."""

    text: str
    version: str


def fingerprint(written: str) -> str:
    """What tells two texts apart."""
    return hashlib.sha256(written.encode()).hexdigest()


def standing(file: str) -> Standing:
    """What stands in the file in force. Raises Problem config_no_file, config_unreadable."""
    written = config_file(file).text()
    return Standing(written, fingerprint(written))


def save(engine: Engine, file: str, written: str, person: str, why: str, base: str) -> Change:
    """Put a text in force and keep it, by the store's owner.

    1. refuse what can't be right; 2. alone from here on, in every process: keep what was edited by hand, refuse when
    the file is no longer the one of `base`; 3. the change into the store, the file in place, then both hold.
    Raises Problem: config_why, what `check` finds, config_moved, config_moved_by_hand, config_same, config_not_saved.
    """
    return _put(engine, config_file(file), written, person, why, base, "saved", None)


def restore(engine: Engine, change_id: int, person: str, why: str, base: str, before: bool = False) -> Change:
    """Go back to the text after a change (before: the one it replaced), which is a change again. Raises as `save`."""
    with engine.connect() as connection:
        told = change(connection, change_id)
    written = told.before if before else told.after
    return _put(engine, config_file(told.file), written, person, why, base, "restored", change_id)


def history(connection: Connection, file: str | None = None, limit: int = 200) -> list[Change]:
    """Changes, the newest first; of one file when named."""
    return [_change(row) for row in connection.execute(text(HISTORY), {"file": file, "limit": limit}).mappings()]


def change(connection: Connection, change_id: int) -> Change:
    """One change. Raises Problem("config_no_change")."""
    row = connection.execute(text(ONE), {"id": change_id}).mappings().one_or_none()
    if row is None:
        raise Problem("config_no_change", number=change_id)
    return _change(row)


def since(connection: Connection, file: str, base: str) -> list[Change]:
    """What was changed after the text with the fingerprint `base`, the newest first; all where that is unknown."""
    found = []
    for told in history(connection, file):
        if fingerprint(told.after) == base:
            break
        found.append(told)
    return found


def diff(before: str, after: str, names: tuple[str, str] = ("", "")) -> list[str]:
    """What differs, as `diff -u` says it."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm=""))


def note_by_hand(engine: Engine) -> list[Change]:
    """Keep every file that is another than the history knows, once, however many processes look."""
    with engine.begin() as connection:
        _alone(connection)
        found = [_note(connection, one) for one in FILES.values()]
    return [told for told in found if told is not None]


class HistoryKeeper:
    """Notices edits by hand; asks the store only when another text than last time is in force."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._noted: int | None = None

    def look(self) -> list[Change]:
        """What was found and kept."""
        now = kept.look()
        found = note_by_hand(self._engine) if now != self._noted else []
        self._noted = now
        return found


def keeping_history(store_owner_url: str, stop: threading.Event) -> AbstractContextManager[None]:
    """Notice edits by hand in a thread of its own while the block runs, or until `stop`."""
    return keeping(store_owner_url, stop, lambda engine: {"config-history": HistoryKeeper(engine).look}, SECONDS)


def _put(
    engine: Engine, one: ConfigFile, written: str, person: str, why: str, base: str, kind: Kind, of: int | None
) -> Change:  # fmt: skip
    if not why.strip():
        raise Problem("config_why")
    problems = one.check(written).problems
    if problems:
        raise problems[0]
    with engine.begin() as connection:  # theirs is kept even when ours is refused
        _alone(connection)
        _note(connection, one)
    with engine.begin() as connection:
        _alone(connection)
        stands = one.text()
        if fingerprint(stands) != base:
            raise _moved(connection, one)
        if stands == written:
            raise Problem("config_same", file=one.file)
        values = {"file": one.name, "person": person, "why": why.strip(), "kind": kind, "before": stands,
                  "after": written, "from_change": of}  # fmt: skip
        made = _insert(connection, values)
        _write(one, written)
    kept.look()
    return made


def _alone(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _note(connection: Connection, one: ConfigFile) -> Change | None:
    """The edit by hand of one file, kept; None where there is none or nothing of it can be in force."""
    try:
        stands = one.text()
    except Problem:
        return None  # told by whoever reads the file (config/kept.py)
    row = connection.execute(text(LAST), {"file": one.name}).mappings().one_or_none()
    before = row["after"] if row is not None else one.shipped.read_text(encoding="utf-8")
    if stands == before or one.check(stands).value is None:
        return None
    values = {"file": one.name, "person": "", "why": "", "kind": "by_hand", "before": before, "after": stands,
              "from_change": None}  # fmt: skip
    log.info("configuration edited by hand", file=str(one.path))
    return _insert(connection, values)


def _insert(connection: Connection, values: dict[str, Any]) -> Change:
    made = _change(connection.execute(text(INSERT), values).mappings().one())
    audit.note(connection, Entry("config_changed", made.person, made.file, made.why, facts={"change": made.change_id}))
    return made


def _moved(connection: Connection, one: ConfigFile) -> Problem:
    row = connection.execute(text(LAST), {"file": one.name}).mappings().one_or_none()
    last = _change(row) if row is not None else None
    at = Texts().moment(last.at if last else None)
    if last is None or not last.person:
        return Problem("config_moved_by_hand", file=one.file, at=at)
    return Problem("config_moved", file=one.file, person=last.person, why=last.why, at=at)


def _write(one: ConfigFile, written: str) -> None:
    path = one.city_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept.write_whole(path.resolve(), written.encode())  # a link stays one
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Problem("config_not_saved", path=str(path), reason=reason) from error


def _change(row: Any) -> Change:
    return Change(**row)
