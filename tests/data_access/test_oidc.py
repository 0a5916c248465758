"""Claims become a person: groups give roles and districts, and nothing else does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from config.files import FILES
from config.settings import Settings
from data_access import oidc
from data_access.oidc import Person
from tests.support.configured import configured

GROUPS = """
claims: {person: preferred_username, groups: groups}
groups:
  - {group: cntt, role: it}
  - {group: ha-dong, role: district, districts: ["268"]}
  - {group: cau-giay, role: district, districts: ["005"]}
  - {group: truc, role: operations}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """A city's own configuration with these groups."""
    with configured(OPS_CONFIG_DIR=tmp_path):
        (tmp_path / "sign_in.yaml").write_text(GROUPS, encoding="utf-8")
        yield tmp_path


def conf() -> Settings:
    return Settings(
        oidc_metadata_url="https://idp/.well-known/openid-configuration", oidc_client_id="one-stop",
        oidc_client_secret=SecretStr("bí mật"), oidc_redirect_uri="https://trungtam/oauth2callback",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "role", "districts"),
    [
        (["truc"], "operations", ()),
        (["cau-giay", "ha-dong"], "district", ("268", "005")),  # in the file's order
        (["ha-dong", "cntt"], "it", ()),  # the first of the file decides
        ("truc", "operations", ()),
        (["CNTT", "it", "admin"], None, ()),
        ([], None, ()),
        (None, None, ()),
        ({"cntt": 1}, None, ()),
        (7, None, ()),
    ],
)
def test_groups(groups: object, role: str | None, districts: tuple[str, ...]) -> None:
    claims = {"sub": "1", "preferred_username": "an", "name": "An", "groups": groups, "role": "it"}
    assert oidc.person(claims) == Person("oidc:an", "An", role, districts)  # type: ignore[arg-type]


def test_names() -> None:
    assert oidc.person({"sub": "7"}).username == "oidc:7"
    assert oidc.person({"sub": "7", "email": "a@b"}) == Person("oidc:a@b", "a@b", None)


def test_an_edit_counts_at_the_next_look_and_a_wrong_one_does_not(folder: Path) -> None:
    claims = {"sub": "1", "ou": "truc", "groups": ["truc"]}
    file = folder / "sign_in.yaml"
    assert oidc.person(claims).role == "operations"
    file.write_text(GROUPS.replace("truc, role: operations", "truc, role: king"), encoding="utf-8")
    assert oidc.person(claims).role == "operations", "the last good form"
    assert [p.facts["key"] for p in FILES["sign_in"].problems()] == ["groups.3.role"]
    edited = GROUPS.replace("truc, role: operations", 'truc, role: district, districts: ["003"]')
    file.write_text(edited.replace("groups: groups", "groups: ou"), encoding="utf-8")
    assert oidc.person(claims) == Person("oidc:1", "1", "district", ("003",))
    assert oidc.person({"sub": "1", "groups": ["truc"]}).role is None, "another claim holds the groups"
    file.unlink()
    assert oidc.person(claims).role is None, "what is shipped lets nobody in"


def test_half_a_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="OPS_OIDC_CLIENT_SECRET, OPS_OIDC_REDIRECT_URI"):
        Settings(oidc_metadata_url="https://idp", oidc_client_id="x")


def test_secrets_for_streamlit() -> None:
    made = oidc.secrets(conf())["auth"]
    assert (made["client_id"], made["client_secret"]) == ("one-stop", "bí mật")
    assert len(made["cookie_secret"]) == 64
    assert made["cookie_secret"] == oidc.secrets(conf())["auth"]["cookie_secret"], "the same in every process"
    assert oidc.secrets(Settings()) == {}
    assert "bí mật" not in repr(conf())


def test_a_session_is_one_sign_in() -> None:
    first = {"iss": "i", "sub": "s", "iat": 1, "sid": "x", "groups": ["a"]}
    assert oidc.session_of(first) == oidc.session_of(first | {"groups": []})
    assert len({oidc.session_of(first | {name: 2}) for name in ("iss", "sub", "iat", "sid")}) == 4
    assert oidc.began_at(first) == 1.0
    assert oidc.began_at({}) == 0.0
