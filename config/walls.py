"""Walls: named lists of screens with seconds each (walls.yaml), read again when the file changes.

A wall that can't be right is refused with file, line, key and what would be right; the others go on, and a
wall that was good before keeps its last good form.
"""

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from config.problems import Problem
from config.settings import CONFIG_DIR, settings
from config.words import Words
from config.yaml_lines import Entry, entries, refusal, twice_problem, value_problem

WALLS_FILE = CONFIG_DIR / "walls.yaml"
WALL_SCREENS = ("now", "backlog", "coverage", "workload", "connections", "arrivals")
"""The screens made for walls; pages/wall/screens.py draws each (a test holds both equal)."""
SHORTEST, LONGEST = 5, 3600
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
log = structlog.get_logger(__name__)


class Slot(BaseModel):
    """A screen and how many seconds it stays."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    screen: str
    seconds: int

    @field_validator("screen")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in WALL_SCREENS:
            names = ", ".join(WALL_SCREENS)
            raise ValueError(f"không có màn hình “{value}”; có: {names}", f"no screen “{value}”; there are: {names}")
        return value

    @field_validator("seconds")
    @classmethod
    def _sensible(cls, value: int) -> int:
        if not SHORTEST <= value <= LONGEST:
            raise ValueError(
                f"{value} giây không hợp lý; đặt từ {SHORTEST} đến {LONGEST}, ví dụ 30",
                f"{value} seconds make no sense; set {SHORTEST} to {LONGEST}, for example 30",
            )
        return value


class Wall(BaseModel):
    """What one wall shows, in order, over and over."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    screens: tuple[Slot, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Walls:
    """walls: name → Wall, those that may be shown; refused: name → why its newest form is not in force."""

    walls: dict[str, Wall] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)
    problem: Problem | None = None
    """Why the whole file could not be read."""

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong, in the file's order."""
        return [*([self.problem] if self.problem else []), *self.refused.values()]


def load(path: Path = WALLS_FILE, before: Walls | None = None) -> Walls:
    """Read and check the file; `before` gives the last good form of what is refused now."""
    known = before.walls if before else {}
    try:
        found = entries(path)
    except Problem as problem:
        return Walls(known, {}, problem)
    good: dict[str, Wall] = {}
    refused: dict[str, Problem] = {}
    first: dict[str, int] = {}
    for entry in found:
        try:
            good[entry.key] = _wall(path, entry, first)
        except Problem as told:
            refused[entry.key] = told
            good.pop(entry.key, None)  # of two walls of one name neither is taken for the right one
            if entry.key in known:
                good[entry.key] = known[entry.key]
    return Walls(good, refused)


def _wall(path: Path, entry: Entry, first: dict[str, int]) -> Wall:
    line = first.setdefault(entry.key, entry.line)
    if line != entry.line:
        raise twice_problem(path, entry.key, entry.line, line)
    if not _NAME.fullmatch(entry.key):
        raise value_problem(
            path, entry.line, entry.key,
            "tên màn hình tường gồm 1–40 chữ thường không dấu, số, gạch nối, ví dụ trung-tam",
            "a wall's name is 1 to 40 lower-case letters, digits and dashes, for example centre",
        )  # fmt: skip
    if entry.twice is not None:
        key, line, before = entry.twice
        raise twice_problem(path, f"{entry.key}.{key}", line, before)
    try:
        return Wall.model_validate(entry.value)
    except ValidationError as error:
        raise refusal(path, entry, error) from None


class _Kept:
    """The walls in force and the state of the file they came from."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.stamp: tuple[object, ...] | None = None
        self.walls = Walls()


_kept = _Kept()


def walls() -> Walls:
    """The walls in force; costs one stat while the file stays as it is."""
    path = settings().walls_file or WALLS_FILE
    try:
        stat = path.stat()
        stamp: tuple[object, ...] = (path, stat.st_mtime_ns, stat.st_size)
    except OSError:
        stamp = (path,)
    with _kept.guard:
        if stamp != _kept.stamp:
            same = _kept.stamp is not None and _kept.stamp[0] == path
            _kept.walls = load(path, _kept.walls if same else None)
            _kept.stamp = stamp
            for problem in _kept.walls.problems:
                log.warning("walls refused", reason=problem.text("en"))
        return _kept.walls
