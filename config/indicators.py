"""The registry of indicators: one entry each in indicators.yaml, from which screens and docs are drawn."""

from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from config.settings import CONFIG_DIR

Both = dict[Literal["vi", "en"], str]


class Indicator(BaseModel):
    """A figure's definition. `direction`: which way is better (up, down, or neither)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    names: Both
    unit: Both
    direction: Literal["up", "down", "none"]
    formula: Both
    source: Both
    rule: Literal["", "R-A", "R-B", "R-C"] = ""

    def name(self, lang: str) -> str:
        """Its name in `lang`."""
        return self.names["en" if lang == "en" else "vi"]

    def unit_name(self, lang: str) -> str:
        """Its unit in `lang`."""
        return self.unit["en" if lang == "en" else "vi"]

    def formula_text(self, lang: str) -> str:
        """Its formula in words."""
        return self.formula["en" if lang == "en" else "vi"]

    def source_text(self, lang: str) -> str:
        """Where definition and rows come from."""
        return self.source["en" if lang == "en" else "vi"]


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """All indicators by code, in the file's order."""
    entries = YAML(typ="safe").load((CONFIG_DIR / "indicators.yaml").read_text(encoding="utf-8"))
    return {code: Indicator(code=code, **entry) for code, entry in entries.items()}


def indicator(code: str) -> Indicator:
    """One indicator; KeyError for an unknown code."""
    return indicators()[code]
