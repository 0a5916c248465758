"""Claims become a person: groups give roles and districts, and nothing else does."""

import pytest
from pydantic import SecretStr, ValidationError

from config.problems import Problem
from config.settings import Settings
from data_access import oidc
from data_access.oidc import Person

ROLES = {"cntt": "it", "ha-dong": "district:268", "cau-giay": "district: 005", "truc": "operations"}


def conf(roles: dict[str, str] | None = None, **more: str) -> Settings:
    return Settings(
        oidc_metadata_url="https://idp/.well-known/openid-configuration", oidc_client_id="one-stop",
        oidc_client_secret=SecretStr("bí mật"), oidc_redirect_uri="https://trungtam/oauth2callback",
        oidc_roles=ROLES if roles is None else roles, **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "role", "districts"),
    [
        (["truc"], "operations", ()),
        (["cau-giay", "ha-dong"], "district", ("268", "005")),  # in the setting's order
        (["ha-dong", "cntt"], "it", ()),  # the first of the setting decides
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
    assert oidc.person(claims, conf()) == Person("oidc:an", "An", role, districts)  # type: ignore[arg-type]


def test_names() -> None:
    assert oidc.person({"sub": "7"}, conf()).username == "oidc:7"
    assert oidc.person({"sub": "7", "email": "a@b"}, conf()) == Person("oidc:a@b", "a@b", None)


@pytest.mark.parametrize("words", ["king", "district", "district:", "district:999", "it:268", ""])
def test_a_role_that_cannot_be_is_refused_with_its_group(words: str) -> None:
    with pytest.raises(Problem) as problem:
        oidc.roles(conf({"truc": "operations", "x": words}))
    assert (problem.value.code, problem.value.facts) == ("oidc_roles", {"group": "x", "found": words})


def test_half_a_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="OPS_OIDC_CLIENT_SECRET, OPS_OIDC_REDIRECT_URI, OPS_OIDC_ROLES"):
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
