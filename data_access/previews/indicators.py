"""What an edited indicators.yaml changes: words as people read them, and targets where another way is better."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from config.i18n import LANGUAGES, NOTHING, Texts, mark
from config.indicators import DIRECTIONS, Indicator, indicators
from config.targets import targets
from data_access.previews import targets as goals
from data_access.previews.table import Item, Preview, Table, shortened

Said = Callable[[Indicator, str], str]
READ: dict[str, Said] = {
    mark("Name of the figure"): Indicator.name,
    mark("Name in the head of a table"): Indicator.short_name,
    mark("Unit"): Indicator.unit_name,
    mark("Formula"): Indicator.formula_text,
    mark("Source"): Indicator.source_text,
}
"""What a person reads of a figure → how it is asked in a language; numerators and rules stand among the keys."""


def preview(
    connection: Connection, before: Mapping[str, Indicator], after: Mapping[str, Indicator], t: Texts
) -> Preview:
    """Each text that reads otherwise, by figure and language; targets turned round and the alerts that follow."""
    rows = [
        [Item(after[code].name(t.lang), None, "", code), Item(t(what), None, "", LANGUAGES[lang]),
         Item(say(before[code], lang), None, "quiet"), Item(say(after[code], lang))]
        for code in after for what, say in READ.items() for lang in LANGUAGES
        if say(before[code], lang) != say(after[code], lang)
    ]  # fmt: skip
    figures = t.number(len({row[0].small for row in rows}))
    said = [t("{n} texts of {figures} figures read otherwise on every screen, wall and file that shows them; the "
              "numbers stay.", n=t.number(len(rows)), figures=figures)]  # fmt: skip
    heads = [(t("Figure"), False), (t("Text"), False), (t("Reads now"), False), (t("With the edit"), False)]
    tables = [Table(t("Texts that read otherwise"), heads, shortened(rows, said, t), NOTHING)] if rows else []
    turned = [code for code in after if before[code].direction != after[code].direction]
    for code in turned:
        was, will = (t.pick(**DIRECTIONS[known[code].direction]) for known in (before, after))
        said.append(t("{figure}: {after}, now {before}.", figure=after[code].name(t.lang), after=will, before=was))
    if any(goal.indicator in turned for goal in targets()):
        found = goals.preview(connection, targets(), targets(), t, {**indicators(), **after})
        said += [t("Targets of these figures turn round with it."), *found.said]
        tables += found.tables
    return Preview(said, tables)
