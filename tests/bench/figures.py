"""The bench's figures: one line each, with a goal or without, and the same as JSON."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """`goal` is the most allowed, or with `least` the least; None: told, not judged."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    least: bool = False
    load: float = 0.0
    """The machine's load average when it was taken."""

    @property
    def ok(self) -> bool:
        """Whether the goal is met."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.least else self.value <= self.goal

    @property
    def line(self) -> str:
        """`name value unit goal ok|short`."""
        goal = "-" if self.goal is None else f"{'>=' if self.least else '<='}{self.goal:g}"
        return f"{self.name:<44}{_digits(self.value):>12} {self.unit:<12}{goal:>9}  {'ok' if self.ok else 'short'}"


def _digits(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


@dataclass
class Report:
    """Prints each figure as it comes; `notes` say how they were taken."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, goal: float | None = None, *, least: bool = False) -> None:
        """One figure."""
        figure = Figure(name, round(value, 4), unit, goal, least, round(os.getloadavg()[0], 1))
        self.figures.append(figure)
        print(figure.line, flush=True)

    def note(self, text: str) -> None:
        """A line that is no figure."""
        self.notes.append(text)
        print(f"# {text}", flush=True)

    def write(self, file: Path) -> bool:
        """The same as JSON; True when no goal is missed."""
        rows = [asdict(f) | {"ok": f.ok} for f in self.figures]
        file.write_text(json.dumps({"figures": rows, "notes": self.notes}, indent=1), encoding="utf-8")
        print(f"# {file}")
        return all(f.ok for f in self.figures)
