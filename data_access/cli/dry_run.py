"""What a dry run found, as tables in the terminal's language."""

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from rich.table import Table

from data_access.demo import terminal
from data_access.rules.quality import BY_CODE, KINDS
from data_access.rules.status import BUCKETS, NAMES

if TYPE_CHECKING:
    from data_access.sync.dry_run import DryRun

# entity → (contract column, or what the dry run says of it; heading) in the order shown
_SHOWN: dict[str, list[tuple[str, str]]] = {
    "unit": [("unit_code", "code"), ("name", "name"), ("tier", "tier"), ("ward_code", "ward_code"),
             ("unit_place", "place")],
    "procedure": [("procedure_code", "code"), ("name", "name"), ("field_name", "field"), ("tier", "tier"),
                  ("limit", "limit")],
    "offering": [("unit_code", "unit"), ("unit_place", "place"), ("procedure_code", "procedure"), ("level", "level"),
                 ("active_from", "since")],
    "officer": [("officer_id", "code"), ("display_name", "name"), ("role", "role"), ("unit_code", "unit"),
                ("unit_place", "place"), ("active", "active")],
    "dossier": [("dossier_code", "code"), ("procedure", "procedure"), ("unit", "unit"), ("channel", "channel"),
                ("status", "status"), ("received_at", "received"), ("due_at", "due"), ("finished_at", "finished"),
                ("standing", "standing")],
    "step": [("step_id", "code"), ("dossier_id", "dossier"), ("step_name", "name"), ("officers", "officers"),
             ("started_at", "from"), ("due_at", "step_due"), ("finished_at", "to")],
    "pause": [("dossier_id", "dossier"), ("reason", "reason"), ("from_at", "from"), ("to_at", "to")],
    "link_check": [("ward_code", "ward_code"), ("service", "name"), ("checked_at", "from"), ("up", "active")],
    "observation": [("indicator_code", "code"), ("scope_kind", "tier"), ("scope_code", "unit"), ("at", "from"),
                    ("value", "value")],
}  # fmt: skip
_WORDS = {
    "code": ("Mã", "Code"), "name": ("Tên", "Name"), "tier": ("Cấp", "Tier"), "ward_code": ("Mã xã GSO", "GSO ward"),
    "place": ("Thuộc", "Place"), "field": ("Lĩnh vực", "Field"), "limit": ("Thời hạn", "Limit"),
    "unit": ("Đơn vị", "Unit"), "procedure": ("Thủ tục", "Procedure"), "level": ("Mức độ", "Level"),
    "since": ("Từ ngày", "Since"), "role": ("Vai trò", "Role"), "active": ("Hoạt động", "Active"),
    "channel": ("Kênh", "Channel"), "status": ("Trạng thái → nhóm", "Status → bucket"),
    "received": ("Tiếp nhận", "Received"), "due": ("Hẹn trả", "Due"), "step_due": ("Hạn bước", "Step due"),
    "finished": ("Kết thúc", "Finished"),
    "standing": ("Phân loại R-A", "R-A class"), "dossier": ("Hồ sơ", "Dossier"), "officers": ("Cán bộ", "Officers"),
    "from": ("Từ", "From"), "to": ("Đến", "To"), "reason": ("Lý do", "Reason"), "value": ("Giá trị", "Value"),
    "mapped": ("{entity}: {shown} trong {rows} dòng, như hệ thống hiểu", "{entity}: {shown} of {rows} rows, as mapped"),
    "some": ("{entity}: {shown} dòng, như hệ thống hiểu", "{entity}: {shown} rows, as mapped"),
    "quality": ("Chất lượng dữ liệu", "Data quality"), "kind": ("Loại", "Kind"), "rows": ("Số dòng", "Rows"),
    "effect": ("Ảnh hưởng đến số liệu", "What it does to the figures"), "which": ("Nhiều nhất", "Most often"),
    "statuses": ("Hồ sơ theo trạng thái quốc gia", "Dossiers by national status"),
    "standings": ("Hồ sơ theo R-A", "Dossiers under R-A"), "not_told": ("không xét", "not looked at"),
    "wards": (
        "Xã, phường: {without} trong {wards} chưa có đơn vị nào; {several} có hơn một đơn vị.",
        "Wards: {without} of {wards} have no unit; {several} have more than one.",
    ),
    "night": (
        "Tiếp nhận ban đêm (20 giờ – 6 giờ): {night} trong {received}. Nhiều là dấu hiệu sai múi giờ (profile.yaml).",
        "Received at night (20:00 to 06:00): {night} of {received}. Many mean a wrong time zone in profile.yaml.",
    ),
    "nothing": ("Chưa ghi gì vào đâu cả.", "Nothing was written anywhere."),
    "unknown": ("? không rõ", "? unknown"), "yes": ("có", "yes"), "no": ("không", "no"),
    "1": ("trực tiếp", "counter"), "2": ("trực tuyến", "online"), "3": ("bưu chính", "post"),
    "city": ("thành phố", "city"), "district": ("quận, huyện", "district"), "commune": ("xã, phường", "commune"),
    "hour": ("giờ làm việc", "working hours"), "day": ("ngày", "days"), "month": ("tháng", "months"),
    "working_day": ("ngày làm việc", "working days"),
    "pre_intake": ("chưa tiếp nhận", "not yet received"), "refused": ("không tiếp nhận", "refused"),
    "running": ("đang giải quyết", "in progress"), "suspended": ("tạm dừng", "suspended"),
    "closed": ("đã giải quyết", "settled"), "early": ("trước hạn", "early"), "on_time": ("đúng hạn", "on time"),
    "late": ("quá hạn", "late"), "in_time": ("đang xử lý, trong hạn", "open, in time"),
    "overdue": ("đang xử lý, quá hạn", "open, overdue"), "excluded": ("không tính", "not counted"),
    "supplement": ("chờ bổ sung", "supplement"), "fee": ("chờ nghĩa vụ tài chính", "fee"),
    "stopped": ("dừng xử lý", "stopped"),
}  # fmt: skip


