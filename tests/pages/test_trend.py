"""Days closed late are told where open and overdue are shown by day."""

from datetime import UTC, date, datetime

import pytest

from config.i18n import Texts
from pages.trend import with_late

AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def trend(*late: int) -> list[dict[str, object]]:
    return [{"day": date(2026, 11, n), "late_at": AT if n in late else None} for n in range(16, 21)]


@pytest.mark.parametrize("words", ["Một ngày", "Một ngày."])
def test_nothing_is_added_where_every_day_was_closed_in_time(words: str) -> None:
    assert with_late(words, trend(), Texts("vi")) == words


def test_late_days_are_named() -> None:
    vi, en = Texts("vi"), Texts("en")
    assert with_late("Hồ sơ mỗi ngày", trend(18), vi) == (
        f"Hồ sơ mỗi ngày. Ngày 18/11/2026 được chốt muộn, lúc {vi.moment(AT)} "
        "(số đang giải quyết và quá hạn cuối ngày)."
    )
    assert with_late("Dossiers a day.", trend(17, 18, 19), en) == (
        "Dossiers a day. Open and overdue at the end of 3 days were counted late, those of "
        f"{en.day(date(2026, 11, 19))} at {en.moment(AT)}."
    )
