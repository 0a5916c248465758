"""A timeline's bars and marks stand where their instants lie."""

import re
from datetime import UTC, datetime, timedelta

from widgets.timeline import Line, Mark, Span, drawing

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def test_places_are_shares_of_the_whole() -> None:
    drawn = drawing(
        [Line("step", [Span(at(0), at(2), "in time"), Span(at(2), at(10), "past <it>", "late")]),
         Line("pause", [Span(at(5), at(5), "short", "rest")]),
         Line("due", marks=[Mark(at(2), "early"), Mark(at(8), "far", late=True)])],
        at(4), "Course",
    )  # fmt: skip
    bars = re.findall(r'class="bar (\w*)" style="left:([\d.]+)%;width:([\d.]+)%" title="([^"]*)"', drawn)
    assert bars == [("", "0.00", "20.00", "in time"), ("late", "20.00", "80.00", "past &lt;it&gt;"),
                    ("rest", "50.00", "0.60", "short")]  # fmt: skip
    assert re.findall(r'class="due" style="left:([\d.]+)%', drawn) == ["40.00"] * 3
    assert re.findall(r'class="(mark[^"]*)" style="left:([\d.]+)%', drawn) == [
        ("mark", "20.00"),
        ("mark late", "80.00"),
    ]
    said = re.findall(r'class="said" style="(\w+):([\d.]+)%">(\w+)', drawn)
    assert said == [("left", "20.00", "early"), ("right", "20.00", "far")], "on the side that has room"


def test_one_instant_and_none() -> None:
    assert "left:0.00%" in drawing([Line("came", marks=[Mark(START, "now")])], None, "Course")
    assert drawing([Line("nothing")], None, "Course") == ""
