"""Values of configuration files as pydantic models: strictly, or refused with file, line, key and reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from config.mistakes import Mistake, adapter, mistakes, schema_of
from config.problems import Problem
from config.yaml_lines import Entry, once, value_problem, whole

M = TypeVar("M")


class Strict(BaseModel):
    """What configuration is made of: no unknown keys, no number that is none, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def validated(kind: Any, value: Any) -> Any:
    """`value` as `kind` (a model or any type pydantic knows), nothing converted but what YAML can't say itself.

    True is no 1 and "30" no 30; lists become tuples, text becomes days and times. Raises ValidationError.
    """
    return adapter(kind).validate_json(json.dumps(value, default=str), strict=True)


def refusal(path: Path, entry: Entry, error: ValidationError, kind: Any) -> Problem:
    """The first mistake as a sentence: file, line, key, and what would be right."""
    return _told(path, entry, mistakes(entry, error, kind)[0])


def _told(path: Path, entry: Entry, mistake: Mistake) -> Problem:
    key = ".".join(str(part) for part in (entry.key, *mistake.place) if part != "")
    return value_problem(path, mistake.line, key or "–", mistake.vi, mistake.en)


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
        value = [] if schema_of(kind).get("type") == "array" else {}
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
