"""Which wards would be called first by edited weights, beside the order in force."""

from sqlalchemy import Connection

from config.first_call import FirstCall as Weights
from config.i18n import NOTHING, Texts
from config.registry import registry
from data_access.previews.table import Item, Preview, Table
from data_access.queries.answers import rows
from data_access.queries.first_call import first_call
from data_access.rules.first_call import Call

SHOWN = 20
WAITING = """
SELECT ward_code, count(*) AS n FROM alert
WHERE resolved_at IS NULL AND acknowledged_at IS NULL AND ward_code IS NOT NULL GROUP BY ward_code
"""


def order(connection: Connection, conf: Weights) -> list[Call]:
    """All wards with points, to be called first first. connection: sees the whole city."""
    alerts = {row["ward_code"]: int(row["n"]) for row in rows(connection, WAITING)}
    return first_call(connection, conf).top(len(registry().wards), alerts)


def preview(connection: Connection, before: Weights, after: Weights, t: Texts) -> Preview:
    """The first wards with the edit, each with the place it has now, and those that fall out."""
    then, now = order(connection, before), order(connection, after)
    places = {c.ward.ward_code: n for n, c in enumerate(then, 1)}
    first, will = [c.ward.ward_code for c in then[:SHOWN]], {c.ward.ward_code for c in now[:SHOWN]}
    points = {c.ward.ward_code: c.total for c in then}
    table = []
    for n, found in enumerate(now[:SHOWN], 1):
        was = places.get(found.ward.ward_code)
        moved = t("new") if was is None else t.change(was - n)
        table.append(_row(found, n, was, moved, points.get(found.ward.ward_code), t))
    new = [code for code in will if code not in first]
    gone = [registry().wards[code].name for code in first if code not in will]
    same = first == [c.ward.ward_code for c in now[:SHOWN]]
    said = [
        t("The order of the first {n} wards stays as it is.", n=t.number(len(table)))
        if same
        else t("Of the first {n} wards {new} are new.", n=t.number(len(table)), new=t.number(len(new)))
    ]
    if gone:
        said.append(t("No longer among them: {names}.", names=", ".join(gone)))
    heads = [(t("Place"), True), (t("Ward"), False), (t("Place now"), True), (t("Moves by"), True),
             (t("Points"), True), (t("Points now"), True)]  # fmt: skip
    return Preview(said, [Table(t("Wards to call first"), heads, table, t("No ward has any point."))])


def _row(found: Call, place: int, was: int | None, moved: str, points: float | None, t: Texts) -> list[Item]:
    ward = registry().wards[found.ward.ward_code]
    up = was is None or was > place
    return [
        Item(t.number(place), place),
        Item(ward.name, float(ward.rank), "", registry().districts[ward.district_code].name),
        Item(NOTHING if was is None else t.number(was), was),
        Item(moved, 999 if was is None else was - place, "" if was == place else "bad" if up else "good"),
        Item(t.number(found.total, 1), found.total),
        Item(t.number(points, 1), points),
    ]
