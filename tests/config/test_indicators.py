"""Each indicator's entry is whole, in both languages, and known to whatever shows it."""

import re

import pytest
from pydantic import ValidationError

from config.indicators import Indicator, indicator, indicators
from config.measures import measures
from config.settings import ROOT
from config.targets import targets


def test_every_entry_is_whole_in_both_languages() -> None:
    assert len(indicators()) >= 15
    for code, entry in indicators().items():
        assert code == entry.code
        assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
        for words in (entry.names, entry.unit, entry.formula, entry.numerator, entry.denominator, entry.source):
            assert set(words) == {"vi", "en"}, code
            assert all(text.strip() for text in words.values()), code
        assert entry.formula["vi"] != entry.formula["en"]


def test_names_are_told_apart() -> None:
    for lang in ("vi", "en"):
        names = [entry.name(lang) for entry in indicators().values()]
        assert sorted(names) == sorted(set(names))


def test_figures_that_depend_on_timeliness_name_their_rule() -> None:
    for code in ("overdue", "on_time_rate"):
        assert indicator(code).rule == "R-A"


def test_the_code_shows_only_what_is_registered() -> None:
    used: set[str] = set()
    for file in (ROOT / "pages").glob("*.py"):
        used |= set(re.findall(r'(?:Figure|indicator)\(\s*"(\w+)"', file.read_text(encoding="utf-8")))
    assert len(used) > 12
    assert used - set(indicators()) == set()


def test_measures_and_targets_speak_of_known_indicators() -> None:
    assert {m.indicator for m in measures().values()} | {g.indicator for g in targets()} <= set(indicators())


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        indicator("no_such")


def test_a_typo_in_an_entry_is_refused() -> None:
    good = indicator("open").model_dump()
    for bad in ({"direction": "sideways"}, {"rule": "R-Z"}, {"colour": "red"}, {"names": {"fr": "x"}}):
        with pytest.raises(ValidationError):
            Indicator(**(good | bad))


def test_words_by_language() -> None:
    entry = indicator("open")
    assert (entry.name("vi"), entry.name("en"), entry.name("xx")) == ("Đang giải quyết", "Open", "Đang giải quyết")
    assert (entry.unit_name("vi"), entry.unit_name("en")) == ("hồ sơ", "dossiers")
