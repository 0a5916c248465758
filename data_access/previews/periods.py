"""Which periods an edited periods.yaml gives: the one that today lies in, and how many may be chosen."""

from datetime import date
from typing import get_args

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.periods import Named, PeriodRules
from data_access.period_words import KINDS, period_name
from data_access.previews.table import Item, Preview, Table
from data_access.queries.answers import local_day
from data_access.rules.period import Period, containing, periods


def preview(connection: Connection, before: PeriodRules, after: PeriodRules, t: Texts) -> Preview:
    """Each kind's running period with its days, now and with the edit."""
    today = local_day(connection)
    moved = [k for k in get_args(Named) if containing(k, today, before) != containing(k, today, after)]
    said = [
        t("The running period of {n} kinds has other days with this edit.", n=t.number(len(moved)))
        if moved
        else t("All running periods keep their days.")
    ]
    if before.oldest != after.oldest:
        said.append(t("Oldest day: {before} → {after}.", before=t.day(before.oldest), after=t.day(after.oldest)))
    heads = [(t("Period"), False), (t("Runs now"), False), (t("With the edit"), False), (t("Offered now"), True),
             (t("Then"), True)]  # fmt: skip
    rows = [_row(kind, before, after, today, t) for kind in get_args(Named)]
    return Preview(said, [Table(t("Periods"), heads, rows, NOTHING)])


def _row(kind: Named, before: PeriodRules, after: PeriodRules, today: date, t: Texts) -> list[Item]:
    then, now = (containing(kind, today, rules) for rules in (before, after))
    offered = [len(periods(kind, today, rules)) for rules in (before, after)]
    return [
        Item(t(KINDS[kind]), kind),
        Item(_days(then, t), then.first.toordinal(), "quiet", period_name(then, t)),
        Item(_days(now, t), now.first.toordinal(), "" if now == then else "bad", period_name(now, t)),
        *(Item(t.number(n), n) for n in offered),
    ]


def _days(period: Period, t: Texts) -> str:
    return t("{first} to {last}", first=t.day(period.first), last=t.day(period.last))
