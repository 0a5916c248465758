"""The registry of indicators: indicators.yaml and the components of Decision 766 (qd766.yaml), one entry each.

Screens, exports and docs/indicators.md are drawn from it: name, unit, direction, formula, numerator, denominator, rule
and source of a figure live here and nowhere else.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from config.kept import Kept, follows
from config.mistakes import nearest
from config.models import Strict, verdict
from config.problems import Problem
from config.qd766 import Component, qd766
from config.settings import CONFIG_DIR
from config.words import Words, said
from config.yaml_lines import value_problem

INDICATORS_FILE = CONFIG_DIR / "indicators.yaml"
NONE = "none"
Direction = Literal["up", "down", "none"]
DIRECTIONS: dict[Direction, Words] = {
    "up": {"vi": "cao hơn là tốt hơn", "en": "higher is better"},
    "down": {"vi": "thấp hơn là tốt hơn", "en": "lower is better"},
    "none": {"vi": "không có chiều tốt, xấu", "en": "neither way is better"},
}
"""Which way is better, in words."""


class Definition(Strict):
    """What the file says of a figure; every field but `short` must be given, texts in both languages.

    `direction`: which way is better (up, down, or neither). A count has the denominator "none" and its numerator says
    what is counted. `rule`: the timeliness rule, "none" where time plays no part. `short`: the name in a table's head.
    """

    names: Words
    short: Words | None = None
    unit: Words
    direction: Direction
    formula: Words
    numerator: Words
    denominator: Words
    source: Words
    rule: Literal["none", "R-A", "R-B", "R-C"]


class Indicator(Definition):
    """A figure's definition with its code."""

    code: str

    @property
    def is_ratio(self) -> bool:
        """Whether it divides; a count doesn't."""
        return self.denominator["en"] != NONE

    def name(self, lang: str) -> str:
        """Its name in `lang`."""
        return said(self.names, lang)

    def short_name(self, lang: str) -> str:
        """Its name where there is little room."""
        return said(self.short or self.names, lang)

    def unit_name(self, lang: str) -> str:
        """Its unit in `lang`."""
        return said(self.unit, lang)

    def formula_text(self, lang: str) -> str:
        """Its formula in words."""
        return said(self.formula, lang)

    def source_text(self, lang: str) -> str:
        """Where definition and rows come from."""
        return said(self.source, lang)


def read(
    path: Path = INDICATORS_FILE, text: str | None = None, _: object = None
) -> tuple[dict[str, Indicator] | None, list[Problem]]:
    """The file's (or the text's) indicators by code, or None and all that is wrong.

    A city may word and define its figures; which there are is the program's matter.
    """
    found, problems = verdict(path, dict[str, Definition], text, only=_is_figure)
    if found is None:
        return None, problems
    there = found.keys() if (path, text) == (INDICATORS_FILE, None) else _codes()
    missing = [
        value_problem(path, 1, code, "thiếu mục này", "this key is missing") for code in sorted(there - found.keys())
    ]
    unknown = [value_problem(path, 1, code, *nearest(code, sorted(there))) for code in sorted(found.keys() - there)]
    if missing or unknown:
        return None, missing + unknown
    return {code: Indicator(code=code, **dict(entry)) for code, entry in found.items()}, []


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    found, problems = verdict(INDICATORS_FILE, dict[str, Definition], only=_is_figure)
    if found is None:
        raise problems[0]
    return frozenset(found)


def _is_figure(key: str) -> bool:
    return not key.startswith(".")  # .source and the like hold anchors


kept: Kept[dict[str, Indicator]] = Kept(INDICATORS_FILE.name, read)


@follows(kept.value, qd766)
def indicators() -> dict[str, Indicator]:
    """All indicators by code, in the file's order, the components of Decision 766 last."""
    return kept.value() | {c.code: _of_component(c) for c in qd766().components}


def indicator(code: str) -> Indicator:
    """One indicator; KeyError for an unknown code."""
    return indicators()[code]


def _of_component(component: Component) -> Indicator:
    return Indicator(
        code=component.code, names=component.names, short=component.short, unit=component.unit, direction="up",
        formula=component.formula, numerator=component.numerator, denominator=component.denominator,
        source=qd766().source, rule=component.rule,
    )  # fmt: skip
