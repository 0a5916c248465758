"""What IT staff do with accounts: the one door to the accounts file, for the screen and the terminal.

1. Under the file's lock the file is read afresh; one that can't be read is left as it is.
2. The editor says what they saw; an account changed since is refused, so that of two people none overwrites the other.
3. The whole file is checked before it takes the old one's place in one step. Comments survive.
4. The audit hears of it, and sessions end where they must.
"""

import fcntl
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bcrypt
from pydantic import SecretStr
from ruamel.yaml import YAML
from sqlalchemy import Engine
from zxcvbn import zxcvbn

from config.problems import Problem
from config.settings import Settings
from data_access import audit, sessions
from data_access.accounts import Account, Cookie, Role, check_user, entry_of, has_it, load, replace_file, save
from data_access.audit import Entry
from data_access.demo.accounts import random_password

LEAST_SCORE, LEAST_LENGTH, MOST_BYTES = 3, 10, 72
"""zxcvbn's score of 0 to 4 (3: 10⁸ guesses are not enough); bcrypt takes 72 bytes."""
ROUNDS = 12


@dataclass(frozen=True)
class Wish:
    """What an account shall be, beside its password."""

    name: str
    role: Role
    districts: tuple[str, ...] = ()


class AccountDesk:
    """The accounts file of `conf`, and by whom it is changed. `engine`: the store's owner."""

    def __init__(self, conf: Settings, engine: Engine, by: str, rounds: int = 0) -> None:
        self._conf, self._engine, self._by, self._rounds = conf, engine, by, rounds or ROUNDS
        self._path = conf.accounts_path

    def create(self, username: str, wish: Wish, password: str = "") -> str:
        """A new account; returns its password, made at random unless given.

        Raises Problem: account_there, password_weak, accounts_invalid, accounts_unreadable.
        """
        chosen = _password(password, username, wish.name)

        def change(users: dict[str, Account]) -> Account:
            if username in users:
                raise Problem("account_there", name=username)
            return Account(name=wish.name.strip(), password=self._hash(chosen), role=wish.role,
                           districts=wish.districts if wish.role == "district" else ())  # fmt: skip

        self._edit(username, change, "account_created", {"role": wish.role, "districts": list(wish.districts)})
        return chosen

    def create_first(self, username: str, name: str) -> str:
        """The IT account that makes all others, and the file when there is none; returns its password, made at random.

        Raises Problem: it_there, account_there, accounts_invalid, accounts_unreadable.
        """
        chosen = random_password()

        def change(users: dict[str, Account]) -> Account:
            if has_it(users):
                raise Problem("it_there", path=str(self._path))
            if username in users:
                raise Problem("account_there", name=username)
            return Account(name=name.strip(), password=self._hash(chosen), role="it")

        self._edit(username, change, "account_created", {"role": "it", "districts": []}, first=True)
        return chosen

    def change(self, username: str, seen: Account, wish: Wish) -> None:
        """Another name, role or districts. Sessions stay: what they may see follows at their next look.

        Raises Problem: account_gone, account_meanwhile, last_it, accounts_invalid, accounts_unreadable.
        """
        districts = wish.districts if wish.role == "district" else ()
        new = {"name": wish.name.strip(), "role": wish.role, "districts": districts}
        facts = {key: [_plain(getattr(seen, key)), _plain(value)] for key, value in new.items()
                 if getattr(seen, key) != value}  # fmt: skip
        if facts:
            self._edit(username, _after(username, seen, **new), "account_changed", facts)

    def set_disabled(self, username: str, seen: Account, disabled: bool) -> None:
        """Shut the account out, its sessions at once, or let it in again. Raises as `change`."""
        kind = "account_disabled" if disabled else "account_enabled"
        self._edit(username, _after(username, seen, disabled=disabled), kind, {}, end=disabled)

    def reset_password(self, username: str, seen: Account, password: str = "") -> str:
        """Another password, which is returned; the account's sessions end and its sign-in is unlocked.

        Raises as `change`, and password_weak.
        """
        chosen = _password(password, username, seen.name)
        change = _after(username, seen, password=self._hash(chosen))
        self._edit(username, change, "password_reset", {}, end=True)
        return chosen

    def _hash(self, password: str) -> SecretStr:
        return SecretStr(bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._rounds)).decode())

    def _edit(
        self, username: str, change: Callable[[dict[str, Account]], Account], kind: str, facts: dict[str, Any],
        end: bool = False, first: bool = False,
    ) -> None:  # fmt: skip
        """The steps above; the audit's entry is committed with the file in place, so that neither stands alone."""
        with _locked(self._path), self._engine.begin() as connection:
            new_file = first and not self._path.exists()
            users = {} if new_file else dict(load(self._path, self._conf.cookie_key).users)
            account = change(users)
            check_user(self._path, username, account)
            _keep_an_it(users, {**users, username: account})
            audit.note(connection, Entry(kind, self._by, username, facts=facts))
            if kind == "password_reset":
                audit.note(connection, Entry("sign_in_forgiven", self._by, username))
            if end:
                sessions.end_all(connection, username, self._by)
            if new_file:
                save(self._path, {username: account}, Cookie())  # its key comes from OPS_COOKIE_KEY
            else:
                self._write(username, account)

    def _write(self, username: str, account: Account) -> None:
        yaml = YAML()
        yaml.allow_unicode = True
        yaml.width = 120
        document = yaml.load(self._path.read_text(encoding="utf-8"))
        entries = document["credentials"]["usernames"]
        new = entry_of(account)
        if username in entries:
            for key in [key for key in entries[username] if key not in new]:
                del entries[username][key]
            entries[username].update(new)
        else:
            entries[username] = new
        text = io.StringIO()
        yaml.dump(document, text)
        try:
            replace_file(self._path, text.getvalue(), lambda made: load(made, self._conf.cookie_key))
        except OSError as error:
            raise Problem("accounts_unwritten", path=str(self._path), reason=error.strerror or str(error)) from error


def _after(username: str, seen: Account, **new: Any) -> Callable[[dict[str, Account]], Account]:
    """The account with `new` values, if it is still what was `seen`."""

    def change(users: dict[str, Account]) -> Account:
        if username not in users:
            raise Problem("account_gone", name=username)
        if users[username] != seen:
            raise Problem("account_meanwhile", name=username)
        return users[username].model_copy(update=new)

    return change


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _password(given: str, username: str, name: str) -> str:
    """The password given, if it is strong, or one made at random. Raises Problem (password_weak)."""
    if not given:
        return random_password()
    long_enough = len(given) >= LEAST_LENGTH and len(given.encode()) <= MOST_BYTES
    if given != given.strip() or not long_enough or zxcvbn(given, [username, *name.split()])["score"] < LEAST_SCORE:
        raise Problem("password_weak", least=LEAST_LENGTH, most=MOST_BYTES)
    return given


def _keep_an_it(before: dict[str, Account], after: dict[str, Account]) -> None:
    """Somebody must be able to come in and set things right."""

    if has_it(before) and not has_it(after):
        raise Problem("last_it")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One change at a time, of all processes that share the file."""
    try:
        with path.with_name(f".{path.name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise Problem("accounts_unwritten", path=str(path), reason=error.strerror or str(error)) from error
