"""Charts of a wall as SVG in pixels of 1080 lines: drawn once a version, scaled with the page."""

import math
from collections.abc import Sequence
from html import escape

Point = tuple[float, float]
PAD_LEFT, PAD_RIGHT, PAD_TOP, PAD_BOTTOM = 74, 96, 26, 40


class Plane:
    """From a figure's units to pixels: x from `x0` to `x1`, y from 0 to at least `top`."""

    def __init__(self, width: int, height: int, x0: float, x1: float, top: float, *, axis: bool = True) -> None:
        self.width, self.height, self.x0, self.x1 = width, height, x0, x1
        self.left, self.bottom = (PAD_LEFT if axis else 6), (PAD_BOTTOM if axis else 34)
        self.step = nice(top)
        self.top = self.step * max(1, -(-top // self.step)) if axis else top

    def x(self, value: float) -> float:
        """Pixels from the left."""
        return self.left + (value - self.x0) / (self.x1 - self.x0) * (self.width - self.left - PAD_RIGHT)

    def y(self, value: float) -> float:
        """Pixels from above."""
        return PAD_TOP + (1 - value / self.top) * (self.height - PAD_TOP - self.bottom)

    def path(self, points: Sequence[Point]) -> str:
        """A line through the points."""
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)

    def svg(self, parts: Sequence[str], label: str) -> str:
        """The drawing, with its text for who can't see it."""
        box = f"0 0 {self.width} {self.height}"
        return f'<svg class="wall-chart" viewBox="{box}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'

    def grid(self, words: Sequence[str]) -> list[str]:
        """Horizontal lines with their figures; `words` for 0, 1, 2 … steps."""
        lines = []
        for n, text in enumerate(words):
            y = self.y(n * self.step)
            lines.append(
                f'<line class="grid" x1="{self.left}" x2="{self.width - PAD_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            )
            lines.append(f'<text x="{self.left - 12}" y="{y + 7:.1f}" text-anchor="end">{escape(text)}</text>')
        return lines

    def ticks(self, at: Sequence[tuple[float, str]]) -> list[str]:
        """Words below the axis."""
        y = self.height - 8
        return [f'<text x="{self.x(x):.1f}" y="{y}" text-anchor="middle">{escape(text)}</text>' for x, text in at]

    def line(self, points: Sequence[Point], name: str = "line") -> list[str]:
        """A line, as `name` is styled."""
        return [f'<path class="{name}" d="{self.path(points)}"/>'] if len(points) > 1 else []

    def band(self, low: Sequence[Point], high: Sequence[Point]) -> list[str]:
        """The area between two lines."""
        there, back = self.path(high), "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in reversed(low))
        return [f'<path class="band" d="{there}L{back}Z"/>'] if low and high else []

    def end(self, point: Point, words: str) -> list[str]:
        """A dot at the end of a line with its figure, kept inside the drawing."""
        x, y = self.x(point[0]), self.y(point[1])
        return [
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="8"/>',
            f'<text class="strong" x="{x + 16:.1f}" y="{max(24.0, y + 9):.1f}">{escape(words)}</text>',
        ]


def nice(top: float) -> float:
    """The round step (1, 2, 3, 4, 5, 10, 20 …) of which three to six reach `top` with the least left over; of equal
    ones the larger. At least 1.
    """
    size = 10.0 ** max(0, math.floor(math.log10(max(top, 1.0))) - 1)
    steps = [n * size * power for power in (1, 10) for n in (1, 2, 3, 4, 5)]
    fitting = [step for step in steps if 3 <= math.ceil(top / step) <= 6] or [size]
    return min(fitting, key=lambda step: (math.ceil(top / step) * step, -step))


def columns(
    width: int,
    height: int,
    values: Sequence[float],
    words: Sequence[str],
    figures: Sequence[str],
    bad_from: int,
    label: str,
) -> str:
    """Upright bars with a figure above and words below; from the one numbered `bad_from` on they stand out."""
    top, slot = max([*values, 1.0]), width / max(len(values), 1)
    parts = []
    for n, value in enumerate(values):
        high = (height - 84) * value / top
        x, y = n * slot + slot * 0.14, height - 40 - high
        middle = n * slot + slot / 2
        parts.append(
            f'<rect class="column{" bad" if n >= bad_from else ""}" x="{x:.1f}" y="{y:.1f}" rx="4" '
            f'width="{slot * 0.72:.1f}" height="{high:.1f}"/>'
            f'<text x="{middle:.1f}" y="{y - 10:.1f}" text-anchor="middle">{escape(figures[n])}</text>'
            f'<text x="{middle:.1f}" y="{height - 10}" text-anchor="middle">{escape(words[n])}</text>'
        )
    return (
        f'<svg class="wall-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )
