"""Deadlines of a table of dossiers by their procedures' legal limits, for real data with gaps in it."""

import numpy as np
import pandas as pd

from data_access.rules.clock import WorkingClock
from data_access.rules.plain_clock import UNITS

LONGEST_ROLL = 31
"""Days within which a deadline on a day off finds its working day; nearer to the calendar's end none is counted."""


def limit_due_at(rows: pd.DataFrame, clock: WorkingClock, tz: str) -> pd.Series:
    """When each dossier is due by its procedure's limit, pauses apart: what R-C measures by without a due date.

    rows: received_at (UTC instants), limit_value, limit_unit, same_day, each of them possibly unknown.
    Returns UTC instants; NaT where receipt or limit is unknown or not valid, or where the calendar does not
    reach: such a deadline is not known, and nothing is guessed.
    """
    at = rows["received_at"].dt.tz_convert(tz).dt.tz_localize(None).to_numpy("M8[s]")
    value = rows["limit_value"].to_numpy("float64")
    unit = rows["limit_unit"].where(rows["limit_unit"].isin(UNITS), "").to_numpy("str")
    same = rows["same_day"].fillna(False).to_numpy(bool)
    day = at.astype("M8[D]")
    known = ~np.isnat(at) & (day >= clock.first) & (day <= clock.last)
    with np.errstate(invalid="ignore"):
        calendar = np.isin(unit, ("day", "month"))
        known &= same | ((unit != "") & (value >= 0) & ~((unit == "hour") & (np.rint(value * 3600) < 1)))
        known &= same | ~calendar | (value % 1 == 0)
        # days that the limit takes at most, in the kind of days it is counted in
        days = np.select(
            [same, unit == "hour", unit == "month"], [1, value * 3600 / clock.day_seconds, value * 31], value
        )
    left = np.zeros(len(rows))
    left[known] = clock.working_days_between(day[known], clock.last)
    ahead = (clock.last - day).astype("float64") - LONGEST_ROLL
    known &= np.where(calendar & ~same, days <= ahead, days + 1 <= left)
    due = np.full(len(rows), np.datetime64("NaT"), "M8[s]")
    due[known] = clock.due_at(at[known], np.where(same, 0, value)[known], unit[known], same[known])
    return pd.Series(due, rows.index).dt.tz_localize(tz).dt.tz_convert("UTC")


def paused_due_at(
    rows: pd.DataFrame, pauses: pd.DataFrame, clock: WorkingClock, tz: str, now: pd.Timestamp
) -> pd.Series:
    """`limit_due_at` with the office time of each dossier's pauses up to `now` added on: what plain_clock explains.

    rows: as limit_due_at, indexed by dossier_id. pauses: dossier_id, from_at, to_at (NaT while it lasts), UTC; those
    of other dossiers don't count. Returns UTC instants; NaT also where the calendar does not reach.
    """
    until = now.tz_convert(tz).tz_localize(None).to_numpy().astype("M8[s]")
    if not clock.first <= until.astype("M8[D]") <= clock.last:
        return pd.Series(pd.NaT, rows.index, dtype="datetime64[us, UTC]")
    due = limit_due_at(rows, clock, tz)
    counted = due[due.notna()]
    mine = pauses[pauses["dossier_id"].isin(counted.index)]

    def local(at: pd.Series) -> np.ndarray:
        return at.dt.tz_convert(tz).dt.tz_localize(None).to_numpy("M8[s]")

    seconds = clock.paused(
        counted.index.get_indexer(pd.Index(mine["dossier_id"])), local(mine["from_at"]), local(mine["to_at"]),
        local(rows.loc[counted.index, "received_at"]), until,
    )  # fmt: skip
    end = clock.worked(clock.last + np.timedelta64(86_399, "s"))
    reached = local(counted)
    fits = clock.worked(reached) + seconds <= end
    moved = np.full(len(counted), np.datetime64("NaT"), "M8[s]")
    moved[fits] = np.where(seconds > 0, clock.add_working_time(reached, np.where(fits, seconds, 0)), reached)[fits]
    due.loc[counted.index] = pd.Series(moved, counted.index).dt.tz_localize(tz).dt.tz_convert("UTC").astype(due.dtype)
    return due
