"""The application's address: the script that draws screens, the plain routes, what starts and ends with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.starlette import App

from data_access.demo import stack
from data_access.health import health
from data_access.queries import desk
from widgets.ward_map import assets


@asynccontextmanager
async def lifespan(_: App) -> AsyncIterator[dict[str, Any]]:
    """Bring up (or join) database, sync and simulator; end what this process started."""
    handle = stack.ensure_in_background()
    try:
        yield {}
    finally:
        await to_thread.run_sync(desk.close)
        await to_thread.run_sync(handle.stop)


def healthz(_: Request) -> JSONResponse:
    """GET /healthz for load balancers and monitoring."""
    status, document = health()
    return JSONResponse(document, status, headers={"Cache-Control": "no-store"})


def map_asset(request: Request) -> Response:
    """The map's code and shapes: no figures in them, so they are public and cached for ever by version."""
    asset = assets()[request.url.path.split("/", 1)[1].removeprefix(request.scope.get("root_path", ""))]
    headers = {"ETag": f'"{asset.etag}"', "Cache-Control": "public, max-age=31536000, immutable"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)


app = App(
    "pages/shell.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), *(Route(f"/{path}", map_asset) for path in assets())],
)
