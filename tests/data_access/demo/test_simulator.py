"""The simulator: the city moves, stays consistent, and forgives being killed."""

import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from data_access.demo import simulator
from data_access.demo.simulator import Simulator
from tests.data_access.demo.conftest import NOW, make, rows
from tests.data_access.demo.test_city import IMPOSSIBLE

SUNDAY = datetime(2026, 11, 15, 2, 0, tzinfo=UTC)


def impossible(dsn: str) -> dict[str, int]:
    """Rules of the generated city that no longer hold."""
    counts = {name: rows(dsn, f"SELECT count(*) FROM ({query}) q")[0][0] for name, query in IMPOSSIBLE.items()}
    return {name: n for name, n in counts.items() if n}


def reached(dsn: str) -> datetime:
    [(at,)] = rows(dsn, "SELECT luc_mo_phong FROM onestop.trang_thai_mo_phong")
    return at


def last_dossier(dsn: str) -> str:
    [(last,)] = rows(dsn, "SELECT max(id_ho_so) FROM onestop.ho_so")
    return last


def test_two_days_move_the_city(still_city: str) -> None:
    before, last = datetime.now(UTC), last_dossier(still_city)
    with Simulator(still_city) as city:
        city.advance(NOW + timedelta(days=2))
    assert reached(still_city) == NOW + timedelta(days=2)
    [(new, finished, returned)] = rows(
        still_city,
        f"SELECT count(*) FILTER (WHERE id_ho_so > '{last}'), "
        f"count(*) FILTER (WHERE ngay_ket_thuc > '{NOW}'), "
        f"count(*) FILTER (WHERE ngay_tra > '{NOW}') FROM onestop.ho_so",
    )
    assert 10 <= new <= 60  # about 15 a working day in a city of 3,000
    assert finished > 5
    assert returned > 3
    assert impossible(still_city) == {}
    # what changed bears the real time of writing, so that a watermark never misses it
    changed = f"SELECT count(*) FROM onestop.ho_so WHERE greatest(ngay_tiep_nhan, ngay_ket_thuc, ngay_tra) > '{NOW}'"
    stamped = f"{changed} AND cap_nhat BETWEEN '{before}' AND clock_timestamp()"
    assert rows(still_city, changed) == rows(still_city, stamped)


def test_factor_multiplies_arrivals(still_city: str) -> None:
    last = last_dossier(still_city)
    with Simulator(still_city, factor=200) as city:
        for minute in range(1, 31):
            city.advance(NOW + timedelta(minutes=minute))
    [(new, done)] = rows(
        still_city,
        f"SELECT count(*), count(ngay_ket_thuc) FROM onestop.ho_so WHERE id_ho_so > '{last}'",
    )
    assert 100 <= new <= 700
    assert done > 20
    assert impossible(still_city) == {}


def test_a_sunday_demonstration_moves(still_city: str) -> None:
    make(still_city, now=SUNDAY)
    last = last_dossier(still_city)
    with Simulator(still_city, factor=300) as city:
        for minute in range(1, 11):
            city.advance(SUNDAY + timedelta(minutes=minute))
    [(new,)] = rows(still_city, f"SELECT count(*) FROM onestop.ho_so WHERE id_ho_so > '{last}'")
    [(ended,)] = rows(still_city, f"SELECT count(*) FROM onestop.buoc_xu_ly WHERE ket_thuc > '{SUNDAY}'")
    assert new > 0
    assert ended > 0


def test_at_most_fourteen_days_are_caught_up(still_city: str) -> None:
    with Simulator(still_city) as city:
        asked = []
        city._chunk = lambda start, end, factor, *, links: asked.append((start, end, factor))  # type: ignore[method-assign]
        city.factor = 50
        city.advance(NOW + timedelta(days=100))
    assert (asked[-1][1] - asked[0][0]).astype("m8[D]").astype(int) == 14
    assert {factor for _, _, factor in asked} == {1.0}


def test_killed_in_the_middle_of_a_chunk(still_city: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with Simulator(still_city) as city:
        city.advance(NOW + timedelta(minutes=30))
        at = reached(still_city)
        monkeypatch.setattr(city.ledger, "_plans", die)  # the very last thing written
        with pytest.raises(KeyboardInterrupt):
            city.advance(NOW + timedelta(hours=3))
    assert reached(still_city) == at
    assert impossible(still_city) == {}
    with Simulator(still_city) as city:
        city.advance(NOW + timedelta(hours=3))
    assert impossible(still_city) == {}


def test_links_go_down_and_come_back(still_city: str) -> None:
    with Simulator(still_city) as city:
        city.advance(NOW + timedelta(hours=2))
    asked = f"SELECT count(DISTINCT ma_xa_gso) FROM onestop.kiem_tra_ket_noi WHERE luc > '{NOW}'"
    assert rows(still_city, asked) == [(584,)]
    states = f"SELECT count(DISTINCT thong) FROM onestop.kiem_tra_ket_noi WHERE luc > '{NOW}'"
    assert rows(still_city, states) == [(2,)]


def test_run_forever_survives_and_stops(still_city: str) -> None:
    with psycopg.connect(still_city) as conn:
        conn.execute("UPDATE onestop.trang_thai_mo_phong SET luc_mo_phong = now() - interval '1 minute'")
    stop = threading.Event()
    runner = threading.Thread(target=simulator.run_forever, args=(still_city, 50.0, stop))
    runner.start()
    deadline = time.monotonic() + 30
    while reached(still_city) < datetime.now(UTC) - timedelta(seconds=20) and time.monotonic() < deadline:
        time.sleep(0.2)
    stop.set()
    runner.join(10)
    assert not runner.is_alive()
    assert reached(still_city) >= datetime.now(UTC) - timedelta(seconds=40)
