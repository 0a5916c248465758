"""What the audit notes in codes is read in the reader's language."""

import pytest

from config.i18n import Texts
from data_access.audit_words import object_words


@pytest.mark.parametrize(
    ("kind", "what", "vi", "en"),
    [
        ("boundaries_changed", "import 12", "lần nhập 12", "import 12"),
        ("boundaries_changed", "approximate cells", "ô gần đúng", "approximate cells"),
        ("alert_ended", "7", "Cảnh báo số 7", "Alert no. 7"),
        ("reconcile_asked", "2026-11-20, sums", "Thay đổi từ ngày 20/11/2026", "Changed since 20/11/2026"),
        (
            "reconcile_asked",
            "all days, every row",
            "Toàn bộ · Đọc lại từng dòng, không dựa vào tổng",
            "Everything · Read every row again, without trusting sums",
        ),
        ("config_changed", "walls.yaml", "walls.yaml", "walls.yaml"),
    ],
)
def test_objects(kind: str, what: str, vi: str, en: str) -> None:
    row = {"kind": kind, "what": what}
    assert (object_words(row, Texts("vi")), object_words(row, Texts("en"))) == (vi, en)
