"""What a text for a configuration file may say: every mistake with its line, key and what would be right."""

import io
import json
import re
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from config.alert_kinds import nearest
from config.edit import add_item, get_value, remove_item, set_value
from config.files import FILES, SCHEMA_DIR, Checked, config_file, schema_text
from config.problems import Problem
from config.settings import CONFIG_DIR, ROOT
from config.yaml_lines import whole
from data_access.rules.qd766 import MEASURES


def shipped(name: str) -> str:
    return FILES[name].shipped.read_text(encoding="utf-8")


def tried(name: str, old: str, new: str) -> Checked:
    text = shipped(name)
    assert old in text
    return FILES[name].check(text.replace(old, new, 1), date(2020, 1, 1))


@pytest.mark.parametrize("name", list(FILES))
def test_what_is_shipped_can_be_used(name: str) -> None:
    found = FILES[name].check(shipped(name))
    assert found.problems == []
    assert found.value is not None
    assert found.ok


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        # a wrong type, of each kind of value
        ("workload", "busy_index: 4", "busy_index: much", "line 3, key busy_index: must be a number"),
        ("workload", "busy_index: 4", "busy_index: true", "line 3, key busy_index: must be a number"),
        ("workload", "busy_index: 4", "busy_index: .inf", "line 3, key busy_index: must be a finite number"),
        ("workload", "busy_index: 4", 'busy_index: "4"', "line 3, key busy_index: must be a number"),
        ("district", "alike: 2", "alike: 2.5", "key alike: must be a whole number"),
        ("forms", "rows:\n", "rows: 3\nrow:\n", "key rows: must hold keys of its own"),
        ("periods", "oldest: 2010-01-01", "oldest: 2010-02-30", "key oldest: must be a day that exists"),
        ("measures", "limits: [3, 6, 10, 20]", "limits: 3", "line 4, key open.limits: must be a list"),
        ("measures", "more_is_worse: false", "more_is_worse: no way", "must be true or false"),
        ("targets", "value: 0.55", "value: [1]", "line 4, key 0.value: must be a number"),
        ("walls", "seconds: 60", "seconds: 60.5", "key trung-tam.screens.0.seconds: must be a whole number"),
        # a key that isn't there, with the nearest that is
        ("workload", "idle_index", "idle_indx", "key idle_indx: there is no such key; the nearest is “idle_index”"),
        ("forms", "  screen: 200", "  screens: 200", "key rows.screens: there is no such key; the nearest is “screen”"),
        ("first_call", "chance:", "xyz:", "there is no such key; there are: reasons, chance, least_open, still_hours"),
        ("alerts", "  severity: urgent", "  severty: urgent", "“severity”"),
        ("targets", "indicator: city_online", "indicator: city_onlin",
         "there is no “city_onlin”, the nearest is “city_online”"),
        # no YAML; too much of it
        ("stages", "stages:\n", "stages: [\n", "stages.yaml, line"),
        ("stages", "stages:\n", "stages: &a [*a]\nstage:\n", "too large, or repeats itself"),
        ("quality", "earliest:", "? [a, b]\n: 3\nearliest:", "a key must be text or a number"),
        ("quality", "earliest: 2000-01-01", "earliest: !!int abc", "key earliest: must be a day that exists"),
        ("workload", "busy_index: 4", "busy_index: 4\nbusy_index: 5", "busy_index already stands in line 3"),
        # an order turned round
        ("measures", "[3, 6, 10, 20]", "[3, 10, 6, 20]", "key open.limits: the four limits must rise"),
        ("stages", "{up: 0.05, down: 0.035}", "{up: 0.012, down: 0.011}",
         "the limits of stage 3 must be above those of stage 2"),
        ("alerts", "limit: {opens: 15, closes: 5}", "limit: {opens: 5, closes: 15}",
         "closes (15) must be less than opens (5)"),
        # what would empty a screen or stop a clock
        ("walls", "screens:\n    - {screen: connections, seconds: 120}\n    - {screen: now, seconds: 30}",
         "screens: []", "key ket-noi.screens: at least 1 is needed"),
        ("measures", "open: {indicator", "opened: {indicator", "key opened: must be one of"),
        ("working_calendar", "first: 2010-01-01", "first: 1801-01-01", "key first: must be 1990-01-01 or more"),
        ("periods", "  year: 9\n", "", "key offered: year: at least 2 periods are needed"),
        ("periods", "  day: 62", "  day: 62000000", "key offered: day: at least 2 periods are needed, at most 400"),
        ("forms", "nhân dân {district}", "nhân dân {distrct}", "there is no {distrct}; there are: {district}, {city}"),
        ("stages", '"{value} of wards', '"{value:d} of wards', "write {value} and nothing else"),
        ("indicators", "overdue_rate:\n  names", "overdue_rat:\n  names",
         "no “overdue_rat”, the nearest is “overdue_rate”"),
        ("qd766", 'max_points: 18}', 'max_points: 19}', "group 1: components give 18, not 19 points"),
        ("qd766", 'id: "1.2"', 'id: "1.1"', "the id 1.1 is used twice"),
        # screens per role can only be taken away and put in order
        ("screens", "  - workload", "  - workloads",
         "line 17, key operations.9: there is no “workloads”, the nearest is “workload”"),
        ("screens", "  - workload", "  - audit", "key operations.9: “audit” is a screen for IT staff"),
        ("screens", "  - alerts", "  - overview", "line 9, key operations.1: “overview” stands above already"),
        ("screens", "  - settings\n", "", "key it: IT staff always keep “settings” (Configuration)"),
        ("screens", "operations:", "operations: []\nwall:", "line 7, key operations: at least 1 is needed"),
        ("screens", "operations:", "wall: [overview]\noperations:", "key wall: there is no such key"),
        # groups of the city's sign-in
        ("sign_in", "groups: []", "groups:\n  - {group: a, role: it}\n  - {group: b, role: king}",
         "line 14, key groups.1.role: must be one of"),
        ("sign_in", "groups: []", "groups:\n  - {group: a, role: district}", "needs at least one district"),
        ("sign_in", "groups: []", 'groups:\n  - {group: a, role: district, districts: ["268", "269x"]}',
         "key groups.0.districts.1: there is no “269x”, the nearest is “269”"),
        ("sign_in", "groups: []", 'groups:\n  - {group: a, role: it, districts: ["268"]}',
         "key groups.0.districts: only role district has districts"),
        ("sign_in", "groups: []", "groups:\n  - {group: a, role: it}\n  - {group: a, role: wall}",
         "line 14, key groups.1.group: the group “a” stands above already"),
        ("sign_in", "person: preferred_username", 'person: ""', "key claims.person: must not be empty"),
        # the city
        ("city", "default: vi", "default: fr", "line 13, key languages.default: must be one of: 'vi' or 'en'"),
        ("city", "[vi, en]", "[en]", "line 13, key languages.default: must be one of those offered: en"),
        ("city", "desk: 2", "dsk: 2", "line 18, key refresh.dsk: there is no such key; the nearest is “desk”"),
        ("city", "source: 1   # between two looks of the sync at the one-stop database, 0.1 to 15\n  stale: 150",
         "source: 15\n  stale: 20", "line 21, key refresh.stale: must be 30 or more (twice source)"),
        ("city", 'vi: "Điều hành Một cửa"', 'vi: "Trung tâm điều hành dịch vụ một cửa"',
         "one line of 1 to 30 characters"),
        # secrets
        ("forms", "keep_minutes:", "cookie_key: 123456\nkeep_minutes:", "key cookie_key: a secret has no place"),
        ("forms", "keep_minutes:", "# smtp://me:word@host/\nkeep_minutes:", "key URL: a secret has no place"),
        ("walls", "trung-tam:", "{a: 1, api_key: x}\ntrung-tam:", "key api_key: a secret has no place"),
    ],
)  # fmt: skip
def test_refused_with_the_place_and_what_would_be_right(name: str, old: str, new: str, says: str) -> None:
    found = tried(name, old, new)
    told = [p.text("en") for p in found.problems]
    assert any(says in sentence for sentence in told), told
    assert all(FILES[name].file in sentence and "line" in sentence for sentence in told)
    assert all(p.text("vi") != p.text("en") for p in found.problems)
    assert not any("word" in s or "123456" in s for s in told if "secret" in s), "a secret is not told again"


