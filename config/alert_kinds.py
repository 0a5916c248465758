"""The kinds of alert rules: what each may say, in which unit its limit is, and which {names} its text may use."""

import re
from collections.abc import Iterable
from datetime import time
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from config.indicators import indicators
from config.mistakes import MisplacedError, nearest
from config.models import Strict
from config.registry import registry
from config.targets import targets
from config.words import Words, names_in

Unit = Literal["count", "share", "minutes", "times", "days"]
Tier = Literal["city", "district", "commune"]
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WARD_INDICATORS: dict[str, Unit] = {
    "open": "count", "overdue": "count", "overdue_rate": "share", "due_24h": "count", "suspended": "count",
    "work_days": "days",
}  # fmt: skip
"""Figures of one unit that a rule may watch, by their code in indicators.yaml."""

Of = Literal["city", "district", "ward"]
_EVERYWHERE: tuple[Of, ...] = ("city", "district", "ward")
TARGET_INDICATORS: dict[str, tuple[Of, ...]] = {
    "city_online": ("city",), "coverage": _EVERYWHERE, "active_coverage": _EVERYWHERE, "overdue_rate": _EVERYWHERE,
    "on_time_rate": _EVERYWHERE, "online_rate": _EVERYWHERE, "quality_share": _EVERYWHERE,
}  # fmt: skip
"""Shares with a figure of the day to hold against a target, and of what (data_access/queries/shares.py)."""


def _known(said: str, known: Iterable[str]) -> str:
    names = list(known)
    if said not in names:
        raise ValueError(*nearest(said, names))
    return said


class _Strict(Strict):
    model_config = ConfigDict(populate_by_name=True)


class Limit(_Strict):
    """An alert opens at `opens` or more and ends below `closes`; between them it stays as it is."""

    opens: float = Field(gt=0)
    closes: float = Field(gt=0)

    @model_validator(mode="after")
    def _band(self) -> "Limit":
        if self.closes >= self.opens:
            raise ValueError(
                f"closes ({self.closes:g}) phải nhỏ hơn opens ({self.opens:g}), nếu không cảnh báo sẽ chập chờn",
                f"closes ({self.closes:g}) must be less than opens ({self.opens:g}), or the alert would flutter",
            )
        return self


class Minutes(_Strict):
    """How long the figure must stand at `opens`, and below `closes`, before the alert opens and ends."""

    opens: float = Field(default=0, ge=0, le=1440)
    closes: float = Field(default=0, ge=0, le=1440)


class Quiet(_Strict):
    """Local hours in which messages wait for their end; the alert itself opens. rest_days: whole days off too."""

    begins: time = Field(alias="from")
    ends: time = Field(alias="to")
    rest_days: bool = False

    @field_validator("begins", "ends", mode="before")
    @classmethod
    def _clock(cls, value: object) -> object:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise ValueError(f"“{value}” không phải giờ; viết như “21:30”", f"“{value}” is no time; write “21:30”")
        return time.fromisoformat(value)

    @model_validator(mode="after")
    def _span(self) -> "Quiet":
        if self.begins == self.ends:
            raise ValueError("from và to phải khác nhau", "from and to must differ")
        return self


