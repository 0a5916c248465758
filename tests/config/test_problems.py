"""Problems say what is wrong, where and what to do, in both languages and with the same facts."""

import re

import pytest

from config.problem_texts import TEXTS
from config.problems import Problem
from config.settings import ROOT

NAMES = re.compile(r"\{(\w+)[^}]*\}")


def test_both_languages_tell_the_same_facts() -> None:
    # accounts_invalid carries its reason already written in each language
    different = {
        code for code, (vi, en) in TEXTS.items() if set(NAMES.findall(vi)) - {"vi"} != set(NAMES.findall(en)) - {"en"}
    }
    assert different == set()


def test_sentences_are_written_and_translated() -> None:
    for code, (vi, en) in TEXTS.items():
        assert vi.strip(), code
        assert en.strip(), code
        assert vi != en, code


def test_the_code_raises_known_problems_only() -> None:
    used: set[str] = set()
    for folder in ("config", "data_access", "pages", "widgets"):
        for file in (ROOT / folder).rglob("*.py"):
            used |= set(re.findall(r'Problem\(\s*"(\w+)"', file.read_text(encoding="utf-8")))
    assert len(used) > 15
    assert used - set(TEXTS) == {"code"}, "the class's own docstring, and nothing else"


def test_facts_are_filled_in() -> None:
    problem = Problem("registry_duplicate", path="a.csv", line=7, key="00004", first=3)
    assert problem.text("vi").startswith("a.csv, dòng 7: ward_code 00004 đã có ở dòng 3.")
    assert problem.text("en").startswith("a.csv, line 7: ward_code 00004 already stands in line 3.")
    assert (problem.text("xx"), str(problem)) == (problem.text("vi"), problem.text("en"))


def test_an_unknown_code_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_problem")
