"""What an edited district.yaml changes on the screens of districts, wards, comparing and processes.

Shares and medians are those that My district opens with: of the newest reporting month that is over. What a step's time
is compared with is reckoned per procedure when its screen is opened, so that limit is told in a sentence.
"""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from config.district import DistrictRules
from config.i18n import NOTHING, Texts
from config.indicators import indicator
from config.registry import registry
from data_access.period_words import period_words
from data_access.previews.table import Item, Preview, Table, shortened
from data_access.queries.answers import local_day
from data_access.queries.backlog import backlog
from data_access.queries.district import MEDIAN_OF, SHARES, District, ward_figures
from data_access.queries.red import Change, absent_holders, why_changed
from data_access.queries.workload import some_officers
from data_access.red_words import reason
from data_access.rules.period import Period, comparable, periods, usual

EXPLAINED = 20
"""Wards whose explanation is asked twice: those with most overdue dossiers."""


def preview(connection: Connection, before: DistrictRules, after: DistrictRules, t: Texts) -> Preview:
    """Shares that turn pale or stand out, officers who count as absent, explanations that name something else."""
    today = local_day(connection)
    period = usual(periods("reporting_month", today), today)
    said: list[str] = []
    tables: list[Table] = []
    if before.least_settled != after.least_settled:
        _shares(connection, before, after, period, today, said, tables, t)
    if before.absent_hours != after.absent_hours:
        _absent(connection, before, after, said, tables, t)
    if (before.absent_hours, before.alike) != (after.absent_hours, after.alike):
        _explained(connection, before, after, comparable(period, today).last, said, tables, t)
    if before.slow_step != after.slow_step:
        said.append(t("On Process a step is told to be slow from {after} times the compared median on, now from "
                      "{before} times. Which ones are is reckoned for one procedure at a time, when it is opened.",
                      after=t.number(after.slow_step, 2), before=t.number(before.slow_step, 2)))  # fmt: skip
    if before.like_wards != after.like_wards:
        said.append(t("Compare shows {after} wards like a ward, now {before}.", after=t.number(after.like_wards),
                      before=t.number(before.like_wards)))  # fmt: skip
    if not said:
        said.append(t("Nothing that people see changes."))
    return Preview(said, tables)


def _shares(
    connection: Connection, before: DistrictRules, after: DistrictRules, period: Period, today: date, said: list[str],
    tables: list[Table], t: Texts,
) -> None:  # fmt: skip
    """How many wards have shares that say something, and the city's medians over these."""
    then, now = (_figures(connection, conf.least_settled, period, today) for conf in (before, after))
    summed, turned = [], []
    for code, (part, whole) in SHARES.items():
        counts = [sum(conf.enough(place.flows[whole]) for place in then.wards) for conf in (before, after)]
        medians = [data.medians.get("ward", {}).get(MEDIAN_OF[code]) for data in (then, now)]
        summed.append([
            Item(indicator(code).name(t.lang)), *(Item(t.number(n), n) for n in counts),
            *(Item(NOTHING if share is None else t.percent(share), share) for share in medians),
        ])  # fmt: skip
        for place in then.wards:
            n = place.flows[whole]
            if before.enough(n) == after.enough(n):
                continue
            pale = not after.enough(n)
            turned.append([
                *_ward(str(place.ward_code)), Item(indicator(code).name(t.lang)),
                Item(t.share(place.flows[part], n), place.flows[part] / n if n else None, "quiet" if pale else ""),
                Item(t.number(n), n), Item(t("pale, not ranked") if pale else t("ranked"), pale),
            ])  # fmt: skip
    said.append(
        t("{period}: {n} shares of wards turn pale or stand out again; a share says something from {after} dossiers "
          "on, now from {before}.", period=period_words(period, t), n=t.number(len(turned)),
          after=t.number(after.least_settled), before=t.number(before.least_settled))
    )  # fmt: skip
    heads = [(t("Share"), False), (t("Wards ranked now"), True), (t("With the edit"), True),
             (t("City's median now"), True), (t("With the edit"), True)]  # fmt: skip
    tables.append(Table(t("Shares that say something"), heads, summed, NOTHING))
    if turned:
        heads = [(t("Ward"), False), (t("Share"), False), (t("Value"), True), (t("Dossiers"), True),
                 (t("With the edit"), False)]  # fmt: skip
        title = t("Shares of wards that change")
        tables.append(Table(title, heads, shortened(turned, said, t, title), NOTHING))


