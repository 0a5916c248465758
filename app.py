"""The application's address: the script that draws screens, the plain routes, what starts and ends with it."""

import gc
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import ValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.starlette import App

from config.logs import configure_logs
from config.problems import Problem
from config.settings import settings
from data_access import audit, oidc, sessions, wall_desk
from data_access.demo import stack
from data_access.exports import jobs
from data_access.health import health, ready
from data_access.metrics import metrics
from data_access.queries import desk
from data_access.standby import StandBy
from pages.looks import look
from pages.paths import SCREEN_PATHS
from pages.requests import tell_failure
from pages.streamlit_mends import mend
from pages.wall.door import SIGN_IN, TokenAddress, by_address, by_form
from widgets.ward_map import asset

PAGE_NAME = re.compile(r"[A-Za-z0-9_-]+")
ROUND_OBJECTS = 10_000
"""New objects until the collector looks for rings among them (Python: 700; a redraw makes some ten thousand)."""
STREAMLIT_PATHS = {"static", "media", "component", "app", "auth", "oauth2callback"}


@asynccontextmanager
async def lifespan(_: App) -> AsyncIterator[dict[str, Any]]:
    """Bring up (or join) database, sync and simulator; end what this process started."""
    configure_logs()
    handle = stack.ensure_in_background()
    await to_thread.run_sync(_keep_for_good)
    standby = StandBy(lambda: _owner_url(handle))
    try:
        yield {}
    finally:
        await to_thread.run_sync(standby.stop)
        await to_thread.run_sync(jobs.close)
        await to_thread.run_sync(desk.close)
        await to_thread.run_sync(wall_desk.close)
        await to_thread.run_sync(sessions.close)
        await to_thread.run_sync(audit.close)
        await to_thread.run_sync(handle.stop)


def _keep_for_good() -> None:
    """Load what screens are drawn with, and take what stays for good out of the collector's rounds.

    A full round looked at every object there is: up to half a second with five hundred sessions, several a minute, in
    which nobody was answered (decision 0015). The screens themselves are loaded by their first run: components that
    are declared before Streamlit's own start are never served.
    """
    for name in ("altair", "pandas", "pydeck"):
        import_module(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(ROUND_OBJECTS, 10, 10)


def _owner_url(handle: stack.StackHandle) -> str | None:
    """The store for which this process stands by; None while there is none."""
    known = handle.runtime
    return known.store_owner_url if known.ready else None


def monitored(tell: Callable[[], Response]) -> Callable[[Request], Response]:
    """A route for monitoring: from other networks than those configured there is no such page."""

    def answer(request: Request) -> Response:
        # uvicorn believes a proxy on this machine; a proxy that names its client in another way only is not believed
        hidden = {"forwarded", "x-real-ip"} & set(request.headers.keys()) and "x-forwarded-for" not in request.headers
        if hidden or request.client is None or not settings().may_monitor(request.client.host):
            return Response(status_code=404)
        return tell()

    return answer


def healthz() -> Response:
    """GET /healthz for monitoring: 503 when the store does not answer or holds no figures."""
    status, document = health()
    return JSONResponse(document, status, headers={"Cache-Control": "no-store"})


def readyz() -> Response:
    """GET /readyz for load balancers: 503 while this process can't serve anybody."""
    status, document = ready()
    return JSONResponse(document, status, headers={"Cache-Control": "no-store"})


def prometheus() -> Response:
    """GET /metrics for Prometheus."""
    return Response(metrics(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def map_asset(request: Request) -> Response:
    """The map's code and shapes: no figures in them, so they are public and cached for ever by version.

    Another version than the address asks for must not be cached under it: it is given, and forgotten.
    """
    wanted = request.query_params.get("v")
    try:
        found = asset(f"geo/{request.path_params['name']}", wanted)
    except Problem as problem:
        return JSONResponse({"problem": problem.code}, 503)
    if found is None:
        return Response(status_code=404)
    forever = "public, max-age=31536000, immutable" if wanted == found.etag else "no-cache"
    headers = {"ETag": f'"{found.etag}"', "Cache-Control": forever}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)


class LooksFirst:
    """Looks are most of all requests and need nothing of what stands before screens and files: no session, no gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET /look, hand on everything else."""
        if (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and scope["path"].removeprefix(scope.get("root_path", "")) == "/look"
        ):
            answer = await desk_look(Request(scope))
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def desk_look(request: Request) -> Response:
    """GET /look: what an open desk asks every two seconds; 404 when this process knows no such desk (any more).

    On the event loop itself: a look into memory costs less than to hand it to a thread, which waits for its turn
    beside the scripts that draw.
    """
    told = look(request.query_params.get("desk", ""), busy="busy" in request.query_params)
    return Response(status_code=404) if told is None else JSONResponse(told, headers={"Cache-Control": "no-store"})


class UnknownAddress(Route):
    """Addresses that are no screen: on to the landing screen, which says so in the reader's language.

    Left to itself, Streamlit answers them with a dialog in English.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Single names only; everything else is Streamlit's or one of our routes."""
        name = scope["path"].strip("/") if scope["type"] == "http" else ""
        if not PAGE_NAME.fullmatch(name) or name in SCREEN_PATHS | STREAMLIT_PATHS:
            return Match.NONE, {}
        return super().matches(scope)


def to_landing(request: Request) -> RedirectResponse:
    """Send an unknown address to the landing screen, in the language asked for."""
    asked = {"unknown": request.path_params["name"]}
    if "lang" in request.query_params:
        asked["lang"] = request.query_params["lang"]
    return RedirectResponse(f"{request.scope.get('root_path', '')}/?{urlencode(asked)}", 303)


def _login_secrets() -> dict[str, Any]:
    """What st.login needs; settings that can't be right are told by the start itself."""
    try:
        return oidc.secrets(settings())
    except ValidationError:
        return {}


mend()
app = App(
    "pages/shell.py",
    secrets=_login_secrets() or None,
    lifespan=lifespan,
    on_script_error=tell_failure,
    middleware=[Middleware(LooksFirst)],
    routes=[
        Route("/healthz", monitored(healthz)),
        Route("/readyz", monitored(readyz)),
        Route("/metrics", monitored(prometheus)),
        Route("/geo/{name}", map_asset),
        TokenAddress("/", by_address),
        Route(f"/{SIGN_IN}", by_form, methods=["POST"]),
        UnknownAddress("/{name}", to_landing),
    ],
)
