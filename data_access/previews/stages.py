"""What the operating stage would be by edited criteria: at the next look, and once the minutes have passed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from config.i18n import NOTHING, Texts
from config.stages import HIGHEST, Criterion, CriterionCode, Stages
from data_access.previews.table import Item, Preview, Table
from data_access.rules.stage import Decision, Held, decide
from data_access.stage import age_minutes, figures, remembered

LONGEST = timedelta(days=1, minutes=1)
"""More than any criterion may ask a figure to stand (config.stages.Minutes)."""


@dataclass(frozen=True)
class Standing:
    """`at_once`: after the keeper's next look; `settled`: when the figures stay for all minutes.

    values: the figures by criterion.
    """

    at_once: Decision
    settled: Decision
    values: Mapping[str, float | None]


def standing(connection: Connection, conf: Stages) -> Standing:
    """By the figures and the memory of this moment. connection: sees the whole city."""
    at: datetime = connection.execute(text("SELECT now()")).scalar_one()
    values = figures(connection) | {"data_age": age_minutes(connection)}
    at_once = decide(conf.criteria, _fitting(conf, remembered(connection)), values, at)
    settled = at_once
    for step in range(1, 2 * HIGHEST):  # up or down a level each time, and back from an overshoot
        settled = decide(conf.criteria, settled.memory, values, at + step * LONGEST)
    return Standing(at_once, settled, values)


def _fitting(conf: Stages, memory: Mapping[str, Held]) -> dict[str, Held]:
    """What is remembered of the criteria that there are."""
    return {code: held for code, held in memory.items() if code in conf.criteria}


def preview(connection: Connection, before: Stages, after: Stages, t: Texts) -> Preview:
    """The stage now → what it would be, and each criterion's level with the figure it is decided by."""
    then, now = standing(connection, before), standing(connection, after)
    said = [
        t("Stage now: {before}. With this edit: {after} at once, {settled} if the figures stay as they are.",
          before=_stage(before, then.at_once.stage, t), after=_stage(after, now.at_once.stage, t),
          settled=_stage(after, now.settled.stage, t)),
    ]  # fmt: skip
    if then.settled.stage != then.at_once.stage:
        said.append(t("Without the edit it goes to {settled} if the figures stay as they are.",
                      settled=_stage(before, then.settled.stage, t)))  # fmt: skip
    heads = [(t("Criterion"), False), (t("Figure now"), True), (t("Level now"), True), (t("At once"), True),
             (t("If it stays"), True)]  # fmt: skip
    codes = dict.fromkeys((*after.criteria, *before.criteria))
    return Preview(said, [Table(t("Criteria"), heads, [_row(c, before, after, then, now, t) for c in codes], NOTHING)])


def _row(code: CriterionCode, before: Stages, after: Stages, then: Standing, now: Standing, t: Texts) -> list[Item]:
    criterion = after.criteria.get(code) or before.criteria[code]
    value = now.values.get(code)
    figure = NOTHING if value is None else figure_of(criterion, value, t)
    says = t.pick(**criterion.says).format(value=figure)
    levels = [d.memory[code].level if code in d.memory else None for d in (then.at_once, now.at_once, now.settled)]
    first = levels[0] or 0
    items = [_level(n, first, t) for n in levels]
    name = Item(says, None, "", "" if code in after.criteria else t("taken out by this edit"))
    return [name, Item(figure, value), *items]


def _level(level: int | None, first: int, t: Texts) -> Item:
    if level is None:
        return Item(NOTHING, None)
    return Item(t.number(level), level, "bad" if level > first else "good" if level < first else "")


def figure_of(criterion: Criterion, value: float, t: Texts) -> str:
    """A criterion's figure with its unit."""
    if criterion.kind == "percent":
        return t.percent(value)
    return t.span(value * 60) if criterion.kind == "minutes" else t.short(value)


def _stage(conf: Stages, stage: int, t: Texts) -> str:
    return t("{n} “{word}”", n=stage, word=t.pick(**conf.stages[stage].word))
