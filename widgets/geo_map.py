"""The geographic map for desks: pydeck over the ward cells, without any outside tile server.

Shapes come by URL once (`ward_map.assets`); a change sends one character a ward inside the colour
expression and one short text a ward for the tooltip, some 20 kB. See docs/decisions/0003-two-maps.md.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape
from math import log2
from typing import Any

import pydeck as pdk
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from config.registry import registry
from config.shapes import shapes
from widgets.palette import Palette, palette, rgb
from widgets.ward_map import assets
from widgets.ward_map.geometry import geometry
from widgets.ward_map.payload import ClassBreak, WardValue, pack

LAYER = "wards"
CENTRE = (20.98, 105.65)  # latitude, longitude in the middle of the city
SPAN = 0.90  # the city's height in degrees of Mercator longitude


class CompactDeck(pdk.Deck):
    """pydeck without its indentation, which multiplies what travels."""

    def to_json(self) -> str:
        """The deck as one line of JSON."""
        return json.dumps(self, sort_keys=True, default=default_serialize, separators=(",", ":"))


def geo_map(
    values: Sequence[WardValue],
    *,
    key: str,
    classes: Sequence[ClassBreak],
    lang: str,
    selected: str | None,
    height: int,
    dark: bool,
) -> str | None:
    """Draw the map and return the ward code clicked just now (None on every other run).

    `height` in CSS pixels. The camera stays where the viewer left it through every change of figures.
    Wards not in `values` are drawn quiet. The page prints the legend; the SVG map carries its own.
    """
    deck = build(values, classes=classes, lang=lang, selected=selected, height=height, dark=dark)
    event = st.pydeck_chart(
        deck, height=height, on_select="rerun", selection_mode="single-object", key=key, width="stretch"
    )
    objects: dict[str, list[dict[str, Any]]] = event.selection.get("objects", {})
    chosen = objects.get(LAYER) or [{}]
    code = chosen[0].get("properties", {}).get("code")
    # Streamlit repeats a selection on every run; a click is told once.
    seen = f"{key}-seen"
    if code == st.session_state.get(seen):
        return None
    st.session_state[seen] = code
    return code if code in registry().wards else None


def build(
    values: Sequence[WardValue],
    *,
    classes: Sequence[ClassBreak],
    lang: str,
    selected: str | None,
    height: int,
    dark: bool,
) -> CompactDeck:
    """The deck: fills, ward borders, district borders and the selected ward's outline, in this order."""
    colours = palette(dark)
    files = {path: f"{path}?v={asset.etag}" for path, asset in assets().items()}
    marks = str(pack(values, classes)["k"]).replace("-", "5").replace(" ", "6")
    expression, trigger = fill(marks, colours)
    layers = [
        pdk.Layer(
            "GeoJsonLayer",
            data=files["geo/cells.json"],
            id=LAYER,
            # A stroked layer takes half a second to pick without a GPU, and clicks are lost: borders apart.
            stroked=False,
            filled=True,
            pickable=True,
            # Set one level down: where Streamlit finds a fill colour of the layer's own, it pales all wards
            # but the chosen one, and pale colours would say another class.
            _sub_layer_props={
                "polygons-fill": {
                    "getFillColor": f"@@={expression}",
                    "updateTriggers": {"getFillColor": trigger},
                }
            },
        ),
        _lines("ward-borders", files["geo/cells.json"], colours.border, 0.7),
        _lines("district-borders", files["geo/borders.json"], colours.district_border, 1.2),
    ]
    outline = _feature(selected)
    if outline is not None:
        layers.append(_lines("selected", outline, colours.text, 3))
    zoom = log2(height * 0.94 * 360 / (SPAN * 512))
    state = pdk.ViewState(latitude=CENTRE[0], longitude=CENTRE[1], zoom=round(zoom, 2), min_zoom=7, max_zoom=15)
    # map_style stays unset: None would fetch a style from abroad.
    return CompactDeck(
        layers=layers, initial_view_state=state, map_provider=None, tooltip=tooltip(tuple(values), colours, lang)
    )


def fill(marks: str, colours: Palette) -> tuple[str, str]:
    """deck.gl's colour expression for `marks` (0..4 tones, 5 no data, 6 outside the scope) and its digest.

    The mark is looked up by the ward's place in the registry, which the geometry carries as `i`.
    """
    table = [list(rgb(c)) for c in (*colours.classes, colours.hatch, colours.empty)]
    expression = f"({json.dumps(table, separators=(',', ':'))})[('{marks}')[properties.i]]"
    return expression, sha256(expression.encode()).hexdigest()[:12]


@lru_cache(maxsize=64)
def tooltip(values: tuple[WardValue, ...], colours: Palette, lang: str) -> dict[str, object]:
    """Streamlit fills {name} and {i} from the geometry, which holds no figures; so all figures stand in
    the template and a style rule shows the one of ward {i}.
    """
    order = {code: i for i, code in enumerate(registry().wards)}
    absent = "No data" if lang == "en" else "Không có số liệu"
    figures = "".join(
        f"<i class=n{order[v.code]}>{escape(v.text or absent)}</i>" for v in values if v.code in order
    ).translate({ord("{"): None, ord("}"): None})
    rules = ".opsw i{display:none;font-style:normal}.opsw i.n{i}{display:inline}"
    html = f"<style>{rules}</style><div class=opsw><b>{{name}}</b><br>{{area}}<br>{figures}</div>"
    style = {
        "color": colours.text,
        "backgroundColor": colours.panel,
        "border": f"1px solid {colours.line}",
        "borderRadius": "8px",
        "fontSize": "15px",
        "padding": "9px 12px",
        "zIndex": "3",
    }
    return {"html": html, "style": style}


def _lines(name: str, data: object, colour: str, width: float) -> Any:
    return pdk.Layer(
        "GeoJsonLayer",
        data=data,
        id=name,
        stroked=True,
        filled=False,
        pickable=False,
        get_line_color=list(rgb(colour)),
        get_line_width=width,
        line_width_units="'pixels'",
        line_joint_rounded=True,
    )


def _feature(code: str | None) -> dict[str, object] | None:
    """The one feature of this ward, inline: it is small."""
    return _features(shapes().version).get(code or "")


@lru_cache(maxsize=2)
def _features(_: str) -> dict[str, dict[str, object]]:
    return {f["properties"]["code"]: f for f in json.loads(geometry("cells"))["features"]}
