"""The score of Decision 766 in words: points of those computable, a component's ratio and its points, or why not."""

from config.i18n import NOTHING, Texts, mark
from data_access.rules.qd766 import Outcome, Points, State

STATES: dict[State, str] = {
    "watched": mark("no points"),
    "nothing": mark("nothing arose"),
    "not_computable": mark("not computable"),
    "not_applicable": mark("not applicable"),
}
"""Why a component has no points."""


def of_computable(total: Points, t: Texts) -> str:
    """12,4 of 20; a dash where nothing can be computed."""
    if not total.computable:
        return NOTHING
    return t("{n} of {all}", n=t.number(total.reached, 1), all=t.short(total.computable))


def in_days(found: Outcome) -> bool:
    """Whether a component's ratio is a number of days, not a share."""
    return found.component.unit["en"] != "%"


def days_words(n: float | None, t: Texts) -> str:
    """4,2 days."""
    return NOTHING if n is None else t("{n} days", n=t.number(n, 1))


def ratio_words(found: Outcome, t: Texts) -> str:
    """A component's ratio with its unit."""
    if found.ratio is not None:
        return days_words(found.ratio, t) if in_days(found) else t.percent(found.ratio)
    return t(STATES["nothing"]) if found.state == "nothing" else NOTHING


def points_words(found: Outcome, t: Texts) -> str:
    """A component's points, or why it has none."""
    return t.number(found.points, 2) if found.points is not None else t(STATES[found.state])
