"""Walls that can't be right are refused with file, line, key and what would be right; the others go on."""

from pathlib import Path

import pytest

from config import walls as module
from config.problems import Problem
from config.walls import WALLS_FILE, Slot, load
from tests.support.configured import configured

GOOD = """
centre:
  title: {vi: "Một", en: "One"}
  screens:
    - {screen: now, seconds: 30}
"""


def problem(tmp_path: Path, text: str, name: str) -> str:
    path = tmp_path / "walls.yaml"
    path.write_text(GOOD + text, encoding="utf-8")
    found = load(path)
    assert list(found.walls) == ["centre"], "the others go on"
    assert list(found.refused) == [name]
    return found.refused[name].text("en") + "\n" + found.refused[name].text("vi")


def wall(name: str, screens: str, more: str = "") -> str:
    return f'{name}:\n  title: {{vi: "Hai", en: "Two"}}\n{more}  screens:\n    - {{screen: now, seconds: 5}}\n{screens}'


@pytest.mark.parametrize(
    ("text", "name", "en", "vi"),
    [
        (wall("b", "    - {screen: moon, seconds: 30}\n"), "b",
         "line 10, key b.screens.1.screen: no screen “moon”; there are: now, backlog,", "không có màn hình “moon”"),
        (wall("b", "    - {screen: backlog, seconds: 0}\n"), "b",
         "line 10, key b.screens.1.seconds: 0 seconds make no sense; set 5 to 3600, for example 30", "0 giây không"),
        (wall("b", "    - {screen: backlog, seconds: 999999}\n"), "b", "999999 seconds", "999999 giây"),
        (wall("b", "    - {screen: backlog, seconds: long}\n"), "b", "must be a whole number", "phải là số nguyên"),
        (wall("b", "    - {screen: backlog}\n"), "b", "line 10, key b.screens.1.seconds: this key is missing",
         "thiếu mục này"),
        (wall("b", "", "  colour: red\n"), "b", "line 8, key b.colour: there is no such key", "không có mục nào"),
        ('b:\n  title: {vi: "Hai", en: "Two"}\n  screens: []\n', "b", "line 8, key b.screens: at least 1", "ít nhất 1"),
        ('b:\n  title: {vi: "Hai"}\n  screens: [{screen: now, seconds: 9}]\n', "b", "line 7, key b.title",
         "mục b.title"),
        ("b: 7\n", "b", "line 6, key b: must hold keys", "phải gồm các mục con"),
        (wall("Bad_Name", ""), "Bad_Name", "line 6, key Bad_Name: a wall's name is", "tên màn hình tường"),
        (wall("b", "", '  title: {vi: "Ba", en: "Three"}\n'), "b", "line 8: b.title already stands in line 7",
         "đã có ở dòng 7"),
    ],
)  # fmt: skip
def test_a_wall_that_cannot_be_right(tmp_path: Path, text: str, name: str, en: str, vi: str) -> None:
    told = problem(tmp_path, text, name)
    assert en in told
    assert vi in told
    assert told.count("walls.yaml") == 2


def test_two_walls_of_one_name_are_both_refused(tmp_path: Path) -> None:
    told = problem(tmp_path, wall("b", "") + wall("b", "    - {screen: backlog, seconds: 30}\n"), "b")
    assert "line 10: b already stands in line 6" in told


def test_the_last_good_form_stays(tmp_path: Path) -> None:
    path = tmp_path / "walls.yaml"
    path.write_text(GOOD + wall("b", ""), encoding="utf-8")
    first = load(path)
    path.write_text(GOOD.replace("30", "40") + wall("b", "    - {screen: moon, seconds: 30}\n"), encoding="utf-8")
    second = load(path, first)
    assert second.walls["b"] == first.walls["b"]
    assert second.walls["centre"].screens == (Slot(screen="now", seconds=40),)
    assert list(second.refused) == ["b"]
    path.write_text("centre: [unclosed", encoding="utf-8")
    third = load(path, second)
    assert third.walls == second.walls
    assert third.problem is not None
    assert "walls.yaml, line" in third.problem.text("en")
    path.unlink()
    fourth = load(path, third)
    assert (fourth.walls, fourth.problem is not None) == (third.walls, True)


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "walls.yaml"
    path.write_text(GOOD, encoding="utf-8")
    with configured(OPS_WALLS_FILE=path):
        assert list(module.walls().walls) == ["centre"]
        assert module.walls() is module.walls()
        path.write_text(GOOD + wall("b", "    - {screen: moon, seconds: 30}\n"), encoding="utf-8")
        assert list(module.walls().refused) == ["b"]
        path.write_text(GOOD + wall("b", ""), encoding="utf-8")
        assert (list(module.walls().walls), module.walls().problems) == (["centre", "b"], [])


def test_the_walls_that_are_shipped() -> None:
    shipped = load(WALLS_FILE)
    assert shipped.problems == []
    assert list(shipped.walls) == ["trung-tam", "ket-noi"]
    assert {slot.screen for slot in shipped.walls["trung-tam"].screens} == set(module.WALL_SCREENS)


def test_an_empty_file_has_no_walls(tmp_path: Path) -> None:
    path = tmp_path / "walls.yaml"
    path.write_text("# nothing\n", encoding="utf-8")
    assert load(path).walls == {}
    path.write_text("- a\n", encoding="utf-8")
    assert isinstance(load(path).problem, Problem)
