"""The shipped calendar is the published one of 2018–2026; a bad edit is refused with file, line and key."""

import csv
import re
from datetime import date, time
from pathlib import Path

import pytest

from config.problems import Problem
from config.working_calendar import CALENDAR_FILE, WorkingCalendar, working_calendar

PUBLISHED = Path(__file__).with_name("working_calendar_2018_2026.csv")


def published() -> list[dict[str, str]]:
    with PUBLISHED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_agrees_with_the_published_years() -> None:
    calendar = working_calendar()
    in_years = [{d: n for d, n in days.items() if 2018 <= d.year <= 2026} for days in (calendar.off, calendar.made_up)]
    off = {date.fromisoformat(r["date"]): r for r in published() if r["type"] != "makeup_WORKING_day"}
    made_up = {date.fromisoformat(r["date"]): r for r in published() if r["type"] == "makeup_WORKING_day"}
    assert [set(days) for days in in_years] == [set(off), set(made_up)]
    names = {d: n["vi"] for d, n in in_years[0].items()}
    assert {d: names[d] for d, r in off.items() if not r["type"].startswith("substitute")} == {
        d: r["name"] for d, r in off.items() if not r["type"].startswith("substitute")
    }
    # which day makes up for which
    swapped = {d: re.findall(r"\d\d/\d\d/\d{4}", r["name"]) for d, r in off.items() if "substitute" in r["type"]}
    assert {d: re.findall(r"\d\d/\d\d/\d{4}", names[d]) for d in swapped} == swapped
    written = {d: f"{d:%d/%m/%Y}" for d in swapped}
    assert {d: n["vi"] for d, n in in_years[1].items()} == {
        d: f"Làm bù cho ngày {written[date.fromisoformat(r['name'][-10:])]}" for d, r in made_up.items()
    }


def test_every_day_has_both_names() -> None:
    calendar = working_calendar()
    for name in (*calendar.off.values(), *calendar.made_up.values()):
        assert name["vi"]
        assert name["en"]
        assert name["vi"] != name["en"]


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped file with one edit."""
    text = CALENDAR_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "working_calendar.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def edited(tmp_path: Path, old: str, new: str) -> WorkingCalendar:
    return working_calendar(changed(tmp_path, old, new))


def test_a_new_swap_wins_over_the_package(tmp_path: Path) -> None:
    calendar = edited(
        tmp_path, "swaps:", "swaps:\n  - {off: 2019-04-29, work: 2019-05-11}\n  - {off: 2027-05-04, work: 2027-05-08}"
    )
    assert date(2027, 5, 4) in calendar.off
    assert calendar.made_up[date(2027, 5, 8)] == {"vi": "Làm bù cho ngày 04/05/2027", "en": "Made up for 04/05/2027"}
    assert date(2019, 5, 4) not in calendar.made_up  # the package's day for it is no longer worked
    assert date(2019, 5, 11) in calendar.made_up


def test_a_holiday_may_be_worked_and_a_weekday_be_off(tmp_path: Path) -> None:
    name = '{vi: "Bầu cử", en: "Election"}'
    calendar = edited(
        tmp_path,
        "days_off: []\nworking_days: []",
        f"days_off:\n  - {{day: 2026-05-04, name: {name}}}\nworking_days:\n  - {{day: 2026-05-01, name: {name}}}",
    )
    assert calendar.off[date(2026, 5, 4)]["en"] == "Election"
    assert calendar.made_up[date(2026, 5, 1)]["vi"] == "Bầu cử"
    assert date(2026, 5, 1) not in calendar.off


def test_hours_are_the_citys(tmp_path: Path) -> None:
    calendar = edited(tmp_path, '"08:00", to: "12:00"', '"07:30", to: "11:30"')
    assert calendar.office_hours[0].opens == time(7, 30)


def test_only_days_of_the_range_are_known(tmp_path: Path) -> None:
    assert min(edited(tmp_path, "first: 2010-01-01", "first: 2025-01-01").off) == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "vi", "en"),
    [
        ("last: 2035-12-31", "last: 2035-02-30", 11, "last", "ngày có thật", "a day that exists"),
        ("last: 2035-12-31", "last: 2009-12-31", 11, "last", "phải sau ngày đầu", "after the first day"),
        ('same_day_cutoff: "15:00"', 'same_day_cutoff: "25:00"', 19, "same_day_cutoff", "giờ trong ngoặc kép", "time"),
        ('same_day_cutoff: "15:00"', 'same_day_cutoff: "18:00"', 19, "same_day_cutoff", "giờ làm việc", "office hours"),
        ('same_day_cutoff: "15:00"', "", 1, "same_day_cutoff", "thiếu mục này", "is missing"),
        ('"13:00", to: "17:00"', '"11:00", to: "17:00"', 16, "office_hours.2", "nối tiếp nhau", "follow one another"),
        ('"13:00", to: "17:00"', '"13:00", tu: "17:00"', 16, "office_hours.2.to", "thiếu mục này", "is missing"),
        ("work: 2026-01-10", "work: 2036-01-10", 24, "swaps.1.work", "nằm ngoài", "outside the span"),
        ("work: 2026-01-10", "work: 2026-01-02", 24, "swaps.1.work", "đã ghi ở trên", "stands above already"),
        ("work: 2026-01-10", "work: thứ Bảy", 24, "swaps.1.work", "ngày có thật", "a day that exists"),
        ("days_off: []", "nghi: []", 28, "nghi", "không có mục nào tên như vậy", "no such key"),
        ("days_off: []", "days_off:\n  - {day: 2026-06-01, name: {vi: Nghỉ}}", 29, "days_off.1.name",
         "cả hai thứ tiếng", "both languages"),
    ],
)  # fmt: skip
def test_bad_edits_are_refused_where_they_stand(
    tmp_path: Path, old: str, new: str, line: int, key: str, vi: str, en: str
) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(Problem) as caught:
        working_calendar(path)
    assert caught.value.code == "calendar_invalid"
    assert {k: caught.value.facts[k] for k in ("path", "line", "key")} == {"path": path, "line": line, "key": key}
    assert vi in caught.value.text("vi")
    assert en in caught.value.text("en")


@pytest.mark.parametrize(
    ("old", "new", "line"), [("swaps:", "swaps: [", 24), ("last: 2035", "first: 2010-01-01\nlast: 2035", 11)]
)
def test_what_is_no_yaml_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    with pytest.raises(Problem) as caught:
        edited(tmp_path, old, new)
    assert (caught.value.code, caught.value.facts["line"]) == ("calendar_unreadable", line)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        working_calendar(tmp_path / "nowhere.yaml")
    assert caught.value.code == "calendar_unreadable"
