"""A file of days, and days put into and taken out of the calendar's text."""

from datetime import date

import pytest

from config.files import FILES
from config.problems import Problem
from config.working_calendar import working_calendar
from data_access.calendar_edit import NewDay, named_days, read_days, with_day, with_hours, without

SHIPPED = FILES["working_calendar"].shipped.read_text(encoding="utf-8")
DAY = NewDay(date(2027, 3, 1), "off", "Nghỉ thử", "")


def test_a_day_in_and_out_leaves_the_text_as_it_was() -> None:
    added = with_day(SHIPPED, DAY)
    checked = FILES["working_calendar"].check(added)
    assert checked.value.off[DAY.day] == {"vi": "Nghỉ thử", "en": "Nghỉ thử"}
    assert ("days_off", 0, "2027-03-01") in named_days(added)
    back = without(added, "days_off", 0)
    assert FILES["working_calendar"].check(back).value == FILES["working_calendar"].check(SHIPPED).value
    comments = [line for line in SHIPPED.splitlines() if "#" in line]
    assert [line for line in comments if line not in back.splitlines()] == []


def test_a_make_up_day_and_a_list_the_file_leaves_out() -> None:
    bare = SHIPPED.replace("working_days: []\n", "")
    added = with_day(bare, NewDay(date(2027, 3, 6), "work", "Làm bù", "Made up"))
    assert FILES["working_calendar"].check(added).value.made_up[date(2027, 3, 6)] == {"vi": "Làm bù", "en": "Made up"}


def test_a_day_twice_and_a_day_without_a_name_are_refused() -> None:
    with pytest.raises(Problem, match="01/03/2027"):
        with_day(with_day(SHIPPED, DAY), DAY)
    with pytest.raises(Problem, match="name"):
        with_day(SHIPPED, NewDay(DAY.day, "off", " ", ""))


def test_only_hours_that_differ_are_set() -> None:
    spans = [("08:00", "12:00"), ("13:00", "17:00")]
    assert with_hours(SHIPPED, spans, "15:00") == SHIPPED
    changed = with_hours(SHIPPED, [spans[0], ("13:30", "17:30")], "15:00")
    assert changed == SHIPPED.replace('{from: "13:00", to: "17:00"}', '{from: "13:30", to: "17:30"}')


def test_a_file_of_days() -> None:
    raw = "\ufeffDay;Kind;Name;name_en\n01/03/2027;off;Nghỉ thử;Trial\n2027-03-06;làm bù;Làm bù;\n".encode()
    found, wrong = read_days(raw, working_calendar())
    assert wrong == []
    assert found == [NewDay(date(2027, 3, 1), "off", "Nghỉ thử", "Trial"),
                     NewDay(date(2027, 3, 6), "work", "Làm bù", "Làm bù")]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"day,kind,name\n31/02/2027,off,x\n", "line 2: “31/02/2027” is no day"),
        (b"day,kind,name\n01/03/2027,free,x\n", "line 2: “free” is no kind of day"),
        (b"day,kind,name\n01/03/2027,off,\n", "line 2: the day's name is missing"),
        (b"day,kind,name\n01/03/2027,off,x\n2027-03-01,off,y\n", "line 3: 2027-03-01 stands above already"),
        (b"day,kind,name\n01/03/1999,off,x\n", "line 2: the day lies outside the calendar"),
        (b"day,kind\n", "line 1: the column name is missing"),
        (b"", "line 1: the column day is missing"),
        (b"day,kind,name\n", "line 1: there is no day in it"),
        (b"\xff\xfe\x00", "line 1: the file is not UTF-8"),
        (b"day,kind,name\n" + b"01/03/2027,off,x\n" * 300, "more than 200 lines"),
        (b'day,kind,name\n"01/03/2027,off,x\n\x00', "line"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(raw: bytes, said: str) -> None:
    _, wrong = read_days(raw, working_calendar())
    assert any(said in problem.text("en") for problem in wrong)
