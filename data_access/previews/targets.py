"""What edited targets say of the city's figure today: reached, missed or still open, and which alerts follow."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from config.alert_kinds import TARGET_INDICATORS
from config.alerts import alert_rules
from config.i18n import NOTHING, Texts
from config.indicators import Indicator, indicator
from config.targets import Target
from data_access.alert_figures import missed
from data_access.previews import alerts
from data_access.previews.table import Item, Preview, Table, Tone
from data_access.queries.answers import local_day
from data_access.queries.shares import shares

Standing = tuple[str, Tone]
"""How a figure stands to its target: the words, the tone."""


def preview(
    connection: Connection, before: Sequence[Target], after: Sequence[Target], t: Texts,
    defined: Mapping[str, Indicator] | None = None,
) -> Preview:  # fmt: skip
    """Every target of either list with how the newest figure stands to it, then the alerts that would open or end.

    defined: edited indicators; None: those in force.
    """
    today = local_day(connection)
    goals = [*after, *(goal for goal in before if goal not in after)]
    figures = {code: _figure(connection, code) for code in {goal.indicator for goal in goals} & set(TARGET_INDICATORS)}
    rows = [
        _row(goal, _standing(goal, figures.get(goal.indicator), today, t, defined), figures.get(goal.indicator),
             _change(goal, before, after, t), today, t)
        for goal in goals
    ]  # fmt: skip
    rules = alert_rules()
    told = alerts.told(alerts.effects(connection, rules, rules, after, defined), rules, rules, t)
    heads = [(t("Indicator"), False), (t("Target"), True), (t("By day"), True), (t("Figure now"), True),
             (t("Standing"), False), (t("Edit"), False)]  # fmt: skip
    return Preview(told.said, [Table(t("Targets"), heads, rows, t("There is no target.")), *told.tables])


def _figure(connection: Connection, code: str) -> float | None:
    part, whole = shares(connection, code, "city").get("", (0, 0))
    return part / whole if whole else None


def _row(goal: Target, standing: Standing, figure: float | None, change: str, today: date, t: Texts) -> list[Item]:
    words, tone = standing
    return [
        Item(indicator(goal.indicator).name(t.lang), None, "", goal.source_text(t.lang)),
        Item(t.percent(goal.value), goal.value),
        Item(t.day(goal.by), goal.by.toordinal(), "", t("in the past") if goal.by < today else ""),
        Item(NOTHING if figure is None else t.percent(figure), figure),
        Item(words, None, tone),
        Item(change, None, "quiet"),
    ]


def _standing(
    goal: Target, figure: float | None, today: date, t: Texts, defined: Mapping[str, Indicator] | None
) -> Standing:
    if figure is None:
        return t("no figure"), "quiet"
    short = missed(goal.indicator, figure, goal.value, defined)
    if short <= 0:
        return t("reached"), "good"
    missing = t.percent(short)
    if goal.by < today:
        return t("missed by {share}", share=missing), "bad"
    return t("{share} missing, {n} days left", share=missing, n=t.number((goal.by - today).days)), ""


def _change(goal: Target, before: Sequence[Target], after: Sequence[Target], t: Texts) -> str:
    if goal not in after:
        return t("taken out")
    return t("as before") if goal in before else t("new or changed")
