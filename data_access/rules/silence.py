"""Wards from which nothing comes: what the store can tell about why, and what it can't.

Columns of one value a ward (floats; flags 1 or 0); nothing here is a verdict on people:

    peers            wards of one group are comparable (same district, same kind of ward); names of groups
    population       inhabitants
    offered          0 when the ward has no active offering, else more; NaN when that is not known
    silent_days      whole working days since its last received dossier, today not counted
    usual            dossiers received a working day, over the reference days before that
    usual_paper      of these, dossiers of the field that wards log on paper (certification)
    reference_days   how many working days the two are taken from; 0: it never received any
    paper_recent     dossiers of that field received in the last `paper_days` working days
    other_recent     dossiers of other fields received in them
    moved            dossiers settled and steps finished at the ward in the last `days` working days
    open             its open dossiers
    others           dossiers received in these days by other wards of its district
    seen             an officer of the ward was signed in in these days; NaN: unknown
    links_up         its links were up at their last check; NaN: never checked
    down_days        whole working days for which a link has been down; NaN: none is
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from config.quality import SilenceLimits

Column = npt.NDArray[Any]
REASONS = ("not_offered", "link_down", "no_demand", "paper", "not_syncing", "unknown")
"""Why a silent ward is silent, in the order in which they are asked for; "" for a ward that is not silent."""
COMPARABLE = 5
"""Wards that a group must have for a median to say something [E]."""


@dataclass(frozen=True)
class Findings:
    """Silence and logging on paper, one value a ward in each column.

    silent      no dossier for at least `days` working days
    expected    dossiers that its usual rate would have brought in the silent days; a ward that never
                received any is given the median rate per inhabitant of its peers; NaN without such
    reason      one of REASONS, "" where not silent:
        not_offered   nothing is offered there
        link_down     a link has been down for a whole working day or longer
        no_demand     at its own rate such a silence is likely
        paper         the ward works (steps, settled dossiers), and without the field that goes on paper its
                      silence would be likely: only that field is missing
        not_syncing   nothing of the ward moves, though dossiers are open there, its links are up or its
                      officers signed in, and other wards of the district deliver
        unknown       what is known fits more than one of these
    paper       certification seems to be logged on paper: "stopped" (it used to come, for `paper_days` it
                has not, other fields do), "never" (others come, but of it less than `paper_share` of the
                peers' median per inhabitant), else ""
    """

    silent: Column
    expected: Column
    reason: Column
    paper: Column


def is_likely(expected: Column, limits: SilenceLimits) -> Column:
    """Whether nothing at all is believable where `expected` dossiers would have come (Poisson)."""
    likely: Column = np.exp(-expected) >= limits.likely
    return likely


def explain(wards: Mapping[str, Column], limits: SilenceLimits) -> Findings:
    """What the columns say, ward by ward in their order."""
    silent = wards["silent_days"] >= limits.days
    rate = np.where(wards["reference_days"] > 0, wards["usual"], _of_peers(wards, "usual") * wards["population"])
    expected = rate * wards["silent_days"]
    others_expected = (wards["usual"] - wards["usual_paper"]) * wards["silent_days"]
    alive = (wards["links_up"] == 1) | (wards["seen"] == 1)  # NaN is neither
    moved = wards["moved"] > 0
    asked = {
        "not_offered": wards["offered"] == 0,
        "link_down": wards["down_days"] >= 1,
        "no_demand": is_likely(expected, limits),
        "paper": moved & (wards["usual_paper"] > 0) & is_likely(others_expected, limits),
        "not_syncing": ~moved & (wards["open"] > 0) & alive & (wards["others"] > 0),
    }
    reason = np.select([~silent, *asked.values()], ["", *asked], default="unknown")
    return Findings(silent, expected, reason, _paper(wards, limits))


def _paper(wards: Mapping[str, Column], limits: SilenceLimits) -> Column:
    logs_others = wards["other_recent"] > 0
    due = wards["usual_paper"] * limits.paper_days
    stopped = logs_others & (wards["paper_recent"] == 0) & ~is_likely(due, limits)
    median_there = _of_peers(wards, "usual_paper")
    usual_there = median_there * wards["population"] * wards["reference_days"]
    never = (
        logs_others
        & ~is_likely(np.nan_to_num(usual_there), limits)
        & (wards["usual_paper"] < limits.paper_share * median_there * wards["population"])
    )
    return np.select([stopped, never], ["stopped", "never"], default="")


def _of_peers(wards: Mapping[str, Column], column: str) -> Column:
    """Median per inhabitant within each group; NaN in small groups and where nobody is counted."""
    known = (wards["reference_days"] > 0) & (wards["population"] > 0)
    groups: dict[str, list[float]] = {}
    for group, count, people in zip(
        wards["peers"][known].tolist(), wards[column][known].tolist(), wards["population"][known].tolist(), strict=True
    ):
        groups.setdefault(group, []).append(count / people)
    medians = {group: median(rates) for group, rates in groups.items() if len(rates) >= COMPARABLE}
    return np.array([medians.get(group, np.nan) for group in wards["peers"].tolist()])
