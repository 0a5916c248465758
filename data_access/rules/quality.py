"""Data quality: every kind of doubtful row, and the plain test of each over rows of the source contract.

`KINDS` is the one list: the screen, the store's counts and the dry run of a mapping profile all go through
it. Orders of time are data (`ORDERS`), so that the store's SQL and the functions here can't drift apart.
Nothing is dropped for being doubtful; rows are counted, and their figures say so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from config.quality import QualityLimits
from data_access.rules.status import BUCKETS

Both = dict[Literal["vi", "en"], str]
HOUR, DAY = 3_600, 86_400


@dataclass(frozen=True)
class Kind:
    """One way in which a row of `entity` can be wrong. `effect`: what it does to the figures, in words."""

    code: str
    entity: Literal["dossier", "step", "pause", "officer", "unit", "procedure", "offering", "link_check"]
    names: Both
    effect: Both


def _kind(code: str, entity: str, vi: str, en: str, effect_vi: str, effect_en: str) -> Kind:
    return Kind(code, entity, {"vi": vi, "en": en}, {"vi": effect_vi, "en": effect_en})  # type: ignore[arg-type]


_NO_PLACE = ("Có trong số toàn thành phố, không thuộc quận, huyện hay xã, phường nào.",
             "In the city's figures, in those of no district or ward.")  # fmt: skip

KINDS = (
    _kind("unknown_unit", "dossier", "Đơn vị giải quyết không có trong danh mục", "Processing unit not in the list",
          *_NO_PLACE),
    _kind("unknown_procedure", "dossier", "Thủ tục không có trong danh mục", "Procedure not in the list",
          "Được tính, nhưng không thuộc lĩnh vực nào.", "Counted, but in no field."),
    _kind("unknown_status", "dossier", "Mã trạng thái lạ", "Unknown status code",
          "Được tính là đang xử lý.", "Counted as in progress."),
    _kind("unknown_channel", "dossier", "Mã kênh tiếp nhận lạ", "Unknown channel code",
          "Được tính, nhưng không phải nộp trực tuyến.", "Counted, but not as online."),
    _kind("unknown_rating", "dossier", "Mức đánh giá lạ", "Unknown rating code",
          "Hồ sơ được tính, đánh giá thì không.", "The dossier counts, its rating does not."),
    _kind("no_code", "dossier", "Thiếu mã hồ sơ", "No dossier code",
          "Được tính, nhưng không tra cứu được.", "Counted, but can't be looked up."),
    _kind("duplicate_code", "dossier", "Trùng mã hồ sơ", "Dossier code used more than once",
          "Mỗi bản ghi được tính là một hồ sơ.", "Each record counts as one dossier."),
    _kind("no_receipt", "dossier", "Đã tiếp nhận nhưng thiếu ngày tiếp nhận", "Received, but without a date of receipt",
          "Không được tính ở số liệu nào.", "Counted in no figure."),
    _kind("no_due", "dossier", "Thiếu ngày hẹn trả dù thủ tục có thời hạn",
          "No due date though its procedure has a limit",
          "Không bao giờ bị coi là quá hạn; giải quyết xong được tính đúng hạn.",
          "Never counted as overdue; on time once settled."),
    _kind("no_end", "dossier", "Đã giải quyết nhưng thiếu ngày kết thúc", "Settled, but without an end date",
          "Ngày cập nhật cuối được dùng thay.", "The day of its last change is used instead."),
    _kind("finished_before_received", "dossier", "Kết thúc trước khi tiếp nhận", "Finished before it was received",
          "Được tính là trước hạn.", "Counted as early."),
    _kind("due_before_received", "dossier", "Hẹn trả trước khi tiếp nhận", "Due before it was received",
          "Quá hạn ngay khi tiếp nhận.", "Overdue from the moment of receipt."),
    _kind("returned_before_finished", "dossier", "Trả kết quả trước khi xử lý xong", "Returned before it was finished",
          "Ngày kết thúc xử lý được dùng.", "The day it was finished is used."),
    _kind("submitted_after_received", "dossier", "Nộp sau khi tiếp nhận", "Submitted after it was received",
          "Chỉ làm sai thời gian chờ tiếp nhận.", "Only falsifies the wait for intake."),
    _kind("received_in_future", "dossier", "Ngày tiếp nhận sau cả lúc ghi hồ sơ",
          "Received later than the record itself was written",
          "Được tính vào ngày ghi trong hồ sơ, kể cả ngày chưa tới.",
          "Counted on the day it names, even a day to come."),
    _kind("finished_in_future", "dossier", "Ngày kết thúc sau cả lúc ghi hồ sơ",
          "Finished later than the record itself was written",
          "Được tính là đã giải quyết vào ngày ghi trong hồ sơ; trước ngày đó không nằm trong số đang giải quyết, "
          "riêng biểu II.06a vẫn tính là đang giải quyết.",
          "Settled on the day it names; until then not among the open ones, except on form II.06a."),
    _kind("out_of_range", "dossier", "Ngày tháng ngoài khoảng hợp lý", "Dates far out of range",
          "Được tính vào ngày ghi trong hồ sơ.", "Counted on the day it names."),
    _kind("unknown_officer", "step", "Cán bộ không có trong danh mục", "Officer not in the list",
          "Bước được tính, nhưng không thuộc cán bộ nào trên màn hình.", "The step counts, but for no officer shown."),
    _kind("step_backwards", "step", "Bước kết thúc trước khi bắt đầu", "Step finished before it was started",
          "Làm sai thời gian xử lý của bước.", "Falsifies how long the step took."),
    _kind("orphan_step", "step", "Bước không có hồ sơ", "Step without a dossier",
          "Không được tính cho đến khi có hồ sơ.", "Not counted until its dossier comes."),
    _kind("orphan_pause", "pause", "Lần tạm dừng không có hồ sơ", "Pause without a dossier",
          "Không được lấy về.", "Not brought over."),
    _kind("unknown_reason", "pause", "Lý do tạm dừng lạ", "Unknown reason of a pause",
          "Được tính là tạm dừng, không phải là chờ bổ sung.", "Counts as a pause, but not as one for a supplement."),
    _kind("officer_unit", "officer", "Đơn vị của cán bộ không có trong danh mục", "Officer's unit not in the list",
          *_NO_PLACE),
    _kind("unknown_tier", "unit", "Đơn vị không rõ cấp", "Unit of no known tier",
          "Hồ sơ của đơn vị không thuộc cấp nào.", "Its dossiers belong to no tier."),
    _kind("unknown_ward", "unit", "Đơn vị cấp xã không có trong danh mục xã, phường",
          "Commune unit that is no known ward",
          "Không có trên bản đồ.", "Not on the map."),
    _kind("unknown_limit", "procedure", "Thời hạn của thủ tục không rõ đơn vị tính",
          "Procedure's limit in an unknown unit of time",
          "Không tính được ngày hẹn từ thời hạn.", "No due date can be worked out from it."),
    _kind("unknown_level", "offering", "Mức độ dịch vụ công lạ", "Unknown level of an online service",
          "Không được tính là mức độ 3 hay 4.", "Counted as neither level 3 nor level 4."),
    _kind("unknown_service", "link_check", "Loại đường truyền lạ", "Unknown kind of link",
          "Không có trên màn hình nào.", "On no screen."),
    _kind("link_ward", "link_check", "Đường truyền của xã, phường không có trong danh mục",
          "Link of a ward not in the list",
          "Không có trên bản đồ.", "Not on the map."),
)  # fmt: skip
BY_CODE = {kind.code: kind for kind in KINDS}
BY_UNIT = (*(k.code for k in KINDS if k.entity == "dossier"), "step_backwards")
"""Kinds that are counted by unit; the others belong to no district and are seen city-wide only."""
CHANNELS = (1, 2, 3)
"""Counter, online, post (DOMAIN B)."""
RATINGS = (1, 2, 3)
"""Not satisfied, satisfied, very satisfied."""
LEVELS = (2, 3, 4)
SERVICES = ("wan", "onestop", "video")
REASONS = ("supplement", "fee", "stopped")
CHANCE = 2.0
"""Standard deviations (Poisson) within which a difference is put down to chance."""


@dataclass(frozen=True)
class Order:
    """`kind` is present where the time `earlier` lies before the time `later`: it can't have."""

    kind: str
    earlier: str
    later: str
    is_skewed: bool = False
    """Two clocks are compared: they may differ by the configured minutes."""


