"""Weights that can't be right are refused with line, key and what would be right; the built-in ones then stand."""

from pathlib import Path

import pytest

from config import first_call as module
from config.first_call import FIRST_CALL_FILE, FirstCall, first_call, load
from config.problems import Problem
from tests.support.configured import configured

SHIPPED = FIRST_CALL_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "en", "vi"),
    [
        ("weight: 30", "weight: -1", "line 6, key reasons.overdue.weight: must be 0.0 or more", "phải từ 0"),
        ("full: 20", "full: 0", "reasons.overdue.full: must be more than 0", "phải lớn hơn 0"),
        ("full: 0.25", "full: 25", "line 5, key reasons: a share can't be above 1", "quá 1"),
        ("  due_24h:", "  moon:", "must be one of: 'overdue'", "phải là một trong"),
        ("  due_24h:", "  overdue:", "already stands in line 6", "đã có ở dòng 6"),
        ("chance:", "luck:", "luck: there is no such key", "không có mục nào"),
        ("least_open: 10", "least_open: many", "least_open: must be a whole number", "phải là số nguyên"),
        ("reasons:", "chance: 2\nreasons:", "already stands in line", "đã có ở dòng"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, old: str, new: str, en: str, vi: str) -> None:
    assert old in SHIPPED
    path = tmp_path / "first_call.yaml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Problem) as problem:
        load(path)
    assert en in problem.value.text("en")
    assert vi in problem.value.text("vi")


def test_something_must_weigh(tmp_path: Path) -> None:
    path = tmp_path / "first_call.yaml"
    path.write_text("reasons:\n" + "".join(f"  {r}: {{weight: 0, full: 1}}\n" for r in module.DEFAULTS))
    with pytest.raises(Problem, match="reasons"):
        load(path)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert load() == FirstCall(), "the shipped file says the defaults"
    path = tmp_path / "first_call.yaml"
    path.write_text("reasons: {due_24h: {weight: 40, full: 3}}\n")
    found = load(path)
    assert found.reasons == module.DEFAULTS | {"due_24h": found.reasons["due_24h"]}
    assert (found.reasons["due_24h"].weight, found.chance) == (40, 1.645)


def test_a_refused_file_leaves_the_defaults_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "first_call.yaml").write_text("chance: -1\n")
    with configured(OPS_CONFIG_DIR=tmp_path):
        found, problem = first_call()
    assert found == FirstCall()
    assert problem is not None
    assert "chance" in problem.text("vi")
