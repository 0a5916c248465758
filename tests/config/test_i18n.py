"""Every text of the code has its Vietnamese; formats are those of the language."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import read_po

from config.i18n import NBSP, Texts
from config.settings import CONFIG_DIR, ROOT

FOLDERS = ("app.py", "pages", "widgets", "config", "data_access")
CALLED = {"t", "mark", "self"}  # Texts.__call__ under the names the code gives it


def texts_of_the_code() -> Iterator[tuple[str, str]]:
    """(text, where) of every constant handed to `t("…")` or `mark("…")`."""
    for folder in FOLDERS:
        path = ROOT / folder
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and node.args):
                    continue
                first, func = node.args[0], node.func
                name = getattr(func, "id", None) or getattr(func, "attr", None)  # t(…), viewer.t(…)
                if name in CALLED and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{file.relative_to(ROOT)}:{node.lineno}"


def catalogue() -> dict[str, str]:
    with (CONFIG_DIR / "locale/vi/LC_MESSAGES/messages.po").open("rb") as file:
        return {m.id: m.string for m in read_po(file, locale="vi") if m.id and not m.fuzzy}


def test_every_text_has_its_vietnamese() -> None:
    known = catalogue()
    found = dict(texts_of_the_code())
    assert len(found) > 150, "the extraction finds the texts of the screens"
    assert {text: where for text, where in found.items() if not known.get(text)} == {}


def test_the_catalogue_holds_nothing_the_code_does_not_say() -> None:
    assert set(catalogue()) - set(dict(texts_of_the_code())) == set()


def test_translations_keep_the_names_to_fill_in() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert {source for source, target in catalogue().items() if names(source) != names(target)} == set()


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("vi", ["1.922", f"28,7{NBSP}%", "02/04/2019", "3 giây", "47 phút", "không phát sinh", "+24", "−3", "±0"]),
        ("en", ["1,922", f"28.7{NBSP}%", "02/04/2019", "3 seconds", "47 minutes", "nothing arose", "+24", "−3", "±0"]),
    ],
)
def test_formats(lang: str, expected: list[str]) -> None:
    t = Texts(lang)
    assert [
        t.number(1922), t.percent(552 / 1922), t.day(date(2019, 4, 2)), t.span(3), t.span(47 * 60),
        t.share(0, 0), t.change(24), t.change(-3), t.change(0),
    ] == expected  # fmt: skip


def test_instants_are_told_on_the_citys_clock() -> None:
    assert Texts("vi").moment(datetime(2026, 11, 20, 17, 30, tzinfo=UTC)) == "00:30 21/11/2026"


def test_an_unknown_language_is_vietnamese() -> None:
    assert Texts("xx").lang == "vi"
