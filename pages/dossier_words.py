"""Words of dossiers that their list and the single one share: status, standing, sets and filters."""

from collections.abc import Callable
from datetime import date
from typing import Any

from config.i18n import Texts, mark
from data_access.queries.dossiers import DossierFilter
from widgets.table import Tone

WHAT = {
    "open": mark("Open"), "overdue": mark("Overdue"), "due_24h": mark("Due within 24 hours"),
    "suspended": mark("Suspended"), "held": mark("Held by officers"),
    "held_late": mark("Held past the step's deadline"),
    "received": mark("Received"), "settled": mark("Settled"), "early": mark("Settled early"),
    "on_time": mark("Settled on the due day"), "in_time": mark("Settled in time"), "late": mark("Settled late"),
    "rated": mark("Settled and rated"), "satisfied": mark("Settled and rated satisfied"),
    "open_at": mark("Open at the day's end"), "in_time_at": mark("Open and in time at the day's end"),
    "overdue_at": mark("Overdue at the day's end"), "handled": mark("Received or carried over"),
    "any": mark("All dossiers"),
}  # fmt: skip
AGE = {
    "to_3": mark("0–3 days old"), "to_10": mark("4–10 days old"), "to_30": mark("11–30 days old"),
    "over_30": mark("more than 30 days old"),
}  # fmt: skip
SCORES = {
    "received": mark("Received"), "online_result": mark("online, with a result file"),
    "digitised_in": mark("papers digitised"), "eid_verified": mark("identity checked electronically"),
    "fee_owed": mark("a fee was due"), "paid_online": mark("fee paid online"), "done": mark("completed"),
    "done_written": mark("completed, with a written result"), "done_result": mark("completed, with a result file"),
    "done_both": mark("completed, papers and result digitised"), "without_due": mark("without a due date"),
    "settled": mark("settled in the period"), "settled_late": mark("settled late"),
    "settled_in_time": mark("settled in time"),
    "handled": mark("settled in the period or open at its end"), "in_time": mark("in time, rule R-C"),
}  # fmt: skip
TIMELINESS = {"early": mark("early"), "on_time": mark("on the due day"), "late": mark("late")}


def due_words(row: dict[str, Any], t: Texts) -> tuple[str, Tone]:
    """(how the dossier stands to its deadline, tone of the table) by rule R-A."""
    if row["settled_day"] is not None:
        if row["days_late"] is not None:
            return t("settled {n} days late", n=t.number(row["days_late"])), "bad"
        return t("settled {how}", how=t(TIMELINESS[row["timeliness"]])), "quiet"
    if row["bucket"] == "suspended":
        return t("suspended"), "quiet"
    if row["bucket"] in ("pre_intake", "refused"):
        return t("not received"), "quiet"
    if row["days_late"] is not None:
        return t("{n} days late", n=t.number(row["days_late"])), "bad"
    return (t("no due date"), "quiet") if row["legal_due_at"] is None else (t("in time"), "")


def period_words(day: str, first: date | None, last: date | None, t: Texts) -> str:
    """ "received from … to …"; `day`: received_day or settled_day."""
    received = day == "received_day"
    if first is not None and first == last:
        return t("received on {day}", day=t.day(first)) if received else t("settled on {day}", day=t.day(first))
    if first is not None and last is not None:
        span = {"first": t.day(first), "last": t.day(last)}
        return t("received {first} – {last}", **span) if received else t("settled {first} – {last}", **span)
    if first is not None:
        return t("received since {day}", day=t.day(first)) if received else t("settled since {day}", day=t.day(first))
    return t("received until {day}", day=t.day(last)) if received else t("settled until {day}", day=t.day(last))


def read_words(wish: DossierFilter, who: Callable[[str], str], t: Texts) -> str:
    """Which of the dossiers that Process reads: what a number there counts. who: holders of an address in words."""
    step = wish.gone or ""
    if wish.read == "handed" and wish.giver and wish.taker:
        told = t("handed over from “{step}” ({giver}) to “{after}” ({taker})", step=step, giver=who(wish.giver),
                 after=wish.gone_to or "", taker=who(wish.taker))  # fmt: skip
    elif wish.read == "handed":
        told = t("handed over to other holders")
    elif wish.read == "again":
        told = t("went through “{step}” twice or more", step=step) if step else t("went through a step twice or more")
    else:
        told = t("went through “{step}”", step=step) if step else t("went through a step")
    return t("{told}, of the dossiers read for Process", told=told)
