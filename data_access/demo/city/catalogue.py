"""The catalogue of 1,922 procedures: 60 real ones, the rest invented and marked DEMO- and "(mẫu …)"."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from data_access.demo.city.settings import departments, read_csv, tunables
from data_access.demo.city.units import CITY, COMMUNE, DISTRICT, Bools, Floats, Ints, Objects

COUNTS = {CITY: 1414, DISTRICT: 340, COMMUNE: 168}
ELIGIBLE = 1_890
UNIT = {"giờ": "hour", "ngày": "day", "ngày làm việc": "working_day", "tháng": "month"}
VERBS = (
    "Cấp mới",
    "Cấp lại",
    "Điều chỉnh",
    "Gia hạn",
    "Xác nhận",
    "Thẩm định",
    "Đăng ký",
    "Công bố",
    "Thu hồi",
)
OBJECTS = ("giấy phép", "giấy chứng nhận", "văn bản chấp thuận", "hồ sơ", "quyết định", "danh sách")
LOCAL_FIELDS = {
    COMMUNE: ("Văn hóa", "Giáo dục", "Thủy lợi", "Trẻ em", "Hộ tịch", "Bảo trợ xã hội",
              "Thi đua khen thưởng", "Tôn giáo"),
    DISTRICT: ("Văn hóa", "Giáo dục", "Xây dựng", "Môi trường", "Đất đai", "Lưu thông hàng hóa",
               "Bảo trợ xã hội", "Hộ tịch"),
}  # fmt: skip
NOT_ONLINE = ("1.003583", "1.003554")  # a registration on the spot, a mediation
SOCIAL = {"Bảo trợ xã hội", "Giảm nghèo", "Người có công", "Trẻ em", "Thi đua khen thưởng"}


@dataclass(frozen=True)
class Catalogue:
    """Parallel arrays over the procedures, commune tier first, then district, then city."""

    code: Objects
    name: Objects
    field: Objects
    field_code: Objects
    tier: Ints
    limit_value: Ints
    limit_unit: Objects
    same_day: Bools
    has_fee: Bools
    eligible: Bools
    """Could be offered online at all."""
    iso: Bools
    real: Bools
    family: Objects
    """Key of config/demo/processes.yaml."""
    season: Ints
    """0 certify, 1 family, 2 other: which monthly profile the arrivals follow."""
    share: Floats
    """Expected share of its tier's dossiers; sums to 1 within a tier."""
    department: Ints
    """Position of the department (units array) for the city tier, else −1."""

    def of(self, tier: int) -> Ints:
        """Positions of one tier's procedures."""
        return np.flatnonzero(self.tier == tier)


def _family(field: str, same_day: bool) -> str:
    """The process template a procedure follows."""
    if field == "Chứng thực" and same_day:
        return "certify"
    if field == "Đất đai" and not same_day:
        return "land"
    if same_day:
        return "same_day"
    if field in {"Hộ tịch", "Chứng thực", "Nuôi con nuôi"}:
        return "civil"
    return "social" if field in SOCIAL else "general"


def _real_rows() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for r in read_csv("procedures_catalogue.csv"):
        same_day = r["same_day_15h_rule"] == "1"
        rows.append(
            {
                "code": r["national_code"],
                "name": r["name_vi"],
                "field": r["field"],
                "tier": COMMUNE if r["level"] == "xa" else DISTRICT,
                "value": int(r["limit_value"]),
                "unit": UNIT[r["limit_unit"]],
                "same_day": same_day,
                "fee": r["has_fee"] == "1",
                # the one approved process with four steps of 2, 3, 2 and 1 hours
                "family": "same_day" if r["national_code"] == "2.000908" else _family(r["field"], same_day),
                "share": float(r["est_share_of_level_volume_pct"]),
                "department": -1,
                "real": True,
            }
        )
    return rows


def _filler(rng: np.random.Generator, number: int, tier: int, field: str, department: int) -> dict[str, object]:
    """One invented procedure; its name says that it is a sample."""
    verb, thing = VERBS[int(rng.integers(len(VERBS)))], OBJECTS[int(rng.integers(len(OBJECTS)))]
    value, unit = [(3, "working_day"), (5, "working_day"), (7, "working_day"), (10, "working_day"),
                   (15, "working_day"), (20, "day"), (30, "day"), (16, "hour"), (2, "month")][
        int(rng.choice(9, p=[0.18, 0.2, 0.12, 0.16, 0.12, 0.1, 0.07, 0.03, 0.02]))
    ]  # fmt: skip
    return {
        "code": f"DEMO-{number:04d}",
        "name": f"{verb} {thing} lĩnh vực {field} (mẫu {number:04d})",
        "field": field,
        "tier": tier,
        "value": value,
        "unit": unit,
        "same_day": False,
        "fee": bool(rng.random() < 0.5),
        "family": _family(field, False),
        "share": float(rng.pareto(1.2) + 0.05),
        "department": department,
        "real": False,
    }


def make_catalogue(rng: np.random.Generator) -> Catalogue:
    """168 commune, 340 district and 1,414 city procedures."""
    rows = _real_rows()
    number = 0
    for level in (COMMUNE, DISTRICT):
        fields = LOCAL_FIELDS[level]
        for i in range(COUNTS[level] - sum(r["tier"] == level for r in rows)):
            number += 1
            rows.append(_filler(rng, number, level, fields[i % len(fields)], -1))
    for position, department in enumerate(departments(), start=1):
        for i in range(department["procedures"]):
            number += 1
            field = department["fields"][i % len(department["fields"])]
            rows.append(_filler(rng, number, CITY, field, position))
    rows.sort(key=lambda r: -int(str(r["tier"])))  # stable: commune, district, city

    def column(key: str, dtype: Any) -> Any:
        return np.array([r[key] for r in rows], dtype)

    tier, real, share = column("tier", np.int64), column("real", bool), column("share", np.float64)
    for t in COUNTS:
        here = tier == t
        fillers = float(tunables()["fillers_share"]) if t != CITY else 1.0
        share[here & real] *= (1 - fillers) / max(share[here & real].sum(), 1e-9)
        share[here & ~real] *= fillers / share[here & ~real].sum()
    field, family = column("field", object), column("family", object)
    codes = {name: f"LV-{i:02d}" for i, name in enumerate(sorted(set(field)), start=1)}
    # what can't go online: a hearing, a visit, and the tail of the city's catalogue
    eligible = rng.random(len(rows)).argsort().argsort() < ELIGIBLE
    code = column("code", object)
    eligible[real] = True
    eligible[np.isin(code, NOT_ONLINE)] = False
    spare = np.flatnonzero(eligible & ~real)
    surplus = int(eligible.sum()) - ELIGIBLE
    if surplus > 0:
        eligible[rng.choice(spare, surplus, replace=False)] = False
    return Catalogue(
        code=code,
        name=column("name", object),
        field=field,
        field_code=np.array([codes[f] for f in field], object),
        tier=tier,
        limit_value=column("value", np.int64),
        limit_unit=column("unit", object),
        same_day=column("same_day", bool),
        has_fee=column("fee", bool),
        eligible=eligible,
        iso=rng.random(len(rows)) < 0.93,
        real=real,
        family=family,
        season=np.where(np.isin(code, ["2.000815", "2.000884", "2.000635"]), 0, np.where(field == "Hộ tịch", 1, 2)),
        share=share,
        department=column("department", np.int64),
    )
