"""Why a ward is to be called, in words: the heaviest reason first, shorter on walls; whose alerts ask for a call."""

from datetime import UTC, datetime
from types import SimpleNamespace

from config.first_call import FirstCall
from config.i18n import Texts
from config.registry import registry
from data_access.rules.first_call import Ward, call
from pages.first_call import first_of, reasons, unacknowledged
from tests.pages.conftest import english

SINCE = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
CODE = next(iter(registry().wards))
WARD = Ward(
    CODE, "001", 450, overdue=41, before=36, oldest_days=45, due_24h=5, still=3, work_days=4.26, wan_since=SINCE,
    link_minutes=47.0, step_name="Thẩm định", stuck=33,
)  # fmt: skip
CALL = call(WARD, 2, FirstCall())
VI, EN = Texts("vi"), Texts("en")


def test_every_reason_with_its_figure_the_heaviest_first() -> None:
    assert reasons(CALL, VI) == [
        "41 / 450 hồ sơ đang giải quyết đã quá hạn, +5 so với hôm qua, 33 hồ sơ ở bước “Thẩm định”, lâu nhất trễ 45 ngày",  # noqa: E501
        "Đường truyền WAN mất kết nối từ 08:30 20/11/2026",
        "2 cảnh báo chưa nhận",
        "5 hồ sơ đến hạn trong 24 giờ, 3 hồ sơ chưa chuyển bước",
        "khối lượng tồn 4,3 ngày làm việc",
    ]  # fmt: skip
    assert english(reasons(CALL, VI)) == []
    assert len(reasons(CALL, EN)) == 5
    assert "3 of them not moving" in reasons(CALL, EN)[3]


def test_only_reasons_with_points_are_said() -> None:
    assert reasons(call(Ward(CODE, "001", 9, due_24h=1), 0, FirstCall()), EN) == ["1 due within 24 hours"]


def test_on_walls_in_short_and_only_what_goes_whole() -> None:
    overdue, wan = "41 / 450 hồ sơ quá hạn, +5 so với hôm qua, 33 ở bước “Thẩm định”", "WAN mất kết nối từ 08:30"
    line = first_of(CALL, VI, len(f"{overdue} · {wan}"))
    assert (line.who, line.value) == (registry().wards[CODE].name, "41")
    assert line.why == f"{overdue} · {wan}"
    assert first_of(CALL, VI, len(line.why) - 1).why == overdue
    assert first_of(CALL, VI, 10).why == overdue, "the heaviest is said whatever room there is"
    everything = first_of(CALL, VI, 1_000).why
    assert everything.endswith(" · 5 đến hạn trong 24 giờ, 3 chưa chuyển bước · khối lượng tồn 4,3 ngày làm việc")
    days_ago = call(Ward(CODE, "001", 5, onestop_since=SINCE, link_minutes=3_000), 0, FirstCall())
    assert first_of(days_ago, VI, 94).why == "Một cửa mất kết nối từ 08:30 20/11/2026"


def test_alerts_in_somebodys_hands_ask_for_no_call() -> None:
    alerts = [
        SimpleNamespace(ward_code=ward, acknowledged_at=at)
        for ward, at in (("1", None), ("1", None), ("2", SINCE), ("3", None), (None, None))
    ]
    assert unacknowledged(alerts) == {"1": 2, "3": 1}  # type: ignore[arg-type]
