"""Which wards change class or colour by edited limits of measures.yaml, by today's figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.indicators import indicator
from config.measures import Measure
from config.registry import registry
from data_access.previews.table import Item, Preview, Table, Tone, shortened
from data_access.queries.answers import local_day
from data_access.queries.backlog import backlog, measured
from data_access.queries.coverage import coverage
from data_access.queries.quality import quality, troubled_share

OF_COVERAGE, OF_QUALITY = ("coverage", "active_coverage"), "quality_share"


@dataclass(frozen=True)
class Move:
    """A ward's class of one measure, 0 (calm) … 4, before and after; None: no colour. value: by the new rule."""

    measure: str
    ward_code: str
    value: float | None
    before: int | None
    after: int | None


def moves(connection: Connection, before: Mapping[str, Measure], after: Mapping[str, Measure]) -> list[Move]:
    """Every ward that another class is drawn for, by measure. connection: sees the whole city."""
    found = []
    for code, measure in after.items():
        old = before.get(code)
        if old is None or old == measure:
            continue
        then, now = values(connection, old), values(connection, measure)
        for ward, value in now.items():
            was, will = old.klass(then[ward]), measure.klass(value)
            if was != will:
                found.append(Move(code, ward, value if value is not None else then[ward], was, will))
    return found


def values(connection: Connection, measure: Measure) -> dict[str, float | None]:
    """Each ward's value of a measure, as its map shows it without a filter."""
    empty = 0.0 if measure.kind == "count" else None
    found: dict[str, float | None] = dict.fromkeys(registry().wards, empty)
    if measure.code in OF_COVERAGE:
        data = coverage(connection, local_day(connection))
        given = {row["ward_code"]: data.share(row, measure.code) for row in data.wards}
    elif measure.code == OF_QUALITY:
        given = {u["ward_code"]: troubled_share(u, measure) for u in quality(connection).units}
    else:
        given = {row["ward_code"]: measured(measure, row) for row in backlog(connection).units}
    return found | {code: value for code, value in given.items() if code in found}


def preview(connection: Connection, before: Mapping[str, Measure], after: Mapping[str, Measure], t: Texts) -> Preview:
    """How many wards change class, how many each class holds then, and which wards."""
    found = moves(connection, before, after)
    said = [
        t("{n} wards change colour.", n=t.number(len({m.ward_code for m in found})))
        if found
        else t("No ward changes its colour by today's figures.")
    ]
    known = registry()
    order = sorted(found, key=lambda m: (-abs(_rank(m.after) - _rank(m.before)), known.wards[m.ward_code].rank))
    heads = [(t("Ward"), False), (t("Measure"), False), (t("Figure"), True), (t("Class now"), False),
             (t("With the edit"), False)]  # fmt: skip
    rows = [_row(move, after[move.measure], t) for move in order]
    moved = dict.fromkeys(m.measure for m in found)
    tables = [_counts(connection, before[code], after[code], t) for code in moved]
    if found:
        tables.append(Table(t("Wards that change colour"), heads, shortened(rows, said, t), NOTHING))
    return Preview(said, tables)


def _rank(klass: int | None) -> int:
    return -1 if klass is None else klass


def _row(move: Move, measure: Measure, t: Texts) -> list[Item]:
    ward = registry().wards[move.ward_code]
    tone: Tone = "bad" if _rank(move.after) > _rank(move.before) else "good"
    return [
        Item(ward.name, float(ward.rank), "", registry().districts[ward.district_code].name),
        Item(indicator(measure.indicator).name(t.lang)),
        Item(figure_of(measure, move.value, t), move.value),
        Item(klass_words(move.before, t), _rank(move.before)),
        Item(klass_words(move.after, t), _rank(move.after), tone),
    ]


def figure_of(measure: Measure, value: float | None, t: Texts) -> str:
    """A value with its unit."""
    if value is None:
        return NOTHING
    if measure.kind == "percent":
        return t.percent(value)
    return f"{t.number(value, 1 if measure.kind == 'days' else 0)} {indicator(measure.indicator).unit_name(t.lang)}"


def klass_words(klass: int | None, t: Texts) -> str:
    """1 (calm) … 5 (needs a hand)."""
    return t("no colour") if klass is None else t("class {n} of 5", n=klass + 1)


def _counts(connection: Connection, before: Measure, after: Measure, t: Texts) -> Table:
    """How many wards each class holds before and after."""
    then = Counter(before.klass(v) for v in values(connection, before).values())
    now = Counter(after.klass(v) for v in values(connection, after).values())
    rows = [
        [Item(klass_words(k, t), _rank(k)), Item(t.number(then[k]), then[k]), Item(t.number(now[k]), now[k])]
        for k in (0, 1, 2, 3, 4, None)
        if then[k] or now[k]
    ]
    name = indicator(after.indicator).name(t.lang)
    heads = [(t("Class"), False), (t("Wards now"), True), (t("With the edit"), True)]
    return Table(t("Wards by class: {measure}", measure=name), heads, rows, NOTHING)
