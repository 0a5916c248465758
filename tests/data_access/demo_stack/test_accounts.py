"""Accounts: what is written, what the authenticator gets, and each refusal in words."""

import copy
import os
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from config.problems import Problem
from config.settings import Settings
from data_access import accounts
from data_access.demo import accounts as demo

HASH = bcrypt.hashpw(b"x", bcrypt.gensalt(4)).decode()
GOOD: dict[str, Any] = {
    "cookie": {"name": "ops", "key": "k" * 48, "expiry_days": 2},
    "credentials": {
        "usernames": {
            "hadong": {"name": "Hà Đông", "password": HASH, "role": "district", "districts": ["268"]},
            "cntt": {"name": "CNTT", "password": HASH, "role": "it"},
        }
    },
}


def written(path: Path, document: object) -> Path:
    YAML().dump(document, path)
    return path


def test_demo_accounts_can_sign_in_with_the_passwords_shown(tmp_path: Path) -> None:
    shown = demo.make(tmp_path / "accounts.yaml", rounds=4)
    read = accounts.load(tmp_path / "accounts.yaml")
    assert {n: (u.name, u.role, u.districts) for n, u in read.users.items()} == demo.DEMO
    for name, password in shown.items():
        assert bcrypt.checkpw(password.encode(), read.users[name].password.get_secret_value().encode())
    assert len(set(shown.values())) == len(demo.DEMO)
    again = demo.make(tmp_path / "accounts.yaml", rounds=4)
    assert again != shown
    assert accounts.load(tmp_path / "accounts.yaml").cookie_key != read.cookie_key
    assert oct((tmp_path / "accounts.yaml").stat().st_mode & 0o777) == "0o600"


def test_what_the_authenticator_gets(tmp_path: Path) -> None:
    read = accounts.load(written(tmp_path / "a.yaml", GOOD))
    expected = {
        "credentials": {
            "usernames": {
                "hadong": {
                    "name": "Hà Đông", "first_name": "Hà Đông", "last_name": "", "email": "",
                    "password": HASH, "roles": ["district"],
                },
                "cntt": {
                    "name": "CNTT", "first_name": "CNTT", "last_name": "", "email": "",
                    "password": HASH, "roles": ["it"],
                },
            }
        },
        "cookie_name": "ops",
        "cookie_key": "k" * 48,
        "cookie_expiry_days": 2.0,
        "auto_hash": False,
    }  # fmt: skip
    assert read.to_authenticator() == expected
    read.to_authenticator()["credentials"]["usernames"]["cntt"]["logged_in"] = True
    assert read.to_authenticator() == expected
    assert HASH not in repr(read)
    assert "kkk" not in repr(read)


def broken(path: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    *parents, last = path.split("/")
    target: Any = document
    for parent in parents:
        target = target[parent]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return document


USER = "credentials/usernames/hadong"


@pytest.mark.parametrize(
    ("path", "value", "key", "words"),
    [
        (f"{USER}/districts", None, "credentials.usernames.hadong.districts", "must name the districts"),
        (f"{USER}/districts", ["999"], "credentials.usernames.hadong.districts", "no district with the code '999'"),
        (f"{USER}/password", "secret", "credentials.usernames.hadong.password", "bcrypt"),
        (f"{USER}/role", "boss", "credentials.usernames.hadong.role", "operations, district, it, wall"),
        (f"{USER}/role", "operations", "credentials.usernames.hadong.districts", "sees the whole city"),
        (f"{USER}/name", None, "credentials.usernames.hadong.name", "missing"),
        (f"{USER}/distrcts", ["268"], "credentials.usernames.hadong.distrcts", "no such key"),
        ("credentials/usernames/Hà Đông", GOOD["credentials"]["usernames"]["cntt"], "Hà Đông", "user name"),
        ("cookie/key", "short", "cookie.key", "32"),
        ("cookie/key", None, "cookie.key", "OPS_COOKIE_KEY"),
        ("credentials", None, "credentials", "missing"),
    ],
)
def test_refusals_name_file_key_and_remedy(tmp_path: Path, path: str, value: object, key: str, words: str) -> None:
    file = written(tmp_path / "accounts.yaml", broken(path, value))
    with pytest.raises(Problem) as refused:
        accounts.load(file)
    assert refused.value.code == "accounts_invalid"
    sentence = refused.value.text("en")
    assert str(file) in sentence
    assert key in sentence
    assert words in sentence
    assert "secret" not in sentence.replace("a secret key", "")


def test_missing_and_malformed_files(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        accounts.load(tmp_path / "none.yaml")
    assert refused.value.code == "accounts_missing"
    (tmp_path / "bad.yaml").write_text("cookie:\n  key: [1,\n")
    with pytest.raises(Problem) as refused:
        accounts.load(tmp_path / "bad.yaml")
    assert refused.value.code == "accounts_unreadable"
    (tmp_path / "empty.yaml").write_text("")
    with pytest.raises(Problem, match=r"empty\.yaml"):
        accounts.load(tmp_path / "empty.yaml")


def test_cookie_key_of_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", broken("cookie/key", None))
    assert accounts.load(file, SecretStr("e" * 40)).cookie_key == "e" * 40


def test_a_bad_edit_leaves_the_last_good_accounts_in_force(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", GOOD)
    conf = Settings(data_dir=tmp_path, accounts_file=file)
    good = accounts.load_configured(conf)
    assert accounts.load_configured(conf) is good
    os.utime(written(file, broken(f"{USER}/role", "boss")), (1, 1))
    assert accounts.load_configured(conf) is good
    trouble = accounts.trouble()
    assert trouble is not None
    assert trouble.code == "accounts_invalid"
    os.utime(written(file, broken(USER, None)), (2, 2))
    assert list(accounts.load_configured(conf).users) == ["cntt"]
    assert accounts.trouble() is None
    other = Settings(data_dir=tmp_path, accounts_file=tmp_path / "none.yaml")
    with pytest.raises(Problem):
        accounts.load_configured(other)


@pytest.mark.parametrize(
    ("place", "value"),
    [("cntt", None), ("cntt/disabled", True), ("cntt/role", "operations")], ids=["gone", "disabled", "role"],
)  # fmt: skip
def test_an_edit_by_hand_does_not_shut_out_the_last_it_account(tmp_path: Path, place: str, value: object) -> None:
    file = written(tmp_path / "a.yaml", GOOD)
    conf = Settings(data_dir=tmp_path, accounts_file=file)
    good = accounts.load_configured(conf)
    os.utime(written(file, broken(f"credentials/usernames/{place}", value)), (1, 1))
    for _ in range(2):
        assert accounts.load_configured(conf) is good
        trouble = accounts.trouble()
        assert trouble is not None
        said = "key credentials.usernames: no IT account would work any more; keep one with role: it."
        assert trouble.text("en") == f"Accounts file {file}, {said}"
    os.utime(written(file, GOOD), (2, 2))
    accounts.load_configured(conf)
    assert accounts.trouble() is None
