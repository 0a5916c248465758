"""What a national status code means (DOMAIN B). Source systems map to these codes by data, not here."""

from typing import Final, Literal

Bucket = Literal["pre_intake", "refused", "running", "suspended", "closed"]

NAMES: Final[dict[int, tuple[str, str]]] = {
    1: ("Mới đăng ký", "Newly submitted"),
    2: ("Được tiếp nhận", "Accepted"),
    3: ("Không được tiếp nhận", "Refused at intake"),
    4: ("Đang xử lý", "Being processed"),
    5: ("Yêu cầu bổ sung giấy tờ", "Supplement requested"),
    6: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Financial duty requested"),
    7: ("Công dân yêu cầu rút hồ sơ", "Withdrawn"),
    8: ("Dừng xử lý", "Stopped"),
    9: ("Đã xử lý xong", "Result ready"),
    10: ("Đã trả kết quả", "Returned"),
}
"""Vietnamese and English, for the terminal."""
BUCKETS: Final[dict[int, Bucket]] = {
    1: "pre_intake",
    2: "running",
    3: "refused",
    4: "running",
    5: "suspended",
    6: "suspended",
    7: "closed",
    8: "suspended",
    9: "closed",
    10: "closed",
}
WITHDRAWN: Final = 7
UNKNOWN_BUCKET: Final[Bucket] = "running"
"""An unknown code counts as running: the dossier stays visible and is listed under data quality."""
