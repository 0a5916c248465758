"""YAML with the line of every value, so that a refusal can say where; keys given twice are found, not merged."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from config.problems import Problem

Place = tuple[str | int, ...]
LARGEST, MOST_VALUES, DEEPEST = 1_000_000, 50_000, 40
"""Characters of a file, values in it, and how deep they may lie: more is a mistake, or an alias that repeats itself."""
_CREDENTIALS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"']*:[^\s/@\"']+@", re.IGNORECASE)
_SECRET_KEY = re.compile(
    r"(?:^|[{,])[\s#-]*[\"']?(\w*(?:password|passwd|secret|token|api_?key|cookie_?key)\w*)[\"']?\s*:\s*\S",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """A value of a file in plain Python (keys are text) with its key and the line of each place in it."""

    key: str
    line: int
    value: Any
    lines: dict[Place, int] = field(default_factory=dict)
    twice: tuple[str, int, int] | None = None
    """A key given twice inside: (its path, the second line, the first)."""


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
