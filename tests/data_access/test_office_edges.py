"""The clock as PostgreSQL gets it counts what the clock itself counts."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import Engine, text

from config.settings import settings
from data_access.office_edges import office_edges
from data_access.working_time import city_clock


def test_office_seconds_of_any_instants_are_the_clocks(reader: Engine) -> None:
    first, last = date(2025, 12, 1), date(2026, 11, 20)
    edges, worked = office_edges(first, last)
    dice, begin = Random(7), datetime(2025, 12, 2, tzinfo=UTC)
    ats = [begin + timedelta(seconds=dice.randrange(350 * 86_400)) for _ in range(400)]
    ats += [datetime(2026, 2, 16, 3, tzinfo=UTC), datetime(2026, 4, 30, 3, tzinfo=UTC)]  # Tết, a holiday
    with reader.connect() as connection:
        counted = connection.execute(
            text("SELECT office_seconds(extract(epoch FROM at)::float8, CAST(:e AS float8[]), CAST(:w AS float8[])) "
                 "FROM unnest(CAST(:ats AS timestamptz[])) WITH ORDINALITY x(at, n) ORDER BY n"),
            {"e": edges, "w": worked, "ats": ats},
        ).scalars().all()  # fmt: skip
    clock = city_clock()
    since = clock.worked(f"{first}T00:00:00")
    local = [at.astimezone(settings().tz).replace(tzinfo=None) for at in ats]
    expected = [float(clock.worked(at.isoformat(timespec="seconds")) - since) for at in local]
    assert counted == expected
    assert len({*counted}) > 200


def test_outside_the_calendar_no_office_time_passes() -> None:
    clock = city_clock()
    after = clock.last.astype(date)
    assert office_edges(after + timedelta(days=2), after + timedelta(days=9)) == ("{}", "{}")
    edges, _ = office_edges(after - timedelta(days=9), after + timedelta(days=9))
    assert edges == office_edges(after - timedelta(days=9), after)[0]
    assert edges != "{}"
