"""YAML with the line of every value, so that a refusal can say where; keys given twice are found, not merged."""

import difflib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from config.problems import Problem

Place = tuple[str | int, ...]
M = TypeVar("M")
LARGEST, MOST_VALUES, DEEPEST = 1_000_000, 50_000, 40
"""Characters of a file, values in it, and how deep they may lie: more is a mistake, or an alias that repeats itself."""
_CREDENTIALS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"']*:[^\s/@\"']+@", re.IGNORECASE)
_SECRET_KEY = re.compile(
    r"(?:^|[{,])[\s#-]*[\"']?(\w*(?:password|passwd|secret|token|api_?key|cookie_?key)\w*)[\"']?\s*:\s*\S",
    re.IGNORECASE,
)

# What pydantic calls a mistake → how we say it (Vietnamese, English); {ctx} names are pydantic's own
_PLAIN = {
    "missing": ("thiếu mục này", "this key is missing"),
    "extra_forbidden": ("không có mục nào tên như vậy", "there is no such key"),
    "too_short": ("cần ít nhất {min_length} mục", "at least {min_length} is needed"),
    "too_long": ("không được quá {max_length} mục", "at most {max_length} are possible"),
    "greater_than_equal": ("phải từ {ge} trở lên", "must be {ge} or more"),
    "less_than_equal": ("không được quá {le}", "must not be above {le}"),
    "greater_than": ("phải lớn hơn {gt}", "must be more than {gt}"),
    "less_than": ("phải nhỏ hơn {lt}", "must be less than {lt}"),
    "int_type": ("phải là số nguyên", "must be a whole number"),
    "int_parsing": ("phải là số nguyên", "must be a whole number"),
    "int_parsing_size": ("số quá lớn", "the number is too large"),
    "int_from_float": ("phải là số nguyên", "must be a whole number"),
    "float_type": ("phải là số", "must be a number"),
    "float_parsing": ("phải là số", "must be a number"),
    "finite_number": ("phải là số hữu hạn", "must be a finite number"),
    "bool_type": ("phải là true hoặc false", "must be true or false"),
    "string_type": ("phải là chữ", "must be text"),
    "string_too_short": ("không được để trống", "must not be empty"),
    "literal_error": ("phải là một trong: {expected}", "must be one of: {expected}"),
    "date_type": ("phải là một ngày có thật, ghi như 2026-01-31", "must be a day that exists, written like 2026-01-31"),
    "date_parsing": (
        "phải là một ngày có thật, ghi như 2026-01-31", "must be a day that exists, written like 2026-01-31",
    ),
    "time_type": ('phải là giờ trong ngoặc kép, ghi như "08:00"', 'must be a time in quotes, like "08:00"'),
    "time_parsing": ('phải là giờ trong ngoặc kép, ghi như "08:00"', 'must be a time in quotes, like "08:00"'),
    "dict_type": ("phải gồm các mục con", "must hold keys of its own"),
    "model_type": ("phải gồm các mục con", "must hold keys of its own"),
    "model_attributes_type": ("phải gồm các mục con", "must hold keys of its own"),
    "tuple_type": ("phải là danh sách", "must be a list"),
    "frozen_set_type": ("phải là danh sách", "must be a list"),
    "json_invalid": ("có ký tự không dùng được", "holds a character that can't be used"),
}  # fmt: skip


class Strict(BaseModel):
    """What configuration is made of: no unknown keys, no number that is none, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MisplacedError(ValueError):
    """A contradiction between keys, raised by a validator: what is wrong (vi, en) and at which place below it."""

    def __init__(self, place: Place, vi: str, en: str) -> None:
        super().__init__(vi, en)
        self.place = place


@dataclass(frozen=True)
class Entry:
    """A value of a file in plain Python (keys are text) with its key and the line of each place in it."""

    key: str
    line: int
    value: Any
    lines: dict[Place, int] = field(default_factory=dict)
    twice: tuple[str, int, int] | None = None
    """A key given twice inside: (its path, the second line, the first)."""


@dataclass(frozen=True)
class Mistake:
    """One value that can't be right: its line, its place, and why in both languages."""

    line: int
    place: Place
    vi: str
    en: str
    kind: str


