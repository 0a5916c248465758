"""Both maps with invented figures, for browser tests and for looking at: streamlit run …/map_app.py.

Query: ?show=cells|tiles|geo, ?only=<district code>, ?lang=vi|en, ?height=<px>.
"""

import sys
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from widgets.ward_map import Asset, assets  # noqa: E402


def _route(path: str, asset: Asset) -> Route:
    async def serve(_: Request) -> Response:
        return Response(asset.body, media_type=asset.media_type, headers={"ETag": f'"{asset.etag}"'})

    return Route(f"/{path}", serve)


app = st.App(str(Path(__file__).with_name("map_page.py")), routes=[_route(p, a) for p, a in assets().items()])
