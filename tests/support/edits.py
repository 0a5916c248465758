"""Edits of configuration files: what the shipped text becomes, and that text in force for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config import kept
from config.files import FILES
from tests.support.configured import configured


def edited(name: str, *changes: tuple[str, str]) -> tuple[str, Any]:
    """(text, what it says) of a shipped file with places replaced; each must be there."""
    text = FILES[name].shipped.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    checked = FILES[name].check(text)
    assert checked.problems == []
    return text, checked.value


@contextmanager
def in_force(directory: Path, name: str, text: str) -> Iterator[None]:
    """The city's own file of that name in `directory`; everything as before afterwards."""
    (directory / FILES[name].file).write_text(text, encoding="utf-8")
    with configured(OPS_CONFIG_DIR=directory):
        kept.look()
        assert FILES[name].problems() == []
        yield
    kept.look()
