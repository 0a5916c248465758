"""Axes of the wall's charts: round steps, few lines, little left empty above the highest figure."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.wall.curve import Plane, nice


@pytest.mark.parametrize(("top", "step"), [(1, 1), (4, 1), (7, 2), (10, 2), (138, 50), (1_554, 400), (2_025, 400)])
def test_steps(top: float, step: float) -> None:
    assert nice(top) == step


@given(st.integers(3, 10_000_000))
def test_three_to_six_steps_reach_every_figure_and_little_is_left_over(top: int) -> None:
    step = nice(top)
    lines = ceil(top / step)
    assert 3 <= lines <= 6
    assert lines * step < top * 1.5
    assert step in {n * 10.0**power for n in (1, 2, 3, 4, 5) for power in range(8)}


def test_an_axis_ends_at_its_highest_line() -> None:
    plane = Plane(1300, 800, 7, 18, 2_025)
    assert (plane.step, plane.top) == (400, 2_400)
    assert plane.y(plane.top) < plane.y(2_025) < plane.y(0)
