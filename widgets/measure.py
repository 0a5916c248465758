"""From a measure and its values to what maps need: classes with printed limits, texts, tooltips."""

from collections.abc import Mapping

from config.i18n import Texts
from config.indicators import indicator
from config.measures import Measure
from widgets.ward_map import ClassBreak, WardValue


def shown(measure: Measure, value: float | None, t: Texts, *, unit: bool = True) -> str:
    """A value with its unit: 41 hồ sơ, 6,5 %, 4,1 ngày làm việc."""
    if measure.kind == "percent":
        return t.percent(value)
    number = t.number(value, 1 if measure.kind == "days" else 0)
    return f"{number} {indicator(measure.indicator).unit_name(t.lang)}" if unit and value is not None else number


def limit(measure: Measure, value: float, t: Texts) -> str:
    """A class limit as the legend prints it."""
    if measure.kind != "percent":
        return t.number(value)
    return t.number(value * 100, 0 if (value * 100) % 1 == 0 else 1)


def class_breaks(measure: Measure, t: Texts) -> list[ClassBreak]:
    """Five classes from calm to urgent with their limits: ≤ 1,5 %, 2,5, 4, 6, > 6 %."""
    sign = f"{chr(160)}%" if measure.kind == "percent" else ""
    words = [limit(measure, value, t) for value in measure.limits]
    if measure.more_is_worse:
        labels = [f"≤ {words[0]}{sign}", *words[1:], f"> {words[-1]}{sign}"]
    else:
        labels = [f"> {words[3]}{sign}", *reversed(words[1:4]), f"≤ {words[0]}{sign}"]
    return [ClassBreak(label) for label in labels]


def ward_values(
    measure: Measure,
    values: Mapping[str, float | None],
    lines: Mapping[str, list[str]],
    t: Texts,
) -> list[WardValue]:
    """One WardValue a ward; `values` by ward code, `lines` are further tooltip lines."""
    return [
        WardValue(code, measure.klass(value), shown(measure, value, t), tuple(lines.get(code, ())))
        for code, value in values.items()
    ]
