"""The registry of indicators: indicators.yaml and the components of Decision 766 (qd766.yaml), one entry each.

Screens, exports and docs/indicators.md are drawn from it: name, unit, direction, formula, numerator, denominator, rule
and source of a figure live here and nowhere else.
"""

from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from config.qd766 import Component, qd766
from config.settings import CONFIG_DIR
from config.words import Words, said

NONE = "none"


class Indicator(BaseModel):
    """A figure's definition; every field but `short` must be given, texts in both languages.

    `direction`: which way is better (up, down, or neither). A count has the denominator "none" and its numerator says
    what is counted. `rule`: the timeliness rule, "none" where time plays no part. `short`: the name in a table's head.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    names: Words
    short: Words | None = None
    unit: Words
    direction: Literal["up", "down", "none"]
    formula: Words
    numerator: Words
    denominator: Words
    source: Words
    rule: Literal["none", "R-A", "R-B", "R-C"]

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


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """All indicators by code, in the file's order, the components of Decision 766 last."""
    entries = YAML(typ="safe").load((CONFIG_DIR / "indicators.yaml").read_text(encoding="utf-8"))
    found = {c: Indicator(code=c, **entry) for c, entry in entries.items() if not c.startswith(".")}
    return found | {c.code: _of_component(c) for c in qd766().components}


def indicator(code: str) -> Indicator:
    """One indicator; KeyError for an unknown code."""
    return indicators()[code]


def _of_component(component: Component) -> Indicator:
    return Indicator(
        code=component.code, names=component.names, short=component.short, unit=component.unit, direction="up",
        formula=component.formula, numerator=component.numerator, denominator=component.denominator,
        source=qd766().source, rule=component.rule,
    )  # fmt: skip
