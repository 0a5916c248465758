"""OpenID Connect: what Streamlit's own login needs (OPS_OIDC_*), and which role a person's groups give (sign_in.yaml).

Streamlit checks the provider's signature and keeps the claims in a signed cookie; here they become a person.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.settings import Settings
from config.sign_in import sign_in
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


def person(claims: Mapping[str, Any]) -> Person:
    """The person of these claims: the first group of sign_in.yaml that is theirs decides; districts add up."""
    rules = sign_in()
    called = str(claims.get(rules.claims.person) or claims.get("email") or claims.get("sub"))
    said = claims.get(rules.claims.groups) or ()
    theirs = {said} if isinstance(said, str) else set(map(str, said)) if isinstance(said, Sequence) else set()
    mine = [given for given in rules.groups if given.group in theirs]
    role = mine[0].role if mine else None
    districts = tuple(dict.fromkeys(code for given in mine for code in given.districts)) if role == "district" else ()
    return Person(f"oidc:{called}", str(claims.get("name") or called), role, districts)


def session_of(claims: Mapping[str, Any]) -> str:
    """The name of this sign-in's session, the same in all tabs of a browser."""
    parts = "|".join(str(claims.get(name)) for name in ("iss", "sub", "iat", "sid"))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def began_at(claims: Mapping[str, Any]) -> float:
    """When the provider let the person in, in seconds; long ago when it does not say."""
    said = claims.get("iat")
    return float(said) if isinstance(said, int | float) else 0.0
