"""The three timeliness rules of real systems, as named functions over one table of dossiers (DOMAIN C2).

They give different figures from the same rows, so the rule's name stands beside every figure. Each takes
the same frame, one row a dossier, and says how each one stands at the instant `as_of` (the end of the
period, or the data's own instant when that is earlier):

    early, on_time, late    settled by then (R-C knows no early)
    in_time, overdue        open then
    excluded                left out by the rule: not received by then, or see the rule

received = settled + open, settled = early + on_time + late and open = in_time + overdue hold under every
rule over the rows it does not exclude.

Columns (instants in UTC, NaT where unknown): status, received_at, due_at, due_original, finished_at,
returned_at, updated_at, supplement_count, apology_count as in the contract; R-C also reads the columns of
`pause_facts` and limit_due_at. Status and counts are today's: an earlier `as_of` is reckoned back from
them, which for closed days is the snapshots' business.
"""

import numpy as np
import pandas as pd

from data_access.rules.status import BUCKETS, UNKNOWN_BUCKET, WITHDRAWN
from data_access.rules.timeliness import classify

STANDINGS = ("early", "on_time", "late", "in_time", "overdue", "excluded")
WAITING_IN_OPENCPS = (5, 6)
"""National codes of OpenCPS's `waiting`; `pausing` (8) counts as processing there."""


def rule_a(rows: pd.DataFrame, as_of: pd.Timestamp, tz: str) -> pd.Series:
    """R-A, the rule of form II.06: days in the city's zone `tz`, as `classify` stores them.

    Settled before / on / after its due day: early / on time / late; withdrawn ones and those without a due
    date are on time. Open: overdue from the day after the due day; suspended ones are in time. The due
    date is the legal one: moved by a supplement, not by an apology.
    """
    ruled = classify(rows, tz)
    today = as_of.tz_convert(tz).tz_localize(None).normalize()
    settled = ruled["settled_day"] <= today
    overdue = ruled["overdue_from"] <= today
    return _standing(
        rows,
        excluded=~(ruled["received_day"] <= today),
        settled=settled,
        early=ruled["timeliness"] == "early",
        late=(ruled["timeliness"] == "late").where(settled, overdue),
    )


