"""The landing screen's figures against the source's own rows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from config.registry import registry
from data_access.queries.overview import TREND_DAYS, overview, stock_by_day
from tests.data_access.queries.conftest import INSTANTS, At

HA_DONG, CAU_GIAY = "268", "005"
SCOPES = [None, (HA_DONG,), (CAU_GIAY, HA_DONG)]


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_every_figure_is_that_of_the_source(instant: At, scope: tuple[str, ...] | None) -> None:
    truth = instant.truth(scope).figures()
    assert instant.ask(overview, scope).figures == truth
    assert truth["open"] > 0


def test_open_ones_are_in_time_or_overdue_and_suspended_ones_count_as_in_time(instant: At) -> None:
    figures = instant.ask(overview).figures
    (in_time,) = instant.truth().rows("SELECT count(*) AS n FROM o WHERE suspended OR due >= today OR due IS NULL")
    assert figures["open"] == figures["overdue"] + in_time["n"]
    (late_suspended,) = instant.truth().rows("SELECT count(*) AS n FROM o WHERE suspended AND due < today")
    if instant.as_of == INSTANTS[-1]:
        assert min(late_suspended["n"], figures["overdue"], in_time["n"]) > 0, "the city has all three kinds"


def test_the_trend_ends_with_the_figures_and_counts_what_came_and_went(instant: At) -> None:
    answer = instant.ask(overview)
    today = answer.figures["as_of_day"]
    days = [today - timedelta(days=n) for n in range(30, -1, -1)]
    assert [row["day"] for row in answer.trend] == days
    last = answer.trend[-1]
    assert (last["open"], last["overdue"]) == (answer.figures["open"], answer.figures["overdue"])
    truth = instant.truth()
    received = {r["d"]: r["n"] for r in truth.rows("SELECT received AS d, count(*) AS n FROM h GROUP BY 1")}
    settled = {r["d"]: r["n"] for r in truth.rows("SELECT ended AS d, count(*) AS n FROM s GROUP BY 1")}
    assert [(r["received"], r["settled"]) for r in answer.trend] == [
        (received.get(day, 0), settled.get(day, 0)) for day in days
    ]


def test_the_stock_of_every_day_of_the_trend(now: At) -> None:
    """Open and overdue at each day's end, counted anew from each dossier's own days."""
    answer = now.ask(overview)
    found = now.truth().rows("""
        SELECT day::date AS day,
               (SELECT count(*) FROM h LEFT JOIN s USING (id_ho_so)
                 WHERE h.received <= day AND (s.ended IS NULL OR s.ended > day)) AS open,
               (SELECT count(*) FROM h LEFT JOIN s USING (id_ho_so)
                 WHERE h.due < day AND (h.state = 'running' OR s.late AND s.ended > day)) AS overdue
          FROM generate_series(%(as_of)s::timestamptz::date - 30, %(as_of)s::timestamptz::date, interval '1 day') day
    """)
    assert [{k: r[k] for k in ("day", "open", "overdue")} for r in answer.trend] == found


def test_the_map_of_the_landing_screen_is_that_of_the_backlog(instant: At) -> None:
    truth = {
        row["ward_code"]: (row["open"], row["overdue"])
        for row in instant.truth().by_unit().values()
        if row["ward_code"]
    }
    assert {r["ward_code"]: (r["open"], r["overdue"]) for r in instant.ask(overview).ward_overdue} == truth


def test_links_are_the_latest_checks(now: At) -> None:
    latest = now.truth().plain("""
        SELECT DISTINCT ON (ma_xa_gso, dich_vu) ma_xa_gso, dich_vu, thong FROM onestop.kiem_tra_ket_noi
         ORDER BY ma_xa_gso, dich_vu, luc DESC""")
    assert now.ask(overview).links == {
        "wards": len({r["ma_xa_gso"] for r in latest}),
        "wan_down": len({r["ma_xa_gso"] for r in latest if r["dich_vu"] == "wan" and not r["thong"]}),
        "any_down": len({r["ma_xa_gso"] for r in latest if not r["thong"]}),
    }
    assert len({r["ma_xa_gso"] for r in latest}) == len(registry().wards) == 584


def test_days_without_movement_keep_the_stock() -> None:
    today = date(2026, 11, 19)
    moves = [
        {"day": today - timedelta(days=3), "received": 5, "settled": 2, "overdue": 1},
        {"day": today - timedelta(days=1), "received": 0, "settled": 1, "overdue": -1},
    ]
    trend = stock_by_day(moves, 12, 4, today)
    assert len(trend) == TREND_DAYS
    assert [(row["received"], row["settled"], row["open"], row["overdue"]) for row in trend[-5:]] == [
        (0, 0, 10, 4), (5, 2, 13, 5), (0, 0, 13, 5), (0, 1, 12, 4), (0, 0, 12, 4)
    ]  # fmt: skip
    assert [row["day"] for row in trend[-2:]] == [today - timedelta(days=1), today]


def test_closed_days_are_as_their_snapshot_has_them_and_days_before_follow_from_it(now: At) -> None:
    """Without snapshots nothing differs; one that differs from the reckoning moves the days before it along."""
    plain = now.ask(overview).trend
    day = plain[-3]["day"]
    with now.reading() as connection:
        connection.execute(text("RESET ROLE"))
        connection.execute(text("INSERT INTO snapshot_day VALUES (:day, now(), now(), false, 'R-A', '')"), {"day": day})
        for district, n in ((HA_DONG, 70), (CAU_GIAY, 30)):
            connection.execute(
                text("INSERT INTO backlog_day VALUES (:day, :district, :n, 3)"),
                {"day": day, "district": district, "n": n},
            )
        connection.execute(text("SET LOCAL ROLE ops_reader"))
        trend = overview(connection).trend
        connection.execute(text("SELECT set_config('ops.scope', :s, true)"), {"s": HA_DONG})
        own = overview(connection).trend
    assert trend[-2:] == plain[-2:]
    assert (trend[-3]["open"], trend[-3]["overdue"]) == (100, 6)
    assert (own[-3]["open"], own[-3]["overdue"]) == (70, 3)
    for key in ("open", "overdue"):
        shift = trend[-3][key] - plain[-3][key]
        assert [r[key] - p[key] for r, p in zip(trend[:-3], plain[:-3], strict=True)] == [shift] * 28
