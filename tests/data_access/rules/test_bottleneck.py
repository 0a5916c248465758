"""Shares of steps, the bottleneck, and the step that is slow beside others: plain numbers, no store."""

from data_access.rules.bottleneck import StepTime, bottleneck, share, slowest


def step(name: str, n: int, hours: float, total: float) -> StepTime:
    return StepTime(name, n, hours * 3600, hours * 7200, total * 3600, 0)


INTAKE, REVIEW, SIGNING = step("Tiếp nhận", 40, 1, 50), step("Thẩm định", 40, 6, 300), step("Ký duyệt", 40, 2, 150)
STEPS = (INTAKE, REVIEW, SIGNING)


def test_shares_add_up_and_nothing_has_none() -> None:
    assert [share(one, STEPS) for one in STEPS] == [0.1, 0.6, 0.3]
    assert share(step("x", 3, 0, 0), [step("x", 3, 0, 0)]) is None


def test_the_bottleneck_takes_most_of_the_time_among_those_that_say_enough() -> None:
    assert bottleneck(STEPS, 30) is REVIEW
    rare = step("Xác minh", 29, 40, 900)
    assert bottleneck((*STEPS, rare), 30) is REVIEW
    assert bottleneck((*STEPS, rare), 29) is rare
    assert bottleneck((), 1) is None
    assert bottleneck((step("x", 50, 0, 0),), 30) is None, "no time passed"


def test_a_step_is_slow_by_its_median_beside_the_compared_one() -> None:
    medians = {"Tiếp nhận": 2000.0, "Thẩm định": 20_000.0, "Ký duyệt": 0.0, "khác": 1.0}
    assert slowest(STEPS, medians, 30, 1.25) == (INTAKE, 1.8)
    assert slowest(STEPS, medians, 30, 1.9) is None
    assert slowest(STEPS, medians, 41, 1.25) is None, "too few dossiers"
    assert slowest(STEPS, {}, 30, 1.25) is None
