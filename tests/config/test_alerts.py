"""Rules of alerts that can't be right are refused with file, line, key and what would be right; the others go on."""

from pathlib import Path

import pytest

from config import alerts as module
from config.alert_kinds import KINDS, WARD_INDICATORS, LinkRule, Quiet, Scope
from config.alerts import ALERTS_FILE, load
from config.indicators import indicators
from tests.support.configured import configured

SEVERITIES = 'severities:\n  act: {word: {vi: "Xử lý", en: "Act"}, tone: attention}\n'
GOOD = (
    SEVERITIES
    + """
down:
  kind: link
  service: wan
  severity: act
  limit: {opens: 30, closes: 5}
  what: {vi: "{place} {since}", en: "{place} {since}"}
  first_step: {vi: "gọi", en: "call"}
"""
)
WORDS = '  what: {vi: "{place} {since}", en: "{place} {since}"}\n  first_step: {vi: "gọi", en: "call"}\n'
LINE = GOOD.count("\n") + 1
"""Where the rule that is tried begins."""


def rule(kind: str, more: str, words: str = WORDS, name: str = "b", limit: str = "{opens: 30, closes: 5}") -> str:
    return f"{name}:\n  kind: {kind}\n  severity: act\n  limit: {limit}\n{more}{words}"


def refused(tmp_path: Path, text: str, name: str = "b") -> str:
    path = tmp_path / "alerts.yaml"
    path.write_text(GOOD + text, encoding="utf-8")
    found = load(path)
    assert list(found.rules) == ["down"], "the others go on"
    assert list(found.refused) == [name]
    return found.refused[name].text("en") + "\n" + found.refused[name].text("vi")


WARD, LINK = "  indicator: overdue\n", "  service: wan\n"


