"""What the store must hold of example.py, reckoned by hand from DOMAIN.md, not by the profile. Wall clock of Hà Nội."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.data_access.source.opencps.example import CITY, DISTRICT, NOWHERE, PHUC_XA, TRUC_BACH, UNMAPPED

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DOSSIER = (
    "dossier_id", "dossier_code", "procedure_code", "unit_received", "unit_code", "channel", "status", "received_at",
    "due_at", "finished_at", "returned_at", "updated_at", "submitted_at", "due_original", "matter_ward_code",
    "supplement_count", "apology_count", "late_reason", "fee_due", "paid_online", "digitised_in", "digitised_result",
    "signed_digitally", "self_submitted", "eid_verified", "rating", "field_code", "tier", "district_code", "bucket",
    "legal_due_at", "received_day", "settled_day", "timeliness", "overdue_from",
)  # fmt: skip


def at(local: str | None) -> datetime | None:
    """A time of the tables below."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE) if local else None


def day(local: str | None) -> date | None:
    """A day of the tables below."""
    return date.fromisoformat(local) if local else None


def dossier(
    number: int, status: int, bucket: str, overdue_from: str | None = "2026-03-06", **other: Any
) -> tuple[Any, ...]:
    """One row; what isn't given holds for the ordinary one: Phúc Xá, counter, received 02/03, due 05/03."""
    row: dict[str, Any] = dict.fromkeys(DOSSIER)
    received, due = other.pop("received", "2026-03-02 08:30:00"), other.pop("due", "2026-03-05 17:00:00")
    unit = other.pop("unit", PHUC_XA)
    row |= {
        "dossier_id": str(number), "dossier_code": f"H26.41-{number:04d}", "procedure_code": "2.000815",
        "unit_received": unit, "unit_code": unit, "channel": 1, "status": status, "received_at": at(received),
        "due_at": at(due), "due_original": at(due), "legal_due_at": at(due), "updated_at": at("2026-03-04 09:00:00"),
        "supplement_count": 0, "field_code": "CT", "tier": "commune", "district_code": "001", "bucket": bucket,
        "received_day": day(received[:10]) if received and bucket not in ("pre_intake", "refused") else None,
        "overdue_from": day(overdue_from),
    }  # fmt: skip
    for name in ("finished_at", "returned_at", "submitted_at"):
        row[name] = at(other.pop(name, None))
    row["settled_day"] = day(other.pop("settled", None))
    return tuple((row | other).values())


ONLINE: dict[str, Any] = {"channel": 2, "submitted_at": "2026-03-02 07:00:00"}
UNRECEIVED: dict[str, Any] = {"received": None, "due": None, "overdue_from": None}
NO_PLACE = {"tier": "", "district_code": ""}