def _figures(connection: Connection, few: int, period: Period, today: date) -> District:
    """All wards of the city, with medians over places of `few` dossiers and more."""
    before = comparable(period, today)
    return ward_figures(connection, tuple(registry().wards), period.first, period.until(today), before.first,
                        before.last, few)  # fmt: skip


def _ward(code: str) -> list[Item]:
    ward = registry().wards[code]
    return [Item(ward.name, float(ward.rank), "", registry().districts[ward.district_code].name)]


def _absent(
    connection: Connection, before: DistrictRules, after: DistrictRules, said: list[str], tables: list[Table], t: Texts
) -> None:
    """Officers who hold open steps and come to count as absent, or no longer do."""
    then, now = (absent_holders(connection, conf) for conf in (before, after))
    said.append(
        t("Of the officers who hold open steps {before} count as absent now, {after} with the edit ({hours} office "
          "hours without access to the one-stop system and more).", before=t.number(len(then)),
          after=t.number(len(now)), hours=t.short(after.absent_hours))
    )  # fmt: skip
    changed = then.keys() ^ now.keys()
    if not changed:
        return
    rows = [_officer(row, then | now, gone=row["officer_id"] in now, t=t) for row in some_officers(connection, changed)]
    heads = [(t("Officer"), False), (t("Unit"), False), (t("Last signed in"), True), (t("Steps held"), True),
             (t("With the edit"), False)]  # fmt: skip
    title = t("Officers who change")
    tables.append(Table(title, heads, shortened(rows, said, t, title), NOTHING))


def _officer(row: dict[str, Any], known: dict[str, dict[str, Any]], *, gone: bool, t: Texts) -> list[Item]:
    seen = known[row["officer_id"]]["last_seen_at"]
    district = registry().districts.get(row["district_code"])
    unit = registry().ward_name(row["ward_code"], row["unit_name"] or row["unit_code"])
    return [
        Item(row["display_name"], None, "", row["officer_id"]), Item(unit, None, "", district.name if district else ""),
        Item(t.moment(seen), seen.timestamp()), Item(t.short(row["steps"]), float(row["steps"])),
        Item(t("absent") if gone else t("not absent"), gone, "bad" if gone else "good"),
    ]  # fmt: skip


def _explained(
    connection: Connection, before: DistrictRules, after: DistrictRules, day: date, said: list[str],
    tables: list[Table], t: Texts,
) -> None:  # fmt: skip
    """“Why is it red” of the wards with most overdue dossiers, since the day that My district compares with."""
    units = [u for u in backlog(connection).units if u["ward_code"] in registry().wards and u["overdue"]]
    most = sorted(units, key=lambda u: (-u["overdue"], u["ward_code"]))[:EXPLAINED]
    rows = []
    for ward in (u["ward_code"] for u in most):
        then, now = (why_changed(connection, ward, "overdue", day, conf) for conf in (before, after))
        if then.parts != now.parts:
            rows.append([*_ward(ward), Item(_parts(then, t), None, "quiet"), Item(_parts(now, t))])
    said.append(
        t("Of the {n} wards with most overdue dossiers {changed} are explained otherwise (“Why is it red”).",
          n=t.number(len(most)), changed=t.number(len(rows)))
    )  # fmt: skip
    if rows:
        heads = [(t("Ward"), False), (t("Explained now"), False), (t("With the edit"), False)]
        tables.append(Table(t("Explanations that change"), heads, rows, NOTHING))


def _parts(change: Change, t: Texts) -> str:
    return "; ".join(f"{t.change(part.amount)} {reason(part, change, t)}" for part in change.parts) or NOTHING
