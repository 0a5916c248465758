"""Whatever stands in a configuration file: nothing crashes, and nothing that is wrong comes into force."""

import copy
import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from config.files import FILES
from config.problems import Problem
from tests.support.configured import configured

CASES = int(os.environ.get("OPS_CONFIG_CASES", "20"))
"""Texts a file; a fifth of it for the long ones, which take half a second to read."""
LONG = ("indicators", "alerts", "working_calendar", "qd766")
SHIPPED = {name: one.shipped.read_text(encoding="utf-8") for name, one in FILES.items()}
PLAIN = {name: YAML(typ="safe", pure=True).load(text) for name, text in SHIPPED.items()}
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just([]), st.just({}),
    st.sampled_from([-1, 0, 1, 2, 1e9, 1e308, "", " ", "{", "{}", "{value}", "1", "08:00", "2026-02-30", "a: b", "*a",
                     "now", "overdue", [1, 2, 3, 4], [[]], {"vi": "a"}, {"vi": "a", "en": "b"}, {1: 2}]),
    st.dates(),
)  # fmt: skip
TOKENS = st.lists(
    st.sampled_from(["a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!!set ", "? ", '"', "'",
                     "<<: ", "%YAML 1.1\n", "---\n", "...\n", "#", "\t", "|\n", "\\ud800", "\x00", "é", "~", "1e999",
                     "0x", ","]),
    max_size=25,
).map("".join)  # fmt: skip


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [at] * bool(at) + [place for key in keys for place in _places(value[key], (*at, key))]


def _dumped(value: Any) -> str:
    out = io.StringIO()
    try:
        YAML(typ="safe", pure=True).dump(value, out)
    except Exception:  # noqa: BLE001 - what YAML can't say stands in no file
        return "[" * 3
    return out.getvalue()


@st.composite
def damaged(draw: st.DrawFn, name: str) -> str:
    """A text for the file: good but for one or two odd values, keys or lines; or nothing like it."""
    how = draw(st.sampled_from(["value", "value", "key", "line", "cut", "tokens"]))
    text = SHIPPED[name]
    if how == "tokens":
        return draw(TOKENS)
    if how in ("cut", "line"):
        lines = text.splitlines(keepends=True)
        at = draw(st.integers(0, len(lines) - 1))
        if how == "cut":
            return "".join(lines[:at])[: -draw(st.integers(0, 9)) or None]
        return "".join([*lines[:at], draw(TOKENS) + "\n", *lines[at + draw(st.integers(0, 1)) :]])
    value = copy.deepcopy(PLAIN[name])
    for _ in range(draw(st.integers(1, 2))):
        places = _places(value)
        if not places:
            break
        *holder, last = draw(st.sampled_from(places))
        into = value
        for part in holder:
            into = into[part]
        if how == "key" and isinstance(into, dict):
            into[draw(st.one_of(st.text(max_size=6), st.integers(), st.none()))] = into.pop(last)
        else:
            into[last] = draw(ODD)
    return _dumped(value)


def told(problem: Problem) -> None:
    """The problem says file and place in both languages."""
    for lang in ("vi", "en"):
        assert problem.text(lang)
    assert str(problem.facts.get("line", "")).isdigit()


@pytest.mark.parametrize("name", list(FILES))
def test_no_text_crashes_or_takes_effect_while_it_is_wrong(name: str, tmp_path: Path, record_property: Any) -> None:
    one = FILES[name]
    count = {"texts": 0, "refused": 0}
    path = tmp_path / one.file
    good = SHIPPED[name]
    cases = max(4, CASES // 5) if name in LONG else CASES

    @settings(max_examples=cases, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(damaged(name))
    def tried(text: str) -> None:
        count["texts"] += 1
        found = one.check(text)
        for problem in (*found.problems, *found.hints):
            told(problem)
        assert found.ok == (found.problems == [])
        assert found.value is not None or found.problems
        try:
            put(path, text)
        except UnicodeEncodeError:
            assert not found.ok
            return
        if found.ok:
            assert one.value() == found.value, "what is right is in force at once"
        else:
            count["refused"] += 1
            put(path, good)
            stood = one.value()
            put(path, text)
            now = one.value()
            assert one.problems(), "it is told"
            if found.value is None:
                assert now is stood, "the last good one stays"
            usable(name, now)

    with configured(OPS_CONFIG_DIR=tmp_path):
        put(path, good)
        one.value()
        tried()
    record_property(
        "told", f"configuration fuzz, {one.file}: {count['texts']} texts, {count['refused']} refused, no crash"
    )
    assert count["refused"] > 0


def put(path: Path, text: str) -> None:
    """Another file each time: two writes into one within a tick of the clock look alike."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def usable(name: str, value: Any) -> None:
    """Of files that keep their parts: every part in force is one that stood before or is right by itself."""
    if name == "walls":
        assert all(wall.screens and set(wall.title) == {"vi", "en"} for wall in value.walls.values())
    if name == "alerts":
        assert value.severities
        assert all(rule.limit.closes < rule.limit.opens and rule.impossible() is None for rule in value.rules.values())
