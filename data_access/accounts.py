"""Who may sign in, with which role and for which districts: one YAML file outside git, read and refused here.

The file is in the form that streamlit-authenticator 0.4.2 reads, plus our `role` and `districts`:

    cookie: {name: one_stop_centre, key: <32 random characters or more>, expiry_days: 1}
    credentials:
      usernames:
        hadong:
          name: Lãnh đạo UBND quận Hà Đông
          password: $2b$12$…        # bcrypt
          role: district            # operations | district | it | wall
          districts: ["268"]        # GSO codes, for role district only
          disabled: true            # may not sign in; absent: may
"""

import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from config.problems import Problem
from config.registry import registry
from config.settings import Settings

Role = Literal["operations", "district", "it", "wall"]
KEY_LENGTH = 32
_HASH = re.compile(r"^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$")
USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,39}$")

# What pydantic calls a mistake → how we say it (Vietnamese, English)
_PLAIN = {
    "missing": ("thiếu mục này", "this key is missing"),
    "extra_forbidden": ("không có mục nào tên như vậy", "there is no such key"),
    "literal_error": (
        f"vai trò phải là một trong: {', '.join(get_args(Role))}",
        f"the role must be one of: {', '.join(get_args(Role))}",
    ),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(_Strict):
    """One person or device. `districts` are GSO codes, for role `district` only."""

    name: str = Field(min_length=1)
    password: SecretStr
    role: Role
    districts: tuple[str, ...] = ()
    disabled: bool = False
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    roles: tuple[str, ...] | None = None
    """streamlit-authenticator's own list; ours is `role`, and this is filled from it."""

    @field_validator("password")
    @classmethod
    def _hashed(cls, value: SecretStr) -> SecretStr:
        if not _HASH.match(value.get_secret_value()):
            raise ValueError("hash")
        return value


class Cookie(_Strict):
    """The sign-in cookie; `key` signs it and must be secret."""

    name: str = Field(default="one_stop_centre", pattern=r"^[A-Za-z0-9_-]+$")
    key: SecretStr | None = None
    expiry_days: float = Field(default=1, gt=0, le=90)


class _Credentials(_Strict):
    usernames: dict[str, Account] = Field(min_length=1)


class _File(_Strict):
    cookie: Cookie = Cookie()
    credentials: _Credentials


class Accounts(_Strict):
    """All accounts, checked: user name → Account, and the cookie with its key."""

    cookie: Cookie
    users: dict[str, Account]

    @property
    def cookie_key(self) -> str:
        """The key that signs the cookie; `load` has made sure that there is one."""
        assert self.cookie.key is not None
        return self.cookie.key.get_secret_value()

    def may_enter(self, name: str) -> Account | None:
        """The account of that name; None for one that is unknown or disabled."""
        account = self.users.get(name)
        return None if account is None or account.disabled else account

    def to_authenticator(self) -> dict[str, Any]:
        """Fresh keyword arguments for `streamlit_authenticator.Authenticate(**…)`, which writes into them."""
        users = {
            name: {
                "name": user.name,
                "first_name": user.first_name or user.name,
                "last_name": user.last_name or "",
                "email": user.email or "",
                "password": user.password.get_secret_value(),
                "roles": [user.role],
            }
            for name, user in self.users.items()
            if not user.disabled
        }
        return {
            "credentials": {"usernames": users},
            "cookie_name": self.cookie.name,
            "cookie_key": self.cookie_key,
            "cookie_expiry_days": self.cookie.expiry_days,
            "auto_hash": False,
        }


def load(path: Path, cookie_key: SecretStr | None = None) -> Accounts:
    """Read and check the file. `cookie_key` (from OPS_COOKIE_KEY) stands above the file's own.

    Raises Problem with the file, the key and what to do: accounts_missing, accounts_unreadable,
    accounts_invalid.
    """
    document = _read(path)
    try:
        file = _File.model_validate(document)
    except ValidationError as error:
        raise _plain(path, error) from None
    users = file.credentials.usernames
    for name, user in users.items():
        check_user(path, name, user)
    cookie = file.cookie if cookie_key is None else file.cookie.model_copy(update={"key": cookie_key})
    if cookie.key is None or len(cookie.key.get_secret_value()) < KEY_LENGTH:
        raise _invalid(
            path,
            "cookie.key",
            f"cần một khoá bí mật ít nhất {KEY_LENGTH} ký tự (hoặc đặt OPS_COOKIE_KEY).",
            f"a secret key of at least {KEY_LENGTH} characters is needed (or set OPS_COOKIE_KEY).",
        )
    return Accounts(cookie=cookie, users=users)


@dataclass
class _Kept:
    """The last good accounts, and the file they (or its refusal) came from."""

    stamp: tuple[object, ...] | None = None
    accounts: Accounts | None = None
    trouble: Problem | None = None


_kept = _Kept()


def load_configured(conf: Settings) -> Accounts:
    """The accounts of this deployment, read again when the file changed; costs one stat otherwise.

    A bad edit of a running deployment is refused, one without a working IT account too: the last good accounts stay
    in force and `trouble()` says why. Without good ones (at the start) the Problem is raised.
    """
    path = conf.accounts_path
    stamp: tuple[object, ...] = (path, conf.cookie_key, *_stamp(path))
    if stamp != _kept.stamp:
        same_file = _kept.stamp is not None and _kept.stamp[:2] == stamp[:2]
        before = _kept.accounts if same_file else None
        try:
            _kept.accounts, _kept.trouble = _after(path, before, load(path, conf.cookie_key)), None
        except Problem as problem:
            _kept.accounts, _kept.trouble = before, problem
        _kept.stamp = stamp
    if _kept.accounts is None:
        assert _kept.trouble is not None
        raise _kept.trouble
    return _kept.accounts


def has_it(users: Mapping[str, Account]) -> bool:
    """Whether somebody of the IT staff can sign in and set things right."""
    return any(user.role == "it" and not user.disabled for user in users.values())


def _after(path: Path, before: Accounts | None, found: Accounts) -> Accounts:
    """What was found, if it does not shut out the last of the IT staff, which no screen could undo."""
    if before is not None and has_it(before.users) and not has_it(found.users):
        raise _invalid(
            path,
            "credentials.usernames",
            "không còn tài khoản quản trị CNTT nào hoạt động; giữ lại một tài khoản có role: it.",
            "no IT account would work any more; keep one with role: it.",
        )
    return found


def trouble() -> Problem | None:
    """Why the newest accounts file is not in force; None when it is."""
    return _kept.trouble


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        stat = path.stat()
    except OSError:
        return ()
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def save(path: Path, users: Mapping[str, Account], cookie: Cookie) -> None:
    """Write the file in one step, readable by its owner only (mode 0600)."""
    usernames: dict[str, Any] = {}
    for name, user in users.items():
        usernames[name] = entry_of(user)
    key = cookie.key.get_secret_value() if cookie.key else None
    document = {
        "cookie": {"name": cookie.name, "key": key, "expiry_days": cookie.expiry_days},
        "credentials": {"usernames": usernames},
    }
    text = io.StringIO()
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.dump(document, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.getvalue())


def entry_of(user: Account) -> dict[str, Any]:
    """An account as it stands in the file."""
    entry = user.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return entry | {"password": user.password.get_secret_value(), "roles": [user.role]}


def replace_file(path: Path, content: str, check: Callable[[Path], object] = lambda _: None) -> None:
    """Write in one step, readable by its owner only (mode 0600), once `check` has found nothing against it.

    A full disk or a refusal leaves the old file as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp makes it 0600
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        check(Path(name))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(path: Path) -> Any:
    try:
        return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Problem("accounts_missing", path=str(path)) from None
    except MarkedYAMLError as error:
        line = f"{error.problem_mark.line + 1}: " if error.problem_mark else ""
        reason = f"{line}{error.problem or error.context or 'YAML'}"
        raise Problem("accounts_unreadable", path=str(path), reason=reason) from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise Problem("accounts_unreadable", path=str(path), reason=str(error)) from None


def check_user(path: Path, name: str, user: Account) -> None:
    """Rules that pydantic can't say in our words. Raises Problem (accounts_invalid)."""
    key = f"credentials.usernames.{name}"
    if not USERNAME.match(name):
        raise _invalid(
            path,
            key,
            "tên đăng nhập gồm 2–40 chữ thường không dấu, số, dấu chấm, gạch.",
            "a user name is 2 to 40 lower-case letters, digits, dots, dashes.",
        )
    if user.role == "district" and not user.districts:
        raise _invalid(
            path,
            f"{key}.districts",
            "tài khoản cấp huyện phải ghi mã quận, huyện được xem.",
            "a district account must name the districts it may see.",
        )
    if user.role != "district" and user.districts:
        raise _invalid(
            path,
            f"{key}.districts",
            f"vai trò {user.role} xem toàn thành phố; bỏ mục này hoặc đổi vai trò thành district.",
            f"the role {user.role} sees the whole city; remove this key or make the role district.",
        )
    known = registry().districts
    for code in user.districts:
        if code not in known:
            raise _invalid(
                path,
                f"{key}.districts",
                f"không có quận, huyện nào mang mã {code!r} (ví dụ đúng: '268').",
                f"there is no district with the code {code!r} (a right one: '268').",
            )


def _plain(path: Path, error: ValidationError) -> Problem:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"]) or "(file)"
    if key.endswith(".password") and first["type"] == "value_error":
        vi = "mật khẩu phải là mã băm bcrypt ($2b$…), không để mật khẩu thường trong tệp."
        en = "the password must be a bcrypt hash ($2b$…); plain passwords don't belong in the file."
    else:
        vi, en = _PLAIN.get(first["type"], (first["msg"], first["msg"]))
        vi, en = f"{vi}.", f"{en}."
    return _invalid(path, key, vi, en)


def _invalid(path: Path, key: str, vi: str, en: str) -> Problem:
    return Problem("accounts_invalid", path=str(path), key=key, vi=vi, en=en)
