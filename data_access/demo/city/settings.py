"""Reads config/demo/*.yaml: what the invented city is made from."""

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
from data_access.working_time import city_calendar, city_clock

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFSET = np.timedelta64(7 * 3600, "s")  # no summer time in Viet Nam


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


def clock() -> WorkingClock:
    """The city's working clock."""
    return city_clock()


@cache
def tet_days() -> npt.NDArray[np.datetime64]:
    """First day off of each Tết in the calendar."""
    first: dict[int, str] = {}
    for day, name in city_calendar().off.items():
        if "Tết Nguyên Đán" in name["vi"] or name["vi"].startswith("29 Tết"):
            first.setdefault(day.year, day.isoformat())
    return np.array(sorted(first.values()), "M8[D]")


def to_local(instant: datetime) -> np.datetime64:
    """An aware instant as the city's naive wall-clock time, to the second."""
    local = instant.astimezone(HANOI).replace(tzinfo=None, microsecond=0)
    return np.datetime64(local, "s")


def to_instant(local: np.datetime64) -> datetime:
    """The reverse of `to_local`, in UTC."""
    return (local - OFFSET).astype("M8[s]").item().replace(tzinfo=UTC)
