"""Targets as published: both sides of a disagreement, each with its source and date."""

from datetime import date

import pytest
from pydantic import ValidationError

from config.targets import Target, targets


def test_the_published_ones_in_the_files_order() -> None:
    assert [(t.indicator, t.value, t.by) for t in targets()] == [
        ("city_online", 0.55, date(2018, 12, 31)),
        ("city_online", 0.65, date(2018, 12, 31)),
        ("city_online", 0.80, date(2019, 12, 31)),
        ("city_online", 1.00, date(2019, 12, 31)),
    ]


def test_each_names_its_source_in_both_languages() -> None:
    for target in targets():
        assert set(target.source) == {"vi", "en"}
        assert target.source_text("vi") != target.source_text("en")
        assert target.source_text("xx") == target.source_text("vi")
        assert target.said is None or target.said < target.by


def test_the_disagreement_about_2018_stays_visible() -> None:
    assert [t.said for t in targets() if t.by.year == 2018] == [date(2018, 9, 25), None]


def test_a_typo_is_refused() -> None:
    with pytest.raises(ValidationError):
        Target(indicator="x", value=0.5, by=date(2020, 1, 1), source={}, until=date(2020, 1, 1))  # type: ignore[call-arg]
