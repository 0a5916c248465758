"""Alerts on the wall: what fits and how many more, nobody named, and drawn anew when they change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from config.i18n import Texts
from config.registry import registry
from data_access.queries.alerts import OpenAlerts
from data_access.queries.watch import Pulse
from pages.wall.alerts import LATE, alerts_panel
from pages.wall.screens import SCREENS, Gallery, WallScreen
from tests.data_access.alert_rows import HA_DONG, put, undisturbed
from tests.pages.wall.conftest import words
from widgets.wall import Picture

T = Texts("vi")


@pytest.fixture
def store(city: Any, owner: Engine) -> Iterator[Engine]:
    with undisturbed(owner):
        yield owner


def test_what_fits_and_how_many_more(store: Engine) -> None:
    said = '{"vi": "Một cán bộ quá tải", "en": "An officer"}'
    put(
        store,
        "Nguyễn Thị Bí Mật quá tải",
        public=said,
        first_step=said,
        kind="officer",
        severity="urgent",
        subject_kind="officer",
    )
    ward = registry().wards_of(HA_DONG)[0].code
    for n in range(4):
        put(store, f"Mất kết nối số {n}", ward_code=ward, severity="act" if n < 3 else "watch")
    found = words(SCREENS["now"].draw(T).html)
    assert found[found.index("Cảnh báo đang mở · 5") + 1] == "5 chưa nhận"
    at = [found.index(line) for line in ("Khẩn", "Một cán bộ quá tải", "Cần xử lý", "Mất kết nối số 0")]
    assert at == sorted(at)
    assert "và 2 cảnh báo nữa: 1 Cần xử lý, 1 Theo dõi" in found
    assert "Bí Mật" not in " ".join(found)


def test_a_long_alert_is_not_cut_before_its_instant(store: Engine) -> None:
    short = "Phường Trung Hoà, Quận Cầu Giấy: mất kết nối WAN 8 giờ, từ 04:12 23/11/2026"
    long = (
        "Thị trấn Trâu Quỳ, Huyện Gia Lâm: 3 hồ sơ đến hạn trong 24 giờ mà 8 giờ làm việc chưa chuyển bước, "
        "từ 10:15 23/11/2026; hạn gần nhất 17:00 23/11/2026"
    )
    for said in (short, long):
        put(store, said, subject=said[:9], ward_code=registry().wards_of(HA_DONG)[0].code)
    html = SCREENS["now"].draw(T).html
    assert html.count('<div class="attention"><span class="said">') == 1
    assert html.count('<div class="attention long"><span class="said">') == 1


def test_no_alert_is_good_news_with_its_time(store: Engine) -> None:
    found = words(SCREENS["now"].draw(T).html)
    (line,) = [w for w in found if w.startswith(("Không có cảnh báo nào đang mở", "Các quy tắc cảnh báo chưa"))]
    assert found[found.index(line) - 1] == "Cảnh báo"


def test_alerts_nobody_looks_after_say_so() -> None:
    at = datetime(2026, 11, 20, 1, tzinfo=UTC)
    said = [words(alerts_panel(OpenAlerts([], looked), at, T)) for looked in (at - LATE, at - 2 * LATE)]
    assert said[0][0] == said[1][0] == "Cảnh báo"
    assert "không được xét từ 07:50 20/11/2026" not in said[0]
    assert said[1][1] == "không được xét từ 07:50 20/11/2026"


def test_only_the_screen_with_alerts_is_drawn_anew_when_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery()
    for name in ("now", "backlog"):
        monkeypatch.setitem(SCREENS, name, WallScreen(lambda _: Picture(""), 0, SCREENS[name].alerts))
        gallery.get(name, T, Pulse(version=1, alerts=4))
        assert not gallery.due(name, "vi", Pulse(version=1, alerts=4))
    changed = Pulse(version=1, alerts=5)
    assert [gallery.due(name, "vi", changed) for name in ("now", "backlog")] == [True, False]