DOSSIER_ORDERS = (
    Order("finished_before_received", "finished_at", "received_at"),
    Order("due_before_received", "due_at", "received_at"),
    Order("returned_before_finished", "returned_at", "finished_at"),
    Order("submitted_after_received", "received_at", "submitted_at", is_skewed=True),
    # a row is written at the source's own time: what it dates later than that lay in the future then
    Order("received_in_future", "updated_at", "received_at", is_skewed=True),
    Order("finished_in_future", "updated_at", "finished_at", is_skewed=True),
)
STEP_ORDERS = (Order("step_backwards", "finished_at", "started_at"),)
TIMES = ("received_at", "submitted_at", "due_at", "due_original", "finished_at", "returned_at")
"""Times of a dossier that must lie in a believable range."""


@dataclass(frozen=True)
class Bounds:
    """Instants between which dates are believable, and the seconds by which two clocks may differ."""

    earliest: pd.Timestamp
    latest: pd.Timestamp
    skew_seconds: int

    @classmethod
    def of(cls, limits: QualityLimits) -> "Bounds":
        """As configured; days begin at midnight UTC."""
        first, last = pd.Timestamp(limits.earliest, tz="UTC"), pd.Timestamp(limits.latest, tz="UTC")
        return cls(first, last, limits.clock_skew_minutes * 60)


