"""The operating stage: bands, minimum durations, and that it never flutters."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.stages import Criterion, stages
from data_access.rules.stage import Decision, Held, advance, banded, decide

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def criterion(up: float = 5, down: float = 10) -> Criterion:
    return Criterion.model_validate({
        "kind": "percent", "says": {"vi": "{value}", "en": "{value}"},
        "limits": {2: {"up": 0.10, "down": 0.08}, 3: {"up": 0.20, "down": 0.17}, 5: {"up": 0.5, "down": 0.4}},
        "minutes": {"up": up, "down": down},
    })  # fmt: skip


def run(c: Criterion, values: list[float | None], held: Held | None = None) -> list[int]:
    """The level after each look, a minute apart."""
    held, levels = held or Held(), []
    for n, value in enumerate(values):
        held = advance(c, held, value, START + n * MINUTE)
        levels.append(held.level)
    return levels


def test_bands() -> None:
    c = criterion()
    assert [banded(c, 1, v) for v in (0.0, 0.0999, 0.10, 0.2, 0.49, 0.5, 1.0)] == [1, 1, 2, 3, 3, 5, 5]
    assert [banded(c, 3, v) for v in (0.0799, 0.08, 0.1699, 0.17, 0.49, 0.5)] == [1, 2, 2, 3, 3, 5]


def test_it_rises_after_its_minutes_and_falls_after_the_others() -> None:
    assert run(criterion(3, 5), [0.12] * 5 + [0.01] * 7) == [1, 1, 1, 2, 2] + [2] * 5 + [1, 1]


def test_a_break_starts_the_minutes_anew() -> None:
    assert run(criterion(3, 5), [0.12, 0.12, 0.05, 0.12, 0.12, 0.12, 0.12]) == [1, 1, 1, 1, 1, 1, 2]


def test_it_goes_only_as_far_as_was_asked_for_all_the_time() -> None:
    assert run(criterion(3, 5), [0.12, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]) == [1, 1, 1, 2, 2, 2, 5]


def test_no_figure_changes_nothing() -> None:
    held = Held(3, 2, START, 0.16)
    assert advance(criterion(), held, None, START + 60 * MINUTE) == held


def test_without_minutes_it_follows_at_once() -> None:
    assert run(criterion(0, 0), [0.12, 0.6, 0.3, 0.0]) == [2, 5, 3, 1]


def test_the_highest_decides_and_the_first_of_equals_is_named() -> None:
    criteria = {"links_down": criterion(0, 0), "overdue_rate": criterion(0, 0), "surge": criterion(0, 0)}
    figures = {"links_down": 0.11, "overdue_rate": 0.21, "surge": 0.3}
    told = decide(criteria, {}, figures, START)
    assert (told.stage, told.criterion, told.value) == (3, "overdue_rate", 0.21)
    quiet = decide(criteria, {}, {"links_down": 0.01, "surge": None}, START)
    assert quiet == Decision(1, None, None, {"links_down": Held(value=0.01), "overdue_rate": Held(), "surge": Held()})


shares = st.floats(0, 1, allow_nan=False)
looks = st.lists(st.tuples(shares, st.integers(0, 30)), max_size=40)


def walk(c: Criterion, steps: list[tuple[float, int]]) -> tuple[Held, datetime]:
    held, now = Held(), START
    for value, minutes in steps:
        now += minutes * MINUTE
        held = advance(c, held, value, now)
    return held, now


def band(c: Criterion, level: int) -> tuple[float, float]:
    """The figures at which a level stays: from its own lower limit to the next one's upper."""
    low = c.limits[level].down if level > 1 else 0.0
    return low, min([limit.up for stage, limit in c.limits.items() if stage > level], default=1.01)


@given(looks, st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 600)), max_size=30))
def test_a_figure_moving_within_the_band_never_changes_the_stage(
    before: list[tuple[float, int]], inside: list[tuple[float, int]]
) -> None:
    c = criterion()
    held, now = walk(c, before)
    low, high = band(c, held.level)
    level = held.level
    for part, minutes in inside:
        now += minutes * MINUTE
        value = min(low + part * (high - low), high - 1e-9)
        held = advance(c, held, value, now)
        assert held.level == level


@given(looks)
def test_two_changes_are_never_closer_than_their_minutes(steps: list[tuple[float, int]]) -> None:
    c = criterion(5, 10)
    held, now, changed = Held(), START, None
    for value, minutes in steps:
        now += minutes * MINUTE
        after = advance(c, held, value, now)
        if after.level != held.level:
            need = timedelta(minutes=5 if after.level > held.level else 10)
            assert changed is None or now - changed >= need
            changed = now
        held = after


@given(shares, looks)
def test_a_figure_that_stands_long_enough_is_followed(value: float, before: list[tuple[float, int]]) -> None:
    c = criterion()
    held, now = walk(c, before)
    for _ in range(4):
        now += 60 * MINUTE
        held = advance(c, held, value, now)
    low, high = band(c, held.level)
    assert low <= value < high or (held.level == 5 and value >= low)


@given(looks)
def test_every_criterion_of_the_city_is_total(steps: list[tuple[float, int]]) -> None:
    memory: dict[str, Held] = {}
    now = START
    for value, minutes in steps:
        now += minutes * MINUTE
        told = decide(stages().criteria, memory, dict.fromkeys(stages().criteria, value * 100), now)
        memory = told.memory
        assert 1 <= told.stage <= 5
        assert (told.criterion is None) == (told.stage == 1)
