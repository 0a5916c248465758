"""Screens per role and the city's profile: taken up while the application runs, by what is in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from config.city import city
from config.files import FILES
from config.i18n import Texts
from config.screens import AT_MOST, TITLES
from pages.links import gaps_of, list_of, one_dossier, screen, to_compare, to_process
from pages.pace import Turns
from pages.screens import SCREENS, menus, screens_for
from tests.pages.conftest import viewer
from tests.support.configured import configured


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    with configured(OPS_CONFIG_DIR=tmp_path):
        yield tmp_path


def put(folder: Path, name: str, *edits: tuple[str, str]) -> None:
    text = FILES[name].shipped.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / FILES[name].file).write_text(text, encoding="utf-8")
    assert FILES[name].problems() == []


def test_every_screen_is_known_and_given_to_somebody() -> None:
    assert [s.path for s in SCREENS] == list(TITLES) == list(AT_MOST["it"])
    assert {role: [s.path for s in SCREENS if role in s.roles] for role in AT_MOST} == {
        role: list(paths) for role, paths in AT_MOST.items()
    }


def test_a_role_sees_what_the_file_says_in_its_order_and_lands_on_the_first(own: Path) -> None:
    (own / "screens.yaml").write_text("operations: [qd766, alerts, overview]\ndistrict: [ward]\nit: [health, settings]")
    assert {role: [s.path for s in screens_for(role)] for role in (*AT_MOST, "wall", "nobody")} == {
        "operations": ["qd766", "alerts", "overview"], "district": ["ward"], "it": ["health", "settings"],
        "wall": [], "nobody": [],
    }  # fmt: skip
    assert [(group, [s.path for s in some]) for group, some in menus(screens_for("operations"))] == [
        ("Reports", ["qd766"]), ("Today", ["alerts", "overview"])
    ]  # fmt: skip
    (own / "screens.yaml").write_text("operations: [audit]\ndistrict: [ward]\nit: [health]")
    assert [s.path for s in screens_for("operations")] == ["qd766", "alerts", "overview"], "a wrong one gives nothing"
    assert [s.path for s in screens_for("it")] == ["health", "settings"]


def test_links_lead_only_where_one_may_go(own: Path) -> None:
    who = viewer("operations")
    ways = {
        "dossiers": lambda: [list_of(who, "open"), one_dossier(who, "H26")], "process": lambda: [to_process(who)],
        "compare": lambda: [to_compare(who, ["00001"])], "coverage": lambda: [gaps_of(who, "00001")],
        "ward": lambda: [screen(who, "ward", ward="00001")],
    }  # fmt: skip
    for path, made in ways.items():
        (own / "screens.yaml").unlink(missing_ok=True)
        assert all(address.startswith(f"{path}?") for address in made())
        put(own, "screens", (f"  - {path}\n", ""))
        assert not any(made())


def _switch() -> None:
    import streamlit as st

    from pages.language import language_params, language_switch, texts

    t = texts()
    language_switch(t)
    st.write(f"{t.lang} {language_params(t)}")


def shown(**query: str) -> tuple[list[str], str]:
    """The switch's words, the language and what links carry of it."""
    app = AppTest.from_function(_switch)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return [button.label for button in app.button], app.markdown[0].value


def test_languages_are_those_that_the_city_offers(own: Path) -> None:
    assert shown() == (["English"], "vi {}")
    assert shown(lang="en") == (["Tiếng Việt"], "en {'lang': 'en'}")
    put(own, "city", ("default: vi", "default: en"))
    assert shown() == (["Tiếng Việt"], "en {}")
    put(own, "city", ("[vi, en]", "[vi]"))
    assert shown(lang="en") == ([], "vi {}")
    assert shown() == ([], "vi {}")


def test_desks_look_as_often_as_the_city_says(own: Path) -> None:
    turns = Turns()
    turns.take("one")
    assert turns.look_ms() == 2000
    put(own, "city", ("desk: 2", "desk: 3.5"))
    assert turns.look_ms() == 3500


def test_names_stand_in_both_languages(own: Path) -> None:
    put(own, "city", ('vi: "Điều hành Một cửa"', 'vi: "Một cửa Thủ đô"'))
    assert [Texts(lang).pick(**city().application) for lang in ("vi", "en")] == [
        "Một cửa Thủ đô",
        "One-Stop Operations",
    ]
