"""A wall: who may see it, its screens ready in the page, and the heartbeat that keeps them alive.

Whatever fails, the last good picture stays: a run that has nothing to show yet waits instead of ending, since
Streamlit takes a picture away only when the run that left it out has ended.
"""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import streamlit as st
import structlog
from streamlit.delta_generator import DeltaGenerator

from config.city import city, wall_seconds
from config.i18n import Texts
from config.problems import Problem
from config.settings import settings
from config.stages import stages
from config.walls import Wall, walls
from data_access import accounts, devices
from data_access.demo.stack import Runtime, runtime
from data_access.devices import Heartbeat
from data_access.queries.answers import NoAnswerError
from data_access.queries.watch import Pulse
from data_access.wall_desk import StageNow, WallDesk, wall_desk
from pages.live import pulse, trouble_words
from pages.pace import wall_turns
from pages.signin import Gate, in_force
from pages.unanswered import unanswered_words
from pages.wall.door import SIGN_IN
from pages.wall.screens import Drawn, gallery
from widgets import wall as widget
from widgets.connection import lost_words
from widgets.wall import Beat, parts
from widgets.ward_map import ward_map

log = structlog.get_logger(__name__)
ROLES = frozenset({"operations", "it", "wall"})
"""Who may look at a wall besides devices: those who may see the whole city."""
SIZE = "wall-size"
DRAWING = "wall-drawing"
TURN = "wall-turn"


@dataclass(frozen=True)
class Look:
    """Who looks at what: the wall and, where it may not be shown, why."""

    name: str
    wall: Wall | None
    device: str | None
    refused: str | None = None
    """revoked, unknown (device), nobody, role, no-wall; None: show it."""


def asked(cookie: str | None) -> str | None:
    """The wall this page is to show; None for a desk. A wall device gets a wall whatever it asks for."""
    name = st.query_params.get("wall")
    if name is None and cookie:
        return next(iter(walls().walls), "")
    return name


def main(name: str, t: Texts, place: DeltaGenerator) -> None:
    """One run for one wall."""
    widget.wall_style()
    waiting = st.empty()
    known = _ready(waiting, t)
    if known is None:
        return
    gate = partial(Gate, t, place)
    look = _who(name, known, gate)
    st.session_state["wall-look"] = look
    with st.container(key="wall"):
        if look.refused is not None or look.wall is None:
            _door(look, t)
            st.fragment(heartbeat, run_every=wall_seconds())(t.lang)
        else:
            _show(look, look.wall, t, waiting)


def _ready(waiting: DeltaGenerator, t: Texts) -> Runtime | None:
    """The running store; waits for it, saying so. None when the start failed (the page says why)."""
    while True:
        known = runtime()
        if known is not None and known.ready:
            return known
        if known is not None and known.problem is not None:
            with waiting:
                widget.draw("door", parts.door(t.pick(**city().application), [(known.problem.text(t.lang), True)]))
            return None
        _wait(waiting, t("The application is starting."), t)


def _wait(waiting: DeltaGenerator, words: str, t: Texts) -> None:
    """Hold the picture there is for a moment and say what is waited for."""
    with waiting:
        widget.pulse(Beat(_milliseconds(datetime.now(UTC)), _shift(t), banner=words))
    time.sleep(1)


def _who(name: str, known: Runtime, gate: "partial[Gate]") -> Look:
    """The device by its cookie, else a person who is signed in."""
    wall = walls().walls.get(name)
    cookie = st.context.cookies.get(devices.COOKIE)
    device = devices.device_of(cookie, accounts.load_configured(settings()).cookie_key)
    if device is not None:
        refused = _device_refused(wall_desk(known.store_owner_url), device)
        if refused != "revoked":
            return Look(name, wall, device, refused or (None if wall else "no-wall"))
    viewer = gate().viewer()
    if viewer is None:
        return Look(name, wall, None, "nobody" if device is None else "revoked")
    if viewer.role not in ROLES:
        return Look(name, wall, None, "role")
    return Look(name, wall, None, None if wall else "no-wall")


