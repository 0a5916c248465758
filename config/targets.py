"""Targets with their date and source (targets.yaml). Where sources disagree, both are shown."""

from datetime import date
from functools import lru_cache

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from config.settings import CONFIG_DIR


class Target(BaseModel):
    """`value`: a share (0.55 = 55 %) to be reached by `by`, as `source` (dated `said`) has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str
    value: float
    by: date
    source: dict[str, str]
    said: date | None = None

    def source_text(self, lang: str) -> str:
        """The document that sets it."""
        return self.source["en" if lang == "en" else "vi"]


@lru_cache(maxsize=1)
def targets() -> tuple[Target, ...]:
    """All targets, in the file's order."""
    entries = YAML(typ="safe").load((CONFIG_DIR / "targets.yaml").read_text(encoding="utf-8"))
    return tuple(Target(**entry) for entry in entries)
