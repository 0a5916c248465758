"""The score of Decision 766 from counts: ratio, points, and what can't be said. Plain Python, no I/O.

score = max × min(1, ratio ÷ threshold). What the contract doesn't carry, what the source never fills and what arose
nowhere has no points at all: it is left out of the points computable, never counted as zero.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from config.qd766 import Component, Level

State = Literal["points", "watched", "nothing", "not_computable", "not_applicable"]
DAY_SECONDS = 86_400


@dataclass
class Counts:
    """What one place counts in a period; dossiers unless said otherwise. `_known`: rows in which the source says it."""

    received: int = 0
    online_result: int = 0
    """Online ones with a result file, or of procedures without a written result."""
    digitised_in: int = 0
    in_known: int = 0
    eid_verified: int = 0
    eid_known: int = 0
    fee_owed: int = 0
    """Of procedures with a fee, without those whose fee is 0."""
    paid_online: int = 0
    paid_known: int = 0
    done: int = 0
    """Completed in the period (codes 9, 10)."""
    done_written: int = 0
    """Of these, of procedures with a written result."""
    done_result: int = 0
    done_both: int = 0
    done_seconds: int = 0
    result_known: int = 0
    handled: int = 0
    """Received or handled in the period under R-C: settled in it or open at its end."""
    settled: int = 0
    settled_late: int = 0
    open_in_time: int = 0
    without_due: int = 0
    """Left out by R-C."""
    procedures: int = 0
    """Procedures within the place's powers at the period's end."""
    offered: int = 0
    """Of these, offered at level 3 or 4."""
    offered_used: int = 0
    fee_procedures: int = 0
    fee_procedures_paid: int = 0
    used_procedures: int = 0
    """Procedures with dossiers received in the period."""
    eid_procedures: int = 0
    offers_known: bool = True
    """Whether the source has offerings at all."""
    fees_known: bool = True
    """Whether the source says which procedures have a fee."""


@dataclass(frozen=True)
class Outcome:
    """One component in one place. `ratio` is a share, or days where the component says so."""

    component: Component
    state: State
    numerator: float | None = None
    denominator: float | None = None
    ratio: float | None = None
    points: float | None = None
    unfilled: bool = False
    """Not computable because the source leaves its columns empty, not because the contract lacks them."""


# measure → (numerator, denominator, whether the source fills what it needs)
MEASURES: dict[str, Callable[[Counts], tuple[float, float, bool]]] = {
    "in_time": lambda c: (c.settled - c.settled_late + c.open_in_time, c.handled, True),
    "mean_days": lambda c: (c.done_seconds / DAY_SECONDS, c.done, True),
    "offered": lambda c: (c.offered, c.procedures, c.offers_known),
    "offered_used": lambda c: (c.offered_used, c.offered, c.offers_known),
    "online_result": lambda c: (c.online_result, c.received, c.result_known > 0 or not c.done),
    "fee_procedures_paid": lambda c: (c.fee_procedures_paid, c.fee_procedures, c.fees_known and _filled(c, "paid")),
    "paid_online": lambda c: (c.paid_online, c.fee_owed, c.fees_known and _filled(c, "paid")),
    "result_file": lambda c: (c.done_result, c.done_written, c.result_known > 0 or not c.done),
    "digitised_both": lambda c: (
        c.done_both, c.done, (c.result_known > 0 or not c.done) and _filled(c, "in")),
    "digitised_in": lambda c: (c.digitised_in, c.received, _filled(c, "in")),
    "eid_procedures": lambda c: (c.eid_procedures, c.used_procedures, _filled(c, "eid")),
    "eid_verified": lambda c: (c.eid_verified, c.received, _filled(c, "eid")),
    "not_late": lambda c: (c.settled - c.settled_late, c.settled, True),
}  # fmt: skip


def _filled(counts: Counts, what: str) -> bool:
    """The source says it of some dossier, or there is none of which it could."""
    return bool(getattr(counts, f"{what}_known")) or not counts.received


def outcome(component: Component, counts: Counts, level: Level) -> Outcome:
    """One component for a place of `level`."""
    if level not in component.levels:
        return Outcome(component, "not_applicable")
    if component.measure is None:
        return Outcome(component, "not_computable")
    numerator, denominator, filled = MEASURES[component.measure](counts)
    if not filled:
        return Outcome(component, "not_computable", unfilled=True)
    if not denominator:
        return Outcome(component, "nothing", numerator, denominator)
    ratio = numerator / denominator
    if not component.max_points or component.threshold is None:
        return Outcome(component, "watched", numerator, denominator, ratio)
    points = component.max_points * min(1.0, ratio / component.threshold)
    return Outcome(component, "points", numerator, denominator, ratio, points)


def outcomes(components: Sequence[Component], counts: Counts, level: Level) -> tuple[Outcome, ...]:
    """All components for a place, in their order."""
    return tuple(outcome(c, counts, level) for c in components)


@dataclass(frozen=True)
class Points:
    """Points of a group or of all: reached + lost = computable; the rest of the maximum is named by its reason."""

    reached: float = 0
    computable: float = 0
    nothing: float = 0
    not_computable: float = 0
    not_applicable: float = 0

    @property
    def lost(self) -> float:
        """Computable and not reached."""
        return self.computable - self.reached

    @property
    def share(self) -> float | None:
        """Reached ÷ computable; None when nothing is computable."""
        return self.reached / self.computable if self.computable else None

    def __add__(self, other: "Points") -> "Points":
        return Points(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def points(found: Iterable[Outcome]) -> Points:
    """The sum of outcomes; watched components have no points."""
    total = Points()
    for o in found:
        most = o.component.max_points
        if o.state == "points":
            total += Points(reached=o.points or 0.0, computable=most)
        elif o.state != "watched":
            total += Points(**{o.state: most})
    return total
