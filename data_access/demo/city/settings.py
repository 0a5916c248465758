"""Reads config/demo/*.yaml and the working calendar: what the invented city is made from."""

import csv
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from ruamel.yaml import YAML

from config.settings import CONFIG_DIR
from data_access.rules.clock import WorkingClock

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFSET = np.timedelta64(7 * 3600, "s")  # no summer time in Viet Nam
FIXED_HOLIDAYS = ("01-01", "04-30", "05-01", "09-02")


@cache
def tunables() -> dict[str, Any]:
    """config/demo/city.yaml."""
    return dict(YAML(typ="safe").load((CONFIG_DIR / "demo" / "city.yaml").read_text(encoding="utf-8")))


@cache
def processes() -> dict[str, list[tuple[str, str, float]]]:
    """Process family → its steps as (name, function, share of the limit)."""
    raw = YAML(typ="safe").load((CONFIG_DIR / "demo" / "processes.yaml").read_text(encoding="utf-8"))
    return {family: [(s[0], s[1], float(s[2])) for s in steps] for family, steps in raw.items()}


@cache
def departments() -> list[dict[str, Any]]:
    """config/demo/departments.yaml."""
    return list(YAML(typ="safe").load((CONFIG_DIR / "demo" / "departments.yaml").read_text(encoding="utf-8")))


def read_csv(name: str) -> list[dict[str, str]]:
    """A CSV of config/ as dictionaries."""
    with (CONFIG_DIR / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def clock() -> WorkingClock:
    """The city's working clock. After the last published year only holidays of fixed date are known."""
    rows = read_csv("working_calendar.csv")
    makeup = [r["date"] for r in rows if "WORKING" in r["type"]]
    off = [r["date"] for r in rows if "WORKING" not in r["type"]]
    last_year = int(max(off)[:4])
    off += [f"{year}-{day}" for year in range(last_year + 1, 2036) for day in FIXED_HOLIDAYS]
    return WorkingClock(off, makeup)


@cache
def tet_days() -> npt.NDArray[np.datetime64]:
    """First day off of each Tết in the calendar."""
    first: dict[str, str] = {}
    for row in read_csv("working_calendar.csv"):
        if "Tết Nguyên Đán" in row["name"] or row["name"].startswith("29 Tết"):
            first[row["date"][:4]] = min(row["date"], first.get(row["date"][:4], "9999"))
    return np.array(sorted(first.values()), "M8[D]")


def to_local(instant: datetime) -> np.datetime64:
    """An aware instant as the city's naive wall-clock time, to the second."""
    local = instant.astimezone(HANOI).replace(tzinfo=None, microsecond=0)
    return np.datetime64(local, "s")


def to_instant(local: np.datetime64) -> datetime:
    """The reverse of `to_local`, in UTC."""
    return (local - OFFSET).astype("M8[s]").item().replace(tzinfo=UTC)
