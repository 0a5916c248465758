"""Sends a file to the server in pieces: words in the reader's language, and memory for one piece only.

Streamlit's own uploader speaks English and holds the whole file in the server's memory.
"""

import base64
import binascii
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from config.i18n import Texts

ASSETS = Path(__file__).parent / "assets"
PIECE = 3_000_000
"""Bytes of a piece."""
_component = st.components.v2.component(
    "ops_upload",
    html='<div class="upload"><label><span class="pick"></span><input type="file"></label>'
    '<span class="hint"></span><span class="state" role="status"></span></div>',
    css=(ASSETS / "upload.css").read_text(encoding="utf-8"),
    js=(ASSETS / "upload.js").read_text(encoding="utf-8"),
)


@dataclass
class Sent:
    """How far a file has come: `next` is the piece that is waited for."""

    id: str
    path: Path
    name: str
    size: int
    next: int = 0
    written: int = 0
    done: bool = False


def upload(
    key: str, button: str, hint: str, accept: str, most: int, t: Texts, *, disabled: bool,
    on_file: Callable[[Sent], None], on_refused: Callable[[str], None],
) -> None:  # fmt: skip
    """A button (or a place to drop on) for one file of at most `most` bytes.

    `on_file` is called once with the whole file, which is the caller's to remove; `on_refused` with a sentence.
    """
    kept = f"{key}-sent"

    def came() -> None:
        piece = st.session_state.get(key, {}).get("piece")
        if not piece or disabled:
            return
        sent = taken(st.session_state.get(kept), piece, most)
        st.session_state[kept] = sent
        if sent is None:
            on_refused(t("The file is larger than {n} MB.", n=t.number(most // 1_000_000)))
        elif sent.done and sent.next >= 0:
            sent.next = -1  # told once
            on_file(sent)

    now: Sent | None = st.session_state.get(kept)
    data: dict[str, Any] = {
        "button": button, "hint": hint, "accept": accept, "piece": PIECE, "disabled": disabled,
        "id": now.id if now else None, "next": now.next if now else 0, "done": now.done if now else False,
        "failed": t("The file could not be read."),
    }  # fmt: skip
    _component(key=key, data=data, on_piece_change=came)


def taken(sent: Sent | None, piece: dict[str, Any], most: int) -> Sent | None:
    """The file after one more piece; None when it is too large. A piece that came before is not written twice."""
    if sent is None or sent.id != str(piece["id"]):
        if sent is not None and not sent.done:
            sent.path.unlink(missing_ok=True)
        if int(piece["size"]) > most:
            return None
        with tempfile.NamedTemporaryFile(prefix="ops-upload-", delete=False) as made:
            sent = Sent(str(piece["id"]), Path(made.name), Path(str(piece["name"])).name[:200], int(piece["size"]))
    if sent.done or int(piece["n"]) != sent.next:
        return sent
    try:
        content = base64.b64decode(str(piece["data"]), validate=True)
    except binascii.Error:
        content = b""
    if sent.written + len(content) > most:
        sent.path.unlink(missing_ok=True)
        return None
    with sent.path.open("ab") as file:
        file.write(content)
    sent.written += len(content)
    sent.next += 1
    sent.done = sent.written >= sent.size or not content
    return sent
