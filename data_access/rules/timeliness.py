"""Rule R-A (date level, form II.06): what a row of a dossier is worth on a given day (DOMAIN C1, C2).

`classify` is the only place where received, settled, early, on time, late and overdue are decided.
Sync stores its columns with each dossier; every figure counts those columns.
"""

import numpy as np
import pandas as pd

from data_access.rules.status import BUCKETS, UNKNOWN_BUCKET, WITHDRAWN

RULE = "R-A"


def local_day(at: pd.Series, tz: str) -> pd.Series:
    """Calendar day in the city (datetime64, midnight, no zone) of instants; NaT stays NaT."""
    return at.dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def legal_due(rows: pd.DataFrame) -> pd.Series:
    """The deadline that counts in statistics.

    A supplement moves it (the current due date holds); a re-promised date after an apology does not
    (the first one holds): DOMAIN G8.
    """
    promised_again = (rows["apology_count"].fillna(0) > 0) & (rows["supplement_count"].fillna(0) == 0)
    first = rows["due_original"].where(rows["due_original"].notna(), rows["due_at"])
    return rows["due_at"].where(~promised_again, first)


def classify(rows: pd.DataFrame, tz: str) -> pd.DataFrame:
    """Classify dossiers under R-A.

    rows: status (int), received_at, due_at, due_original, finished_at, returned_at, updated_at (UTC
    instants), supplement_count, apology_count. Returns a frame with the same index and
    bucket; legal_due_at (instant); received_day, settled_day, overdue_from (days); timeliness.

    - not received: pre-intake and refused ones have no received_day and count nowhere
    - settled: closed; on the day it was finished (else returned, else last changed)
    - early / on_time / late: settled day before / on / after the due day; without a due date, and for
      withdrawn ones, on_time
    - overdue_from: the day after the due day, for those that are running or were settled late; a
      suspended one waits for the citizen and is in time
    """
    bucket = rows["status"].map(BUCKETS).fillna(UNKNOWN_BUCKET).astype(str)
    counted = ~bucket.isin(["pre_intake", "refused"]) & rows["received_at"].notna()
    closed = (bucket == "closed") & counted
    ended = rows["finished_at"].where(rows["finished_at"].notna(), rows["returned_at"])
    ended = ended.where(ended.notna(), rows["updated_at"])
    due = legal_due(rows)

    received_day = local_day(rows["received_at"], tz).where(counted)
    settled_day = local_day(ended, tz).where(closed)
    due_day = local_day(due, tz)
    withdrawn = rows["status"] == WITHDRAWN
    late = closed & ~withdrawn & (settled_day > due_day)
    early = closed & ~withdrawn & (settled_day < due_day)
    timeliness = pd.Series(np.select([late, early, closed], ["late", "early", "on_time"], default=""), index=rows.index)
    may_be_overdue = (counted & (bucket == "running")) | late
    return pd.DataFrame(
        {
            "bucket": bucket,
            "legal_due_at": due,
            "received_day": received_day,
            "settled_day": settled_day,
            "timeliness": timeliness.where(timeliness != "", None),
            "overdue_from": (due_day + pd.Timedelta(days=1)).where(may_be_overdue),
        },
        index=rows.index,
    )
