"""Each indicator's entry is whole, in both languages, and known to whatever shows it."""

import ast
import re
from collections.abc import Iterable

import pytest
from pydantic import ValidationError

from config.indicators import Indicator, indicator, indicators
from config.measures import measures
from config.qd766 import qd766
from config.settings import ROOT
from config.targets import targets
from config.unlisted import DERIVED, NO_LIST, REASONS, unlisted
from data_access.cli.indicators import page


def test_every_entry_is_whole_in_both_languages() -> None:
    assert len(indicators()) >= 50
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


SHOWING = {"Figure", "Fact", "figure_column", "indicator", "explained"}
"""What draws a figure or its name; their texts are codes."""
OF_ONE_ROW = {
    # of one dossier, step or pause: no figure
    "Holders", "Since", "Step deadline", "Received", "Deadline", "Due", "Finished", "Late by", "From", "To", "Length",
    # the rows are what happened to one alert
    "Time", "Figure",
    # the rows are steps at which dossiers wait; an instant
    "First since",
    # the rows are components of Decision 766, each an indicator of its own
    "Numerator", "Denominator", "Ratio", "Threshold", "Points", "Rank",
    # the rows are kinds of doubtful data, codes or silent wards, defined in data_access/rules
    "Rows", "Share", "Last {n} months", "Doubtful", "Dossiers", "First seen", "Last received", "Silent, working days",
    "Usual a working day",
    # the rows are indicators themselves, beside earlier days (pages/ward.py)
    "Today", "Yesterday", "A week ago", "±",
    # the rows are imported files, named days, or changes of a file
    "Imported", "Wards joined", "Day", "No.", "When", "In force since",
    # the rows are devices, accounts, sessions, or what the machine and the source say of themselves
    "Last heard", "Browser, pixels", "Issued", "Times", "Mean", "Slowest", "Began", "Days", "Repaired",
    "Rows in the source, about", "Rows in the store", "Last sign-in", "Failed in 24 h", "Signed in", "Last seen",
}  # fmt: skip


def _trees() -> list[ast.Module]:
    files = [f for folder in ("pages", "widgets") for f in sorted((ROOT / folder).rglob("*.py"))]
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


def _calls(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    return [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in names
    ]


def _texts(nodes: Iterable[ast.AST]) -> set[str]:
    found = [n.value for node in nodes for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return {text for text in found if isinstance(text, str)}


def shown() -> set[str]:
    """Codes that calls of SHOWING name: in place, as `also`, or out of a tuple they run through."""
    codes: set[str] = set()
    for tree in _trees():
        for call in _calls(tree, SHOWING):
            where = call.args if getattr(call.func, "id", "") == "explained" else call.args[:1]
            plain = [arg for arg in where if isinstance(arg, ast.Constant)]
            codes |= _texts([*plain, *(k.value for k in call.keywords if k.arg == "also")])
        for run in ast.walk(tree):
            if isinstance(run, ast.GeneratorExp | ast.ListComp) and _calls(run.elt, SHOWING):
                codes |= _texts(g.iter for g in run.generators if isinstance(g.iter, ast.Tuple))
    return codes


def offered() -> set[str]:
    """Codes in the tuples that pages run through: COLUMNS, COUNTED, MEASURES."""
    found: set[str] = set()
    for tree in _trees():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                found |= {c for c in _texts([node.value]) if c in indicators()}
    return found


def test_the_code_shows_only_what_is_registered() -> None:
    assert len(shown()) > 30
    assert shown() - set(indicators()) == set()


def test_no_entry_is_used_nowhere() -> None:
    components = {c.code for c in qd766().components}
    measured = {m.indicator for m in measures().values()}
    assert set(indicators()) - shown() - offered() - components - measured == set()


def test_columns_of_figures_are_drawn_from_the_registry() -> None:
    for tree in _trees():
        for call in _calls(tree, {"Column"}):
            if [a for a in call.args[1:2] if isinstance(a, ast.Constant) and a.value == "right"]:
                assert _texts(call.args[:1]) <= OF_ONE_ROW, f"{ast.unparse(call)}: use figure_column"


OF_ONE_LINE = {"Row", "Working days late", "Letters sent"}
"""Numbers in exported lists that are of one dossier; form II.06a has its own heads."""


def test_columns_of_exported_figures_are_drawn_from_the_registry() -> None:
    found: set[str] = set()
    for file in sorted((ROOT / "data_access/exports").glob("*.py")):
        for call in _calls(ast.parse(file.read_text(encoding="utf-8")), {"Column"}):
            if [a for a in call.args[1:2] if isinstance(a, ast.Constant) and a.value in ("count", "decimal")]:
                found |= _texts(word for head in call.args[:1] for word in _calls(head, {"t"}))
    assert found == OF_ONE_LINE, "use indicator(code).name"


def test_counts_and_ratios_are_told_apart() -> None:
    for code, entry in indicators().items():
        assert (entry.denominator["vi"] == "không có") is (entry.denominator["en"] == "none"), code
        assert entry.is_ratio or entry.unit["en"] != "%", code
        assert entry.numerator != entry.denominator, code


@pytest.mark.parametrize(
    "name", ["names", "unit", "direction", "formula", "numerator", "denominator", "rule", "source"]
)
def test_an_entry_without_any_of_these_is_refused(name: str) -> None:
    whole = indicator("overdue_rate").model_dump()
    with pytest.raises(ValidationError):
        Indicator(**{k: v for k, v in whole.items() if k != name})
    if isinstance(whole[name], dict):
        for lang in ("vi", "en"):
            with pytest.raises(ValidationError):
                Indicator(**(whole | {name: whole[name] | {lang: " "}}))


def test_the_page_of_the_documentation_is_the_registry() -> None:
    assert (ROOT / "docs/indicators.md").read_text(encoding="utf-8") == page(), (
        "run: python -m data_access indicators --write docs/indicators.md"
    )
    for entry in indicators().values():
        for lang in ("vi", "en"):
            for words in (entry.name(lang), entry.numerator[lang], entry.denominator[lang], entry.formula_text(lang)):
                assert words in page()


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


def test_what_has_no_list_is_an_indicator() -> None:
    for code in NO_LIST:
        assert unlisted(indicator(code).code) in REASONS
    assert unlisted("overdue") == ""
    assert unlisted("qd766_2_1") == DERIVED
