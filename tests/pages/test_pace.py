"""Turns: who may draw anew now, and how often a desk looks."""

import threading
import time

import pytest

from config.city import city
from pages import pace
from pages.pace import AT_ONCE, LONGEST_LOOK, PATIENCE_SECONDS, RUNS_AT_WORK, Turns, Work


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    return now


def test_so_many_draw_at_once_and_the_next_when_one_has_ended(clock: list[float]) -> None:
    turns = Turns()
    assert [turns.take(f"viewer {n}") for n in range(AT_ONCE + 2)] == [True] * AT_ONCE + [False, False]
    turns.end("viewer 0")
    assert turns.take("viewer 7")
    assert not turns.take("viewer 8")


def test_who_is_drawing_takes_no_second_turn(clock: list[float]) -> None:
    turns = Turns()
    turns.begin("one")
    assert not turns.take("one")
    turns.end("one")
    assert turns.take("one")


def test_a_turn_rests_for_as_long_as_it_took(clock: list[float]) -> None:
    turns = Turns()
    for n in range(AT_ONCE):
        turns.begin(f"viewer {n}")
    clock[0] += 0.2
    for n in range(AT_ONCE):
        turns.end(f"viewer {n}")
    clock[0] += 0.19
    assert not turns.take("waiting")
    clock[0] += 0.02
    assert turns.take("waiting")


def test_a_turn_never_given_back_is_over_after_a_while(clock: list[float]) -> None:
    turns = Turns()
    for n in range(AT_ONCE):
        turns.begin(f"gone {n}")
    assert not turns.take("waiting")
    clock[0] += PATIENCE_SECONDS
    assert turns.take("waiting")


def test_many_viewers_look_less_often_and_those_who_left_do_not_count(clock: list[float]) -> None:
    turns = Turns()
    turns.take("one")
    assert turns.look_ms() == 1000 * city().refresh.desk
    for n in range(600):
        turns.take(f"viewer {n}")
    assert turns.look_ms() == 3005
    for n in range(900):
        turns.take(f"viewer {n}")
    assert turns.look_ms() == 1000 * LONGEST_LOOK
    clock[0] += 5 * LONGEST_LOOK
    assert turns.look_ms() == 1000 * city().refresh.desk


def test_few_runs_are_at_work_at_a_time_and_all_are_done() -> None:
    work, guard = Work(), threading.Lock()
    now, most, done = 0, 0, 0

    def run() -> None:
        nonlocal now, most, done
        with work.at_work():
            with guard:
                now += 1
                most = max(most, now)
            with work.at_work():  # a run that begins itself again is the same run
                time.sleep(0.002)
            with guard:
                now -= 1
                done += 1

    runs = [threading.Thread(target=run) for _ in range(200)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join(60)
    assert (most, done) == (RUNS_AT_WORK, 200)


def test_who_came_first_works_first() -> None:
    work, order, gates = Work(), [], [threading.Event() for _ in range(RUNS_AT_WORK + 5)]
    inside = [threading.Event() for _ in gates]

    def run(n: int) -> None:
        with work.at_work():
            order.append(n)
            inside[n].set()
            gates[n].wait(60)

    runs = [threading.Thread(target=run, args=(n,)) for n in range(len(gates))]
    for n, thread in enumerate(runs):
        thread.start()
        while n >= RUNS_AT_WORK and len(work._waiting) < n - RUNS_AT_WORK + 1:
            time.sleep(0.001)  # it stands in the line
        assert n >= RUNS_AT_WORK or inside[n].wait(60)
    for n, gate in enumerate(gates):
        assert inside[n].wait(60)
        gate.set()
    for thread in runs:
        thread.join(60)
    assert order == sorted(order)


def test_runs_that_wait_for_something_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the store hangs: the next one begins beside them, without anybody having ended."""
    monkeypatch.setattr(pace, "RUN_SECONDS", 0.05)
    work, hanging, came = Work(), threading.Event(), []

    def hang() -> None:
        with work.at_work():
            hanging.wait(60)

    held = [threading.Thread(target=hang) for _ in range(RUNS_AT_WORK)]
    for thread in held:
        thread.start()

    def come() -> None:
        with work.at_work():
            came.append(1)

    late = threading.Thread(target=come)
    late.start()
    late.join(60)
    hanging.set()
    for thread in held:
        thread.join(60)
    assert came == [1]
    assert not work._at_work


def test_a_run_that_fails_makes_room() -> None:
    work = Work()
    for _ in range(RUNS_AT_WORK + 1):
        with pytest.raises(ZeroDivisionError), work.at_work():
            1 / 0  # noqa: B018
