"""Load on a wall: by role and by district, no person named and none to be guessed from a group of few."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from data_access.queries.workload import workload

FEWEST = 5
"""A group of fewer officers is not told apart from the rest."""


@dataclass(frozen=True)
class Load:
    """One group: officers who hold steps, steps and overdue steps held (split 1/n), median and highest of one.

    busy: officers from `busy_index` times their peers' median on; finished_28: steps finished in 28 days.
    """

    group: tuple[str, ...]
    officers: int
    steps: float
    overdue: float
    median: float
    most: float
    busy: int
    finished_28: float


@dataclass(frozen=True)
class WallWorkload:
    """whole: all; roles: by (role, tier); districts: by (district_code,), '' being the city's own units."""

    whole: Load
    with_due_28: float
    on_time_28: float
    working_days: int | None
    """In the 28 days behind finished_28; None where the calendar does not reach."""
    roles: list[Load]
    districts: list[Load]
    index: list[float]
    """Load index of every officer who holds a step: for the spread, without names."""


def wall_workload(connection: Connection, busy_index: float) -> WallWorkload:
    """Load by groups. Called by pages/wall/workload.py."""
    found = workload(connection)
    officers = found.officers
    return WallWorkload(
        whole=_load((), officers, busy_index),
        with_due_28=sum(o["with_due_28"] for o in officers),
        on_time_28=sum(o["on_time_28"] for o in officers),
        working_days=found.working_days,
        roles=_groups(officers, lambda o: (o["role"], o["tier"]), busy_index),
        districts=_groups(officers, lambda o: (o["district_code"],), busy_index),
        index=sorted(float(o["load_index"]) for o in officers if o["load_index"]),
    )


def _groups(
    officers: list[dict[str, Any]], group: Callable[[dict[str, Any]], tuple[str, ...]], busy_index: float
) -> list[Load]:
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for officer in officers:
        found.setdefault(group(officer), []).append(officer)
    loads = [_load(key, of, busy_index) for key, of in found.items()]
    return sorted((load for load in loads if load.officers >= FEWEST), key=lambda load: (-load.median, load.group))


def _load(group: tuple[str, ...], officers: list[dict[str, Any]], busy_index: float) -> Load:
    held = [float(o["steps"]) for o in officers if o["steps"] > 0]
    return Load(
        group=group,
        officers=len(held),
        steps=sum(held),
        overdue=sum(float(o["overdue"]) for o in officers),
        median=float(np.median(held)) if held else 0.0,
        most=max(held, default=0.0),
        busy=sum((o["load_index"] or 0) >= busy_index for o in officers),
        finished_28=sum(float(o["finished_28"]) for o in officers),
    )
