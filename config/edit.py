"""One value of a YAML text set, added or taken out; every other byte of it stays, comments first of all.

A scalar or a `{flow: value}` is replaced where it stands. What changes more (a block of lines) goes through
ruamel.yaml's round trip, which keeps comments, quotes and order, and may set spaces anew.
"""

import io
import json
import re
from datetime import date, time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from config.problems import Problem
from config.yaml_lines import Place, whole

_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def get_value(text: str, place: Place) -> Any:
    """What stands at a place, in plain Python. Raises Problem config_unreadable, config_place."""
    return _at(whole(Path("–"), text).value, place)


def set_value(text: str, place: Place, value: Any) -> str:
    """The text with `value` at a place; a key that isn't there yet is added to what holds it.

    Raises Problem config_unreadable, config_place.
    """
    before = whole(Path("–"), text).value
    holder = _at(before, place[:-1])
    node = _node(_compose(text), place)
    if node is not None and (not isinstance(node, MappingNode | SequenceNode) or node.flow_style):
        said = _flow(value, getattr(node, "style", None))
        written = text[: node.start_mark.index] + said + text[node.end_mark.index :]
        if _is(written, _with(before, place, value)):
            return written
    if isinstance(holder, list) and not (isinstance(place[-1], int) and 0 <= place[-1] < len(holder)):
        raise Problem("config_place", place=_dotted(place))
    return _round_trip(text, place, lambda into, key: into.__setitem__(key, _soft(value)))


def add_item(text: str, place: Place, value: Any) -> str:
    """The text with `value` at the end of the list at a place. Raises Problem config_unreadable, config_place."""
    if not isinstance(get_value(text, place), list):
        raise Problem("config_place", place=_dotted(place))

    def add(into: Any, key: Any) -> None:
        items = into[key] if key is not None else into
        if not items and isinstance(items, CommentedSeq):
            items.fa.set_block_style()  # of `[]` the first item makes lines
        items.append(_soft(value))

    return _round_trip(text, place, add)


def remove_item(text: str, place: Place) -> str:
    """The text without the list's item or the key at a place. Raises Problem config_unreadable, config_place."""
    get_value(text, place)
    return _round_trip(text, place, lambda into, key: into.__delitem__(key))


def _at(value: Any, place: Place) -> Any:
    for n, part in enumerate(place):
        try:
            value = value[part if isinstance(value, list) else str(part)]
        except (KeyError, IndexError, TypeError):
            raise Problem("config_place", place=_dotted(place[: n + 1])) from None
    return value


def _with(value: Any, place: Place, new: Any) -> Any:
    """The plain value with another one at a place, as a text that says so would be read."""
    if not place:
        return whole(Path("–"), _flow(new, None)).value
    made = list(value) if isinstance(value, list) else dict(value)
    key = place[0] if isinstance(value, list) else str(place[0])
    made[key] = _with(made[key], place[1:], new)  # type: ignore[index]
    return made


def _is(text: str, wanted: Any) -> bool:
    try:
        return bool(whole(Path("–"), text).value == wanted)
    except Problem:
        return False


def _compose(text: str) -> Node | None:
    return YAML(typ="safe", pure=True).compose(text)


def _node(node: Node | None, place: Place) -> Node | None:
    for part in place:
        if isinstance(node, MappingNode):
            node = next((value for key, value in node.value if str(key.value) == str(part)), None)
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return node


def _flow(value: Any, style: str | None) -> str:
    """A value in one line. A word that stood in quotes stays in quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow_key(key)}: {_flow(below, None)}" for key, below in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item, None) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    plain = isinstance(value, str) and style not in {"'", '"'} and _PLAIN_WORD.fullmatch(value)
    if plain and value.lower() not in _WORDS_OF_YAML:
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _flow_key(key: Any) -> str:
    said = str(key)
    plain = _PLAIN_WORD.fullmatch(said) and said.lower() not in {"true", "false", "null"}
    return said if plain or isinstance(key, int) else json.dumps(said, ensure_ascii=False)


def _soft(value: Any) -> Any:
    """A value for the round trip: small mappings and lists in one line, as the shipped files have them."""
    yaml = YAML()
    yaml.preserve_quotes = True
    made = yaml.load(_flow(value, None))
    if isinstance(made, CommentedMap | CommentedSeq):
        made.fa.set_flow_style()
    return made


def _round_trip(text: str, place: Place, change: Any) -> str:
    """The text after a change of what holds the place, in the indentation that keeps most of it as it was."""
    try:
        best = min((_yaml(*indent) for indent in ((4, 2), (2, 0))), key=lambda yaml: _moved(yaml, text))
        document = best.load(text)
    except YAMLError as error:
        raise Problem("config_unreadable", file="–", line=1, reason=type(error).__name__) from None
    into = document
    for part in place[:-1]:
        into = into[_key(into, part)]
    change(into, _key(into, place[-1]) if place else None)
    written = io.StringIO()
    best.dump(document, written)
    return written.getvalue()


def _key(into: Any, part: str | int) -> Any:
    """The key as the file has it: 2 and "2" are one."""
    if isinstance(into, CommentedMap):
        return next((key for key in into if str(key) == str(part)), part)
    return part


def _yaml(sequence: int, offset: int) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=sequence, offset=offset)
    return yaml


def _moved(yaml: YAML, text: str) -> int:
    """How many lines a round trip would change by itself."""
    written = io.StringIO()
    yaml.dump(yaml.load(text), written)
    return len(set(written.getvalue().splitlines()) ^ set(text.splitlines()))


def _dotted(place: Place) -> str:
    return ".".join(map(str, place)) or "–"
