"""The keys that an edit changes, each with its value before and after: what every file has."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.i18n import NOTHING, Texts
from config.yaml_lines import whole
from data_access.previews.table import Item, Preview, Table, shortened


def changes(path: Path, before: str, after: str) -> list[tuple[str, Any, Any]]:
    """(key, value before, value after) in the texts' order; None: it is not there. Raises as yaml_lines.whole."""
    then, now = (dict(_leaves(whole(path, text).value)) for text in (before, after))
    found = [key for key in dict.fromkeys((*now, *then)) if then.get(key) != now.get(key)]
    empty: tuple[Any, ...] = ([], {}, None)
    filled = {key for key in found if then.get(key) in empty and now.get(key) in empty and _holds(key, (*now, *then))}
    return [(key, then.get(key), now.get(key)) for key in found if key not in filled]


def _holds(key: str, keys: Iterable[str]) -> bool:
    """Whether there are keys below: then an empty list was filled or emptied, which these tell."""
    return any(one.startswith(f"{key}.") for one in keys)


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that holds no others, with its path; the first of a list is 1."""
    inside = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    empty = True
    for key, part in inside:
        empty = False
        yield from _leaves(part, f"{at}.{key}" if at else str(key))
    if empty and at:
        yield at, value


def preview(path: Path, before: str, after: str, t: Texts) -> Preview:
    """How many keys change, and which."""
    found = changes(path, before, after)
    said = [t("{n} keys change.", n=t.number(len(found)))] if found else [t("No key changes its value.")]
    rows = [[Item(key), Item(_written(then), None, "quiet"), Item(_written(now))] for key, then, now in found]
    heads = [(t("Key"), False), (t("Value now"), False), (t("With the edit"), False)]
    return Preview(said, [Table(t("Keys that change"), heads, shortened(rows, said, t), NOTHING)] if found else [])


def _written(value: Any) -> str:
    return NOTHING if value is None else str(value)
