"""Values as some database driver gives them → columns of the contract's kinds (pyarrow).

A value that can't be what its column should be becomes NULL, as a missing one; it never stops a sync.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from data_access.source.contract import ARROW, Column, Entity, Kind

FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)
"""Days that count as dates, in UTC: those beyond (9999-12-31 stands for "none" in many databases) become years that no
driver can read back. copy_out.in_range draws the same line."""
_FIRST, _LAST = (pa.scalar(datetime.combine(day, time(), UTC), ARROW["timestamp"]) for day in (FIRST_DAY, LAST_DAY))


def to_table(entity: Entity, names: Sequence[str], rows: Sequence[Sequence[Any]], zone: ZoneInfo) -> pa.Table:
    """`rows` with columns `names` → a table of the entity's schema; absent columns are NULL."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    return pa.table(
        [to_array(c, columns[c.name], zone) if c.name in columns else pa.nulls(len(rows), ARROW[c.kind])
         for c in entity.columns],
        schema=entity.schema,
    )  # fmt: skip


def to_array(column: Column, values: Sequence[Any], zone: ZoneInfo) -> pa.Array:
    """One column. Tries the whole column at once; one odd value sends it through the careful way."""
    kind = ARROW[column.kind]
    if column.kind == "timestamp":
        stamps = [v for v in values if v is not None]
        if all(type(v) is datetime for v in stamps):
            if all(v.tzinfo is None for v in stamps):
                local = pa.array(values, pa.timestamp("us"))
                return _in_range(
                    pc.assume_timezone(local, zone.key, ambiguous="earliest", nonexistent="earliest").cast(kind)
                )
            if all(v.tzinfo is not None for v in stamps):
                return _in_range(pa.array(values, kind))
    convert = _CONVERT[column.kind]
    return pa.array([None if v is None else convert(v, zone) for v in values], kind)


def _in_range(stamps: pa.Array) -> pa.Array:
    known = pc.and_(pc.greater_equal(stamps, _FIRST), pc.less_equal(stamps, _LAST))
    return pc.if_else(pc.fill_null(known, False), stamps, pa.scalar(None, stamps.type))


def _text(value: Any, _zone: ZoneInfo) -> str | None:
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode("utf-8", errors="replace")
    return str(value).replace("\x00", "")  # PostgreSQL can't hold NUL


def _int(value: Any, _zone: ZoneInfo) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError, ArithmeticError):
        return None
    return number if -(2**63) <= number < 2**63 else None


def _float(value: Any, _zone: ZoneInfo) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _bool(value: Any, _zone: ZoneInfo) -> bool | None:
    if isinstance(value, (bytes, bytearray)):  # MySQL's BIT(1)
        return any(value)
    if isinstance(value, (bool, int, float, Decimal)):
        return bool(value)
    return None


def _timestamp(value: Any, zone: ZoneInfo) -> datetime | None:
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    elif isinstance(value, date):
        aware = datetime.combine(value, time(), zone)
    else:
        return None
    try:
        at = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return at if datetime.combine(FIRST_DAY, time(), UTC) <= at <= datetime.combine(LAST_DAY, time(), UTC) else None


def _date(value: Any, zone: ZoneInfo) -> date | None:
    if isinstance(value, datetime):
        value = (value if value.tzinfo is None else value.astimezone(zone)).date()
    return value if isinstance(value, date) and FIRST_DAY <= value <= LAST_DAY else None


def _codes(value: Any, zone: ZoneInfo) -> str | None:
    """Codes joined by commas, spaces around them and empty ones removed."""
    parts = value if isinstance(value, (list, tuple, set)) else str(_text(value, zone)).split(",")
    return ",".join(p for p in (str(v).strip() for v in parts if v is not None) if p)


_CONVERT: dict[Kind, Callable[[Any, ZoneInfo], Any]] = {
    "text": _text,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "timestamp": _timestamp,
    "date": _date,
    "text[]": _codes,
}


def fits(kind: Kind, value: Any) -> bool:
    """Whether a driver's value is of the kind, so that `check_source` can judge a sample."""
    match kind:
        case "text":
            return not isinstance(value, (datetime, date, list, tuple, dict, float))
        case "int":
            return (isinstance(value, int) and not isinstance(value, bool)) or (
                isinstance(value, (Decimal, float)) and value == int(value)
            )
        case "float":
            return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
        case "bool":
            return value in (0, 1, b"\x00", b"\x01")
        case "timestamp" | "date":
            return isinstance(value, date)
        case "text[]":
            return isinstance(value, (list, tuple, str))