NAMES = {"indicators": 0, "measures": 0, "walls": 0, "alerts": 0, "stages": 1}
"""At which depth a file has names of its own as keys: one of each is enough."""
TOLD_AT_ONCE = ("indicators", "qd766")
"""Long files whose mistakes are all told together: their values are tried at once, each must be named."""


@pytest.mark.parametrize("name", list(FILES))
def test_each_key_with_a_wrong_type_is_refused_with_its_line(name: str) -> None:
    plain = whole(FILES[name].shipped, shipped(name)).value
    seen: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for place in places(plain):
        if not str(place[0]).startswith("."):  # these hold anchors
            seen.setdefault(tuple("*" if isinstance(p, int) or n == NAMES.get(name) else str(p)
                                  for n, p in enumerate(place)), place)  # fmt: skip
    assert seen
    kinds = list(seen.values())
    if name in TOLD_AT_ONCE:
        leaves = [p for p in kinds if not any(q[: len(p)] == p and q != p for q in places(plain))]
        wrong = plain
        for place in leaves:
            wrong = replaced(wrong, place)
        assert {".".join(map(str, p)) for p in leaves} <= {
            str(m.facts["key"]) for m in tried_plain(name, wrong).problems
        }
        kinds = [p for p in kinds if p not in leaves][:: len(kinds)]  # what holds others: the first of them
    for place in kinds:
        found = tried_plain(name, replaced(plain, place))
        assert not found.ok, place
        assert any(str(place[-1]) in str(p.facts["key"]) or str(place[0]) in str(p.facts["key"])
                   for p in found.problems), (place, [p.text("en") for p in found.problems])  # fmt: skip
        assert all(int(str(p.facts["line"])) > 0 for p in found.problems)