@pytest.mark.parametrize(
    ("text", "line", "en", "vi"),
    [
        (rule("links", LINK), 1, "key b.kind: there is no “links”, the nearest is “link”; there are: ward, stuck, link",
         "không có “links”, gần nhất là “link”; có: ward"),
        ("b:\n  severity: act\n", 0, "key b.kind: this key is missing; there are: ward,", "thiếu mục này; có: ward,"),
        (rule("ward", "  indicator: overdue_rat\n"), 4,
         "key b.indicator: there is no “overdue_rat”, the nearest is “overdue_rate”", "gần nhất là “overdue_rate”"),
        (rule("ward", "  indicator: zzz\n"), 4, "there is no “zzz”; there are: open,", "không có “zzz”; có: open"),
        (rule("target", "  indicator: city_onlin\n", WORDS.replace("since", "by")), 4, "the nearest is “city_online”",
         "gần nhất là “city_online”"),
        (rule("target", "  indicator: form_on_time\n", WORDS.replace("since", "by")), 4,
         "“form_on_time” has no figure of the day to hold against a target; there are: city_online, coverage",
         "không có số liệu trong ngày"),
        (rule("target", "  indicator: overdue_rate\n", WORDS.replace("since", "by")), 4,
         "targets.yaml holds no target for “overdue_rate”", "chưa có mục tiêu nào"),
        (rule("target", "  indicator: city_online\n  of: ward\n", WORDS.replace("since", "by")), 5,
         "key b.of: “city_online” can be counted for these alone: city", "chỉ tính được cho: city"),
        (rule("target", "  indicator: city_online\n  of: world\n", WORDS.replace("since", "by")), 5,
         "key b.of: must be one of", "b.of"),
        (rule("ward", WARD).replace("act", "akt"), 2, "key b.severity: there is no “akt”, the nearest is “act”",
         "không có “akt”, gần nhất là “act”"),
        (rule("ward", WARD, limit="{opens: 5, closes: 5}"), 3, "closes (5) must be less than opens (5)",
         "closes (5) phải nhỏ hơn opens (5)"),
        (rule("ward", "  indicator: overdue_rate\n"), 3, "key b.limit.opens: can't be above 1 (0.05 is 5 %)",
         "không thể quá 1 (0.05 là 5 %)"),
        (rule("surge", "  of: city\n", limit="{opens: 0.9, closes: 0.5}"), 3, "limit.opens: must be more than 1",
         "phải lớn hơn 1"),
        (rule("officer", "", limit="{opens: 1, closes: 0.5}"), 3, "limit.opens: must be more than 1", "phải lớn hơn 1"),
        (rule("link", LINK, limit="{opens: 99999, closes: 5}"), 3, "can't be above 43200", "không thể quá 43200"),
        (rule("link", LINK, limit="{opens: -1, closes: -5}"), 3, "limit.opens: must be more than 0", "phải lớn hơn 0"),
        (rule("link", LINK, limit="{opens: many, closes: 5}"), 3, "must be a number", "phải là số"),
        (rule("link", "  service: fax\n"), 4, "key b.service: must be one of: 'wan', 'onestop'", "b.service"),
        (rule("stuck", "  hours: 0\n"), 4, "key b.hours: must be more than 0", "phải lớn hơn 0"),
        (rule("link", LINK + "  minute: {opens: 5}\n"), 5, "b.minute: there is no “minute”, the nearest is “minutes”",
         "gần nhất là “minutes”"),
        (rule("link", LINK + "  minutes: {opens: 5000}\n"), 5, "key b.minutes.opens: must not be above 1440", "1440"),
        (rule("link", LINK + '  scope: {districts: ["268", "999"]}\n'), 5, "key b.scope.districts: there is no “999”",
         "không có “999”"),
        (rule("ward", WARD + "  scope: {tier: village}\n"), 5, "key b.scope.tier: must be one of", "phải là một trong"),
        (rule("link", LINK + '  quiet: {from: "25:00", to: "06:00"}\n'), 5, "“25:00” is no time; write “21:30”",
         "“25:00” không phải giờ"),
        (rule("link", LINK + '  quiet: {from: "06:00", to: "06:00"}\n'), 5, "from and to must differ", "khác nhau"),
        (rule("link", LINK, WORDS.replace("{place}", "{plase}", 1)), 5,
         "key b.what: {plase}: there is no “plase”, the nearest is “place”", "gần nhất là “place”"),
        (rule("link", LINK, WORDS.replace("{since}", "", 1)), 5, "b.what: must hold {since}", "phải chứa {since}"),
        (rule("link", LINK, WORDS.replace("{place}", "{place", 1)), 5, "braces don't match", "ngoặc nhọn không khớp"),
        (rule("link", LINK, WORDS.replace("gọi", "{officer}")), 6, "b.first_step: {officer}: there is no", "{officer}"),
        (rule("link", LINK, WORDS.replace(', en: "{place} {since}"', "")), 5, "key b.what", "b.what"),
        (rule("link", LINK, ""), 0, "this key is missing", "thiếu mục này"),
        ("b: 7\n", 0, "key b: must hold keys", "phải gồm các mục con"),
        (rule("link", LINK, WORDS + "  kind: link\n"), 7, "b.kind already stands in line", "đã có ở dòng"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_right(tmp_path: Path, text: str, line: int, en: str, vi: str) -> None:
    told = refused(tmp_path, text)
    assert en in told
    assert vi in told
    assert f"alerts.yaml, line {LINE + line}" in told


def test_a_name_that_is_none(tmp_path: Path) -> None:
    told = refused(tmp_path, rule("link", LINK, name="Bad_Name"), "Bad_Name")
    assert "a rule's name is 1 to 40" in told


def test_two_rules_of_one_name_are_both_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, rule("link", LINK) + rule("ward", WARD))
    assert f"line {LINE + 7}: b already stands in line {LINE}" in told


def test_the_last_good_form_stays(tmp_path: Path) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text(GOOD + rule("link", LINK), encoding="utf-8")
    first = load(path)
    path.write_text(GOOD.replace("opens: 30", "opens: 40") + rule("fax", LINK), encoding="utf-8")
    second = load(path, first)
    assert second.rules["b"] == first.rules["b"]
    assert (second.rules["down"].limit.opens, list(second.refused)) == (40, ["b"])
    path.write_text(GOOD.replace("attention", "purple"), encoding="utf-8")
    third = load(path, second)
    assert (third.severities, list(third.refused)) == (first.severities, ["severities"])
    assert "line 2, key severities.act.tone: must be one of" in third.refused["severities"].text("en")
    path.write_text("down: [unclosed", encoding="utf-8")
    fourth = load(path, third)
    assert (fourth.rules, fourth.severities) == (third.rules, third.severities)
    assert fourth.problem is not None
    assert "alerts.yaml, line" in fourth.problem.text("en")


def test_without_severities_no_rule_can_be_right(tmp_path: Path) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text(GOOD.removeprefix(SEVERITIES), encoding="utf-8")
    found = load(path)
    assert (found.rules, set(found.refused)) == ({}, {"severities", "down"})


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text(GOOD, encoding="utf-8")
    with configured(OPS_ALERTS_FILE=path):
        assert list(module.alert_rules().rules) == ["down"]
        assert module.alert_rules() is module.alert_rules()
        path.write_text(GOOD + rule("fax", LINK), encoding="utf-8")
        assert (list(module.alert_rules().rules), list(module.alert_rules().refused)) == (["down"], ["b"])
        path.write_text(GOOD + rule("link", LINK), encoding="utf-8")
        assert (list(module.alert_rules().rules), module.alert_rules().problems) == (["down", "b"], [])


def test_the_rules_that_are_shipped_use_every_kind() -> None:
    shipped = load(ALERTS_FILE)
    assert shipped.problems == []
    assert {r.kind for r in shipped.rules.values()} == set(KINDS)
    assert list(shipped.severities) == ["urgent", "act", "watch"]
    assert set(WARD_INDICATORS) <= set(indicators())


def test_scope_and_quiet_hours() -> None:
    assert Scope().holds("", "city")
    some = Scope(districts=("268",), tier="commune")
    assert [some.holds("268", "commune"), some.holds("268"), some.holds("268", "district"), some.holds("")] == [
        True, True, False, False,
    ]  # fmt: skip
    quiet = Quiet.model_validate({"from": "20:00", "to": "06:30"})
    assert (quiet.begins.hour, quiet.ends.minute, quiet.rest_days) == (20, 30, False)
    assert LinkRule.allowed()[0] == "kind"
