"""The rollups of Decision 766 say what rule R-C says of the rows, at every month's end and at any instant."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from data_access.rules.standing import pause_facts, rule_c
from data_access.rules.timeliness import classify
from data_access.store.qd766_rollup import OPEN, TIMELY
from tests.data_access.sync.tiny import TZ, Tiny

FIRST = datetime.fromisoformat("2026-01-05T08:00:00+07:00")
NOW = FIRST + timedelta(days=150)
MONTHS = pd.date_range("2026-01-01", "2026-07-01", freq="MS", tz=TZ)
INSTANTS = ("received_at", "due_at", "due_original", "finished_at", "returned_at", "updated_at")


def instant(after: datetime = FIRST, days: int = 140) -> st.SearchStrategy[datetime]:
    """Any microsecond, often the first or last of a month."""
    edges = [m.to_pydatetime() + timedelta(microseconds=d) for m in MONTHS[:-1] for d in (-1, 0, 1)]
    within = [e for e in edges if after <= e <= after + timedelta(days=days)]
    anywhere = st.integers(0, days * 86_400_000_000).map(lambda n: after + timedelta(microseconds=n))
    return st.one_of(anywhere, st.sampled_from(within)) if within else anywhere


@st.composite
def dossiers(draw: st.DrawFn) -> dict[str, Any]:
    """A dossier of any status with its pauses; everything has happened before NOW but the due dates."""
    received = draw(instant(days=100))
    status = draw(st.sampled_from([1, 2, 3, 4, 4, 5, 5, 6, 7, 8, 9, 9, 9, 10, 10, 42]))
    ended = draw(instant(received, 40)) if status in (7, 9, 10) else None
    due = draw(st.none() | instant(received, 60))
    row = {
        "status": status,
        "received_at": received if draw(st.integers(0, 20)) else None,
        "due_at": due,
        "due_original": draw(st.sampled_from([None, due]))
        if due is None
        else draw(st.just(due) | instant(received, 30)),
        "finished_at": ended if draw(st.integers(0, 9)) else None,
        "returned_at": draw(st.none() | instant(received, 45)) if status in (7, 10) else None,
        "updated_at": ended or draw(instant(received, 40)),
        "supplement_count": draw(st.sampled_from([None, 0, 0, 1, 2])),
        "apology_count": 0,
    }
    ends = [row["finished_at"], row["returned_at"]]
    end = min((e for e in ends if e), default=row["updated_at"]) if ended else NOW
    pauses = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        begun = draw(instant(received - timedelta(days=2), 40))
        over = draw(st.none() | instant(begun - timedelta(hours=1), 20))
        if begun <= end:
            pauses.append((begun, over if over is None else min(over, end), draw(st.sampled_from(REASONS))))
    return row | {"pauses": list({(p[0], p[2]): p for p in pauses}.values())}


LENGTHS = dict.fromkeys(("supplement_time", "paused_time"), "timedelta64[us]")
REASONS = ("supplement", "supplement", "fee", "stopped")


def put(conn: Connection, rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write dossiers (each in a unit of its own) and pauses; both as the rules want them."""
    ids = [f"h{n}" for n in range(len(rows))]
    frame = pd.DataFrame([{k: r[k] for k in r if k != "pauses"} for r in rows], index=pd.Index(ids, name="dossier_id"))
    for name in INSTANTS:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    for name in ("supplement_count", "apology_count"):
        frame[name] = frame[name].astype("Int64")
    ruled = classify(frame, TZ)
    days = {n: [None if pd.isna(v) else v.date() for v in ruled[n]] for n in ("received_day", "settled_day")}
    for n, (key, row) in enumerate(zip(ids, rows, strict=True)):
        conn.execute(
            text("""
                INSERT INTO dossier (dossier_id, dossier_code, procedure_code, unit_received, unit_code, channel,
                  status, received_at, due_at, due_original, finished_at, returned_at, updated_at, supplement_count,
                  bucket, received_day, settled_day)
                VALUES (:id, :id, 'tt1', :id, :id, 1, :status, :received_at, :due_at, :due_original, :finished_at,
                  :returned_at, :updated_at, :supplement_count, :bucket, :received_day, :settled_day)"""),
            {k: v for k, v in row.items() if k not in ("pauses", "apology_count")}
            | {"id": key, "bucket": ruled["bucket"].iloc[n]} | {k: v[n] for k, v in days.items()},
        )  # fmt: skip
    pauses = [(key, *p) for key, row in zip(ids, rows, strict=True) for p in row["pauses"]]
    for pause in pauses:
        conn.execute(
            text("INSERT INTO pause (dossier_id, from_at, to_at, reason) VALUES (:d, :f, :t, :r)"),
            dict(zip("dftr", pause, strict=True)),
        )
    held = pd.DataFrame(pauses, columns=["dossier_id", "from_at", "to_at", "reason"])
    for name in ("from_at", "to_at"):
        held[name] = pd.to_datetime(held[name], utc=True)
    return frame, held