def tried_plain(name: str, value: Any) -> Checked:
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(value, text)
    return FILES[name].check(text.getvalue())


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places of a plain value, what holds others before these."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [at] * bool(at) + [place for key in keys for place in places(value[key], (*at, key))]


def replaced(value: Any, place: tuple[Any, ...]) -> Any:
    """The value with something of quite another kind at a place."""
    if not place:
        return 3 if isinstance(value, dict | list) else {"no": 1}
    made = list(value) if isinstance(value, list) else dict(value)
    made[place[0]] = replaced(made[place[0]], place[1:])
    return made


def test_all_mistakes_at_once() -> None:
    text = shipped("workload").replace("busy_index: 4", "busy_index: 1").replace("idle_index: 0.5", "idle_index: x")
    assert [p.facts["key"] for p in FILES["workload"].check(text).problems] == ["busy_index", "idle_index"]


def test_a_year_without_working_days_is_refused() -> None:
    days = "".join(
        f'  - {{day: {date.fromordinal(day)}, name: {{vi: "Nghỉ", en: "Off"}}}}\n'
        for day in range(date(2027, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
    )
    found = tried("working_calendar", "days_off: []", f"days_off:\n{days}")
    assert ["key days_off: the year 2027 has no working day left" in p.text("en") for p in found.problems] == [True]
    one = "first: 2027-01-02\nlast: 2027-01-03\n# "
    text = shipped("working_calendar").replace("first: 2010-01-01\nlast: ", one).replace("  - {off: 2026-01-02", "  # ")
    told = FILES["working_calendar"].check(text.replace("swaps:\n", "swaps: []\n")).problems
    assert ["the calendar holds no working day" in p.text("en") for p in told] == [True]


def test_a_target_in_the_past_is_allowed_and_marked() -> None:
    found = FILES["targets"].check(shipped("targets"), date(2019, 6, 1))
    assert (found.ok, [h.facts["day"] for h in found.hints]) == (True, ["31/12/2018", "31/12/2018"])
    assert [h.facts["line"] for h in found.hints] == [5, 10]


@pytest.mark.parametrize("name", list(FILES))
def test_schemas_are_those_of_the_models(name: str) -> None:
    """`python -m data_access config schema --write` makes them."""
    one = FILES[name]
    assert (SCHEMA_DIR / f"{name}.json").read_text(encoding="utf-8") == schema_text(one)
    assert shipped(name).splitlines()[0] == f"# yaml-language-server: $schema=schema/{name}.json"
    assert {file.name for file in SCHEMA_DIR.iterdir()} == {f"{n}.json" for n in FILES}


@pytest.mark.parametrize("name", list(FILES))
def test_an_editor_finds_nothing_wrong_in_what_is_shipped(name: str) -> None:
    """And something in what is no such file."""
    editor = Draft202012Validator(FILES[name].schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    editor.check_schema(editor.schema)
    plain = json.loads(json.dumps(whole(FILES[name].shipped, shipped(name)).value, default=str))  # days as text
    assert [(list(e.absolute_path), e.message) for e in editor.iter_errors(plain)] == []
    assert not editor.is_valid({"no": {"such": 1}})


def test_the_score_names_what_can_be_counted() -> None:
    measure = FILES["qd766"].schema()["$defs"]["Component"]["properties"]["measure"]
    assert set(measure["anyOf"][0]["enum"]) == set(MEASURES)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(Problem, match="“wals”"):
        config_file("wals")
    assert nearest("wals", ["walls"])[1] == "there is no “wals”, the nearest is “walls”; there are: walls"


def lines_changed(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


@pytest.mark.parametrize(
    ("name", "place", "value", "line"),
    [
        ("first_call", ("reasons", "overdue", "weight"), 31,
         "  overdue:        {weight: 31, full: 20}    # dossiers overdue now"),
        ("stages", ("criteria", "links_down", "limits", 2, "up"), 0.02, "      2: {up: 0.02, down: 0.010}"),
        ("measures", ("open", "limits"), [1, 2, 3, 4], "open: {indicator: open, kind: count, limits: [1, 2, 3, 4]}"),
        ("measures", ("open", "min_n"), 4, "open: {indicator: open, kind: count, limits: [3, 6, 10, 20], min_n: 4}"),
        ("working_calendar", ("same_day_cutoff",), "14:30", 'same_day_cutoff: "14:30"'),
        ("working_calendar", ("swaps", 0, "work"), date(2026, 1, 17),
         "  - {off: 2026-01-02, work: 2026-01-17}  # from memory, to be confirmed by IT"),
        ("targets", (0, "value"), 0.6, "  value: 0.6"),
        ("walls", ("ket-noi", "screens", 1, "seconds"), 45, "    - {screen: now, seconds: 45}"),
        ("city", ("name",), "Thành phố: {A}", 'name: "Thành phố: {A}"'),
    ],
)  # fmt: skip
def test_one_value_changes_and_nothing_else(name: str, place: tuple[str | int, ...], value: Any, line: str) -> None:
    before = shipped(name)
    after = set_value(before, place, value)
    assert lines_changed(before, after) == [line]
    assert len(after.splitlines()) == len(before.splitlines())
    assert get_value(after, place) == value
    assert FILES[name].check(after).ok


def test_items_are_added_and_removed() -> None:
    before = shipped("working_calendar")
    day = {"day": date(2027, 10, 10), "name": {"vi": "Nghỉ", "en": "Off"}}
    after = add_item(
        add_item(before, ("days_off",), day), ("swaps",), {"off": date(2027, 5, 3), "work": date(2027, 5, 8)}
    )
    assert lines_changed(before, after) == [
        "  - {off: 2027-05-03, work: 2027-05-08}", "days_off:", '  - {day: 2027-10-10, name: {vi: "Nghỉ", en: "Off"}}'
    ]  # fmt: skip
    assert FILES["working_calendar"].check(after).ok
    assert remove_item(remove_item(after, ("days_off", 0)), ("swaps", 1)) == before
    targets = add_item(shipped("targets"), (), {"indicator": "city_online", "value": 0.9, "by": date(2027, 1, 1),
                                                "source": {"vi": "Kế hoạch", "en": "Plan"}})  # fmt: skip
    assert len(lines_changed(shipped("targets"), targets)) == 1
    assert FILES["targets"].check(targets).ok


@pytest.mark.parametrize("place", [("moon",), ("moon", "a"), ("swaps", 7), ("swaps", 0, "of"), ("first", "x")])
def test_a_place_that_is_not_there(place: tuple[str | int, ...]) -> None:
    with pytest.raises(Problem, match="There is no key"):
        get_value(shipped("working_calendar"), place)
    with pytest.raises(Problem, match="There is no key"):
        remove_item(shipped("working_calendar"), place)


def test_what_can_not_be_edited_is_told() -> None:
    with pytest.raises(Problem):
        set_value("a: [", ("a",), 1)
    with pytest.raises(Problem, match="There is no key"):
        set_value("a: [1]", ("a", 1), 1)
    with pytest.raises(Problem, match="There is no key"):
        add_item("a: 1", ("a",), 1)
    assert whole(FILES["walls"].shipped, set_value("a: 1", ("b",), 2)).value == {"a": 1, "b": 2}


def test_the_guide_names_every_file() -> None:
    table = re.findall(
        r"^\| `(\w+)` \| `(\w+\.yaml)` \|", (ROOT / "docs/configuration.md").read_text(encoding="utf-8"), re.M
    )
    assert table == [(name, one.file) for name, one in FILES.items()]


def test_every_file_of_the_folder_is_known() -> None:
    assert {path.name for path in CONFIG_DIR.glob("*.yaml")} == {one.file for one in FILES.values()}
