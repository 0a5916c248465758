"""How a wall device comes in: its token in the address or a form, exchanged for a cookie that only the server reads."""

from urllib.parse import parse_qs, urlencode

from anyio import to_thread
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from config.problems import Problem
from config.settings import settings
from data_access import accounts, devices
from data_access.demo.stack import runtime
from data_access.wall_desk import wall_desk

SIGN_IN = "wall-sign-in"
ATTEMPTS = parse("20 per minute")
LONGEST = 4096
_limiter = MovingWindowRateLimiter(MemoryStorage())


class TokenAddress(Route):
    """`/?…token=…`: every other request for the root is Streamlit's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The root with a token in its query."""
        if scope["type"] != "http" or b"token=" not in scope["query_string"]:
            return Match.NONE, {}
        return super().matches(scope)


async def by_address(request: Request) -> Response:
    """GET /?wall=NAME&token=…: sign in, and take the token out of the address."""
    query = request.query_params
    return await _enter(request, query.get("token", ""), query.get("wall", ""), query.get("lang", ""))


async def by_form(request: Request) -> Response:
    """POST of the form on the wall's own page."""
    body = parse_qs((await request.body())[:LONGEST].decode(errors="replace"))
    token, wall, lang = (body.get(name, [""])[0] for name in ("token", "wall", "lang"))
    return await _enter(request, token, wall, lang)


async def _enter(request: Request, token: str, wall: str, lang: str) -> Response:
    said = {name: value for name, value in (("wall", wall), ("lang", lang)) if value}
    root = str(request.scope.get("root_path", ""))
    device, refused = await to_thread.run_sync(
        _exchange, token.strip(), request.cookies.get(devices.COOKIE), _who(request)
    )
    answer = RedirectResponse(f"{root}/?{urlencode(said | ({'refused': refused} if refused else {}))}", 303)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    if device is not None:
        secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
        cookie = devices.cookie_for(device, accounts.load_configured(settings()).cookie_key)
        answer.set_cookie(devices.COOKIE, cookie, devices.COOKIE_SECONDS, path=f"{root}/", httponly=True,
                          samesite="strict", secure=secure)  # fmt: skip
    return answer


def _who(request: Request) -> str:
    return request.client.host if request.client else ""


def _exchange(token: str, cookie: str | None, who: str) -> tuple[str | None, str]:
    """(device, "") when let in; (None, why) else: token, store or often."""
    known = runtime()
    if known is None or not known.ready:
        return None, "store"
    try:
        key = accounts.load_configured(settings()).cookie_key
        desk = wall_desk(known.store_owner_url)
        mine = devices.device_of(cookie, key)
        if not _limiter.test(ATTEMPTS, who):
            return None, "often"
        device = desk.exchange(token) if token else None
        if device is None and mine is not None:
            known_device = desk.device(mine)
            if known_device is not None and known_device.revoked_at is None:
                return None, ""  # the token was used by this very browser: it is in already
    except (SQLAlchemyError, TimeoutError, Problem):
        return None, "store"
    if device is None:
        _limiter.hit(ATTEMPTS, who)
        return None, "token"
    return device, ""
