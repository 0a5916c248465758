"""Connections: the links of all wards, who is down since when, and what waits there."""

from datetime import datetime
from typing import Any

from config.i18n import NOTHING, Texts
from config.indicators import indicator
from config.registry import registry
from data_access.queries.connections import Connections, connections
from pages.places import SERVICES, SHORT_SERVICES, ward_name
from pages.wall.asking import ask
from pages.wall.words import as_of_words, checked_words, more_words, short_district
from widgets.figures import Figure
from widgets.wall import Picture, parts
from widgets.ward_map import ClassBreak, WardValue

ROOM = 11
LONG_MINUTES = 30
STATES = ("up", "video", "onestop", "wan", "wan_long")
"""What is worst at a ward, calm to urgent."""


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    answer = ask(connections)
    data, at = answer.value, answer.as_of
    cards = [_card(code, named, data, t) for code, named in zip(SERVICES, CARDS, strict=True)]
    html = parts.screen(
        t("Connections"), as_of_words(t, at), "1fr 50.4rem", "10.4rem 1fr",
        parts.stack(*cards, area="1 / 1 / 2 / 3", direction="row"),
        parts.panel(t("Links of {n} wards", n=t.number(len(registry().wards))),
                    t("one equal tile a ward, grouped by district"), ""),
        _down(data, at, t),
        checked=checked_words(data.checked_at, at, t),
    )  # fmt: skip
    return Picture(html, _map(data, at, t))


def state_of(row: dict[str, Any], at: datetime) -> str:
    """What is worst at a ward with something down."""
    if row["wan"] is not None:
        return "wan_long" if (at - row["wan"]).total_seconds() > LONG_MINUTES * 60 else "wan"
    return "onestop" if row["onestop"] is not None else "video" if row["video"] is not None else "up"


CARDS = ("links_up", "links_onestop", "links_video")
"""The indicator of each of SERVICES."""


def _card(code: str, named: str, data: Connections, t: Texts) -> str:
    whole = data.counts["wards" if code == "wan" else code]
    down = data.counts[f"{code}_down"]
    if not whole:
        return parts.figure(Figure(named, t.number(None), t("the source brings no link checks")), t)
    body = parts.up_and_down(t.number(whole - down), t("of {n} checked", n=t.number(whole)), t.number(down), t("down"),
                             (whole - down) / whole)  # fmt: skip
    return parts.link_card(indicator(named).name(t.lang), body)


def _map(data: Connections, at: datetime, t: Texts) -> dict[str, Any]:
    words = {
        "up": t("all up"), "video": t("video down"), "onestop": t("one-stop down"), "wan": t("WAN down"),
        "wan_long": t("WAN down > {n} min", n=LONG_MINUTES),
    }  # fmt: skip
    state = {row["ward_code"]: state_of(row, at) for row in data.down}
    values = []
    for code in registry().wards:
        worst = state.get(code, "up")
        known = code in data.checked
        values.append(WardValue(code, STATES.index(worst) if known else None, words[worst] if known else NOTHING))
    return {
        "values": values, "layout": "tiles", "classes": [ClassBreak(words[s]) for s in STATES], "lang": t.lang,
        "selected": None, "height": "41.2rem", "wall": True, "empty_label": t("not checked"), "legend_title": "",
    }  # fmt: skip


def down_words(row: dict[str, Any], t: Texts) -> str:
    """What is down at a ward, in few words. Without WAN nothing else can be up: it is named alone."""
    if row["wan"] is None and row["onestop"] is not None and row["video"] is not None:
        return t("One-stop, video")
    return t(next(short for code, short in SHORT_SERVICES.items() if row[code] is not None))


def _short_district(ward: str, t: Texts) -> str:
    known = registry().wards.get(ward)
    return short_district(known.district_code, t) if known else ""


def _down(data: Connections, at: datetime, t: Texts) -> str:
    body = []
    for row in data.down:
        since = row["wan"] or row["onestop"] or row["since"]
        length = t.span((at - since).total_seconds())
        body.append([
            ward_name(row["ward_code"], row["ward_code"]), "<" + _short_district(row["ward_code"], t),
            "<" + down_words(row, t), f"!{length}" if row["wan"] is not None else length, t.number(row["open"]),
        ])  # fmt: skip
    head = [t("Ward"), "<" + t("District"), "<" + t("Down"), t("For"), t("Waiting")]
    table = parts.table("13.4rem 1fr 8.9rem 6.8rem 5.9rem", head, body, ROOM, t("All links that were checked are up."))
    return parts.panel(t("Who is down since when"), more_words(body, ROOM, t), table)
