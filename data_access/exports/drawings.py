"""Drawings for paper, as SVG: a district's wards by class, and lines over weeks."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from html import escape
from math import cos, radians

from shapely.geometry import Polygon

from config.registry import registry
from config.shapes import Area, shapes

CLASSES = ("#e6edf5", "#b9cde3", "#f0cf8a", "#ea9a3e", "#c8322f")
"""Calm to urgent, as the screens' light theme has them (widgets/palette.py; a test holds both equal)."""


def district_map(district: str, values: Mapping[str, float], limits: Sequence[float], marks: Sequence[str]) -> str:
    """The district's wards, coloured by the class of their value; `marks` (ward codes) are numbered 1, 2, 3 …"""
    drawn = shapes().areas
    areas = {w.code: drawn[w.code] for w in registry().wards_of(district) if w.code in drawn}
    points = [p for area in areas.values() for polygon in area for p in polygon[0]]
    west, south = min(x for x, _ in points), min(y for _, y in points)
    east, north = max(x for x, _ in points), max(y for _, y in points)
    squeeze = cos(radians((south + north) / 2))
    scale = min(560 / ((east - west) * squeeze), 360 / (north - south))

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - west) * squeeze * scale + 10, (north - y) * scale + 10

    parts = []
    for code, area in areas.items():
        path = "".join(_path([at(*p) for p in ring]) for polygon in area for ring in polygon)
        colour = CLASSES[bisect_left(limits, values.get(code, 0))]
        parts.append(f'<path d="{path}" fill="{colour}" fill-rule="evenodd" stroke="#ffffff" stroke-width="1.5"/>')
    for n, code in enumerate(marks, 1):
        if code in areas:
            x, y = at(*_middle(areas[code]))
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="#1b2738"/><text x="{x:.1f}" y="{y + 5:.1f}" '
                f'font-size="14" font-weight="bold" fill="#ffffff" text-anchor="middle" {_FONT}>{n}</text>'
            )
    wide, high = at(east, south)
    return _svg(wide + 10, high + 10, parts)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points[:-1]) + "Z"


def _middle(area: Area) -> tuple[float, float]:
    """A place well inside the largest polygon, whatever its form."""
    largest = max((Polygon(polygon[0], polygon[1:]) for polygon in area), key=lambda p: p.area)
    inside = largest.centroid if largest.contains(largest.centroid) else largest.representative_point()
    return inside.x, inside.y


def lines(labels: Sequence[str], series: Sequence[tuple[str, str, Sequence[float]]], width: float = 420) -> str:
    """Lines over the same steps: (name, colour, values); the last value stands beside its end. Zero is the ground."""
    high, left, right, top, bottom = 124.0, 8.0, 122.0, 12.0, 24.0
    most = max([1.0, *(v for _, _, values in series for v in values)])
    step = (width - left - right) / max(1, len(labels) - 1)

    def y_of(value: float) -> float:
        return top + (high - top - bottom) * (1 - value / most)

    ground = y_of(0)
    parts = [f'<line x1="{left}" y1="{ground}" x2="{width - right}" y2="{ground}" stroke="#b5c0ce" stroke-width="1"/>']
    for i in (0, len(labels) - 1):
        anchor = "start" if i == 0 else "end"
        parts.append(
            f'<text x="{left + i * step:.1f}" y="{high - 8}" font-size="11" fill="#51627a" text-anchor="{anchor}" '
            f"{_FONT}>{escape(labels[i])}</text>"
        )
    ends = _apart([y_of(values[-1]) for _, _, values in series], 15)
    for (name, colour, values), end in zip(series, ends, strict=True):
        drawn = " ".join(f"{left + i * step:.1f},{y_of(v):.1f}" for i, v in enumerate(values))
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{width - right + 6}" y="{end + 4:.1f}" font-size="12" fill="{colour}" {_FONT}>'
            f"{escape(name)}</text>"
        )
    return _svg(width, high, parts)


def _apart(places: Sequence[float], least: float) -> list[float]:
    """The places moved down where they would stand on one another."""
    found, last = [0.0] * len(places), float("-inf")
    for i in sorted(range(len(places)), key=lambda i: places[i]):
        found[i] = last = max(places[i], last + least)
    return found


_FONT = 'font-family="Libertinus Serif"'


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