def show(found: "DryRun", timezone: str) -> None:
    """Print the mapped rows, the counts and that nothing was written."""
    console = terminal.out()
    for entity, columns in _SHOWN.items():
        if entity in found.samples:
            console.print(_mapped(found, entity, columns, timezone))
    console.print(_quality(found))
    statuses = [f"{_status(code)}: {n}" for code, n in found.statuses.most_common()]
    standings = [f"{_word(standing)}: {n}" for standing, n in found.standings.most_common()]
    console.print(f"{_word('statuses')}: {'; '.join(statuses)}", markup=False)
    console.print(f"{_word('standings')}: {'; '.join(standings)}", markup=False)
    console.print(_word("wards", without=found.wards_without_unit, wards=found.wards, several=found.wards_with_several))
    console.print(_word("night", night=found.received_at_night, received=found.received))
    console.print(_word("nothing"), style="bold")


def _word(key: str, **facts: object) -> str:
    return _WORDS[key][1 if terminal.language() == "en" else 0].format(**facts)


def _mapped(found: "DryRun", entity: str, columns: list[tuple[str, str]], timezone: str) -> Table:
    sample = found.samples[entity]
    key = "mapped" if entity in found.rows else "some"
    title = _word(key, entity=entity, shown=len(sample), rows=found.rows.get(entity))
    table = Table(title=title, title_justify="left")
    for column, heading in columns:
        table.add_column(_word(heading), overflow="fold", no_wrap=column.endswith("_at"))
    for row in sample.to_dict("records"):
        table.add_row(*(_cell(row, column, timezone) for column, _ in columns))
    return table


def _cell(row: dict[Any, Any], column: str, timezone: str) -> str:
    """One value as a person reads it, and what it was mapped to."""
    value = row.get(column)
    match column:
        case "unit":
            text = f"{_plain(row['unit_processing'])} → {_plain(row['unit_place'])}"
        case "procedure":
            text = f"{_plain(row['procedure_code'])} → {_plain(row['procedure_name'])} · {_plain(row['field_name'])}"
        case "status":
            text = _status(None if _absent(value) else int(row["status"]))
        case "limit" if not _absent(row["limit_value"]) and not _absent(row["limit_unit"]):
            text = f"{row['limit_value']:g} {_word(row['limit_unit'])}"
        case "unit_place":
            text = _plain(value)
        case _ if _absent(value):
            text = "–"
        case "tier" | "reason" | "standing" | "channel":
            key = str(int(row["channel"])) if column == "channel" else str(value)
            text = _word(key) if key in _WORDS else f"? {key}"
        case "active" | "up":
            text = _word("yes" if value else "no")
        case _:
            text = _local(value, timezone) if isinstance(value, pd.Timestamp) else str(value)
    return text


def _status(code: Any) -> str:
    if code not in BUCKETS:
        return f"{'' if code is None else code} {_word('unknown')} → {_word('running')}".strip()
    name = NAMES[code][1 if terminal.language() == "en" else 0]
    return f"{code} {name} → {_word(BUCKETS[code])}"


def _local(at: pd.Timestamp, timezone: str) -> str:
    return at.tz_convert(timezone).strftime("%d/%m/%y %H:%M")


def _absent(value: Any) -> bool:
    return bool(pd.isna(value)) or value == ""


def _plain(value: Any) -> str:
    return _word("unknown") if _absent(value) else str(value)


def _quality(found: "DryRun") -> Table:
    """Every kind there is, with its count, the codes behind it and what it does to figures."""
    lang: Literal["vi", "en"] = "en" if terminal.language() == "en" else "vi"
    table = Table(title=_word("quality"), title_justify="left")
    for heading in ("kind", "rows", "which", "effect"):
        table.add_column(_word(heading), overflow="fold", justify="right" if heading == "rows" else "left")
    for kind in sorted(KINDS, key=lambda k: -found.counts.get(k.code, -1)):
        count = found.counts.get(kind.code)
        codes = found.named[kind.code].most_common(5) if count and kind.code in found.named else []
        table.add_row(
            f"{BY_CODE[kind.code].names[lang]} ({kind.entity})",
            _word("not_told") if count is None else str(count),
            ", ".join(f"{code} ({n})" for code, n in codes),
            kind.effect[lang] if count else "",
            style="yellow" if count else "dim",
        )
    return table