def standing(frame: pd.DataFrame, pauses: pd.DataFrame, at: pd.Timestamp) -> dict[str, str]:
    """What R-C says of each dossier at an instant, without those it leaves out."""
    at = at.tz_convert("UTC")
    facts = pause_facts(pauses, frame.index, at).astype(LENGTHS)
    found = rule_c(
        frame.join(facts).assign(limit_due_at=pd.Series(pd.NaT, frame.index, dtype="datetime64[us, UTC]")), at
    )
    return {str(k): v for k, v in found.items() if v != "excluded"}


def summed(timely: list[Any], until: pd.Timestamp, late: dict[str, int] | None = None) -> dict[str, str]:
    """The same from the rollup's rows up to the month that ends at `until`; `late`: open and late by unit instead."""
    count: dict[str, Counter[str]] = {}
    for row in timely:
        if pd.Timestamp(row.month, tz=TZ) <= until:
            unit = count.setdefault(row.unit_code, Counter())
            unit.update({k: getattr(row, k) for k in ("received", "settled_on_time", "settled_late", "late_open")})
    found = {}
    for unit, n in count.items():
        overdue = n["late_open"] if late is None else late.get(unit, 0) * (1 - n["settled_on_time"] - n["settled_late"])
        assert all(v in (0, 1) for v in (*n.values(), overdue)), (unit, n, overdue)
        if n["received"]:
            found[unit] = (
                "on_time"
                if n["settled_on_time"]
                else "late"
                if n["settled_late"]
                else "overdue"
                if overdue
                else "in_time"
            )
    return found


# Without shrinking: twenty dossiers at once take minutes to make smaller, and the assertion names the one that differs.
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(dossiers(), min_size=20, max_size=20), st.lists(instant(), max_size=3))
def test_the_rollups_agree_with_rule_c(tiny: Tiny, rows: list[dict[str, Any]], instants: list[datetime]) -> None:
    with tiny.owner.connect() as conn:
        frame, pauses = put(conn, rows)
        timely = list(conn.execute(text(TIMELY.contributions.format(facts="dossier"))))
        turns = list(conn.execute(text(OPEN.contributions.format(facts="dossier"))))
        conn.rollback()
    for first, after in pairwise(MONTHS):
        end = after - pd.Timedelta(microseconds=1)
        assert summed(timely, first) == standing(frame, pauses, end), end
    opened = set(frame.index[~classify(frame, TZ)["bucket"].isin(["closed", "pre_intake", "refused"])])
    for at in (*instants, NOW):
        late = Counter(dict.fromkeys(opened, 0))
        for row in turns:
            late[row.unit_code] += row.late if row.at <= at else 0
        truth = standing(frame, pauses, pd.Timestamp(at))
        assert {u: late[u] for u in opened & set(truth)} == {u: int(truth[u] == "overdue") for u in opened & set(truth)}
