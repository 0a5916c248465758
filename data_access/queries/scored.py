"""The dossiers that a component of the score of Decision 766 counts, told by the rollups' own contributions.

A dossier's part in a sum is what it contributes to the rollup (store/qd766_rollup.py), so that a list and its figure
can't tell them apart differently. Bind :as_of and what `scored_values` gives.
"""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from config.qd766 import qd766
from data_access.queries.qd766 import VALID, score
from data_access.store.qd766_rollup import OPEN, TIMELY, UNIT_MONTH
from data_access.store.rollup import Rollup

_THEN = "c.month BETWEEN :since AND :until"
_VALID = VALID.replace(":day", ":scored_day")
_FEE = f"c.procedure_code IN (SELECT p.procedure_code FROM procedure p WHERE has_fee AND {_VALID})"
_UNWRITTEN = "c.procedure_code = ANY (CAST(:unwritten AS text[]))"


def _of(rollup: Rollup, adds: str, where: str) -> str:
    """What the dossier d adds to a sum over a rollup's rows."""
    facts = rollup.contributions.replace("{facts}", "(SELECT d.*) itself")
    return f"(SELECT coalesce(sum({adds}), 0) FROM ({facts}) c WHERE {where})"


def _flow(adds: str, where: str = "true") -> str:
    return _of(UNIT_MONTH, adds, f"{_THEN} AND {where}")


_SETTLED = _of(TIMELY, "c.settled_on_time + c.settled_late", _THEN)
_OPEN = _of(TIMELY, "c.received - c.settled_on_time - c.settled_late", "c.month <= :until")
_LATE_OPEN = (
    f"CASE WHEN :running THEN {_of(OPEN, 'c.late', 'c.at <= CAST(:as_of AS timestamptz)')} "
    f"ELSE {_of(TIMELY, 'c.late_open', 'c.month <= :until')} END"
)
SCORED = {
    "received": _flow("c.received"),
    "online_result": _flow(f"CASE WHEN {_UNWRITTEN} THEN c.online ELSE c.online_result END"),
    "digitised_in": _flow("c.digitised_in"),
    "eid_verified": _flow("c.eid_verified"),
    "fee_owed": _flow("c.fee_owed", _FEE),
    "paid_online": _flow("c.paid_online", _FEE),
    "done": _flow("c.done"),
    "done_written": _flow("c.done", f"NOT {_UNWRITTEN}"),
    "done_result": _flow("c.done_result", f"NOT {_UNWRITTEN}"),
    "done_both": _flow("c.done_both"),
    "without_due": _of(TIMELY, "c.without_due", _THEN),
    "settled": _SETTLED,
    "settled_late": _of(TIMELY, "c.settled_late", _THEN),
    "settled_in_time": _of(TIMELY, "c.settled_on_time", _THEN),
    "handled": f"{_SETTLED} + {_OPEN}",
    "in_time": f"{_of(TIMELY, 'c.settled_on_time', _THEN)} + {_OPEN} - {_LATE_OPEN}",
}
"""Name → what a dossier adds; as `Counts` (rules/qd766.py) names them, and `in_time`, the numerator of 2.1."""


def scored_values(first: date, last: date, today: date) -> dict[str, Any]:
    """What the conditions of SCORED are bound with, for the months from `first` to `last`."""
    since, until = first.replace(day=1), last.replace(day=1)
    return {
        "since": since, "until": until, "scored_day": min(last, today), "running": until == today.replace(day=1),
        "unwritten": list(qd766().procedures_without_written_result),
    }  # fmt: skip


def scored_total(connection: Connection, name: str, first: date, last: date, place: dict[str, str | None]) -> int:
    """How many dossiers of a place (district, ward) a count of SCORED has, as the score itself counts them."""
    counts = score(
        connection, first.replace(day=1), last.replace(day=1), "city", place.get("district"), place.get("ward")
    ).counts
    in_time = counts.settled - counts.settled_late
    sums = {"settled_in_time": in_time, "in_time": in_time + counts.open_in_time}
    return sums[name] if name in sums else int(getattr(counts, name))
