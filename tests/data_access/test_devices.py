"""Wall devices: one sign-in a token, forged and revoked ones are nobody's, heartbeats are kept and few."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from config.problems import Problem
from data_access import devices, wall_desk
from data_access.devices import COOKIE_SECONDS, Heartbeat, cookie_for, device_of
from tests.support.processes import command, wait_for

KEY = "k" * 48


@pytest.fixture
def store(owner: Engine) -> Iterator[Engine]:
    yield owner
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM wall_device"))


def one(store: Engine, name: str) -> devices.Device:
    with store.connect() as connection:
        return next(d for d in devices.devices(connection) if d.name == name)


def test_a_token_is_good_for_one_sign_in(store: Engine) -> None:
    token = devices.issue(store, "Màn 1")
    assert len(token) >= 43
    assert devices.exchange(store, token + "x") is None
    assert devices.exchange(store, "") is None
    device = devices.exchange(store, token)
    assert device == one(store, "Màn 1").device_id
    assert devices.exchange(store, token) is None


def test_the_store_keeps_no_token(store: Engine) -> None:
    token = devices.issue(store, "Màn 1")
    with store.connect() as connection:
        (row,) = connection.execute(text("SELECT d::text FROM wall_device d")).scalars()
    assert token not in row
    assert devices.digest(token) in row


def test_a_new_token_ends_the_old_one(store: Engine) -> None:
    first = devices.issue(store, "Màn 1")
    signed_in = devices.exchange(store, first)
    second = devices.issue(store, "Màn 1")
    with store.connect() as connection:
        found = devices.devices(connection)
    assert [d.revoked_at is not None for d in found] == [False, True]
    assert found[1].device_id == signed_in
    assert devices.exchange(store, second) == found[0].device_id


def test_a_revoked_token_is_refused_and_unknown_names_are_told(store: Engine) -> None:
    token = devices.issue(store, "Màn 1")
    devices.revoke(store, "Màn 1")
    assert devices.exchange(store, token) is None
    for name in ("Màn 1", "Màn 2"):
        with pytest.raises(Problem) as problem:
            devices.revoke(store, name)
        assert problem.value.code == "device_unknown"
    for name in ("", " ", "x" * 61):
        with pytest.raises(Problem) as problem:
            devices.issue(store, name)
        assert problem.value.code == "device_name"


def test_cookies() -> None:
    good = cookie_for("ab12", KEY)
    assert device_of(good, KEY) == "ab12"
    said = jwt.decode(good, options={"verify_signature": False})
    assert said["exp"] - said["iat"] == COOKIE_SECONDS
    forged = jwt.encode(said, KEY, "HS256")  # signed with the key of people's cookies
    unsigned = jwt.encode(said, None, "none")  # type: ignore[arg-type]
    old = jwt.encode(said | {"exp": 1}, devices._key(KEY), "HS256")
    for bad in (None, "", "x.y.z", good[:-2], forged, unsigned, old, cookie_for("ab12", "j" * 48)):
        assert device_of(bad, KEY) is None


def test_the_screens_role_sees_no_digest(store: Engine, reader: Engine) -> None:
    devices.issue(store, "Màn 1")
    with reader.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text("SELECT token_digest FROM wall_device"))


@pytest.fixture
def desk(small_city: Any, store: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[wall_desk.WallDesk]:
    monkeypatch.setattr(wall_desk, "SECONDS", 0.1)
    made = wall_desk.wall_desk(small_city.urls.store_owner_url)
    assert wall_desk.wall_desk(small_city.urls.store_owner_url) is made
    yield made
    wall_desk.close()


def test_the_desk_knows_at_once_who_signed_in_and_soon_who_was_revoked(desk: wall_desk.WallDesk, store: Engine) -> None:
    device = desk.exchange(devices.issue(store, "Màn 1"))
    assert device is not None
    known = desk.device(device)
    assert known is not None
    assert known.revoked_at is None
    devices.revoke(store, "Màn 1")
    wait_for(lambda: (found := desk.device(device)) is not None and found.revoked_at is not None, "the revocation", 5)
    assert desk.device("nobody") is None
    assert desk.exchange("nothing") is None


def test_heartbeats_are_kept_and_few(desk: wall_desk.WallDesk, store: Engine) -> None:
    device = desk.exchange(devices.issue(store, "Màn 1"))
    assert device is not None
    desk.beat(device, Heartbeat("trung-tam", 1920, 1080))
    wait_for(lambda: one(store, "Màn 1").heartbeat_at is not None, "the heartbeat", 5)
    first = one(store, "Màn 1")
    assert (first.wall, first.width, first.height) == ("trung-tam", 1920, 1080)
    written = []
    for n in range(20):
        desk.beat(device, Heartbeat("trung-tam", 1920 + n, 1080))
        desk._pass_on()
        written.append(one(store, "Màn 1").heartbeat_at)
    assert set(written) == {first.heartbeat_at}, "at most one in 30 seconds reaches the store"


def test_the_command_line(small_city: Any, store: Engine) -> None:
    issued = command("wall", "issue", "Phòng trực 1", env=small_city.env)
    assert (issued.returncode, len(issued.stdout.strip())) == (0, 43)
    assert "shown this once" in issued.stderr
    device = devices.exchange(store, issued.stdout.strip())
    assert device is not None
    devices.beat(store, {device: Heartbeat("trung-tam", 3840, 2160)})
    listed = command("wall", "list", env=small_city.env)
    for words in ("Phòng trực 1", "live", "trung-tam", "3840×2160"):
        assert words in listed.stdout
    assert issued.stdout.strip() not in listed.stdout
    assert command("wall", "revoke", "Phòng trực 1", env=small_city.env).returncode == 0
    assert "revoked" in command("wall", "list", env=small_city.env).stdout
    again = command("wall", "revoke", "Phòng trực 1", env=small_city.env)
    assert (again.returncode, "There is no device" in again.stderr) == (2, True)
    assert command("wall", "check", env=small_city.env).returncode == 0
