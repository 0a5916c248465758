"""Rules of alerts and their severities (alerts.yaml), read again when the file changes.

A rule that can't be right is refused with file, line, key and what would be right; the others go on, and a rule
that was good before keeps its last good form. What each kind looks at: data_access/alert_figures.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from config.alert_kinds import KINDS, AlertRule
from config.kept import Kept
from config.mistakes import nearest
from config.models import Strict, refusal, validated
from config.problems import Problem
from config.settings import CONFIG_DIR
from config.words import Words
from config.yaml_lines import Entry, entries, once, value_problem

ALERTS_FILE = CONFIG_DIR / "alerts.yaml"
SEVERITIES = "severities"
"""The one key of the file's top level that names no rule."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Severity(Strict):
    """How grave an alert is: its word, the colour it is shown in, and whether messages go out."""

    word: Words
    tone: Literal["urgent", "attention", "neutral"]
    notify: tuple[str, ...] | None = None
    """Names before "=" in OPS_NOTIFY_URLS that hear of it; None: all targets, empty: none."""


class _Severities(Strict):
    severities: dict[str, Severity] = Field(min_length=1)


@dataclass(frozen=True)
class AlertRules:
    """rules: name → what is in force; severities: the gravest first; refused: name → why its newest form is not."""

    rules: dict[str, AlertRule] = field(default_factory=dict)
    severities: dict[str, Severity] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)
    problem: Problem | None = None
    """Why the whole file could not be read."""

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong, in the file's order."""
        return [*([self.problem] if self.problem else []), *self.refused.values()]


def load(path: Path = ALERTS_FILE, before: AlertRules | None = None, text: str | None = None) -> AlertRules:
    """Read and check the file (or `text`); `before` gives the last good form of what is refused now."""
    known = before or AlertRules()
    try:
        found = entries(path, text)
    except Problem as problem:
        return AlertRules(known.rules, known.severities, {}, problem)
    first: dict[str, int] = {}
    refused: dict[str, Problem] = {}
    severities = known.severities
    for entry in (e for e in found if e.key == SEVERITIES):
        try:
            severities = _severities(path, entry, first)
        except Problem as told:
            refused[SEVERITIES] = told
            severities = known.severities
    if not severities and SEVERITIES not in refused:
        refused[SEVERITIES] = value_problem(path, 1, SEVERITIES, "thiếu mục này", "this key is missing")
    good: dict[str, AlertRule] = {}
    for entry in (e for e in found if e.key != SEVERITIES):
        try:
            good[entry.key] = _rule(path, entry, first, severities)
        except Problem as told:
            refused[entry.key] = told
            good.pop(entry.key, None)  # of two rules of one name neither is taken for the right one
            if entry.key in known.rules:
                good[entry.key] = known.rules[entry.key]
    return AlertRules(good, severities, refused)


def _severities(path: Path, entry: Entry, first: dict[str, int]) -> dict[str, Severity]:
    once(path, entry, first)
    lines = {(SEVERITIES, *place): line for place, line in entry.lines.items()} | {(): entry.line}
    try:
        made: dict[str, Severity] = validated(_Severities, {SEVERITIES: entry.value}).severities
        return made
    except ValidationError as error:
        raise refusal(path, Entry("", entry.line, entry.value, lines), error, _Severities) from None


def _rule(path: Path, entry: Entry, first: dict[str, int], severities: Mapping[str, Severity]) -> AlertRule:
    once(path, entry, first)
    if not _NAME.fullmatch(entry.key):
        raise value_problem(
            path, entry.line, entry.key,
            "tên quy tắc gồm 1–40 chữ thường không dấu, số, gạch nối, ví dụ mat-ket-noi",
            "a rule's name is 1 to 40 lower-case letters, digits and dashes, for example link-down",
        )  # fmt: skip
    if not isinstance(entry.value, dict):
        raise value_problem(path, entry.line, entry.key, "phải gồm các mục con", "must hold keys of its own")
    _named(path, entry, "kind", KINDS)
    made = KINDS[entry.value["kind"]]
    for key in entry.value:
        if key not in made.allowed():
            raise value_problem(path, entry.lines[(key,)], f"{entry.key}.{key}", *nearest(key, made.allowed()))
    _named(path, entry, "severity", severities)
    try:
        rule: AlertRule = validated(made, entry.value)
    except ValidationError as error:
        raise refusal(path, entry, error, made) from None
    why = rule.impossible()
    if why is not None:
        raise value_problem(path, entry.lines[("limit", "opens")], f"{entry.key}.limit.opens", *why)
    return rule


def _named(path: Path, entry: Entry, key: str, known: Mapping[str, object]) -> None:
    said = entry.value.get(key)
    if not isinstance(said, str) or said not in known:
        raise value_problem(path, entry.lines.get((key,), entry.line), f"{entry.key}.{key}", *nearest(said, known))


def _read(path: Path, text: str | None, before: AlertRules | None) -> tuple[AlertRules, list[Problem]]:
    found = load(path, before, text)
    return found, found.problems


kept: Kept[AlertRules] = Kept(ALERTS_FILE.name, _read, lambda conf: conf.alerts_file)


def alert_rules() -> AlertRules:
    """The rules in force; costs one stat while the file stays as it is."""
    return kept.value()
