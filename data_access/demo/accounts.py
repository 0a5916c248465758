"""The demo's accounts: made at the first start with random passwords, which are shown once."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import bcrypt
from pydantic import SecretStr

from data_access.accounts import Account, Cookie, Role, save

# user name → (name, role, districts)
DEMO: dict[str, tuple[str, Role, tuple[str, ...]]] = {
    "trungtam": ("Trực ban Trung tâm", "operations", ()),
    "hadong": ("Lãnh đạo UBND quận Hà Đông", "district", ("268",)),
    "caugiay": ("Lãnh đạo UBND quận Cầu Giấy", "district", ("005",)),
    "cntt": ("Quản trị CNTT", "it", ()),
    "manhinh": ("Màn hình 1", "wall", ()),
}
# No letters or digits that look alike; three groups of four from 28 signs are 57 bits.
_SIGNS = "abcdefghkmnpqrstuvwxyz346789"


def random_password() -> str:
    """Easy to read out and type: "kq7m-3vad-x9hu"."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))


def make(path: Path, passwords: Mapping[str, str] | None = None, rounds: int = 12) -> dict[str, str]:
    """Write the demo accounts with new passwords and a new cookie key; returns user name → password.

    A new key signs everyone out: an old cookie must not outlive the password it was given for.
    `passwords` and fewer bcrypt `rounds` are for tests.
    """
    chosen = {name: (passwords or {}).get(name) or random_password() for name in DEMO}
    users = {
        name: Account(
            name=title,
            password=SecretStr(bcrypt.hashpw(chosen[name].encode(), bcrypt.gensalt(rounds)).decode()),
            role=role,
            districts=districts,
        )
        for name, (title, role, districts) in DEMO.items()
    }
    save(path, users, Cookie(key=SecretStr(secrets.token_urlsafe(48))))
    return chosen
