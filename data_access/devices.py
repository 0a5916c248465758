"""Wall devices: tokens that IT issues and revokes, the cookie a browser gets for one, and its heartbeats.

A token is 256 random bits, shown once, stored as its SHA-256 (a slow hash guards weak secrets; this is none),
and good for one sign-in. The cookie names the device and is signed with a key of its own, drawn from the
accounts' cookie key. Who may look is asked of the store, so a revoked device is out within seconds.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from sqlalchemy import Connection, Engine, text

from config.problems import Problem
from data_access import audit
from data_access.audit import Entry

COOKIE = "ops_wall"
COOKIE_SECONDS = 400 * 86_400
"""The longest that browsers keep a cookie."""
COLUMNS = """device_id, name, issued_at, signed_in_at, revoked_at, heartbeat_at, wall, width, height"""


@dataclass(frozen=True)
class Device:
    """One issued token. `wall`, `width`, `height` (CSS pixels) and `heartbeat_at` are as last heard."""

    device_id: str
    name: str
    issued_at: datetime
    signed_in_at: datetime | None
    revoked_at: datetime | None
    heartbeat_at: datetime | None
    wall: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Heartbeat:
    """What a device showed when it was last heard."""

    wall: str
    width: int | None = None
    height: int | None = None


def digest(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(engine: Engine, name: str, by: str = "") -> str:
    """A new token for the device `name`, issued by `by` (an account; else who acts in the terminal).

    An earlier one of this name is revoked. Returns the token, once.
    """
    if not name.strip() or len(name) > 60:
        raise Problem("device_name")
    token = secrets.token_urlsafe(32)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE wall_device SET revoked_at = now() WHERE name = :n AND revoked_at IS NULL"), {"n": name}
        )
        connection.execute(
            text("INSERT INTO wall_device (device_id, name, token_digest) VALUES (:id, :n, :d)"),
            {"id": secrets.token_hex(8), "n": name, "d": digest(token)},
        )
        audit.note(connection, Entry("device_issued", by or audit.terminal_user(), name))
    return token


def revoke(engine: Engine, name: str, by: str = "") -> None:
    """No longer let the device `name` in. Raises Problem (device_unknown) when there is none."""
    with engine.begin() as connection:
        done = connection.execute(
            text("UPDATE wall_device SET revoked_at = now() WHERE name = :n AND revoked_at IS NULL"), {"n": name}
        )
        if done.rowcount == 0:
            raise Problem("device_unknown", name=name)
        audit.note(connection, Entry("device_revoked", by or audit.terminal_user(), name))


def devices(connection: Connection, device_id: str | None = None) -> list[Device]:
    """All devices (or one), those in force first, then by name."""
    found = connection.execute(
        text(f"""SELECT {COLUMNS} FROM wall_device WHERE CAST(:id AS text) IS NULL OR device_id = :id
                 ORDER BY revoked_at IS NOT NULL, name, issued_at DESC"""),
        {"id": device_id},
    )
    return [Device(**row) for row in found.mappings()]


def exchange(engine: Engine, token: str) -> str | None:
    """The id of the device whose token this is, now used up; None for a token that is unknown, used or revoked."""
    with engine.begin() as connection:
        found = connection.execute(
            text("""UPDATE wall_device SET signed_in_at = now()
                     WHERE token_digest = :d AND signed_in_at IS NULL AND revoked_at IS NULL
                     RETURNING device_id, name"""),
            {"d": digest(token)},
        ).one_or_none()
        if found is None:
            return None
        audit.note(connection, Entry("device_signed_in", found.name, found.name, role="wall"))
    device_id: str = found.device_id
    return device_id


def beat(engine: Engine, heard: Mapping[str, Heartbeat]) -> None:
    """Note what devices (by id) showed just now."""
    with engine.begin() as connection:
        connection.execute(
            text("""UPDATE wall_device SET heartbeat_at = now(), wall = :wall, width = :width, height = :height
                     WHERE device_id = :id AND revoked_at IS NULL"""),
            [{"id": key, "wall": h.wall, "width": h.width, "height": h.height} for key, h in heard.items()],
        )


def _key(cookie_key: str) -> str:
    return hmac.new(cookie_key.encode(), b"wall device", hashlib.sha256).hexdigest()


def cookie_for(device_id: str, cookie_key: str) -> str:
    """The signed cookie of a device."""
    now = int(time.time())
    return jwt.encode({"wall": device_id, "iat": now, "exp": now + COOKIE_SECONDS}, _key(cookie_key), "HS256")


def device_of(cookie: str | None, cookie_key: str) -> str | None:
    """The device a cookie names; None for none, a forged or an expired one. The store says whether it may look."""
    if not cookie:
        return None
    try:
        said: dict[str, Any] = jwt.decode(cookie, _key(cookie_key), algorithms=["HS256"])
    except jwt.PyJWTError:
        return None
    name = said.get("wall")
    return name if isinstance(name, str) else None


def all_devices(engine: Engine) -> list[Device]:
    """All devices, by the store's owner: the screens' role has no right to this table."""
    with engine.connect() as connection:
        return devices(connection)
