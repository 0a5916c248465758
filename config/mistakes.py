"""What pydantic finds wrong, as sentences in both languages: the line, the place, what would be right."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from config.yaml_lines import Entry, Place

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


class MisplacedError(ValueError):
    """A contradiction between keys, raised by a validator: what is wrong (vi, en) and at which place below it."""

    def __init__(self, place: Place, vi: str, en: str) -> None:
        super().__init__(vi, en)
        self.place = place


@dataclass(frozen=True)
class Mistake:
    """One value that can't be right: its line, its place, and why in both languages."""

    line: int
    place: Place
    vi: str
    en: str
    kind: str


@lru_cache(maxsize=64)
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What validates `kind`, made once."""
    return TypeAdapter(kind)


@lru_cache(maxsize=64)
def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON Schema of `kind`, made once."""
    return adapter(kind).json_schema()


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
        vi, en = _suggested(str(known[-1]), keys_at(schema_of(kind), known[:-1]), vi, en)
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