@dataclass(frozen=True)
class Known:
    """Codes that the source's own lists hold. `units`: of a known tier; `with_limit`: procedures with a time limit."""

    units: Collection[str]
    procedures: Collection[str]
    with_limit: Collection[str]
    officers: Collection[str]
    dossiers: Collection[str]
    wards: Collection[str]


def is_out_of_order(earlier: pd.Series, later: pd.Series, skew_seconds: int = 0) -> pd.Series:
    """Where `earlier` lies before `later` by more than the skew. Unknown times are in order.

    A time at the full hour may be a day without a time of day (midnight in any zone), so it gets a day's
    grace: a result dated "today" is not before this morning's receipt.
    """
    gap = (later - earlier).dt.total_seconds()
    grace = np.where(earlier == earlier.dt.floor("h"), DAY - 1, skew_seconds)
    return gap > np.maximum(grace, skew_seconds)


def direction(part: int, whole: int, part_lately: int, whole_lately: int) -> Literal[-1, 0, 1]:
    """Whether a share lately lies above (1) or below (-1) that of the whole by more than chance; else 0."""
    usual = part / whole * whole_lately
    if abs(part_lately - usual) <= CHANCE * usual**0.5:
        return 0
    return 1 if part_lately > usual else -1


def dossier_problems(rows: pd.DataFrame, known: Known, bounds: Bounds) -> pd.DataFrame:
    """One boolean column a dossier kind, over rows of the contract (times in UTC, NaT where unknown).

    Deleted rows have no problems. Codes are compared within `rows` for duplicates: give all of them.
    """
    unit = rows["unit_processing"].where(rows["unit_processing"].notna(), rows["unit_received"])
    bucket = rows["status"].map(BUCKETS)
    taken_in = ~bucket.isin(["pre_intake", "refused"])
    alive = ~_column(rows, "deleted").fillna(False).astype(bool)
    code = rows["dossier_code"]
    found = {
        "unknown_unit": ~unit.isin(list(known.units)),
        "unknown_procedure": ~rows["procedure_code"].isin(list(known.procedures)),
        "unknown_status": bucket.isna(),
        "unknown_channel": _unlisted(_column(rows, "channel"), CHANNELS),
        "unknown_rating": _unlisted(_column(rows, "rating"), RATINGS),
        "no_code": code.isna(),
        "duplicate_code": code.notna() & code.where(alive).duplicated(keep=False),
        "no_receipt": taken_in & rows["received_at"].isna(),
        "no_due": taken_in & rows["received_at"].notna() & rows["due_at"].isna()
        & rows["procedure_code"].isin(list(known.with_limit)),
        "no_end": (bucket == "closed") & rows["received_at"].notna() & rows["finished_at"].isna()
        & rows["returned_at"].isna(),
    }  # fmt: skip
    for order in DOSSIER_ORDERS:
        if {order.earlier, order.later} <= set(rows.columns):
            skew = bounds.skew_seconds if order.is_skewed else 0
            found[order.kind] = is_out_of_order(rows[order.earlier], rows[order.later], skew)
    times = rows[[name for name in TIMES if name in rows.columns]]
    found["out_of_range"] = ((times < bounds.earliest) | (times >= bounds.latest)).any(axis=1)
    codes = [k.code for k in KINDS if k.entity == "dossier"]
    return pd.DataFrame({c: found[c] & alive if c in found else False for c in codes}, index=rows.index)


def step_problems(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """One boolean column a step kind; `officer_ids` holds codes joined by commas, as the contract has them."""
    officers = set(known.officers)
    named = rows["officer_ids"].fillna("").str.split(",")
    strange = named.map(lambda ids: any(i and i not in officers for i in ids)).astype(bool)
    order = STEP_ORDERS[0]
    return pd.DataFrame(
        {
            "unknown_officer": strange,
            "step_backwards": is_out_of_order(rows[order.earlier], rows[order.later]),
            "orphan_step": ~rows["dossier_id"].isin(list(known.dossiers)),
        },
        index=rows.index,
    )


def _unlisted(codes: pd.Series, known: Collection[int]) -> pd.Series:
    """None given is no unknown code: no channel means the counter (DOMAIN B), no rating that nobody rated."""
    return codes.notna() & ~codes.isin(known)


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name] if name in rows.columns else pd.Series(None, index=rows.index, dtype=object)
