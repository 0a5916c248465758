"""The script of map_app.py: invented figures that depend on a counter, so that a click changes them."""

import math

import streamlit as st

from config.registry import registry
from widgets.ward_map import ClassBreak, WardValue, ward_map

CLASSES = [ClassBreak(t) for t in ("≤ 1,5 %", "2,5", "4", "6", "> 6 %")]
LIMITS = (1.5, 2.5, 4.0, 6.0)


def _values(step: int) -> list[WardValue]:
    made = []
    for i, ward in enumerate(registry().wards.values()):
        near = math.hypot((ward.lon - 105.82) * 1.0, (ward.lat - 21.0) * 1.07)
        noise = math.sin(i * 12.9898 + step * 0.7) * 43758.5453 % 1
        share = max(0.0, 4.4 - near * 13) * (0.55 + 0.7 * noise) + 1.6 * noise
        share += 3.2 * math.exp(-(((ward.lon - 105.4) / 0.06) ** 2) - ((ward.lat - 21.13) / 0.06) ** 2)
        if i % 97 == 5:
            made.append(WardValue(ward.code, None, "", ("Không phát sinh hồ sơ",)))
            continue
        klass = sum(share > limit for limit in LIMITS)
        text = f"{share:.1f} %".replace(".", ",")
        opened = 40 + i * 37 % 480
        late = round(opened * share / 100)
        lines = (f"{late} quá hạn trong {opened} hồ sơ đang giải quyết", f"Đến hạn trong 24 giờ: {late // 2}")
        made.append(WardValue(ward.code, klass, text, lines))
    return made


def _draw() -> None:
    query = st.query_params
    show, only, lang = query.get("show", "cells"), query.get("only"), query.get("lang", "vi")
    height = int(query.get("height", "620"))
    step = st.session_state.setdefault("step", 0)
    if st.button("Số liệu mới"):
        step = st.session_state.step = step + 1
    values = _values(step)
    worst = sorted((v for v in values if v.klass is not None), key=lambda v: -float(v.text[:-2].replace(",", ".")))
    if only:
        members = set(registry().district(only).ward_codes)
        worst = [v for v in worst if v.code in members]
    if show == "geo":
        from widgets.geo_map import geo_map

        code = geo_map(
            values,
            key="geo",
            classes=CLASSES,
            lang=lang,
            selected=st.session_state.get("ward"),
            height=height,
            dark=st.context.theme.type == "dark",
        )
    else:
        code = ward_map(
            values,
            key=f"map-{show}",
            layout="tiles" if show == "tiles" else "cells",
            classes=CLASSES,
            lang=lang,
            selected=st.session_state.get("ward"),
            numbered=[v.code for v in worst[:5]],
            height=height,
            only_district=only,
            empty_label="Không phát sinh" if lang == "vi" else "Nothing arose",
            legend_title="Quá hạn:" if lang == "vi" else "Overdue:",
        )
    if code:
        st.session_state.ward = code
    st.text(f"Đã chọn: {code or '–'} · bước {step}")


st.set_page_config(layout="wide")
_draw()
