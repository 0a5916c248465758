"""Screens for IT asked for by their address: the whole shell is run for each role; others get one sentence.

So does whoever asks for a screen that configuration takes away from their role.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from config.files import FILES
from config.i18n import Texts
from config.settings import ROOT, settings
from data_access import sessions
from data_access.demo.stack import runtime
from data_access.queries import answers, desk
from data_access.sessions import new, session_desk
from pages.screens import SCREENS
from pages.signin import SESSION
from tests.pages.conftest import Screen, english
from tests.support.configured import configured

IT_SCREENS = [screen for screen in SCREENS if screen.roles == frozenset({"it"})]
OTHERS = {"trungtam": "operations", "hadong": "district"}
Asked = Callable[..., Screen]


@pytest.fixture
def ask(small_city: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """ask("hadong", "users", "vi"): the address opened by who is signed in."""
    for name, value in small_city.env.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: None)  # AppTest's has every cookie
    monkeypatch.setattr("pages.live.trouble_words", lambda *_: None)  # no sync runs here
    known = runtime()
    assert known is not None
    held = {}
    for user in (*OTHERS, "cntt", "manhinh"):
        session = new(user, OTHERS.get(user, user), "password", "", 3600)
        session_desk(known.store_owner_url).begin(session)
        held[user] = session.session_id

    def screen(user: str, path: str, lang: str) -> Screen:
        app = AppTest.from_file(str(ROOT / "pages/shell.py"), default_timeout=180)
        app.session_state["authentication_status"] = True
        app.session_state["username"] = user
        app.session_state["name"] = user
        app.session_state[SESSION] = held[user]
        app.query_params["lang"] = lang
        app._page_hash = calc_hash(path)  # what the browser sends for the address /path
        app.run()
        assert [e.value for e in app.exception] == []
        return Screen(app)

    yield screen
    sessions.close()
    desk.close()
    settings.cache_clear()


def test_there_are_seven() -> None:
    assert [s.path for s in IT_SCREENS] == [
        "source", "boundaries", "users", "settings", "working_calendar", "audit", "health"
    ]  # fmt: skip


def test_it_staff_see_them(ask: Asked) -> None:
    """Else the others' sentence would prove nothing."""
    for screen in IT_SCREENS:
        assert ask("cntt", screen.path, "vi").heading == Texts("vi")(screen.title)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("user", OTHERS)
def test_others_get_a_sentence_and_nothing_else(
    ask: Asked, user: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    t = Texts(lang)
    sentence = t("Your role does not include this screen.")
    bar = {t(s.title) for s in IT_SCREENS}
    seen = []
    for screen in IT_SCREENS:
        monkeypatch.setattr(f"pages.{screen.path}.look", _never, raising=False)
        shown = ask(user, screen.path, lang)
        assert shown.banners == [sentence]
        assert 'class="page-title"' not in "".join(str(e.proto.body) for e in shown.app.get("html"))
        assert not bar & set(shown.texts), "no menu offers them either"
        seen.append(sorted(text for text in shown.texts if not _age(text)))
        if lang == "vi":
            assert set(english(shown.texts)) <= {"Dark", *(s.path for s in SCREENS)}, (
                "what the browser is handed as keys"
            )
    assert all(one == seen[0] for one in seen), "the bar and the sentence, the same at each address"


def test_a_walls_account_gets_its_wall(ask: Asked) -> None:
    for screen in IT_SCREENS:
        shown = ask("manhinh", screen.path, "vi")
        assert "trung-tam" in shown.app.query_params["wall"]
        assert not {Texts("vi")(s.title) for s in IT_SCREENS} & set(shown.texts)


def test_a_screen_taken_away_is_refused_by_its_address_and_stands_in_no_link(
    ask: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    t = Texts("vi")
    with configured(OPS_CONFIG_DIR=tmp_path):
        shipped = FILES["screens"].shipped.read_text(encoding="utf-8")
        without = shipped.replace("  - workload\n", "", 1).replace("  - dossiers\n", "", 1)  # operations stand first
        (tmp_path / "screens.yaml").write_text(without, encoding="utf-8")
        for path in ("workload", "dossiers"):
            assert ask("trungtam", path, "vi").banners == [t("Your role does not include this screen.")]
        monkeypatch.setattr("pages.workload.ask", _never)
        shown = ask("trungtam", "workload", "vi")
        assert t("Officer workload") not in shown.texts
        sent = "".join(str(e.proto.body) for e in ask("trungtam", "overview", "vi").app.get("html"))
        assert "Tổng quan" in sent
        assert not re.findall(r'href="(?:dossiers|workload)\b', sent)
        sent = "".join(str(e.proto.body) for e in ask("hadong", "overview", "vi").app.get("html"))
        assert re.findall(r'href="dossiers\b', sent), "another role keeps them"
        assert re.findall(r'href="workload\b', sent)


def _never(*_: object, **__: object) -> None:
    pytest.fail("the store was asked")


def _age(text: str) -> bool:
    """The line that says how old the figures are changes by the second."""
    return any(ch.isdigit() for ch in text)
