"""The ward map as SVG: true-to-place cells or equal tiles; cheap to update, quick without a GPU.

The code and the shapes are fetched once by URL (`assets`); a change sends figures only (`payload.pack`).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from config.registry import registry
from config.shapes import Shapes, known, shapes
from widgets.palette import DARK, LIGHT
from widgets.ward_map.geometry import Layout, district_borders, geometry, version
from widgets.ward_map.payload import ClassBreak, WardValue, WardValues, pack, tones

__all__ = [
    "Asset",
    "ClassBreak",
    "Layout",
    "WardValue",
    "WardValues",
    "asset",
    "assets",
    "geometry",
    "version",
    "ward_map",
]

FOLDER = Path(__file__).resolve().parent
SCRIPTS = ("shapes.js", "view.js", "draw.js", "markers.js", "main.js")

TEXTS = {
    "vi": {
        "loading": "Đang tải bản đồ…",
        "failed": "Không tải được bản đồ. Số liệu vẫn xem được ở bảng.",
        "retry": "Thử lại",
        "reset": "Về toàn cảnh",
        "in": "Phóng to",
        "out": "Thu nhỏ",
        "inset": "Nội thành",
        "nodata": "Không có số liệu",
        "keys": "Dùng phím mũi tên để chuyển xã, phường; Enter để chọn; + và − để phóng; 0 để về toàn cảnh.",
    },
    "en": {
        "loading": "Loading the map…",
        "failed": "The map could not be loaded. The figures are still in the table.",
        "retry": "Try again",
        "reset": "Whole view",
        "in": "Zoom in",
        "out": "Zoom out",
        "inset": "Inner city",
        "nodata": "No data",
        "keys": "Arrow keys move between wards, Enter selects, + and − zoom, 0 shows the whole view.",
    },
}

# Streamlit sends a component's inline script with every change, so this one only fetches the real one.
LOADER = """
let code;
const main = document.querySelector('script[src*="static/js/"]')?.src;
const root = main ? new URL('../../', main) : new URL('.', document.baseURI);
async function load(data, note) {
  for (let wait = 1; ; wait = Math.min(wait * 2, 30)) {
    try { return await import(new URL(data.code + (wait > 1 ? '&again=' + Date.now() : ''), root)); }
    catch (error) { note.textContent = data.texts.failed; }
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
}
export default async function (component) {
  const place = component.parentElement;
  let note = place.querySelector('.wm-note');
  if (!code && !note) {
    place.append(note = Object.assign(document.createElement('div'), { className: 'wm-note' }));
    note.textContent = component.data.texts.loading;
  }
  code ??= load(component.data, note);
  const module = await code;
  place.querySelector('.wm-note')?.remove();
  return module.default(component, root);
}
"""

_component = st.components.v2.component("ops_ward_map", js=LOADER)


class Asset(NamedTuple):
    """A file for a plain route: no figures in it, so it may be public and cached for ever by its `?v=`."""

    body: bytes
    media_type: str
    etag: str


def assets() -> dict[str, Asset]:
    """Path below the application's root → file. The application serves all of them as plain routes."""
    return _assets(shapes().version)


def asset(path: str, wanted: str | None) -> Asset | None:
    """The file of this path in the version that an address asks for, when it is at hand; else the one in force."""
    found = assets().get(path)
    if path == "geo/cells.json" and wanted and found is not None and found.etag != wanted:
        return next((other for other in map(_cells, tuple(_shown)) if other and other.etag == wanted), found)
    return found


_shown: dict[str, None] = {}
"""Versions of shapes that maps were drawn with, the last few: a preview's beside the live ones."""


def _cells(key: str) -> Asset | None:
    of = known(key)
    if of is None:
        _shown.pop(key, None)
        return None
    return Asset(geometry("cells", of), "application/json", version("cells", of))


@lru_cache(maxsize=2)
def _assets(_: str) -> dict[str, Asset]:
    code = _code()
    made = {"geo/ward_map.js": Asset(code, "text/javascript; charset=utf-8", _digest(code))}
    layouts: tuple[Layout, ...] = ("cells", "tiles")
    for layout in layouts:
        made[f"geo/{layout}.json"] = Asset(geometry(layout), "application/json", version(layout))
    borders = district_borders()
    made["geo/borders.json"] = Asset(borders, "application/json", _digest(borders))
    return made


def ward_map(
    values: Sequence[WardValue],
    *,
    key: str,
    layout: Layout,
    classes: Sequence[ClassBreak],
    lang: str,
    selected: str | None,
    numbered: Sequence[str] = (),
    height: int | str,
    inset: bool = True,
    only_district: str | None = None,
    empty_label: str,
    legend_title: str,
    wall: bool = False,
    of: Shapes | None = None,
) -> str | None:
    """Draw the map and return the ward code clicked just now (None on every other run).

    `height` is in CSS pixels or a CSS length, legend included. `numbered` wards carry 1, 2, 3 … on map and inset. Wards
    not in `values` are drawn quiet and can't be chosen. `empty_label` names the hatching in the legend.
    `wall`: dark whatever the browser's theme, and texts measured in rem, which grow with a wall.
    of: other shapes than those in force, for a preview (config.shapes has to know them).
    The viewer's zoom stays through every change of figures; another layout or district starts anew.
    """
    texts = TEXTS["en" if lang == "en" else "vi"]
    drawn = of or shapes()
    _shown[drawn.version] = None
    order = {code: i for i, code in enumerate(registry().wards)}
    data = {
        **pack(values, classes),
        "code": f"geo/ward_map.js?v={assets()['geo/ward_map.js'].etag}",
        "url": f"geo/{layout}.json?v={version(layout, drawn)}",
        "layout": layout,
        "only": only_district,
        "inset": inset,
        "selected": order.get(selected or ""),
        "numbered": [order[code] for code in numbered if code in order],
        "height": f"{height}px" if isinstance(height, int) else height,
        "wall": wall,
        "title": legend_title,
        "classes": [[c.label, tone] for c, tone in zip(classes, tones(classes), strict=True)],
        "empty": empty_label,
        "texts": texts,
    }
    result = _component(key=key, data=data, on_clicked_change=lambda: None)
    clicked = result.clicked
    return clicked if isinstance(clicked, str) and clicked in order else None


def _code() -> bytes:
    """The browser's module: palettes, style sheet and scripts in one file."""
    colours = json.dumps({"dark": asdict(DARK), "light": asdict(LIGHT)})
    style = json.dumps((FOLDER / "ward_map.css").read_text(encoding="utf-8"), ensure_ascii=False)
    parts = [f"const PALETTES = {colours};", f"const STYLE = {style};"]
    parts += [(FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(parts).encode()


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:12]
