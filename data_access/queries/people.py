"""What the screen of users asks: sessions, the last sign-in of each account, and wrong attempts. For pages/users.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data_access.attempts import locked
from data_access.queries.answers import rows
from data_access.sessions import OpenSession, open_sessions

HISTORY = 12
SIGN_INS = ("signed_in", "sign_in_failed", "sign_in_refused", "signed_out", "session_ended", "password_reset")
LAST = """
SELECT who, max(at) FILTER (WHERE kind = 'signed_in') AS last,
       count(*) FILTER (WHERE kind = 'sign_in_failed' AND at > now() - interval '24 hours') AS failed
  FROM audit WHERE kind IN ('signed_in', 'sign_in_failed') AND at > now() - interval '90 days' GROUP BY who
"""
LATELY = f"""
SELECT at, kind, who, role, what, detail, facts, address FROM audit
 WHERE kind = ANY (:kinds) AND (CAST(:who AS text) IS NULL OR who = :who OR what = :who)
 ORDER BY at DESC LIMIT {HISTORY}
"""


@dataclass(frozen=True)
class SignIns:
    """Of an account: the last one within 90 days, wrong attempts of 24 hours, and of the present window."""

    last: datetime | None = None
    failed: int = 0
    lately: int = 0


@dataclass(frozen=True)
class People:
    """Open sessions, sign-ins by name (also names that are no accounts), and the newest entries about signing in."""

    sessions: tuple[OpenSession, ...]
    sign_ins: dict[str, SignIns]
    history: tuple[dict[str, Any], ...]


def people(connection: Connection, who: str | None = None) -> People:
    """As of this moment; the history of one account when `who` names it."""
    lately = locked(connection)
    found = {
        row["who"]: SignIns(row["last"], row["failed"], lately.get(row["who"], 0)) for row in rows(connection, LAST)
    }
    history = rows(connection, LATELY, kinds=list(SIGN_INS), who=who)
    return People(open_sessions(connection), found, tuple(history))
