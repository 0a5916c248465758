"""Wall devices: tokens issued and revoked, what each showed when it was last heard."""

from datetime import UTC, datetime

import streamlit as st

from config.i18n import Texts
from config.problems import Problem
from config.walls import walls
from data_access import devices
from data_access.acting import act
from data_access.demo.stack import Runtime
from data_access.devices import Device
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title
from widgets.table import Cell, Column, Row, Tone, table

SILENT_SECONDS = 120
PICKED, ONCE, TOLD = "device-picked", "device-token", "device-told"


def show(viewer: Viewer, known: Runtime) -> None:
    """The devices, a form for a new token, and the button that revokes one."""
    t = viewer.t
    try:
        found = act(known.store_owner_url, devices.all_devices)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    in_force = [device for device in found if device.revoked_at is None]
    panel_title(t("Wall devices · {n}", n=t.number(len(in_force))),
                t("A token lets one browser in, once; it then shows its wall until it is revoked."))  # fmt: skip
    with st.container(key="device-told"):
        if TOLD in st.session_state:
            banner(st.session_state[TOLD], bad=True)
        if ONCE in st.session_state:
            name, token = st.session_state[ONCE]
            wall = next(iter(walls().walls), "")
            banner(
                t("Token of “{name}”, shown this once. Open on the device, behind this server's address:", name=name)
            )
            st.code(f"/?wall={wall}&token={token}", language=None)
            st.button(t("I have noted it"), key="device-noted", on_click=st.session_state.pop, args=(ONCE, None))
    left, right = st.columns([2.2, 1], gap="small")
    with left:
        table(
            [Column(t("Device")), Column(t("State")), Column(t("Last heard"), "right"), Column(t("Shows")),
             Column(t("Browser, pixels"), "right"), Column(t("Issued"), "right")],
            [Row(device.device_id, _cells(device, t)) for device in found],
            key="devices", label=t("Wall devices"), empty=t("No device has been let in yet."), height=260,
            selected=st.session_state.get(PICKED), on_pick=lambda key: st.session_state.update({PICKED: key}),
        )  # fmt: skip
    with right:
        with st.form("device-form", border=False, clear_on_submit=True):
            name = st.text_input(t("Device"), key="device-name", max_chars=60,
                                 placeholder=t("Control room, screen 1"))  # fmt: skip
            if st.form_submit_button(t("Issue a token"), width="stretch"):
                _issue(viewer, known, name.strip())
        chosen = next((device for device in in_force if device.device_id == st.session_state.get(PICKED)), None)
        if chosen is None:
            note(t("Click a device to revoke its token."))
        elif st.button(t("Revoke “{name}”", name=chosen.name), key="device-revoke", type="primary", width="stretch"):
            _revoke(viewer, known, chosen.name)


def _cells(device: Device, t: Texts) -> list[Cell]:
    state, tone = _state(device, t)
    size = f"{device.width} × {device.height}" if device.width else "–"
    return [
        Cell(device.name, device.name, "strong"),
        Cell(state, state, tone),
        Cell(t.moment(device.heartbeat_at) if device.heartbeat_at else t("never"),
             device.heartbeat_at.isoformat() if device.heartbeat_at else ""),
        Cell(device.wall or "–"),
        Cell(size),
        Cell(t.moment(device.issued_at), device.issued_at.isoformat()),
    ]  # fmt: skip


def _state(device: Device, t: Texts) -> tuple[str, Tone]:
    if device.revoked_at is not None:
        return t("Revoked"), "quiet"
    if device.signed_in_at is None:
        return t("Not signed in yet"), "warn"
    heard = device.heartbeat_at
    if heard is None or (datetime.now(UTC) - heard).total_seconds() > SILENT_SECONDS:
        return t("Silent"), "bad"
    return t("Live"), ""


def _issue(viewer: Viewer, known: Runtime, name: str) -> None:
    try:
        token = act(known.store_owner_url, devices.issue, name, viewer.username)
    except Problem as problem:
        st.session_state[TOLD] = problem.text(viewer.t.lang)
    else:
        st.session_state[ONCE] = (name, token)
        st.session_state.pop(TOLD, None)
    st.rerun()


def _revoke(viewer: Viewer, known: Runtime, name: str) -> None:
    try:
        act(known.store_owner_url, devices.revoke, name, viewer.username)
        st.session_state.pop(TOLD, None)
    except Problem as problem:
        st.session_state[TOLD] = problem.text(viewer.t.lang)
    st.rerun()