def rule_b(rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """R-B, the statistics of OpenCPS v2: to the second, against the due date as it stands (`due_at`).

    Settled when it has a finish time (releaseDate), whatever its status says. Late: finished after the due
    date. Early, unless late: finished before it, or returned (finishDate) before it. On time: otherwise,
    also without a due date. Open: overdue from the very second it is due. Excluded: those waiting for the
    citizen (5, 6), and withdrawn ones once finished. OpenCPS calls one early only when extendDate is set
    too, which it does by itself; the contract does not carry it.
    """
    settled = rows["finished_at"] <= as_of
    left_out = rows["status"].isin(WAITING_IN_OPENCPS) & ~settled
    left_out |= (rows["status"] == WITHDRAWN) & settled
    due = rows["due_at"]
    return _standing(
        rows,
        excluded=_not_received(rows, as_of) | left_out,
        settled=settled,
        early=(rows["finished_at"] < due) | (rows["returned_at"] < due),
        late=(rows["finished_at"] > due).where(settled, due <= as_of),
    )


def rule_c(rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """R-C, the rule of Decision 766: to the second, against the first due date, supplements subtracted.

    A dossier is late (settled) or overdue (open) when `end` − `allowed` > `due`, or when it was asked for
    more than one supplement, where

    - settled: bucket closed (7, 9, 10) and its end not after `as_of`; open: every other received one
    - end, settled: the earlier of finished_at (code 9) and returned_at (code 10), else updated_at
    - end, suspended (5, 6, 8): waiting_since, else updated_at; `as_of` when that is earlier
    - end, any other open one: `as_of`
    - due: due_original, else due_at, else limit_due_at (received_at + the procedure's legal limit by the
      working clock); with none of them there is nothing to measure by: excluded
    - allowed: supplement_time; where due is limit_due_at, paused_time (calendar time, both)
    - supplements: the greater of supplement_count and supplement_pauses

    The first due date, because the later ones already hold the supplements' time. Statuses 1 and 3 and
    those not received by `as_of` are excluded.
    """
    bucket = _bucket(rows)
    ended = rows[["finished_at", "returned_at"]].min(axis=1)
    ended = ended.where(ended.notna(), rows["updated_at"])
    settled = (bucket == "closed") & (ended <= as_of)
    waits = rows["waiting_since"].where(rows["waiting_since"].notna(), rows["updated_at"])
    waits = waits.where((bucket == "suspended") & (waits < as_of), as_of)
    given = rows["due_original"].where(rows["due_original"].notna(), rows["due_at"])
    due = given.where(given.notna(), rows["limit_due_at"])
    allowed = rows["supplement_time"].where(given.notna(), rows["paused_time"])
    supplements = np.fmax(rows["supplement_count"].astype("float64"), rows["supplement_pauses"].astype("float64"))
    return _standing(
        rows,
        excluded=_not_received(rows, as_of) | due.isna(),
        settled=settled,
        early=pd.Series(False, index=rows.index),
        late=(ended.where(settled, waits) - allowed > due) | (supplements > 1),
    )


def pause_facts(pauses: pd.DataFrame, dossiers: pd.Index, as_of: pd.Timestamp) -> pd.DataFrame:
    """What R-C asks of the pauses, by dossier_id in the order of `dossiers`.

    pauses: dossier_id, from_at, to_at (NaT while it lasts), reason. Those begun after `as_of` are left
    out, those that end after it still last. Columns: supplement_time and paused_time (calendar time of the
    pauses that are over, of reason `supplement` and of any; overlapping ones once), supplement_pauses (how
    many were begun), waiting_since (start of the earliest that lasts). Nothing, 0, 0 and NaT without any.
    """
    begun = pauses[pauses["from_at"] <= as_of]
    over = begun["to_at"] <= as_of
    asked = begun["reason"] == "supplement"
    facts = pd.DataFrame(index=dossiers)
    facts["supplement_time"] = _covered(begun[over & asked]).reindex(dossiers).fillna(pd.Timedelta(0))
    facts["paused_time"] = _covered(begun[over]).reindex(dossiers).fillna(pd.Timedelta(0))
    facts["supplement_pauses"] = begun[asked].groupby("dossier_id").size().reindex(dossiers).fillna(0).astype("int64")
    facts["waiting_since"] = begun[~over].groupby("dossier_id")["from_at"].min().reindex(dossiers)
    return facts


def _covered(pauses: pd.DataFrame) -> pd.Series:
    """Length of the union of each dossier's pauses; one that ends before it begins has none."""
    pauses = pauses.sort_values(["dossier_id", "from_at"])
    reached = pauses.groupby("dossier_id")["to_at"].cummax().groupby(pauses["dossier_id"]).shift()
    start = pauses["from_at"].where(~(reached > pauses["from_at"]), reached)
    length = pauses["to_at"] - start
    return length.where(length > pd.Timedelta(0), pd.Timedelta(0)).groupby(pauses["dossier_id"]).sum()


def _bucket(rows: pd.DataFrame) -> pd.Series:
    return rows["status"].map(BUCKETS).fillna(UNKNOWN_BUCKET)


def _not_received(rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    return _bucket(rows).isin(["pre_intake", "refused"]) | ~(rows["received_at"] <= as_of)


def _standing(
    rows: pd.DataFrame, *, excluded: pd.Series, settled: pd.Series, early: pd.Series, late: pd.Series
) -> pd.Series:
    """The standing of each row; `late` of an open one means overdue and wins over `early`."""
    found = np.select(
        [excluded, settled & late, settled & early, settled, late],
        ["excluded", "late", "early", "on_time", "overdue"],
        default="in_time",
    )
    return pd.Series(found, index=rows.index, dtype="str")