DOSSIERS = [
    dossier(1, 1, "pre_intake", dossier_code="uid-1", **ONLINE, **UNRECEIVED),
    dossier(2, 1, "pre_intake", dossier_code="uid-2", **ONLINE, **UNRECEIVED),
    dossier(3, 2, "running"),
    dossier(4, 4, "running", **ONLINE),
    dossier(5, 2, "running", channel=3),  # its substatus isn't mapped, its status is
    dossier(6, 4, "running"),
    dossier(7, 5, "suspended", None, supplement_count=1),
    dossier(8, 5, "suspended", None, due="2026-03-03 17:00:00", supplement_count=2),
    dossier(9, 6, "suspended", None, channel=3),
    dossier(10, 6, "suspended", None),
    dossier(11, 8, "suspended", None),
    dossier(12, 8, "suspended", None, finished_at="2026-03-04 08:00:00"),
    dossier(13, 4, "running"),
    dossier(14, 4, "running"),
    dossier(15, 4, "running", **ONLINE),  # online wins over post
    dossier(16, 4, "running"),
    dossier(17, 4, "running"),
    dossier(18, 7, "closed", None, finished_at="2026-03-03 10:00:00", settled="2026-03-03", timeliness="on_time"),
    dossier(19, 3, "refused", **UNRECEIVED),
    dossier(20, 9, "closed", None, finished_at="2026-03-04 16:59:59", settled="2026-03-04", timeliness="early",
            fee_due=25_000, rating=1),
    # a second after the appointed time is not late: R-A goes by days
    dossier(21, 10, "closed", None, finished_at="2026-03-05 17:00:01", returned_at="2026-03-06 08:00:00",
            settled="2026-03-05", timeliness="on_time", supplement_count=1, rating=2),
    dossier(22, 10, "closed", finished_at="2026-03-06 00:00:00", returned_at="2026-03-06 09:00:00",
            settled="2026-03-06", timeliness="late"),
    dossier(23, 10, "closed", None, due=None, finished_at="2026-03-20 09:00:00", returned_at="2026-03-20 09:30:00",
            settled="2026-03-20", timeliness="on_time"),
    dossier(24, 4, "running", "2026-03-05", due="2026-03-04 17:00:00"),
    dossier(25, 5, "suspended", None),
    dossier(26, 0, "running"),
    dossier(27, 0, "running"),
    dossier(28, 2, "running", unit=NOWHERE, **NO_PLACE),
    dossier(29, 2, "running", unit=UNMAPPED, **NO_PLACE),
    dossier(30, 2, "running", procedure_code="KHONG-CO", field_code=""),
    dossier(31, 10, "closed", "2026-01-01", received="2025-12-31 23:59:59", due="2025-12-31 23:59:59",
            finished_at="2026-01-01 00:00:00", returned_at="2026-01-01 00:00:00", settled="2026-01-01",
            timeliness="late"),
    dossier(34, 2, "running"),
    dossier(35, 10, "closed", None, unit=DISTRICT, procedure_code="1.001612", dossier_code="HS-35/2026-Đợt 🏠",
            finished_at="2026-03-05 09:00:00", settled="2026-03-05", timeliness="on_time", tier="district",
            field_code="HKD"),
    dossier(36, 5, "suspended", None, unit=TRUC_BACH, procedure_code="1.001193", field_code="HT"),
]  # fmt: skip

UNITS = [
    (CITY, "UBND Thành phố Hà Nội", "city", None, None, ""),
    (DISTRICT, "UBND Quận Ba Đình", "district", CITY, None, "001"),
    (PHUC_XA, "UBND Phường Phúc Xá", "commune", DISTRICT, "00001", "001"),
    (TRUC_BACH, "UBND Phường Trúc Bạch", "commune", DISTRICT, "00004", "001"),
    (UNMAPPED, "Trung tâm chưa ánh xạ", "", DISTRICT, None, ""),
]
PROCEDURES = [
    ("1.001193", "Đăng ký khai sinh", "HT", "Hộ tịch", "commune", 2, "working_day", False),
    ("1.001612", "Đăng ký thành lập hộ kinh doanh", "HKD", "Hộ kinh doanh", "district", 3, "working_day", True),
    # two processes, two days and twenty hours: the longer one, in hours
    ("2.000815", "Chứng thực bản sao từ bản chính", "CT", "Chứng thực", "commune", 20, "hour", True),
    ("LT-CHUA", "Thủ tục chưa đơn vị nào cung cấp", "KHAC", "Khác", "", None, None, None),
]
OFFERINGS = [
    (DISTRICT, "1.001612", 2, date(2025, 1, 6), None, "001"),
    (PHUC_XA, "1.001193", 4, date(2025, 1, 6), None, "001"),
    (PHUC_XA, "2.000815", 3, date(2025, 1, 6), None, "001"),
    (TRUC_BACH, "2.000815", 4, date(2025, 2, 3), None, "001"),
]
OFFICERS = [
    ("101", "Nguyễn Thị Ánh", PHUC_XA, "Công chức Tư pháp - Hộ tịch", True, "commune", "001"),
    ("102", "Đỗ Văn Ước", PHUC_XA, "Cán bộ một cửa", True, "commune", "001"),  # sits in a room of the ward
    ("103", "Trần Thị Ngà", TRUC_BACH, "Chức danh cũ", False, "commune", "001"),
    ("104", "Lê Hồng Kỳ", DISTRICT, "Chuyên viên", True, "district", "001"),
    ("105", "Phạm Bá Lạ", UNMAPPED, "Chuyên viên", True, "", ""),
]


