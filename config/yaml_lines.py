"""YAML with the line of every value, so that a refusal can say where; keys given twice are found, not merged."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from config.problems import Problem

Place = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)

# What pydantic calls a mistake → how we say it (Vietnamese, English); {ctx} names are pydantic's own
_PLAIN = {
    "missing": ("thiếu mục này", "this key is missing"),
    "extra_forbidden": ("không có mục nào tên như vậy", "there is no such key"),
    "too_short": ("cần ít nhất {min_length} mục", "at least {min_length} is needed"),
    "greater_than_equal": ("phải từ {ge} trở lên", "must be {ge} or more"),
    "less_than_equal": ("không được quá {le}", "must not be above {le}"),
    "greater_than": ("phải lớn hơn {gt}", "must be more than {gt}"),
    "less_than": ("phải nhỏ hơn {lt}", "must be less than {lt}"),
    "int_type": ("phải là số nguyên", "must be a whole number"),
    "int_parsing": ("phải là số nguyên", "must be a whole number"),
    "int_from_float": ("phải là số nguyên", "must be a whole number"),
    "float_type": ("phải là số", "must be a number"),
    "float_parsing": ("phải là số", "must be a number"),
    "string_type": ("phải là chữ", "must be text"),
    "literal_error": ("phải là một trong: {expected}", "must be one of: {expected}"),
    "dict_type": ("phải gồm các mục con", "must hold keys of its own"),
    "model_type": ("phải gồm các mục con", "must hold keys of its own"),
    "model_attributes_type": ("phải gồm các mục con", "must hold keys of its own"),
    "tuple_type": ("phải là danh sách", "must be a list"),
}


@dataclass(frozen=True)
class Entry:
    """One key of a file's top level with its value, in plain Python, and the line of each place in it."""

    key: str
    line: int
    value: Any
    lines: dict[Place, int] = field(default_factory=dict)
    twice: tuple[str, int, int] | None = None
    """A key given twice inside: (its path, the second line, the first)."""


def entries(path: Path) -> list[Entry]:
    """The file's top level in order, repeated keys included. Raises Problem (config_unreadable)."""
    try:
        root = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Problem("config_unreadable", file=path.name, line=line, reason=error.problem or "YAML") from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise Problem("config_unreadable", file=path.name, line=1, reason=reason or "YAML") from None
    if root is None:
        return []
    if not isinstance(root, MappingNode):
        raise Problem("config_unreadable", file=path.name, line=1, reason="key: value")
    return [_entry(str(key.value), key.start_mark.line + 1, node) for key, node in root.value]


def _entry(key: str, line: int, node: Node) -> Entry:
    lines: dict[Place, int] = {(): line}
    twice: list[tuple[str, int, int]] = []
    value = _plain(node, (), lines, twice)
    return Entry(key, line, value, lines, twice[0] if twice else None)


def _plain(node: Node, at: Place, lines: dict[Place, int], twice: list[tuple[str, int, int]]) -> Any:
    if isinstance(node, MappingNode):
        made: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key, place = _scalar(key_node), (*at, str(key_node.value))
            line = key_node.start_mark.line + 1
            if key in made:
                twice.append((".".join(map(str, place)), line, lines[place]))
            lines.setdefault(place, line)
            made[key] = _plain(value_node, place, lines, twice)
        return made
    if isinstance(node, SequenceNode):
        for n, item in enumerate(node.value):
            lines[(*at, n)] = item.start_mark.line + 1
        return [_plain(item, (*at, n), lines, twice) for n, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: Node) -> Any:
    """The value as YAML's safe constructor reads it (30 → int, 0.5 → float, true → bool)."""
    return YAML(typ="safe", pure=True).constructor.construct_object(node, deep=True)


def refusal(path: Path, entry: Entry, error: ValidationError) -> Problem:
    """The first mistake as a sentence: file, line, key, and what would be right."""
    first = error.errors()[0]
    place = tuple(part for part in first["loc"] if part != "[key]")
    known = tuple(str(part) if not isinstance(part, int) or (*place[:i], part) not in entry.lines else part
                  for i, part in enumerate(place))  # fmt: skip
    line = next(entry.lines[known[:n]] for n in range(len(known), -1, -1) if known[:n] in entry.lines)
    key = ".".join(str(part) for part in (entry.key, *known) if part != "")
    if first["type"] == "value_error":
        said = first["ctx"]["error"].args
        vi, en = said if len(said) == 2 else (str(said[0]), str(said[0]))
    else:
        vi, en = _PLAIN.get(first["type"], (first["msg"], first["msg"]))
        vi, en = (words.format(**first.get("ctx", {})) for words in (vi, en))
    return value_problem(path, line, key, vi, en)


def value_problem(path: Path, line: int, key: str, vi: str, en: str) -> Problem:
    """Problem("config_value") for one key."""
    return Problem("config_value", file=path.name, line=line, key=key, vi=vi, en=en)


def twice_problem(path: Path, key: str, line: int, first: int) -> Problem:
    """Problem("config_twice") for a key that stands in two lines."""
    return Problem("config_twice", file=path.name, line=line, key=key, first=first)


def checked(path: Path, model: type[M]) -> M:
    """A file that is one model as a whole. Raises Problem with file, line, key and what would be right."""
    found = entries(path)
    first: dict[str, int] = {}
    for entry in found:
        line = first.setdefault(entry.key, entry.line)
        if line != entry.line:
            raise twice_problem(path, entry.key, entry.line, line)
        if entry.twice is not None:
            key, at, before = entry.twice
            raise twice_problem(path, f"{entry.key}.{key}", at, before)
    try:
        return model.model_validate({entry.key: entry.value for entry in found})
    except ValidationError as error:
        top = str(error.errors()[0]["loc"][0])
        at_fault = next((entry for entry in found if entry.key == top), None)
        if at_fault is None:
            raise value_problem(path, 1, top, "thiếu mục này", "this key is missing") from None
        raise refusal(path, _of_file(at_fault), error) from None


def _of_file(entry: Entry) -> Entry:
    """The entry as part of the file: places begin with its key."""
    lines = {(entry.key, *place): line for place, line in entry.lines.items()} | {(): entry.line}
    return Entry("", entry.line, entry.value, lines)