def _device_refused(desk: WallDesk, device_id: str) -> str | None:
    """Why a device with a good cookie may not look. While the store is silent, its cookie is believed."""
    device = desk.device(device_id)
    if device is None:
        return "revoked" if desk.known else None
    return "revoked" if device.revoked_at is not None else None


def _door(look: Look, t: Texts) -> None:
    """What stands where the wall can't be shown."""
    found = walls()
    names = ", ".join(found.walls)
    form = parts.token_form(SIGN_IN, look.name, t.lang, t)
    if look.refused == "no-wall":
        problem = found.refused.get(look.name) or found.problem
        missing = t("There is no wall “{name}”. Walls: {names}.", name=look.name, names=names)
        words = problem.text(t.lang) if problem else missing
        widget.draw("door", parts.door(t("This wall can't be shown"), [(words, True)]))
    elif look.refused == "role":
        widget.draw("door", parts.door(t("Wall screen"), [(t("Your role does not include this screen."), True)]))
    elif look.refused == "revoked":
        words = t("The token of this device was revoked. Ask the IT staff for a new one.")
        widget.draw("door", parts.door(t("This device is signed out"), [(words, True)], form))
    else:
        why = {
            "token": t("This token is unknown, used already, or revoked. Ask the IT staff for a new one."),
            "store": t("The token can't be checked now, the store does not answer. Try again in a minute."),
            "often": t("Too many tokens that are not right. Wait a minute."),
        }.get(st.query_params.get("refused", ""))
        words = t("Enter the token that the IT staff issued for this device. It signs in once and stays signed in.")
        widget.draw("door", parts.door(t("Wall screen"), [(words, False), *([(why, True)] if why else [])], form))


def _show(look: Look, wall: Wall, t: Texts, waiting: DeltaGenerator) -> None:
    """Every screen of the wall, each in a place of its own; the page shows them in turn."""
    order = [(slot.screen, slot.seconds) for slot in wall.screens]
    texts = {
        "held": t("Held · space goes on, arrows change the screen"),
        "lost": lost_words(t),
        "age": t("Figures of {at}, {age} old"),
        "back": t("Previous screen"), "hold": t("Hold or go on"), "on": t("Next screen"),
    }  # fmt: skip
    size = widget.control(look.name, order, texts, t.lang, st.query_params.get("screen"))
    if size is not None:
        st.session_state[SIZE] = size
    wall_turns.begin(_turn())
    try:
        _draw(dict.fromkeys(path for path, _ in order), t, waiting)
    finally:
        wall_turns.end(_turn())


def _draw(paths: Iterable[str], t: Texts, waiting: DeltaGenerator) -> None:
    shown = {path: _drawn(path, t, waiting) for path in paths}
    st.session_state["wall-shown"] = shown
    st.session_state[DRAWING] = True  # else a run slower than the figures change would start again and never end
    try:
        # In a place of its own: a beat that begins before this run is sent makes Streamlit drop what the run wrote in
        # the fragment, and in the browser everything behind it would move up, under the next beat.
        with st.container():
            st.fragment(heartbeat, run_every=wall_seconds())(t.lang)
    finally:
        st.session_state[DRAWING] = False
    waiting.empty()
    for path, drawn in shown.items():
        with st.container(key=f"wall-screen-{path}"):
            widget.draw(path, drawn.picture.html)
            with st.container(key=f"wall-map-{path}"):
                if drawn.picture.map is not None:
                    ward_map(key=f"wall-{path}", **drawn.picture.map)


def _turn() -> str:
    """Whose turn it is: this page's."""
    key: str = st.session_state.setdefault(TURN, secrets.token_hex(8))
    return key


