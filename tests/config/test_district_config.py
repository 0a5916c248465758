"""The district screens' rules: the shipped file is right, a wrong one is refused with file, line and reason."""

from pathlib import Path

import pytest

from config.district import DISTRICT_FILE, DistrictRules, load
from config.problems import Problem


def test_the_shipped_rules() -> None:
    assert load() == DistrictRules(least_settled=30, absent_hours=16, alike=2)


@pytest.mark.parametrize(("was", "now"), [("least_settled: 30", "least_settled: 0"), ("alike: 2", "alike: few"),
                                          ("absent_hours: 16", "absent_days: 2")])  # fmt: skip
def test_a_wrong_rule_is_refused_with_its_line(tmp_path: Path, was: str, now: str) -> None:
    text = DISTRICT_FILE.read_text(encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith(was))
    file = tmp_path / "district.yaml"
    file.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(Problem) as refused:
        load(file)
    said = refused.value.text("en")
    assert "district.yaml" in said
    assert str(line) in said or "absent_hours" in said
