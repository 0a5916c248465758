"""A page function run by Streamlit's own AppTest over the small city, and what a person would read there."""

import html
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from babel.messages.pofile import read_po
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from config.i18n import Texts
from config.settings import CONFIG_DIR, settings
from data_access.queries import answers, desk, watch
from data_access.store.engine import WHOLE_CITY, Scope
from pages.viewer import Viewer

HA_DONG = "268"
SCOPES = {"operations": WHOLE_CITY, "it": WHOLE_CITY, "wall": WHOLE_CITY, "district": Scope((HA_DONG,))}


def viewer(role: str, lang: str = "vi") -> Viewer:
    """A viewer of a role."""
    return Viewer("thu", "Người thử", role, SCOPES[role], Texts(lang))


def _script(screen: str, viewer: "Any") -> None:  # its source runs by itself: no names of this file
    import importlib

    importlib.import_module(f"pages.{screen}").page(viewer)


class Screen:
    """A page that has run once."""

    def __init__(self, app: AppTest) -> None:
        self.app = app

    @property
    def texts(self) -> list[str]:
        """Every text that was sent to the browser, tags stripped, by text node."""
        found: list[str] = []
        for element in self.app.main:
            _texts(getattr(element, "proto", None), found)
        return found

    @property
    def words(self) -> str:
        """All of it in one."""
        return "\n".join(self.texts)

    @property
    def banners(self) -> list[str]:
        """The sentences in banners."""
        bodies = [b for e in self.app.get("html") for b in [str(e.proto.body)]]
        return [html.unescape(m) for b in bodies for m in re.findall(r'<div class="banner[^>]*>(.*?)</div>', b)]

    @property
    def figures(self) -> dict[str, tuple[str, str]]:
        """Label → (value, context) of the figure cards."""
        cards = re.findall(
            r'<div class="label">(.*?)<span class="what".*?<div class="value">(.*?)(?:<(?:svg|img).*?)?</div>'
            r'<div class="context">(.*?)</div>',
            "".join(str(e.proto.body) for e in self.app.get("html")),
            re.DOTALL,
        )
        link = re.compile(r"</?a\b[^>]*>")  # a figure may lead to the list behind it
        return {html.unescape(k): (html.unescape(link.sub("", v)), html.unescape(link.sub("", x))) for k, v, x in cards}

    @property
    def heading(self) -> str:
        """The page's title."""
        bodies = "".join(str(e.proto.body) for e in self.app.get("html"))
        found = re.findall(r'<h1 class="page-title">(.*?)</h1>', bodies)
        assert len(found) == 1
        return html.unescape(found[0])


def _texts(message: Any, found: list[str]) -> None:
    if message is None or not hasattr(message, "DESCRIPTOR"):
        return
    for text in _strings(MessageToDict(message)):
        nodes = re.sub(r"<(style|svg)\b.*?</\1>", " ", text, flags=re.DOTALL)
        found += [html.unescape(node).strip() for node in re.split(r"<[^>]*>|\\n|\n", nodes) if node.strip()]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        try:
            parsed = json.loads(value) if value[:1] in "{[" else None
        except ValueError:
            parsed = None
        if parsed is None:
            yield value
        else:
            yield from _strings(parsed)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in ("jsContent", "cssContent"):
                yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


Run = Callable[..., Screen]


@pytest.fixture
def run(small_city: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """run("backlog", "wall", "en", ward="00001") → Screen."""
    yield from _running(small_city, monkeypatch)


@pytest.fixture
def run_full(full_city: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The same over the full city."""
    yield from _running(full_city, monkeypatch)


def _running(city: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    for name, value in city.env.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 60.0)  # a busy machine is no store that hangs
    monkeypatch.setattr(watch, "SILENT_SECONDS", 60.0)

    def screen(name: str, as_role: str = "operations", as_lang: str = "vi", **query: str) -> Screen:
        app = AppTest.from_function(_script, args=(name, viewer(as_role, as_lang)), default_timeout=180)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert [e.value for e in app.exception] == []
        return Screen(app)

    yield screen
    desk.close()
    settings.cache_clear()


@cache
def _english() -> tuple[frozenset[str], re.Pattern[str]]:
    """The source texts whose Vietnamese differs: those without places, and a pattern of those with."""
    with (CONFIG_DIR / "locale/vi/LC_MESSAGES/messages.po").open("rb") as file:
        sources = [str(m.id) for m in read_po(file, locale="vi") if m.id and m.string != m.id]
    # "{value} in {period}" would find "được in nhạt": what holds places must have more than a syllable of its own
    placed = [s for s in sources if "{" in s and len(re.sub(r"\{\w+\}|\W", "", s)) > 3]
    pattern = "|".join(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(s)) for s in placed)
    return frozenset(s for s in sources if "{" not in s), re.compile(pattern)


def english(texts: list[str]) -> list[str]:
    """Texts that are (or hold) an English source text whose Vietnamese differs."""
    plain, placed = _english()
    return [t for t in texts if t in plain or placed.fullmatch(t)]