def step(number: int, of: int, name: str, officers: list[str], started: str, due: str | None, finished: str | None,
         updated: str, unit: str = PHUC_XA, district: str = "001") -> tuple[Any, ...]:  # fmt: skip
    """One row of the store's steps; times without a year."""
    times = [
        at(f"2026-{t}:00" if len(t) == 11 else f"2026-{t}") if t else None for t in (started, due, finished, updated)
    ]
    finished_day = day(f"2026-{finished[:5]}") if finished else None
    return (str(number), str(of), name, officers, *times, finished_day, unit, district)


STEPS = [
    step(301, 3, "Bước TD", ["101", "102"], "03-02 09:00", "03-03 17:00", None, "03-02 09:00"),
    step(401, 4, "Bước TD", ["101"], "03-02 09:00", None, None, "03-03 15:00"),
    step(402, 4, "Bước KQ", [], "03-03 14:00", None, "03-03 15:00", "03-03 15:00"),
    step(701, 7, "Bước BS", [], "03-03 11:00", None, None, "03-03 11:00"),
    step(801, 8, "Bước BS", ["101"], "03-02 10:00", None, "03-02 15:00", "03-02 15:00"),
    step(802, 8, "Bước TD", ["106"], "03-02 15:00", None, "03-03 09:00", "03-03 09:00"),
    step(803, 8, "Bước BS", ["101"], "03-03 09:00", None, "03-03 16:00", "03-03 16:00"),
    step(804, 8, "Bước NHAC", ["101"], "03-03 16:00", None, None, "03-03 16:00"),
    step(901, 9, "Bước PHI", ["101"], "03-03 08:00", None, None, "03-03 08:00"),
    step(1101, 11, "Bước DUNG", ["101"], "03-03 08:00", None, None, "03-03 08:00"),
    step(1201, 12, "Bước KGQ", ["101"], "03-04 08:00", None, "03-04 08:00:05", "03-04 08:00:05"),
    step(2101, 21, "Bước BS", ["101"], "03-02 10:00", None, "03-02 10:00", "03-02 10:00"),
    step(2102, 21, "Bước BS", ["101"], "03-02 10:00", None, "03-03 10:00", "03-03 10:00"),
    step(2103, 21, "Chuyển xử lý", ["101"], "03-03 10:00", None, "03-05 17:00:01", "03-05 17:00:01"),
    step(2104, 21, "Bước XONG", [], "03-05 17:00:01", None, "03-06 08:00", "03-06 08:00"),
    step(2401, 24, "Bước KQ", ["101"], "03-03 08:00", None, "03-03 10:00", "03-03 10:00"),
    step(2402, 24, "Bước TD", ["103"], "03-03 10:00", None, None, "03-03 10:00"),
    step(5555, 5555, "Bước TD", ["101"], "03-02 09:00", None, None, "03-02 09:00", "", ""),
]
PAUSES = [
    (str(of), at(f"2026-{start}:00"), at(f"2026-{end}:00") if end else None, reason, "001")
    for of, start, end, reason in (
        (7, "03-03 11:00", None, "supplement"),
        (8, "03-02 10:00", "03-02 15:00", "supplement"),
        (8, "03-03 09:00", "03-03 16:00", "supplement"),
        (8, "03-03 16:00", None, "supplement"),
        (9, "03-03 08:00", None, "fee"),
        (11, "03-03 08:00", None, "stopped"),
        (12, "03-04 08:00", None, "stopped"),
        (21, "03-02 10:00", "03-03 10:00", "supplement"),
    )
]
