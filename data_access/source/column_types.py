"""What a result's own column types can be, by database: so that a SELECT is judged before it has rows."""

from dataclasses import dataclass
from typing import Final

from pymysql.constants import FIELD_TYPE as F

from data_access.source.contract import Kind


@dataclass(frozen=True)
class Types:
    """Type codes as the driver's cursor describes them. Codes that aren't listed are judged by the sample."""

    kinds: dict[int, tuple[Kind, ...]]
    """Code → the contract's kinds its values can be."""
    naive: frozenset[int]
    """Times without a zone."""
    numbers: frozenset[int]


_NUMBER: tuple[Kind, ...] = ("int", "float", "text", "bool")
_TEXT: tuple[Kind, ...] = ("text", "text[]")

POSTGRESQL: Final = Types(
    {
        16: ("bool",), **dict.fromkeys((20, 21, 23), _NUMBER), 700: ("float",), 701: ("float",),
        1700: ("float", "int"), **dict.fromkeys((25, 1043, 1042), _TEXT), 2950: ("text",), 1009: ("text[]",),
        1015: ("text[]",), 1082: ("date", "timestamp"), 1114: ("timestamp", "date"), 1184: ("timestamp", "date"),
    },
    naive=frozenset((1114, 1082)),
    numbers=frozenset((20, 21, 23, 1700)),
)  # fmt: skip
_MYSQL_INTEGERS = (F.TINY, F.SHORT, F.LONG, F.LONGLONG, F.INT24, F.YEAR)
_MYSQL_TEXTS = (F.VARCHAR, F.VAR_STRING, F.STRING, F.ENUM, F.SET, F.BLOB, F.TINY_BLOB, F.MEDIUM_BLOB, F.LONG_BLOB)
_MYSQL_TIMES = (F.DATETIME, F.TIMESTAMP, F.DATE, F.NEWDATE)
MYSQL: Final = Types(
    {
        **dict.fromkeys(_MYSQL_INTEGERS, _NUMBER), F.FLOAT: ("float",), F.DOUBLE: ("float",),
        F.DECIMAL: ("float", "int"), F.NEWDECIMAL: ("float", "int"), F.BIT: ("bool",),
        **dict.fromkeys(_MYSQL_TEXTS, _TEXT), **dict.fromkeys(_MYSQL_TIMES, ("timestamp", "date")),
    },
    naive=frozenset(_MYSQL_TIMES),  # none of MySQL's types carries a zone
    numbers=frozenset((*_MYSQL_INTEGERS, F.DECIMAL, F.NEWDECIMAL)),
)  # fmt: skip
BY_DIALECT: Final = {"postgresql": POSTGRESQL, "mysql": MYSQL, "mariadb": MYSQL}
