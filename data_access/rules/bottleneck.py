"""Where a procedure's time goes: shares of its steps, and the step that holds it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StepTime:
    """A step of some dossiers (None: all their steps together); median, p90, seconds (the sum): office seconds.

    repeated: dossiers that went through it more than once.
    """

    name: str | None
    dossiers: int
    median: float
    p90: float
    seconds: float
    repeated: int


def share(step: StepTime, steps: Sequence[StepTime]) -> float | None:
    """The part of all time that a step took; None when no time passed."""
    total = sum(one.seconds for one in steps)
    return step.seconds / total if total else None


def bottleneck(steps: Sequence[StepTime], few: int) -> StepTime | None:
    """The step that takes most of the time, among those of `few` dossiers and more; None when none says enough."""
    enough = [step for step in steps if step.dossiers >= few and step.seconds > 0]
    return max(enough, key=lambda step: step.seconds, default=None)


def slowest(
    steps: Sequence[StepTime], medians: Mapping[str, float], few: int, slow: float
) -> tuple[StepTime, float] | None:
    """The step that is slowest beside compared medians and how many times as slow; None below `slow` times."""
    compared = [(step, medians.get(step.name or "", 0.0)) for step in steps if step.dossiers >= few]
    times = [(step, step.median / median) for step, median in compared if median > 0]
    most = max(times, key=lambda one: one[1], default=None)
    return most if most is not None and most[1] >= slow else None
