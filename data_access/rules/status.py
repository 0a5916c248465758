"""What a national status code means (DOMAIN B). Source systems map to these codes by data, not here."""

from typing import Final, Literal

Bucket = Literal["pre_intake", "refused", "running", "suspended", "closed"]

BUCKETS: Final[dict[int, Bucket]] = {
    1: "pre_intake",  # Mới đăng ký
    2: "running",  # Được tiếp nhận
    3: "refused",  # Không được tiếp nhận
    4: "running",  # Đang xử lý
    5: "suspended",  # Yêu cầu bổ sung giấy tờ
    6: "suspended",  # Yêu cầu thực hiện nghĩa vụ tài chính
    7: "closed",  # Công dân yêu cầu rút hồ sơ
    8: "suspended",  # Dừng xử lý
    9: "closed",  # Đã xử lý xong
    10: "closed",  # Đã trả kết quả
}
WITHDRAWN: Final = 7
UNKNOWN_BUCKET: Final[Bucket] = "running"
"""An unknown code counts as running: the dossier stays visible and is listed under data quality."""
