"""`accounts first`: the account that makes all others, and a file when there is none; never a second time."""

from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from config.problems import Problem
from data_access import account_desk
from data_access.accounts import Account, load
from data_access.audit import terminal_user
from data_access.cli.main import app
from tests.data_access.sync.tiny import STORE, Tiny
from tests.support.configured import configured

KEY = SecretStr("k" * 48)


def command(*arguments: str) -> Result:
    told = CliRunner().invoke(app, ["accounts", *arguments])
    if isinstance(told.exception, Problem):
        raise told.exception
    return told


@pytest.fixture
def file(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The accounts file of a real deployment that has none yet."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setattr(account_desk, "ROUNDS", 4)
    urls = {f"OPS_{name}_URL": tiny.pg.url("ops_owner", STORE) for name in ("STORE", "STORE_READER", "SOURCE")}
    path = tmp_path / "accounts.yaml"
    with configured(OPS_DATA_DIR=tmp_path, OPS_ACCOUNTS_FILE=path, OPS_COOKIE_KEY=KEY.get_secret_value(), **urls):
        yield path


def refused(code: str, *arguments: str) -> None:
    with pytest.raises(Problem) as problem:
        command("first", *arguments)
    assert problem.value.code == code


def test_the_first_account_can_sign_in_and_there_is_one_only(file: Path, tiny: Tiny) -> None:
    told = command("first", "cntt", "--name", "Quản trị CNTT")
    assert (told.exit_code, "shown this once" in told.stderr) == (0, True)
    password = told.stdout.strip()
    account: Account = load(file, KEY).users["cntt"]
    assert (account.name, account.role, account.districts) == ("Quản trị CNTT", "it", ())
    assert bcrypt.checkpw(password.encode(), account.password.get_secret_value().encode())
    assert account_desk._password(password, "cntt", account.name) == password, "as strong as one that a person types"
    assert file.stat().st_mode & 0o777 == 0o600
    assert KEY.get_secret_value() not in file.read_text(encoding="utf-8")
    noted = tiny.store("SELECT kind, who, what, audit::text FROM audit ORDER BY audit_id DESC LIMIT 1")
    assert [row[:3] for row in noted] == [("account_created", terminal_user(), "cntt")]
    assert password not in noted[0][3]
    before = file.read_bytes()
    refused("it_there", "cntt2")
    assert file.read_bytes() == before


def test_a_file_without_a_working_it_account_gets_one(file: Path) -> None:
    command("first", "cntt")
    text = file.read_text(encoding="utf-8")
    file.write_text("# của thành phố\n" + text.replace("role: it", "role: it\n      disabled: true"), encoding="utf-8")
    refused("account_there", "cntt")
    command("first", "cntt2")
    made = load(file, KEY).users
    assert {name: (user.name, user.disabled) for name, user in made.items()} == {
        "cntt": ("cntt", True), "cntt2": ("cntt2", False),
    }  # fmt: skip
    assert file.read_text(encoding="utf-8").startswith("# của thành phố\n")


def test_a_name_that_cannot_be_leaves_no_file(file: Path) -> None:
    refused("accounts_invalid", "Tên có dấu")
    assert not file.exists()


def test_the_demo_city_has_its_own(tmp_path: Path) -> None:
    with configured(OPS_DATA_DIR=tmp_path):
        refused("only_deployed", "cntt")
    assert list(tmp_path.iterdir()) == []