def _drawn(path: str, t: Texts, waiting: DeltaGenerator) -> Drawn:
    """The screen's picture; waits for the first one, whatever keeps it away."""
    while True:
        now = pulse()
        try:
            return gallery.get(path, t, now)
        except NoAnswerError:
            words = trouble_words(t, now) or _no_figures(t, now)
        except Exception:  # noqa: BLE001 - told in the log by the gallery; the other screens are waiting too
            words = t("Something failed on this screen. It was written to the log; it is tried again.")
        _wait(waiting, words, t)


def _no_figures(t: Texts, now: Pulse) -> str:
    """Why there are none, though nothing is wrong; a wall asks again by itself."""
    return t("There are no figures to show yet.") if now.version == 0 else unanswered_words(t, now, coming=True)


def heartbeat(lang: str) -> None:
    """Tells the page that the server lives and what it knows; draws anew when that changed, else nothing."""
    t = Texts(lang)
    look: Look = st.session_state["wall-look"]
    known, now = runtime(), pulse()
    if known is None or not known.ready:
        widget.pulse(Beat(_milliseconds(datetime.now(UTC)), _shift(t), banner=t("The application is starting.")))
        return
    desk = wall_desk(known.store_owner_url)
    drawing = st.session_state.get(DRAWING, False)
    if _changed(look, desk) or (
        look.refused is None and not drawing and _behind(look, lang, now) and wall_turns.take(_turn())
    ):
        st.rerun()
    if look.refused is not None:
        widget.pulse(Beat(_milliseconds(datetime.now(UTC)), _shift(t)))
        return
    if look.device is not None:
        desk.beat(look.device, Heartbeat(look.name, *st.session_state.get(SIZE, (None, None))))
    shown: dict[str, Drawn] = st.session_state["wall-shown"]
    ages = {path: at for path, drawn in shown.items() if (at := _source_at(drawn, now)) is not None}
    banner = trouble_words(t, now) or ""
    widget.pulse(Beat(_milliseconds(datetime.now(UTC)), _shift(t), banner, _stage(desk.stage, t), ages))


def _behind(look: Look, lang: str, now: Pulse) -> bool:
    """Whether a picture is due, or another wall has drawn a newer one than this page shows."""
    shown: dict[str, Drawn] = st.session_state.get("wall-shown", {})
    return any(gallery.due(p, lang, now) or gallery.newest(p, lang) is not shown.get(p) for p in _paths(look))


def _paths(look: Look) -> list[str]:
    return [slot.screen for slot in look.wall.screens] if look.wall else []


def _changed(look: Look, desk: WallDesk) -> bool:
    """Whether the wall changed since the last run, or the leave of the device or the person."""
    if walls().walls.get(look.name) != look.wall:
        return True
    if look.refused is not None:
        return False
    return not in_force() if look.device is None else _device_refused(desk, look.device) is not None


def _stage(now: StageNow | None, t: Texts) -> str:
    """The operating stage with the criterion that set it and its figure."""
    if now is None:
        return ""
    try:
        conf = stages()
    except Problem as problem:
        log.warning("stages refused", reason=problem.text("en"))
        return ""
    stage = conf.stages[now.stage]
    why = t("No criterion has been beyond its limit for long enough.")
    criterion = conf.criteria.get(now.criterion) if now.criterion else None  # type: ignore[call-overload]
    if criterion is not None and now.value is not None:
        value = {
            "percent": partial(t.percent, now.value), "times": partial(t.number, now.value, 1),
            "minutes": partial(t.span, now.value * 60),
        }[criterion.kind]()  # fmt: skip
        why = t.pick(criterion.says["vi"], criterion.says["en"]).format(value=value)
    return parts.stage_pill(now.stage, t.pick(stage.word["vi"], stage.word["en"]), why, stage.tone, t)


def _source_at(drawn: Drawn, now: Pulse) -> int | None:
    """The source's instant that a picture describes: now's while there is no newer version."""
    at = (now.source_at or now.as_of) if drawn.version >= now.version else drawn.as_of
    return None if at is None else _milliseconds(at)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _shift(t: Texts) -> int:
    """Minutes of the city's clock from UTC."""
    offset = datetime.now(t.tz).utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0
