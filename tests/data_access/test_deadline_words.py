"""The arithmetic of a deadline as a person reads it, worked out by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from config.i18n import Texts
from data_access.deadline_words import compared, headline, office_time, steps
from data_access.rules.plain_clock import Explanation, explain
from data_access.working_time import city_calendar


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def reckoned(
    received: str, value: float, unit: str, same_day: bool = False, *pauses: Any, now: str = ""
) -> Explanation:
    stops = [(at(start), end and at(end)) for start, end in pauses]
    return explain(city_calendar(), at(received), value, unit, same_day, stops, at(now) if now else None)


def told(explanation: Explanation, lang: str) -> list[str]:
    calendar, t = city_calendar(), Texts(lang)
    return [headline(explanation, calendar, t), *steps(explanation, calendar, t)]


OVERLAPPING = (("2019-02-12T14:00", "2019-02-14T09:00"), ("2019-02-14T08:00", "2019-02-14T11:00"))
TET = reckoned("2019-01-31T10:00", 5, "working_day", False, *OVERLAPPING, now="2019-03-01T08:00")


def test_over_tet_with_a_pause_in_vietnamese() -> None:
    assert told(TET, "vi") == [
        "5 ngày làm việc, không kể Tết Nguyên Đán, tạm dừng 14 giờ làm việc → đến hạn 15:00 Thứ Hai 18/02/2019",
        "Tiếp nhận lúc 10:00 Thứ Năm 31/01/2019.",
        "Thời hạn giải quyết: 5 ngày làm việc.",
        "Ngày tiếp nhận không tính; ngày đầu tiên được tính là Thứ Sáu 01/02/2019.",
        "Không tính: Thứ Hai 04/02/2019, Giao thừa Tết Nguyên Đán.",
        "Không tính: Thứ Ba 05/02/2019, Tết Nguyên Đán.",
        "Không tính: Thứ Tư 06/02/2019, Mùng hai Tết Nguyên Đán.",
        "Không tính: Thứ Năm 07/02/2019, Mùng ba Tết Nguyên Đán.",
        "Không tính: Thứ Sáu 08/02/2019, Mùng bốn Tết Nguyên Đán.",
        "Không tính: 6 ngày cuối tuần.",
        "Nếu không tạm dừng thì đến hạn 17:00 Thứ Năm 14/02/2019.",
        "Tạm dừng từ 14:00 Thứ Ba 12/02/2019 đến 11:00 Thứ Năm 14/02/2019: 14 giờ làm việc.",
        "Cộng thêm vào hạn: 14 giờ làm việc.",
        "Đến hạn 15:00 Thứ Hai 18/02/2019.",
    ]


def test_the_same_in_english() -> None:
    lines = told(TET, "en")
    assert lines[0] == (
        "5 working days, Lunar New Year excluded, 14 working hours paused → due 15:00 Monday 18/02/2019"
    )
    assert lines[4:6] == [
        "Not counted: Monday 04/02/2019, Lunar New Year's Eve.",
        "Not counted: Tuesday 05/02/2019, Lunar New Year.",
    ]
    assert len(lines) == len(told(TET, "vi"))


def test_two_working_days_of_pause() -> None:
    two = reckoned("2019-03-04T10:00", 5, "working_day", False, ("2019-03-05T09:00", "2019-03-07T09:00"),
                   now="2019-03-20T08:00")  # fmt: skip
    assert told(two, "en")[0] == "5 working days, 2 working days paused → due 17:00 Wednesday 13/03/2019"


def test_a_pause_that_lasts_leaves_the_deadline_open() -> None:
    waiting = reckoned("2026-08-21T16:00", 8, "hour", False, ("2026-08-21T16:30", None), now="2026-08-24T09:15")
    lines = told(waiting, "en")
    assert lines[0] == "8 working hours, 9 working hours 45 minutes paused so far → no deadline yet: the pause lasts"
    assert lines[5] == "Counted as a working day: Saturday 22/08/2026, Made up for 31/08/2026."
    assert lines[-1] == (
        "The deadline is not known while the pause lasts; if it ended now, it would be 08:45 Tuesday 25/08/2026."
    )


@pytest.mark.parametrize(
    ("explanation", "line"),
    [
        (reckoned("2026-09-25T14:59", 1, "day", True), "Same-day procedure, handed in before 15:00: due that day."),
        (
            reckoned("2026-09-25T15:00", 1, "day", True),
            "Same-day procedure, handed in at 15:00 or later: due on the next working day.",
        ),
        (
            reckoned("2026-09-26T09:00", 1, "day", True),
            "Same-day procedure, handed in on a day off: due on the next working day.",
        ),
        (reckoned("2019-04-26T16:00", 15, "day"), "Calendar days are counted: the limit ends on Saturday 11/05/2019."),
        (
            reckoned("2019-04-26T16:00", 15, "day"),
            "That is a day off; the end moves to the next working day, Monday 13/05/2019.",
        ),
        (
            reckoned("2019-04-25T16:00", 4, "day"),
            "Not counted: Monday 29/04/2019, Swapped day off (worked on 04/05/2019).",
        ),
        (
            reckoned("2019-05-03T16:00", 1, "working_day"),
            "Counted as a working day: Saturday 04/05/2019, Made up for 29/04/2019.",
        ),
        (
            reckoned("2019-03-09T16:00", 2, "hour"),
            "Received outside office hours: counting starts 08:00 Monday 11/03/2019.",
        ),
        (reckoned("2019-03-08T16:00", 2, "hour"), "Office hours count from the moment of receipt."),
        (reckoned("2019-03-08T16:00", 1, "month"), "Time limit: 1 month."),
    ],
)
def test_each_rule_is_told(explanation: Explanation, line: str) -> None:
    assert line in told(explanation, "en")


def test_feasts_are_named_once_and_days_in_lieu_belong_to_them() -> None:
    two_days = reckoned("2021-08-25T10:00", 8, "working_day")  # 2 and 3 September
    assert told(two_days, "en")[0] == "8 working days, National Day excluded → due 17:00 Wednesday 08/09/2021"
    in_lieu = reckoned("2022-12-30T10:00", 1, "working_day")  # 1 January was a Sunday
    assert told(in_lieu, "en")[0] == "1 working day, New Year's Day excluded → due 17:00 Tuesday 03/01/2023"


def test_compared_with_the_source() -> None:
    calendar, t = city_calendar(), Texts("en")
    due = TET.due_at
    assert compared(None, due, calendar, t) == "none."
    assert compared(due, due, calendar, t) == "15:00 Monday 18/02/2019; as reckoned."
    assert compared(due + timedelta(hours=1), due, calendar, t) == (
        "16:00 Monday 18/02/2019; 1 working hour later than reckoned."
    )
    assert compared(due - timedelta(days=3), due, calendar, t) == (
        "15:00 Friday 15/02/2019; 1 working day earlier than reckoned."
    )


def test_office_time() -> None:
    calendar, t = city_calendar(), Texts("vi")
    seconds = (0, 60, 3600, 5400, 8 * 3600, 16 * 3600)
    assert [office_time(s, calendar, t) for s in seconds] == [
        "0 giờ làm việc", "0 giờ 1 phút làm việc", "1 giờ làm việc", "1 giờ 30 phút làm việc", "1 ngày làm việc",
        "2 ngày làm việc",
    ]  # fmt: skip
