"""Turns: who may draw anew now, and how often a desk looks."""

import pytest

from config.city import city
from pages import pace
from pages.pace import AT_ONCE, LONGEST_LOOK, PATIENCE_SECONDS, Turns


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
