"""What the store must hold, reckoned row by row from the source's tables in plain Python, without the sync's code."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.data_access.sync.tiny import TZ, Tiny

Row = dict[str, Any]
STEP = ("step_id", "dossier_id", "officer_ids", "due_at", "finished_at", "updated_at")
WARDS = {"00001": "001", "00004": "001", "00037": "002", "00040": "002"}
OPEN = {2: "running", 4: "running", 5: "suspended", 6: "suspended", 8: "suspended"}
BUCKETS = OPEN | {1: "pre_intake", 3: "refused", 7: "closed", 9: "closed", 10: "closed"}


def rows(tiny: Tiny, table: str) -> list[Row]:
    """All rows of a source table."""
    cursor = tiny.source.execute(f"SELECT * FROM {table}")
    names = [c.name for c in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def day(at: datetime | None) -> date | None:
    return at.astimezone(ZoneInfo(TZ)).date() if at else None


def places(units: list[Row]) -> dict[str, tuple[str, str]]:
    """unit → (tier, district): a commune's is its ward's, a district's that of most of its communes."""
    own = {u["unit_code"]: WARDS[u["ward_code"]] for u in units if u["tier"] == "commune" and u["ward_code"] in WARDS}
    of_district: dict[str, str] = {}
    for u in units:
        if u["tier"] == "district":
            below = Counter(
                own[c["unit_code"]] for c in units if c["unit_code"] in own and c["parent_code"] == u["unit_code"]
            )
            if below:
                of_district[u["unit_code"]] = min(below, key=lambda d: (-below[d], d))
    found = {}
    for u in units:
        code = own.get(u["unit_code"]) or of_district.get(u["unit_code"])
        if code is None and u["tier"] == "commune":
            code = of_district.get(u["parent_code"])
        found[u["unit_code"]] = (u["tier"], code or "")
    return found


def dossier(row: Row, of_unit: dict[str, tuple[str, str]], field_of: dict[str, str]) -> Row:
    """A dossier as rule R-A sees it."""
    bucket = BUCKETS.get(row["status"], "running")
    first = row["due_original"] or row["due_at"]
    promised = (row["apology_count"] or 0) > 0 and not row["supplement_count"]
    due = first if promised else row["due_at"]
    counted = bucket not in ("pre_intake", "refused") and row["received_at"] is not None
    settled = (
        day(row["finished_at"] or row["returned_at"] or row["updated_at"]) if counted and bucket == "closed" else None
    )
    timeliness = None
    if bucket == "closed" and counted:
        timeliness = "on_time"
        if row["status"] != 7 and due is not None and settled != day(due):
            assert settled is not None
            timeliness = "late" if settled > (day(due) or settled) else "early"
    overdue = due is not None and counted and (bucket == "running" or timeliness == "late")
    tier, district = of_unit.get(row["unit_processing"], ("", ""))
    return {
        "dossier_id": row["dossier_id"], "procedure_code": row["procedure_code"], "unit_code": row["unit_processing"],
        "status": row["status"], "received_at": row["received_at"], "due_at": row["due_at"],
        "finished_at": row["finished_at"], "updated_at": row["updated_at"], "due_original": first,
        "rating": row["rating"], "field_code": field_of.get(row["procedure_code"], ""), "tier": tier,
        "district_code": district, "bucket": bucket, "legal_due_at": due,
        "received_day": day(row["received_at"]) if counted else None, "settled_day": settled,
        "timeliness": timeliness, "overdue_from": (day(due) or date.max) + timedelta(days=1) if overdue else None,
    }  # fmt: skip


def expected(tiny: Tiny) -> dict[str, list[Row]]:
    """The store's facts. Steps of dossiers that were marked deleted stay out, also when the marked row has gone."""
    of_unit = places(rows(tiny, "unit"))
    field_of = {p["procedure_code"]: p["field_code"] for p in rows(tiny, "procedure")}
    source = rows(tiny, "dossier")
    live = {r["dossier_id"]: dossier(r, of_unit, field_of) for r in source if not r["deleted"]}
    marked = {r["dossier_id"] for r in source if r["deleted"]}
    tombs = {i for (i,) in tiny.store("SELECT dossier_id FROM tombstone")}
    assert marked <= tombs
    assert not tombs & live.keys()
    steps = []
    for s in rows(tiny, "step"):
        if s["dossier_id"] in tombs:
            continue
        d = live.get(s["dossier_id"])
        steps.append({k: s[k] for k in STEP} | {
            "finished_day": day(s["finished_at"]),
            "unit_code": d["unit_code"] if d else "",
            "district_code": d["district_code"] if d else "",
            "waiting": bool(d and d["bucket"] == "running" and s["finished_at"] is None),
        })  # fmt: skip
    pauses = [{k: p[k] for k in ("dossier_id", "from_at", "to_at", "reason")}
              | {"district_code": live[p["dossier_id"]]["district_code"]}
              for p in rows(tiny, "pause") if p["dossier_id"] in live]  # fmt: skip
    links = [{k: c[k] for k in ("ward_code", "service", "checked_at", "up")} | {"district_code": WARDS[c["ward_code"]]}
             for c in rows(tiny, "link_check")]  # fmt: skip
    figures = [{k: o[k] for k in ("indicator_code", "scope_kind", "scope_code", "at", "value")}
               | {"district_code": of_unit.get(o["scope_code"], ("", ""))[1]}
               for o in rows(tiny, "observation")]  # fmt: skip
    return {"dossier": list(live.values()), "step": steps, "pause": pauses, "link_check": links, "observation": figures}


def check(tiny: Tiny) -> None:
    """The store's facts are exactly those."""
    for table, wanted in expected(tiny).items():
        names = list(wanted[0]) if wanted else ["district_code"]
        held = [dict(zip(names, r, strict=True)) for r in tiny.store(f"SELECT {', '.join(names)} FROM {table}")]
        assert sorted(held, key=repr) == sorted(wanted, key=repr), table
