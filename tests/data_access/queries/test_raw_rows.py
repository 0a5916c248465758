"""What `make bench` asks of the raw rows is what the screens ask of the rollups: the answers are the same."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from data_access.queries.district import FLOWING, STANDING, district_figures
from data_access.queries.form_ii06a import form_ii06a
from data_access.store.quality_rollup import TESTS
from tests.bench import raw
from tests.data_access.queries.conftest import At

HA_DONG = "268"


def test_the_raw_rows_say_what_the_rollups_say(now: At) -> None:
    with now.reading() as connection:

        def ask(statement: str, **values: Any) -> list[dict[str, Any]]:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            return [dict(row) for row in connection.execute(text(statement), named).mappings()]

        today = ask("SELECT as_of_day FROM data_version")[0]["as_of_day"]
        first, year = today - timedelta(days=29), today.replace(month=1, day=1)
        places = district_figures(connection, HA_DONG, first, today, first, today, 30).places
        stock = {row["unit_code"]: row for row in ask(raw.STOCK)}
        flows = {row["unit_code"]: row for row in ask(raw.FLOWS, first=first, last=today)}
        form = form_ii06a(connection, year, today)
        lines = ask(raw.FORM, year=year, today=today)
        kinds = ("dossiers", "troubled", *TESTS)
        sums = ", ".join(f"sum({kind})::int AS {kind}" for kind in kinds)
        counted = ask(f"SELECT unit_code, {sums} FROM quality_month GROUP BY 1")
        quality = ask(raw.QUALITY)
    for place in places:
        assert {name: stock.get(place.unit_code, {}).get(name, 0) for name in STANDING} == place.now
        assert {name: flows.get(place.unit_code, {}).get(name, 0) for name in FLOWING} == place.flows
    assert sum(place.flows["settled"] for place in places) > 0
    columns = ("new", "early", "on_time", "late", "still_open", "overdue")
    of_rows = {(row["tier"], row["field_code"]): [row[name] for name in columns] for row in lines}
    of_form = {(line.tier, line.field_code): [getattr(line.cells, name) for name in columns] for line in form.lines}
    assert {key: cells for key, cells in of_rows.items() if any(cells)} == of_form
    assert sorted(quality, key=lambda row: row["unit_code"]) == sorted(counted, key=lambda row: row["unit_code"])
