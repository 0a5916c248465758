"""The accounts file is changed by one door: nothing lost, nothing half-written, never without an IT account."""

import os
import threading
from pathlib import Path

import bcrypt
import pytest
from pydantic import SecretStr

from config.problems import Problem
from config.settings import Settings
from data_access import account_desk, accounts, sessions
from data_access.account_desk import AccountDesk, Wish
from data_access.accounts import Account, load
from data_access.demo import accounts as demo_accounts
from tests.data_access.sync.tiny import Tiny


@pytest.fixture
def desk(tiny: Tiny, tmp_path: Path) -> AccountDesk:
    """A file of the demo's accounts, with a comment of somebody's."""
    path = tmp_path / "accounts.yaml"
    demo_accounts.make(path, rounds=4)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    cntt:\n", "    # gọi 024 3825 xxxx\n    cntt:\n"), encoding="utf-8")
    return AccountDesk(Settings(data_dir=tmp_path), tiny.owner, "cntt", rounds=4)


def users(desk: AccountDesk) -> dict[str, Account]:
    return load(desk._path).users


def refused(code: str, what: object, *arguments: object) -> None:
    with pytest.raises(Problem) as problem:
        what(*arguments)  # type: ignore[operator]
    assert problem.value.code == code


def test_a_new_account_can_sign_in_with_what_is_returned(desk: AccountDesk, tiny: Tiny) -> None:
    made = desk.create("tay-ho", Wish(" Tây Hồ ", "district", ("003",)))
    account = users(desk)["tay-ho"]
    assert (account.name, account.role, account.districts) == ("Tây Hồ", "district", ("003",))
    assert bcrypt.checkpw(made.encode(), account.password.get_secret_value().encode())
    assert "# gọi 024 3825 xxxx" in desk._path.read_text(encoding="utf-8"), "comments survive"
    assert desk._path.stat().st_mode & 0o777 == 0o600
    refused("account_there", desk.create, "tay-ho", Wish("x", "it"))
    (row,) = tiny.store("SELECT kind, who, what, facts, audit::text FROM audit ORDER BY audit_id DESC LIMIT 1")
    assert row[:4] == ("account_created", "cntt", "tay-ho", {"role": "district", "districts": ["003"]})
    assert made not in row[4]
    assert "$2b$" not in row[4]


@pytest.mark.parametrize(
    "wish", [Wish("x", "district"), Wish("x", "district", ("999",)), Wish("", "it"), Wish("x", "king")]  # type: ignore[arg-type]
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_written(desk: AccountDesk, wish: Wish) -> None:
    before = desk._path.read_bytes()
    with pytest.raises((Problem, ValueError)):
        desk.create("moi", wish)
    with pytest.raises((Problem, ValueError)):
        desk.change("trungtam", users(desk)["trungtam"], wish)
    refused("accounts_invalid", desk.create, "Tên có dấu", Wish("x", "it"))
    assert desk._path.read_bytes() == before
    beside = sorted(path.name for path in desk._path.parent.glob("*accounts*"))
    assert beside == [".accounts.yaml.lock", "accounts.yaml"]


@pytest.mark.parametrize("weak", ["ngan", "trungtam-moi", "1234567890", "qwertyuiop", " kq7m-3vad-x9hu", "x" * 80])
def test_weak_passwords(desk: AccountDesk, weak: str) -> None:
    refused("password_weak", desk.reset_password, "trungtam", users(desk)["trungtam"], weak)


def test_a_new_password_ends_sessions_and_unlocks(desk: AccountDesk, tiny: Tiny) -> None:
    with tiny.owner.begin() as connection:
        for name in ("hadong", "caugiay"):
            sessions.begin(connection, sessions.new(name, "district", "password", "", 600))
    made = desk.reset_password("hadong", users(desk)["hadong"], "kq7m-3vad-x9hu")
    assert made == "kq7m-3vad-x9hu"
    assert tiny.store("SELECT username, ended_by FROM session WHERE ended_at IS NOT NULL") == [("hadong", "cntt")]
    kinds = [row[0] for row in tiny.store("SELECT kind FROM audit ORDER BY audit_id DESC LIMIT 2")]
    assert kinds == ["sign_in_forgiven", "password_reset"]


def test_the_last_it_account_stays(desk: AccountDesk) -> None:
    refused("last_it", desk.set_disabled, "cntt", users(desk)["cntt"], True)
    refused("last_it", desk.change, "cntt", users(desk)["cntt"], Wish("x", "operations"))
    desk.create("cntt2", Wish("Người thứ hai", "it"))
    desk.set_disabled("cntt", users(desk)["cntt"], True)
    assert users(desk)["cntt"].disabled
    refused("last_it", desk.set_disabled, "cntt2", users(desk)["cntt2"], True)
    everybody = accounts.Accounts(cookie=accounts.Cookie(key=SecretStr("k" * 40)), users=users(desk))
    assert everybody.may_enter("cntt") is None
    assert "cntt" not in everybody.to_authenticator()["credentials"]["usernames"]


def test_of_two_people_the_second_is_told(desk: AccountDesk) -> None:
    seen = users(desk)["hadong"]
    desk.change("hadong", seen, Wish("Tên mới", "district", ("268", "005")))
    refused("account_meanwhile", desk.change, "hadong", seen, Wish("Tên khác", "district", ("268",)))
    assert users(desk)["hadong"].name == "Tên mới"
    text = desk._path.read_text(encoding="utf-8")
    desk._path.write_text(text.replace("    caugiay:", "    cau-giay:"), encoding="utf-8")
    refused("account_gone", desk.set_disabled, "caugiay", seen, True)


def test_many_at_once_lose_nothing(desk: AccountDesk) -> None:
    threads = [threading.Thread(target=desk.create, args=(f"nguoi{n}", Wish(f"Người {n}", "it"))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert {f"nguoi{n}" for n in range(6)} <= users(desk).keys()


def test_a_file_that_cannot_be_read_is_left_as_it_is(desk: AccountDesk) -> None:
    seen = users(desk)["trungtam"]
    for text in ("credentials: [", "", desk._path.read_text(encoding="utf-8").replace("role: it", "role: king")):
        desk._path.write_text(text, encoding="utf-8")
        with pytest.raises(Problem):
            desk.set_disabled("trungtam", seen, True)
        assert desk._path.read_text(encoding="utf-8") == text


def test_a_full_disk_leaves_the_old_file(desk: AccountDesk, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = desk._path.read_bytes(), users(desk)["trungtam"]
    noted = tiny.one("SELECT count(*) FROM audit")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused("accounts_unwritten", desk.set_disabled, "trungtam", seen, True)
    assert desk._path.read_bytes() == before
    assert tiny.one("SELECT count(*) FROM audit") == noted, "what was not done is not noted"
    assert account_desk.ROUNDS >= 12
