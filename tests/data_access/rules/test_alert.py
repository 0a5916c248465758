"""Alerts: opened once, no flutter, minimum durations, ended by themselves, and hushed ones that stay hushed."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from config.alert_kinds import AlertRule, SurgeRule
from data_access.rules.alert import Decision, Standing, Step, Subject, decide, ended

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORDS = {"vi": "{place} {since}", "en": "{place} {since}"}
HERE: Subject = ("district", "268")
OPENS, CLOSES = 2.0, 1.5


def rule(opens: float = 3, closes: float = 5, **more: Any) -> AlertRule:
    return SurgeRule.model_validate({
        "kind": "surge", "of": "district", "severity": "act", "what": WORDS, "first_step": {"vi": "gọi", "en": "call"},
        "limit": {"opens": OPENS, "closes": CLOSES}, "minutes": {"opens": opens, "closes": closes},
    } | more)  # fmt: skip


@dataclass
class Store:
    """What data_access/alerts.py keeps, for one subject."""

    rule: AlertRule
    pending: dict[Subject, datetime] = field(default_factory=dict)
    standing: dict[Subject, Standing] = field(default_factory=dict)
    deeds: list[tuple[str, datetime]] = field(default_factory=list)

    def look(self, value: float, now: datetime) -> list[str]:
        told = decide(self.rule, {HERE: value}, self.pending, self.standing, now)
        self.pending = told.pending
        assert len(told.steps) <= 1
        for step in told.steps:
            known = self.standing.get(step.subject)
            if step.deed == "opened":
                assert known is None, "opened once"
                self.standing[HERE] = Standing("268", self.rule.severity, step.value)
            elif step.deed in ("resolved", "cleared"):
                del self.standing[HERE]
            else:
                assert known is not None
                told_value = step.value if step.deed == "changed" else known.told
                self.standing[HERE] = replace(known, clearing_since=step.clearing_since, told=told_value)
            if step.deed != "kept":
                self.deeds.append((step.deed, now))
        return [step.deed for step in told.steps]

    def by_hand(self) -> None:
        self.standing[HERE] = replace(self.standing[HERE], hushed=True)


def run(store: Store, values: list[float]) -> list[str]:
    """What each look says, a minute apart: "" for nothing."""
    return [" ".join(store.look(value, START + n * MINUTE)) for n, value in enumerate(values)]


def test_it_opens_after_its_minutes_and_ends_after_the_others() -> None:
    assert run(Store(rule(2, 3)), [2.0, 2.1, 2.0, 2.2, 1.4, 1.4, 1.4, 1.4, 1.4]) == [
        "", "", "opened", "kept", "kept", "kept", "kept", "resolved", "",
    ]  # fmt: skip


def test_it_is_since_the_condition_stood() -> None:
    store = Store(rule(2, 3))
    run(store, [2.0, 2.0])
    told = decide(store.rule, {HERE: 2.5}, store.pending, {}, START + 2 * MINUTE)
    assert told == Decision({}, [Step("opened", HERE, 2.5, START)])


def test_a_break_starts_the_minutes_anew() -> None:
    assert run(Store(rule(2, 3)), [2.0, 2.0, 1.9, 2.0, 2.0, 2.0]) == ["", "", "", "", "", "opened"]
    opened = [2.0, 2.0, 2.0]
    assert run(Store(rule(2, 2)), [*opened, 1.0, 1.0, 1.5, 1.0, 1.0, 1.0])[3:] == ["kept"] * 5 + ["resolved"]


def test_without_minutes_it_follows_at_once() -> None:
    assert run(Store(rule(0, 0)), [1.9, 2.0, 1.5, 1.4, 2.0]) == ["", "opened", "kept", "resolved", "opened"]


def test_what_the_figures_lack_is_nothing() -> None:
    store = Store(rule(0, 0))
    store.look(3.0, START)
    assert decide(store.rule, {}, {}, store.standing, START).steps == [Step("resolved", HERE, 0.0)]


def test_half_as_much_more_or_less_is_told_and_so_is_another_severity() -> None:
    store = Store(rule(0, 0))
    assert run(store, [2.0, 2.9, 3.0, 3.1, 4.4, 4.5, 3.1, 2.9]) == [
        "opened", "kept", "changed", "kept", "kept", "changed", "kept", "changed",
    ]  # fmt: skip
    store.rule = rule(0, 0, severity="urgent")
    assert store.look(2.9, START + 20 * MINUTE) == ["changed"]


def test_one_resolved_by_hand_waits_for_the_conditions_end() -> None:
    store = Store(rule(0, 2))
    store.look(2.5, START)
    store.by_hand()
    assert run(store, [2.5, 9.0, 1.6, 1.4, 2.5, 1.4, 1.4, 1.4, 2.5]) == ["kept"] * 7 + ["cleared", "opened"]


def test_a_rule_that_looks_elsewhere_ends_its_alerts() -> None:
    standing = {HERE: Standing("268", "act", 3.0), ("district", "002"): Standing("002", "act", 2.5, hushed=True)}
    only = rule(scope={"districts": ["001"]})
    expected = [Step("resolved", HERE, 3.0, gone=True), Step("cleared", ("district", "002"), 2.5, gone=True)]
    assert decide(only, dict.fromkeys(standing, 5.0), {}, standing, START).steps == expected
    assert list(ended(standing)) == expected


looks = st.lists(st.tuples(st.floats(0, 6, allow_nan=False), st.integers(0, 12)), max_size=50)


def walk(store: Store, steps: list[tuple[float, int]], now: datetime = START) -> datetime:
    for value, minutes in steps:
        now += minutes * MINUTE
        store.look(value, now)
    return now


@given(looks)
def test_openings_and_ends_take_turns_and_are_never_closer_than_their_minutes(steps: list[Any]) -> None:
    store = Store(rule(3, 5))
    walk(store, steps)
    changes = [(deed, at) for deed, at in store.deeds if deed != "changed"]
    assert [deed for deed, _ in changes] == [("opened", "resolved")[n % 2] for n in range(len(changes))]
    for (_, before), (deed, at) in pairwise(changes):
        assert at - before >= timedelta(minutes=3 if deed == "opened" else 5)


@given(looks, st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 600)), max_size=30))
def test_a_figure_moving_within_the_band_never_opens_or_ends_anything(before: list[Any], inside: list[Any]) -> None:
    store = Store(rule(3, 5))
    now = walk(store, before)
    was = list(store.standing)
    walk(store, [(CLOSES + part * (OPENS - CLOSES) * 0.999, minutes) for part, minutes in inside], now)
    assert list(store.standing) == was


@given(looks)
def test_it_opens_only_when_the_figure_stood_there_all_its_minutes(steps: list[Any]) -> None:
    store, now, since = Store(rule(3, 5)), START, None
    for value, minutes in steps:
        now += minutes * MINUTE
        since = (since or now) if value >= OPENS else None
        if "opened" in store.look(value, now):
            assert since is not None
            assert now - since >= 3 * MINUTE


@given(looks, looks)
def test_a_hushed_one_never_opens_before_its_condition_was_over(before: list[Any], after: list[Any]) -> None:
    store = Store(rule(3, 5))
    now = walk(store, [*before, (3.0, 10), (3.0, 10)])
    store.by_hand()
    store.deeds.clear()
    walk(store, after, now)
    deeds = [deed for deed, _ in store.deeds]
    assert deeds[:1] in ([], ["cleared"])
    if not deeds:
        assert store.standing[HERE].hushed


@given(st.floats(0, 6, allow_nan=False), looks)
def test_a_figure_that_stands_long_enough_is_followed(value: float, before: list[Any]) -> None:
    store = Store(rule(3, 5))
    now = walk(store, before)
    was = bool(store.standing)
    walk(store, [(value, 60)] * 3, now)
    expected = value >= OPENS or (was and value >= CLOSES)
    assert bool(store.standing) == expected
