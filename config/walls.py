"""Walls: named lists of screens with seconds each (walls.yaml), read again when the file changes.

A wall that can't be right is refused with file, line, key and what would be right; the others go on, and a
wall that was good before keeps its last good form.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from config.kept import Kept
from config.models import Strict, refusal, validated
from config.problems import Problem
from config.settings import CONFIG_DIR
from config.words import Words
from config.yaml_lines import Entry, entries, once, value_problem

WALLS_FILE = CONFIG_DIR / "walls.yaml"
WALL_SCREENS = ("now", "backlog", "coverage", "workload", "connections", "arrivals")
"""The screens made for walls; pages/wall/screens.py draws each (a test holds both equal)."""
SHORTEST, LONGEST = 5, 3600
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Slot(Strict):
    """A screen and how many seconds it stays."""

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


class Wall(Strict):
    """What one wall shows, in order, over and over."""

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


def load(path: Path = WALLS_FILE, before: Walls | None = None, text: str | None = None) -> Walls:
    """Read and check the file (or `text`); `before` gives the last good form of what is refused now."""
    known = before.walls if before else {}
    try:
        found = entries(path, text)
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
    once(path, entry, first)
    if not _NAME.fullmatch(entry.key):
        raise value_problem(
            path, entry.line, entry.key,
            "tên màn hình tường gồm 1–40 chữ thường không dấu, số, gạch nối, ví dụ trung-tam",
            "a wall's name is 1 to 40 lower-case letters, digits and dashes, for example centre",
        )  # fmt: skip
    try:
        made: Wall = validated(Wall, entry.value)
    except ValidationError as error:
        raise refusal(path, entry, error, Wall) from None
    return made


def _read(path: Path, text: str | None, before: Walls | None) -> tuple[Walls, list[Problem]]:
    found = load(path, before, text)
    return found, found.problems


kept: Kept[Walls] = Kept(WALLS_FILE.name, _read, lambda conf: conf.walls_file)


def walls() -> Walls:
    """The walls in force; costs one stat while the file stays as it is."""
    return kept.value()
