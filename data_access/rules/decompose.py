"""Why a ward's figure changed: the change between two moments in parts that add up to it exactly.

Pure. A figure (open, or overdue) is a set of dossiers. Those in the later set and not in the earlier one are known one
by one (`Fresh`) and each falls into the first part that takes it:

    suspended   waits for the citizen
    officer     waits at a step all of whose holders are absent; the one officer with most such dossiers
    step        waits at one step of one procedure, the one with most
    procedure   is of one procedure, the one with most
    arrived     was received since
    ran_out     was there before

Those that left are counted by kind (closed, suspended; suspended may be positive, when a pause ended). What the source
changed besides (a date moved, another unit, a deletion) is the rest: `other`. Called by data_access/queries/red.py.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

Left = Literal["closed", "suspended"]
Kind = Literal["suspended", "officer", "step", "procedure", "arrived", "ran_out", "closed", "other"]
T = TypeVar("T")


@dataclass(frozen=True)
class Fresh:
    """A dossier of the later figure only. step: where it waits; officers: who holds that step; dossier: its id."""

    procedure: str
    arrived: bool
    step: str | None = None
    officers: tuple[str, ...] = ()
    suspended: bool = False
    dossier: str = field(default="", compare=False)


@dataclass(frozen=True)
class Part:
    """`amount` dossiers more (or, negative, fewer); the code of what the kind singles out; those known one by one."""

    kind: Kind
    amount: int
    procedure: str | None = None
    step: str | None = None
    officer: str | None = None
    dossiers: tuple[str, ...] = field(default=(), compare=False)


def decompose(
    before: int, after: int, fresh: Sequence[Fresh], left: Mapping[Left, int], absent: Collection[str], alike: int
) -> tuple[Part, ...]:
    """Parts other than 0 whose amounts add up to `after - before`: what added most first, what took most last.

    left: by kind the change that dossiers of the earlier figure brought; absent: officers; alike: from so many
    dossiers on a step or a procedure is a part of its own.
    """
    rest, parts = list(fresh), []

    def take(taken: list[Fresh], part: Part) -> None:
        for one in taken:
            rest.remove(one)
        parts.append(replace(part, amount=len(taken), dossiers=tuple(one.dossier for one in taken)))

    take([one for one in rest if one.suspended], Part("suspended", 0))
    officer = _most((o for one in rest if _away(one, absent) for o in set(one.officers)), 1)
    if officer is not None:
        take([one for one in rest if _away(one, absent) and officer in one.officers], Part("officer", 0, None, None,
                                                                                         officer))  # fmt: skip
    place = _most(((one.procedure, one.step) for one in rest if one.step is not None), alike)
    if place is not None:
        take([one for one in rest if (one.procedure, one.step) == place], Part("step", 0, *place))
    procedure = _most((one.procedure for one in rest), alike)
    if procedure is not None:
        take([one for one in rest if one.procedure == procedure], Part("procedure", 0, procedure))
    take([one for one in rest if one.arrived], Part("arrived", 0))
    take(list(rest), Part("ran_out", 0))
    amounts: dict[Part, int] = Counter()
    for part in (*parts, *(Part(kind, n) for kind, n in left.items())):
        amounts[replace(part, amount=0)] += part.amount
    amounts[Part("other", 0)] = after - before - sum(amounts.values())
    found = [replace(part, amount=n) for part, n in amounts.items() if n]
    return tuple(sorted(found, key=lambda part: -part.amount))


def _away(one: Fresh, absent: Collection[str]) -> bool:
    return bool(one.officers) and all(officer in absent for officer in one.officers)


def _most(values: Iterable[T], least: int) -> T | None:
    """The commonest value when there are at least so many of it; of equals the first in order."""
    counts = Counter(values)
    best = min(counts, key=lambda value: (-counts[value], value), default=None)
    return best if best is not None and counts[best] >= least else None
