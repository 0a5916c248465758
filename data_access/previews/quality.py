"""What an edited quality.yaml changes now: which wards are listed as silent and why, how many dates are doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.quality import QualityLimits, SilenceLimits
from config.registry import registry
from data_access.previews.table import Item, Preview, Table, Tone, fewer_is_better, shortened
from data_access.queries.quality import doubt_counts
from data_access.queries.silence import Silence, silence
from data_access.rules.quality import BY_CODE, DOSSIER_ORDERS
from data_access.silence_words import NEEDS_A_HAND, evidence, reason

ORDER_KINDS = tuple(order.kind for order in DOSSIER_ORDERS if order.is_skewed)
"""Kinds of doubt that the minutes between two clocks decide."""
DATE_KINDS = ("out_of_range",)
"""Kinds that the earliest and the latest date decide."""


@dataclass(frozen=True)
class Move:
    """A ward that is listed for another reason, comes in or goes out (None: not listed): rows of queries/silence.py."""

    ward_code: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def moves(then: Silence, now: Silence) -> list[Move]:
    """The wards whose listing differs, those that the edit lists first, as the screen orders them."""
    old, new = ({row["ward_code"]: row for row in of.wards} for of in (then, now))
    found = [Move(ward, old.get(ward), new.get(ward)) for ward in dict.fromkeys((*new, *old))]
    return [m for m in found if _class(m.before, then.limits) != _class(m.after, now.limits)]


def _class(row: Mapping[str, Any] | None, limits: SilenceLimits) -> tuple[str, str] | None:
    """What a ward is listed for; a silent one's reason goes before its paper."""
    if row is None:
        return None
    return (row["reason"], "") if row["silent"] else (row["paper"], limits.paper_field)


def preview(connection: Connection, before: QualityLimits, after: QualityLimits, t: Texts) -> Preview:
    """Silent wards and those that seem to log on paper, now and with the edit; doubtful dates where they change."""
    said: list[str] = []
    tables: list[Table] = []
    if before.silence != after.silence:
        _silence(connection, before, after, said, tables, t)
    _doubts(connection, before, after, said, tables, t)
    if not said:
        said.append(t("No limit changes: no ward and no dossier is counted otherwise."))
    return Preview(said, tables)


def _silence(
    connection: Connection, before: QualityLimits, after: QualityLimits, said: list[str], tables: list[Table], t: Texts
) -> None:
    then, now = (silence(connection, limits=conf.silence) for conf in (before, after))
    counts = [_counted(of) for of in (then, now)]
    said.append(
        t("Silent wards: {before} now ({urgent} need a hand), {after} with the edit ({then} need a hand); wards that "
          "seem to log on paper: {paper} now, {paper_then} with the edit.", before=t.number(counts[0][0]),
          urgent=t.number(counts[0][1]), after=t.number(counts[1][0]), then=t.number(counts[1][1]),
          paper=t.number(counts[0][2]), paper_then=t.number(counts[1][2]))
    )  # fmt: skip
    found = moves(then, now)
    said.append(
        t("{n} wards are listed otherwise.", n=t.number(len(found))) if found else t("No ward is listed otherwise.")
    )
    if found:
        heads = [(t("Ward"), False), (t("Listed now"), False), (t("With the edit"), False)]
        rows = [_row(move, then.limits, now.limits, t) for move in found]
        tables.append(Table(t("Wards that are listed otherwise"), heads, shortened(rows, said, t), NOTHING))


def _counted(of: Silence) -> tuple[int, int, int]:
    """(silent wards, of these such as need a hand, wards that seem to log on paper), as the screen counts them."""
    silent = [row for row in of.wards if row["silent"]]
    urgent = sum(row["reason"] in NEEDS_A_HAND for row in silent)
    return len(silent), urgent, sum(row["paper"] != "" for row in of.wards)


def _row(move: Move, then: SilenceLimits, now: SilenceLimits, t: Texts) -> list[Item]:
    ward = registry().wards[move.ward_code]
    tone: Tone = "bad" if _urgent(move.after) and not _urgent(move.before) else "good" if move.after is None else ""
    return [
        Item(ward.name, float(ward.rank), "", registry().districts[ward.district_code].name),
        _listed(move.before, then, "quiet", t), _listed(move.after, now, tone, t),
    ]  # fmt: skip


def _urgent(row: Mapping[str, Any] | None) -> bool:
    return row is not None and row["silent"] and row["reason"] in NEEDS_A_HAND


def _listed(row: Mapping[str, Any] | None, limits: SilenceLimits, tone: Tone, t: Texts) -> Item:
    if row is None:
        return Item(t("not listed"), "", tone)
    return Item(reason(row, t, limits), reason(row, t, limits), tone, evidence(row, t, limits))


def _doubts(
    connection: Connection, before: QualityLimits, after: QualityLimits, said: list[str], tables: list[Table], t: Texts
) -> None:
    """Dossiers of the kinds that the edit decides, found through the index of doubtful ones."""
    kinds = [
        *(DATE_KINDS if (before.earliest, before.latest) != (after.earliest, after.latest) else ()),
        *(ORDER_KINDS if before.clock_skew_minutes != after.clock_skew_minutes else ()),
    ]
    if not kinds:
        return
    then, now = (doubt_counts(connection, kinds, conf) for conf in (before, after))
    said.append(
        t("Dossiers with doubtful dates of the kinds that these limits decide: {before} now, {after} with the edit. "
          "The synchronisation counts them anew in its next round.", before=t.number(sum(then.values())),
          after=t.number(sum(now.values())))
    )  # fmt: skip
    heads = [(t("Kind"), False), (t("Dossiers now"), True), (t("With the edit"), True)]
    rows = [
        [Item(t.pick(**BY_CODE[kind].names), kind), Item(t.number(then[kind]), then[kind], "quiet"),
         Item(t.number(now[kind]), now[kind], fewer_is_better(then[kind], now[kind]))]
        for kind in kinds
    ]  # fmt: skip
    tables.append(Table(t("Doubtful dates"), heads, rows, NOTHING))
