"""OpenID Connect: what Streamlit's own login needs, and which role a person's groups give. Settings OPS_OIDC_*.

Streamlit checks the provider's signature and keeps the claims in a signed cookie; here they become a person.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from config.problems import Problem
from config.registry import registry
from config.settings import Settings
from data_access.accounts import Role


@dataclass(frozen=True)
class Person:
    """Who the provider says that this is. role: None for someone whose groups have none here.

    username: "oidc:" and the provider's name, so that it is never an account of the accounts file.
    """

    username: str
    name: str
    role: Role | None
    districts: tuple[str, ...] = ()


def configured(conf: Settings) -> bool:
    """Whether people can sign in so."""
    return conf.oidc_metadata_url is not None


def secrets(conf: Settings) -> dict[str, Any]:
    """Streamlit's secrets for st.login; empty when it is not configured.

    The cookie's key is drawn from the client's secret, so that all processes have the same.
    """
    if not configured(conf) or conf.oidc_client_secret is None:
        return {}
    secret = conf.oidc_client_secret.get_secret_value()
    return {
        "auth": {
            "redirect_uri": conf.oidc_redirect_uri,
            "cookie_secret": hmac.new(secret.encode(), b"sign-in cookie", hashlib.sha256).hexdigest(),
            "client_id": conf.oidc_client_id,
            "client_secret": secret,
            "server_metadata_url": conf.oidc_metadata_url,
            "client_kwargs": {"scope": "openid profile email"},
        }
    }


def person(claims: Mapping[str, Any], conf: Settings) -> Person:
    """The person of these claims: the first group of OPS_OIDC_ROLES that is theirs decides; districts add up.

    Raises Problem (oidc_roles) when the setting can't be right.
    """
    called = str(claims.get(conf.oidc_user_claim) or claims.get("email") or claims.get("sub"))
    said = claims.get(conf.oidc_groups_claim) or ()
    groups = {said} if isinstance(said, str) else set(map(str, said)) if isinstance(said, Sequence) else set()
    mine = [given for group, given in roles(conf).items() if group in groups]
    role = mine[0][0] if mine else None
    districts = tuple(dict.fromkeys(code for _, codes in mine for code in codes)) if role == "district" else ()
    return Person(f"oidc:{called}", str(claims.get("name") or called), role, districts)


def roles(conf: Settings) -> dict[str, tuple[Role, tuple[str, ...]]]:
    """Group → (role, districts), checked. Raises Problem (oidc_roles)."""
    known: tuple[Role, ...] = get_args(Role)
    found: dict[str, tuple[Role, tuple[str, ...]]] = {}
    for group, words in (conf.oidc_roles or {}).items():
        said, _, listed = words.partition(":")
        codes = tuple(code.strip() for code in listed.split(",") if code.strip())
        role = next((one for one in known if one == said), None)
        right = set(codes) <= registry().districts.keys() and bool(codes) == (role == "district")
        if role is None or not right:
            raise Problem("oidc_roles", group=group, found=words)
        found[group] = role, codes
    return found


def session_of(claims: Mapping[str, Any]) -> str:
    """The name of this sign-in's session, the same in all tabs of a browser."""
    parts = "|".join(str(claims.get(name)) for name in ("iss", "sub", "iat", "sid"))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def began_at(claims: Mapping[str, Any]) -> float:
    """When the provider let the person in, in seconds; long ago when it does not say."""
    said = claims.get("iat")
    return float(said) if isinstance(said, int | float) else 0.0