def entries(path: Path, text: str | None = None) -> list[Entry]:
    """The top level of a file (or of `text`) in order, repeated keys included.

    Raises Problem: config_unreadable, config_secret, config_value.
    """
    reader = _Reader(path)
    root = reader.root(text)
    if root is None:
        return []
    if not isinstance(root, MappingNode):
        raise Problem("config_unreadable", file=path.name, line=1, reason="key: value")
    return [_entry(reader, *pair) for pair in root.value]


def whole(path: Path, text: str | None = None) -> Entry:
    """The file (or `text`) as one value, whatever stands at its top; None when it is empty. Raises as `entries`."""
    reader = _Reader(path)
    root = reader.root(text)
    lines: dict[Place, int] = {(): 1}
    twice: list[tuple[str, int, int]] = []
    value = None if root is None else reader.plain(root, (), lines, twice)
    return Entry("", 1, value, lines, twice[0] if twice else None)


def _entry(reader: "_Reader", key_node: Node, node: Node) -> Entry:
    line = key_node.start_mark.line + 1
    lines: dict[Place, int] = {(): line}
    twice: list[tuple[str, int, int]] = []
    value = reader.plain(node, (), lines, twice)
    return Entry(reader.key(key_node), line, value, lines, twice[0] if twice else None)


class _Reader:
    """Reads one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._yaml = YAML(typ="safe", pure=True)
        self._values = 0

    def root(self, text: str | None) -> Node | None:
        """The file's nodes; None when there are none."""
        try:
            text = self.path.read_text(encoding="utf-8") if text is None else text
            text.encode()
        except OSError as error:
            raise self._unreadable(1, error.strerror or type(error).__name__) from None
        except UnicodeError:
            raise self._unreadable(1, "UTF-8") from None
        if len(text) > LARGEST:
            raise self._too_large(1)
        refuse_secrets(self.path, text)
        try:
            return self._yaml.compose(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._unreadable(mark.line + 1 if mark else 1, error.problem or "YAML") from None
        except RecursionError:
            raise self._too_large(1) from None
        except (YAMLError, ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:
            # what ruamel.yaml raises about text that is no YAML is not always an error of its own
            raise self._unreadable(1, type(error).__name__) from None

    def plain(self, node: Node, at: Place, lines: dict[Place, int], twice: list[tuple[str, int, int]]) -> Any:
        """The node's value in plain Python; lines and repeated keys are noted."""
        self._values += 1
        if self._values > MOST_VALUES or len(at) > DEEPEST:
            raise self._too_large(node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            made: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = self.key(key_node)
                place, line = (*at, key), key_node.start_mark.line + 1
                if key in made:
                    twice.append((".".join(map(str, place)), line, lines[place]))
                lines.setdefault(place, line)
                made[key] = self.plain(value_node, place, lines, twice)
            return made
        if isinstance(node, SequenceNode):
            for n, item in enumerate(node.value):
                lines[(*at, n)] = item.start_mark.line + 1
            return [self.plain(item, (*at, n), lines, twice) for n, item in enumerate(node.value)]
        return self._scalar(node)

    def key(self, node: Node) -> str:
        """A key as text; whole numbers in their usual form, so that 1 and 01 are the same key."""
        if isinstance(node, MappingNode | SequenceNode):
            words = ("tên mục phải là chữ hoặc số", "a key must be text or a number")
            raise value_problem(self.path, node.start_mark.line + 1, "?", *words)
        made = self._scalar(node)
        return str(made) if type(made) is int else str(node.value)

    def _scalar(self, node: Node) -> Any:
        """The value as YAML's safe constructor reads it (30 → int, 0.5 → float, true → bool).

        What is no day or no number in spite of its looks (2035-02-30) stays text: the models say what is needed.
        """
        try:
            return self._yaml.constructor.construct_object(node, deep=True)
        except MarkedYAMLError as error:
            raise self._unreadable(node.start_mark.line + 1, error.problem or "YAML") from None
        except (ValueError, LookupError, ArithmeticError):
            return str(node.value)

    def _unreadable(self, line: int, reason: str) -> Problem:
        return Problem("config_unreadable", file=self.path.name, line=line, reason=reason)

    def _too_large(self, line: int) -> Problem:
        words = ("quá lớn, hoặc lặp lại chính nó", "too large, or repeats itself")
        return value_problem(self.path, line, "–", *words)


def refuse_secrets(path: Path, text: str) -> None:
    """Problem("config_secret") for an address with a password in it or a key that holds one; its value is not told."""
    for n, line in enumerate(text.splitlines(), 1):
        named = _SECRET_KEY.search(line)
        if named or _CREDENTIALS.search(line):
            raise Problem("config_secret", file=path.name, line=n, key=named.group(1) if named else "URL")


def validated(kind: Any, value: Any) -> Any:
    """`value` as `kind` (a model or any type pydantic knows), nothing converted but what YAML can't say itself.

    True is no 1 and "30" no 30; lists become tuples, text becomes days and times. Raises ValidationError.
    """
    return _adapter(kind).validate_json(json.dumps(value, default=str), strict=True)


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@lru_cache(maxsize=64)
def _schema(kind: Any) -> dict[str, Any]:
    return _adapter(kind).json_schema()


def mistakes(entry: Entry, error: ValidationError, kind: Any) -> list[Mistake]:
    """All mistakes with their lines; `kind` is what was asked for: it tells which keys there are."""
    return [_mistake(entry, one, kind) for one in error.errors()]


def _mistake(entry: Entry, said: Any, kind: Any) -> Mistake:
    cause = said.get("ctx", {}).get("error")
    below = cause.place if isinstance(cause, MisplacedError) else ()
    place = tuple(part for part in (*said["loc"], *below) if part != "[key]")
    known = tuple(str(part) if not isinstance(part, int) or (*place[:i], part) not in entry.lines else part
                  for i, part in enumerate(place))  # fmt: skip
    line = next(entry.lines[known[:n]] for n in range(len(known), -1, -1) if known[:n] in entry.lines)
    if said["type"] == "value_error" and isinstance(cause, ValueError):
        vi, en = cause.args if len(cause.args) == 2 else (str(cause), str(cause))
    else:
        kind_of = said["type"] if said["type"] in _PLAIN else f"{said['type'].split('_')[0]}_type"
        vi, en = _PLAIN.get(kind_of, (said["msg"], said["msg"]))
        vi, en = (words.format(**said.get("ctx", {})) for words in (vi, en))
    if said["type"] == "extra_forbidden":
        vi, en = _suggested(str(known[-1]), keys_at(_schema(kind), known[:-1]), vi, en)
    return Mistake(line, known, str(vi), str(en), said["type"])


def _suggested(key: str, there: Iterable[str], vi: str, en: str) -> tuple[str, str]:
    names = list(there)
    close = difflib.get_close_matches(key, names, 1, 0.5)
    if close:
        return f"{vi}; gần nhất là “{close[0]}”", f"{en}; the nearest is “{close[0]}”"
    listed = ", ".join(names)
    return (f"{vi}; có: {listed}", f"{en}; there are: {listed}") if names else (vi, en)


def nearest(said: object, known: Iterable[str]) -> tuple[str, str]:
    """(Vietnamese, English): there is no such thing, the nearest that there is, and all of them."""
    names = list(known)
    listed = ", ".join(names)
    if said is None:
        return f"thiếu mục này; có: {listed}", f"this key is missing; there are: {listed}"
    close = difflib.get_close_matches(str(said), names, 1, 0.5)
    vi, en = (f", gần nhất là “{close[0]}”", f", the nearest is “{close[0]}”") if close else ("", "")
    return f"không có “{said}”{vi}; có: {listed}", f"there is no “{said}”{en}; there are: {listed}"


def keys_at(schema: dict[str, Any], place: Place) -> list[str]:
    """The keys that a JSON Schema knows at a place; [] where it names none."""
    found = [schema]
    for part in (*place, None):
        opened: list[dict[str, Any]] = []
        while found:
            node = found.pop()
            if "$ref" in node:
                found.append(schema["$defs"][node["$ref"].rpartition("/")[2]])
            elif "anyOf" in node:
                found.extend(node["anyOf"])
            else:
                opened.append(node)
        if part is None:
            return [key for node in opened for key in node.get("properties", {})]
        below = (node.get("properties", {}).get(part) or node.get("items") or node.get("additionalProperties")
                 for node in opened)  # fmt: skip
        found = [node for node in below if isinstance(node, dict)]
    return []


def refusal(path: Path, entry: Entry, error: ValidationError, kind: Any) -> Problem:
    """The first mistake as a sentence: file, line, key, and what would be right."""
    return _told(path, entry, mistakes(entry, error, kind)[0])


def _told(path: Path, entry: Entry, mistake: Mistake) -> Problem:
    key = ".".join(str(part) for part in (entry.key, *mistake.place) if part != "")
    return value_problem(path, mistake.line, key or "–", mistake.vi, mistake.en)


def value_problem(path: Path, line: int, key: str, vi: str, en: str) -> Problem:
    """Problem("config_value") for one key."""
    return Problem("config_value", file=path.name, line=line, key=key, vi=vi, en=en)


def twice_problem(path: Path, key: str, line: int, first: int) -> Problem:
    """Problem("config_twice") for a key that stands in two lines."""
    return Problem("config_twice", file=path.name, line=line, key=key, first=first)


def once(path: Path, entry: Entry, first: dict[str, int]) -> None:
    """Problem("config_twice") when the entry's key stood above already, or a key inside it stands twice.

    first: key → line of the entries seen so far; this one is added.
    """
    line = first.setdefault(entry.key, entry.line)
    if line != entry.line:
        raise twice_problem(path, entry.key, entry.line, line)
    if entry.twice is not None:
        key, at, before = entry.twice
        raise twice_problem(path, f"{entry.key}.{key}" if entry.key else key, at, before)


def verdict(
    path: Path, kind: Any, text: str | None = None, only: Callable[[str], bool] | None = None
) -> tuple[Any, list[Problem]]:
    """A file (or `text`) that is one `kind` as a whole: its value, or None and all that is wrong.

    only: which keys of the top level belong to it (the others hold anchors).
    """
    try:
        entry = whole(path, text)
        once(path, entry, {})
    except Problem as problem:
        return None, [problem]
    value = entry.value
    if value is None:
        value = [] if _schema(kind).get("type") == "array" else {}
    if only is not None and isinstance(value, dict):
        value = {key: below for key, below in value.items() if only(key)}
    try:
        return validated(kind, value), []
    except ValidationError as error:
        return None, [_told(path, entry, mistake) for mistake in mistakes(entry, error, kind)]


def reads(kind: Any) -> Callable[[Path, str | None, object], tuple[Any, list[Problem]]]:
    """How a file that is one `kind` is read (config/kept.py: Read)."""
    return lambda path, text, _: verdict(path, kind, text)


def checked(path: Path, kind: type[M]) -> M:
    """A file that is one model as a whole. Raises Problem with file, line, key and what would be right."""
    value, problems = verdict(path, kind)
    if problems:
        raise problems[0]
    made: M = value
    return made
