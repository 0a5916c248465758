"""A small real OpenID Connect provider on loopback: discovery, authorization code with PKCE, JWKS, signed ID tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "one-stop", "a secret of the tests, long enough"
METHODS = {"client_secret_basic", "client_secret_post"}


@dataclass
class Provider:
    """`people`: name → claims. Each authorization shows a page with a button a person."""

    url: str
    people: dict[str, dict[str, Any]]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}, private=True))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """The document of discovery."""
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": sorted(METHODS), "scopes_supported": ["openid"],
        }  # fmt: skip

    def choose(self, asked: dict[str, str]) -> str:
        """A page on which one says who one is."""
        links = [f'<p><a href="/enter?{urlencode({**asked, "who": who})}">{who}</a></p>' for who in self.people]
        return f"<!doctype html><title>Provider</title>{''.join(links)}"

    def enter(self, asked: dict[str, str]) -> str:
        """Where the browser goes then."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, said: dict[str, str], authorization: str) -> dict[str, Any]:
        """The ID token for a code, once; ValueError for whoever is not the client that asked."""
        if authorization.startswith("Basic "):
            client, secret = base64.b64decode(authorization[6:]).decode().split(":", 1)
        else:
            client, secret = said.get("client_id", ""), said.get("client_secret", "")
        asked = self.codes.pop(said["code"])
        digest = hashlib.sha256(said["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (client, unquote_plus(secret)) != (CLIENT, SECRET) or challenge != asked["code_challenge"]:
            raise ValueError("not the client that asked")
        if said["redirect_uri"] != asked["redirect_uri"]:
            raise ValueError("another address")
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": asked["who"], "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], **self.people[asked["who"]]}  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def provider(people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/.well-known/openid-configuration":
                self._say(json.dumps(made.metadata()), "application/json")
            elif address.path == "/jwks":
                self._say(json.dumps({"keys": [made.key.as_dict(private=False)]}), "application/json")
            elif address.path == "/authorize":
                self._say(made.choose(asked), "text/html")
            elif address.path == "/enter":
                self.send_response(302)
                self.send_header("Location", made.enter(asked))
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said = {name: values[0] for name, values in parse_qs(body).items()}
            try:
                told = made.token(said, self.headers.get("Authorization", ""))
            except (KeyError, ValueError):
                self.send_error(400)
                return
            self._say(json.dumps(told), "application/json")

        def _say(self, text: str, kind: str) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(f"http://127.0.0.1:{server.server_address[1]}", people)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