class Scope(_Strict):
    """Where a rule looks: districts by GSO code (None: all, the city's own units too) and tier of unit (None: all)."""

    districts: tuple[str, ...] | None = Field(default=None, min_length=1)
    tier: Tier | None = None

    @field_validator("districts")
    @classmethod
    def _there(cls, codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for code in codes or ():
            _known(code, registry().districts)
        return codes

    def holds(self, district_code: str, tier: str | None = None) -> bool:
        """Whether something of this district (and tier, where it has one) is looked at."""
        return (self.districts is None or district_code in self.districts) and (
            self.tier is None or tier is None or tier == self.tier
        )


class AlertRule(_Strict):
    """What all rules say. `what` names what, where and since when; `first_step` what to do first."""

    names: ClassVar[frozenset[str]] = frozenset({"place", "since", "value", "limit"})
    needed: ClassVar[tuple[str, ...]] = ("place", "since")
    highest: ClassVar[float] = 1_000_000
    lowest: ClassVar[float] = 0
    kind: str
    severity: str
    what: Words
    first_step: Words
    limit: Limit
    minutes: Minutes = Minutes()
    quiet: Quiet | None = None
    scope: Scope = Scope()

    @classmethod
    def allowed(cls) -> tuple[str, ...]:
        """The keys that a rule of this kind may have."""
        return tuple(f.alias or name for name, f in cls.model_fields.items())

    @property
    def unit(self) -> Unit:
        """What the limit and the figure are given in: dossiers, share, minutes, multiples, working days."""
        return "count"

    @field_validator("what", "first_step")
    @classmethod
    def _sayable(cls, words: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        needed = cls.needed if info.field_name == "what" else ()
        for text in words.values():
            used = names_in(text)
            for name in sorted(used - cls.names):
                vi, en = nearest(name, sorted(cls.names))
                raise ValueError(f"{{{name}}}: {vi}", f"{{{name}}}: {en}")
            for name in needed:
                if name not in used:
                    raise ValueError(f"phải chứa {{{name}}}", f"must hold {{{name}}}")
        return words

    def impossible(self) -> tuple[str, str] | None:
        """Why limit.opens can never (or always) be reached, in Vietnamese and English; None when it can."""
        highest = 1.0 if self.unit == "share" else self.highest
        if self.limit.opens > highest:
            vi, en = (" (0.05 là 5 %)", " (0.05 is 5 %)") if self.unit == "share" else ("", "")
            return f"không thể quá {highest:g}{vi}", f"can't be above {highest:g}{en}"
        if self.limit.opens <= self.lowest:
            return f"phải lớn hơn {self.lowest:g}", f"must be more than {self.lowest:g}"
        return None


class WardRule(AlertRule):
    """A figure of one unit (`indicator`); at_least: units with fewer open dossiers are not looked at."""

    names = AlertRule.names | {"open", "overdue", "overdue_rate", "due_24h", "suspended"}
    kind: Literal["ward"]
    indicator: str
    at_least: int = Field(default=0, ge=0)

    @field_validator("indicator")
    @classmethod
    def _there(cls, code: str) -> str:
        return _known(code, [c for c in WARD_INDICATORS if c in indicators()])

    @property
    def unit(self) -> Unit:
        """Of its indicator."""
        return WARD_INDICATORS[self.indicator]


class StuckRule(AlertRule):
    """Dossiers of one unit due within 24 hours of which no step began or ended for so many office hours."""

    names = AlertRule.names | {"hours", "due_24h", "first_due"}
    kind: Literal["stuck"]
    hours: float = Field(gt=0, le=80)


class LinkRule(AlertRule):
    """A ward's link is down for so many minutes."""

    names = AlertRule.names | {"open", "overdue"}
    highest = 43_200
    kind: Literal["link"]
    service: Literal["wan", "onestop", "video"]

    @property
    def unit(self) -> Unit:
        """Minutes since it went down."""
        return "minutes"


class SurgeRule(AlertRule):
    """Received today so far ÷ usual by this hour of this weekday, of the city or of each district."""

    names = AlertRule.names | {"received", "usual"}
    lowest, highest = 1, 100
    kind: Literal["surge"]
    of: Literal["city", "district"]

    @property
    def unit(self) -> Unit:
        """Times the usual."""
        return "times"


class OfficerRule(AlertRule):
    """Steps held ÷ median of officers of the same role and tier; at_least: fewer steps are no overload."""

    names = AlertRule.names | {"officer", "steps", "median", "overdue"}
    lowest, highest = 1, 1_000
    kind: Literal["officer"]
    at_least: int = Field(default=1, ge=1)

    @property
    def unit(self) -> Unit:
        """Times the median."""
        return "times"


class AgeRule(AlertRule):
    """Minutes since the source was last seen to agree with the figures, or since the sync was last heard."""

    needed = ("since",)
    highest = 10_080
    kind: Literal["age"]
    of: Literal["source", "sync"]

    @property
    def unit(self) -> Unit:
        """Minutes."""
        return "minutes"


class TargetRule(AlertRule):
    """A target of targets.yaml whose day has passed is missed by so much (a share: 0.01 is one point).

    Which way is better the registry of indicators says. of: the city, each district or each ward; at_least: places
    where the share is one of fewer are not looked at.
    """

    names = AlertRule.names | {"figure", "target", "by", "source"}
    needed = ("place", "by")
    kind: Literal["target"]
    indicator: str
    of: Of = "city"
    at_least: int = Field(default=0, ge=0)

    @field_validator("indicator")
    @classmethod
    def _there(cls, code: str) -> str:
        there = [c for c in TARGET_INDICATORS if c in indicators()]
        if code in indicators() and code not in there:
            listed = ", ".join(there)
            raise ValueError(
                f"“{code}” không có số liệu trong ngày để so với mục tiêu; có: {listed}",
                f"“{code}” has no figure of the day to hold against a target; there are: {listed}",
            )
        _known(code, there)
        if not any(goal.indicator == code for goal in targets()):
            raise ValueError(
                f"targets.yaml chưa có mục tiêu nào cho “{code}”", f"targets.yaml holds no target for “{code}”"
            )
        return code

    @model_validator(mode="after")
    def _counted_there(self) -> "TargetRule":
        there = TARGET_INDICATORS[self.indicator]
        if self.of not in there:
            listed = ", ".join(there)
            raise MisplacedError(
                ("of",), f"“{self.indicator}” chỉ tính được cho: {listed}",
                f"“{self.indicator}” can be counted for these alone: {listed}",
            )  # fmt: skip
        return self

    @property
    def unit(self) -> Unit:
        """Share by which it is missed."""
        return "share"


KINDS: dict[str, type[AlertRule]] = {
    "ward": WardRule, "stuck": StuckRule, "link": LinkRule, "surge": SurgeRule, "officer": OfficerRule, "age": AgeRule,
    "target": TargetRule,
}  # fmt: skip
