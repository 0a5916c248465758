"""Edits of district.yaml: what is said beside what My district and its explanations then show."""

from pathlib import Path

from sqlalchemy import Connection, Engine

from config.district import district_rules
from config.i18n import Texts
from config.registry import registry
from data_access.previews import district as district_preview
from data_access.queries.answers import local_day, rows
from data_access.queries.backlog import backlog
from data_access.queries.district import District, district_figures
from data_access.queries.red import why_changed
from data_access.red_words import reason
from data_access.rules.period import comparable, periods, usual
from data_access.store.engine import WHOLE_CITY, reading
from data_access.working_time import office_hours_before
from pages.district import place_row
from tests.support.edits import edited, in_force

T = Texts("en")


SHARES = {"on time": 4, "online": 6, "satisfied": 8}
"""Columns of My district's list of wards that are shares of dossiers."""


def my_district(connection: Connection, district: str) -> District:
    """The figures of the screen without a wish, by what is in force."""
    today = local_day(connection)
    period = usual(periods("reporting_month", today), today)
    before = comparable(period, today)
    return district_figures(connection, district, period.first, period.until(today), before.first, before.last,
                            district_rules().least_settled)  # fmt: skip


def pale(data: District) -> set[tuple[str, int]]:
    """(ward, column) of the shares that stand pale in the screen's own rows."""
    found = set()
    for place in data.wards:
        row = place_row(place, data, T)
        found |= {(str(place.ward_code), n) for n in SHARES.values() if row.cells[n].tone == "quiet"}
    return found


def test_shares_that_stand_out_are_those_of_my_district_after_saving(reader: Engine, tmp_path: Path) -> None:
    text, after = edited("district", ("least_settled: 30", "least_settled: 4"))
    with reading(reader, WHOLE_CITY) as connection:
        then = {code: my_district(connection, code) for code in registry().districts}
        before = {one for data in then.values() for one in pale(data)}
        told = district_preview.preview(connection, district_rules(), after, T)
    with in_force(tmp_path, "district", text), reading(reader, WHOLE_CITY) as connection:
        now = {code: my_district(connection, code) for code in registry().districts}
        later = {one for data in now.values() for one in pale(data)}
    turned = before - later
    assert turned, "with fewer dossiers more shares say something"
    assert later < before
    assert f": {len(turned)} shares of wards turn pale or stand out again" in told.said[0]
    ranks = {float(ward.rank): code for code, ward in registry().wards.items()}
    names = {"form_on_time": 4, "online_period": 6, "satisfied_period": 8}
    shown = [(ranks[float(row[0].sort or 0)], row[4].text) for row in told.tables[1].rows]
    assert len(shown) == min(200, len(turned))
    assert {ward for ward, _ in shown} <= {ward for ward, _ in turned}
    assert {words for _, words in shown} == {"ranked"}
    wards = sum(len(data.wards) for data in then.values())
    for row, (name, column) in zip(told.tables[0].rows, names.items(), strict=True):
        assert [row[1].sort, row[2].sort] == [
            wards - sum(n == column for _, n in of) for of in (before, later)
        ], name  # fmt: skip
        of_city = [next(iter(of.values())).medians["ward"] for of in (then, now)]
        median = {"form_on_time": "on_time", "online_period": "online", "satisfied_period": "satisfied"}[name]
        assert [row[3].sort, row[4].sort] == [one[median] for one in of_city]


def test_officers_absent_and_what_a_ward_is_explained_by(reader: Engine, tmp_path: Path) -> None:
    text, after = edited("district", ("absent_hours: 16", "absent_hours: 0.5"), ("alike: 2", "alike: 100"))
    query = """SELECT officer_id FROM officer
               WHERE officer_id IN (SELECT officer_id FROM officer_held) AND last_seen_at < :seen"""

    def absent(connection: Connection) -> set[str]:
        as_of = rows(connection, "SELECT as_of FROM data_version")[0]["as_of"]
        seen = office_hours_before(as_of, district_rules().absent_hours)
        return {row["officer_id"] for row in rows(connection, query, seen=seen)}

    def explained(connection: Connection) -> dict[str, str]:
        today = local_day(connection)
        day = comparable(usual(periods("reporting_month", today), today), today).last
        units = [u for u in backlog(connection).units if u["ward_code"] in registry().wards and u["overdue"]]
        most = sorted(units, key=lambda u: (-u["overdue"], u["ward_code"]))[: district_preview.EXPLAINED]
        found = {}
        for ward in (u["ward_code"] for u in most):
            change = why_changed(connection, ward, "overdue", day)
            found[ward] = "; ".join(f"{T.change(part.amount)} {reason(part, change, T)}" for part in change.parts)
        return found

    with reading(reader, WHOLE_CITY) as connection:
        then, why = absent(connection), explained(connection)
        told = district_preview.preview(connection, district_rules(), after, T)
    with in_force(tmp_path, "district", text), reading(reader, WHOLE_CITY) as connection:
        now, because = absent(connection), explained(connection)
    assert then < now
    assert told.said[0].startswith(
        f"Of the officers who hold open steps {T.number(len(then))} count as absent now, {T.number(len(now))} with"
    )
    assert {row[0].small for row in told.tables[0].rows} <= now - then
    assert len(told.tables[0].rows) == min(200, len(now - then))
    other = {ward for ward in why if why[ward] != because[ward]}
    assert other
    assert told.said[-1] == (
        f"Of the {len(why)} wards with most overdue dossiers {len(other)} are explained otherwise (“Why is it red”)."
    )
    ranks = {float(ward.rank): code for code, ward in registry().wards.items()}
    assert {ranks[float(row[0].sort or 0)]: (row[1].text, row[2].text) for row in told.tables[1].rows} == {
        ward: (why[ward], because[ward]) for ward in other
    }


def test_limits_of_other_screens_are_told(reader: Engine) -> None:
    _, after = edited("district", ("slow_step: 1.25", "slow_step: 2"), ("like_wards: 4", "like_wards: 2"))
    with reading(reader, WHOLE_CITY) as connection:
        told = district_preview.preview(connection, district_rules(), after, T)
        same = district_preview.preview(connection, district_rules(), district_rules(), T)
    assert told.said == [
        (
            "On Process a step is told to be slow from 2.00 times the compared median on, now from 1.25 times. Which "
            "ones are is reckoned for one procedure at a time, when it is opened."
        ),
        "Compare shows 2 wards like a ward, now 4.",
    ]
    assert (told.tables, same.said) == ([], ["Nothing that people see changes."])
