"""Criteria that can't be right are refused with line, key and what would be right."""

from pathlib import Path

import pytest

from config.problems import Problem
from config.stages import STAGES_FILE, load

SHIPPED = STAGES_FILE.read_text(encoding="utf-8")


def refused(tmp_path: Path, old: str, new: str) -> str:
    assert SHIPPED.count(old) >= 1
    path = tmp_path / "stages.yaml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Problem) as problem:
        load(path)
    return problem.value.text("en") + "\n" + problem.value.text("vi")


def line(of: str) -> int:
    return SHIPPED[: SHIPPED.index(of)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "en", "vi"),
    [
        ("{up: 0.015, down: 0.010}", "{up: 0.015, down: 0.015}", "limits.2: down (0.015) must be less than up", "nhấp"),
        ("{up: 0.05, down: 0.035}", "{up: 0.012, down: 0.011}", "the limits of stage 3 must be above", "giai đoạn 3"),
        ("{up: 0.25, down: 0.20}", "{up: 25, down: 20}", "criteria.links_down: a share can't be above 1", "quá 1"),
        ("{up: 0.25, down: 0.20}", "{up: -1, down: -2}", "must be more than 0", "phải lớn hơn 0"),
        ("      5: {up: 0.25", "      6: {up: 0.25", "there is no stage 6; use 2 to 5", "không có"),
        ("kind: times", "kind: furlongs", "criteria.surge.kind: must be one of", "phải là một trong"),
        ("  surge:", "  moon:", "must be one of: 'links_down'", "phải là một trong"),
        ('vi: "Số liệu đã cũ {value}"', 'vi: "Số liệu cũ"', "says must hold {value}", "says phải chứa"),
        ("  5: {word", "  6: {word", "all five stages", "đủ năm giai đoạn"),
        ("minutes: {up: 0, down: 0}", "minutes: {up: 0}", "data_age.minutes.down: this key is missing", "thiếu"),
        ("  overdue_rate:", "  links_down:", "already stands in line", "đã có ở dòng"),
        ("criteria:", "criterias:", "key criteria: this key is missing", "thiếu mục này"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, old: str, new: str, en: str, vi: str) -> None:
    told = refused(tmp_path, old, new)
    assert en in told
    assert vi in told


def test_it_says_the_line(tmp_path: Path) -> None:
    old = "{up: 0.015, down: 0.010}"
    assert f"line {line(old)}," in refused(tmp_path, old, "{up: 0.015, down: 0.02}")


def test_what_is_shipped() -> None:
    shipped = load()
    assert list(shipped.criteria) == ["links_down", "overdue_rate", "surge", "data_age"]
    assert [s.tone for s in shipped.stages.values()] == ["good", "attention", "attention", "urgent", "urgent"]
