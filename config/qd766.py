"""The score of Decision 766 as configuration (qd766.yaml): groups, components, and what the contract carries.

The split of points into components is a third party's reconstruction; every entry names that as its source.
"""

from typing import Literal

from pydantic import Field, model_validator

from config.kept import Kept
from config.models import Strict, reads
from config.settings import CONFIG_DIR
from config.words import Words

QD766_FILE = CONFIG_DIR / "qd766.yaml"

Level = Literal["city", "district", "commune"]
Counted = Literal[
    "in_time", "mean_days", "offered", "offered_used", "online_result", "fee_procedures_paid", "paid_online",
    "result_file", "digitised_both", "digitised_in", "eid_procedures", "eid_verified", "not_late",
]  # fmt: skip
"""What data_access/rules/qd766.py can count (a test holds both equal)."""
SHARE: Words = {"vi": "%", "en": "%"}


class Group(Strict):
    """A group of components; the components' points add up to `max_points`."""

    id: str
    names: Words
    max_points: float


class Component(Strict):
    """One row of the score. `max_points` 0: watched only. `threshold`: ratio for full points, None where unknown.

    `contract` says whether the source contract carries it (full, part, none); `why` what is missing then.
    """

    id: str
    group: str
    max_points: float = Field(ge=0)
    threshold: float | None = Field(gt=0, le=1)
    names: Words
    short: Words | None = None
    unit: Words = SHARE
    numerator: Words
    denominator: Words
    levels: tuple[Level, ...]
    contract: Literal["full", "part", "none"]
    measure: Counted | None = None
    rule: Literal["none", "R-C"] = "none"
    why: Words | None = None

    @model_validator(mode="after")
    def _explained(self) -> "Component":
        if (self.contract == "full") == (self.why is not None):
            raise ValueError(
                f"{self.id}: why chỉ đi cùng contract part hoặc none",
                f"{self.id}: `why` goes with what the contract carries in part or not at all",
            )
        if (self.contract == "none") == (self.measure is not None):
            raise ValueError(
                f"{self.id}: cần measure khi và chỉ khi contract là full hoặc part",
                f"{self.id}: a measure is needed exactly where the contract carries something",
            )
        if self.measure and self.max_points and self.threshold is None:
            raise ValueError(f"{self.id}: có điểm thì phải có threshold", f"{self.id}: points need a threshold")
        return self

    @property
    def code(self) -> str:
        """Its code in the registry of indicators: qd766_2_1."""
        return "qd766_" + self.id.replace(".", "_")

    @property
    def formula(self) -> Words:
        """How points follow from the ratio, in words."""
        if not self.max_points:
            return {"vi": "Tử số ÷ mẫu số; chỉ theo dõi, không tính điểm.", "en": "Numerator ÷ denominator; no points."}
        vi = f"{_number(self.max_points)} điểm × min(1; tỷ lệ ÷ ngưỡng)."
        en = f"{_number(self.max_points)} points × min(1, ratio ÷ threshold)."
        if self.threshold is None:
            return {"vi": f"{vi} Ngưỡng chưa rõ.", "en": f"{en} The threshold is not known."}
        percent = _number(self.threshold * 100)
        return {"vi": f"{vi} Ngưỡng {percent} %.", "en": f"{en} Threshold {percent} %."}


class Qd766(Strict):
    """The whole score; groups and components in the order they are shown."""

    source: Words
    min_settled: int = Field(ge=0)
    procedures_without_written_result: frozenset[str]
    groups: tuple[Group, ...]
    components: tuple[Component, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> "Qd766":
        for group in self.groups:
            total = sum(c.max_points for c in self.components if c.group == group.id)
            if total != group.max_points:
                raise ValueError(
                    f"nhóm {group.id}: các thành phần cộng lại {total:g} điểm, không phải {group.max_points:g}",
                    f"group {group.id}: components give {total:g}, not {group.max_points:g} points",
                )
        for c in self.components:
            if c.group not in {g.id for g in self.groups}:
                raise ValueError(f"{c.id}: không có nhóm {c.group}", f"{c.id} names an unknown group, {c.group}")
        for ids in ([g.id for g in self.groups], [c.id for c in self.components]):
            if len(set(ids)) < len(ids):
                twice = next(i for i in ids if ids.count(i) > 1)
                raise ValueError(f"id {twice} dùng hai lần", f"the id {twice} is used twice")
        return self


kept: Kept[Qd766] = Kept(QD766_FILE.name, reads(Qd766))


def qd766() -> Qd766:
    """The score as configured."""
    return kept.value()


def _number(value: float) -> str:
    return f"{value:g}"
