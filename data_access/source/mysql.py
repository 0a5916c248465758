"""What is particular to MySQL and MariaDB sources: their sessions, and whose fault an error is.

Driver: PyMySQL, pure Python, so that it installs on a closed network without compilers or client libraries.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions, convert_date, convert_datetime
from sqlalchemy import Engine

DIALECTS: Final = ("mysql", "mariadb")


def _or_none(convert: Callable[[Any], Any]) -> Callable[[Any], date | None]:
    """What the driver leaves a text because it is no date (0000-00-00, which MySQL may hold) is unknown."""

    def converted(value: Any) -> date | None:
        found = convert(value)
        return found if isinstance(found, date) else None

    return converted


_DATES: Final[dict[Any, Any]] = {
    FIELD_TYPE.DATE: _or_none(convert_date),
    FIELD_TYPE.DATETIME: _or_none(convert_datetime),
    FIELD_TYPE.TIMESTAMP: _or_none(convert_datetime),
}
CONNECT: Final[dict[str, Any]] = {
    "connect_timeout": 5, "read_timeout": 600, "charset": "utf8mb4", "conv": {**conversions, **_DATES},
}  # fmt: skip

# They report a misspelt column as an "operational" error, like a server that is away. These are really about
# the server, the connection or the moment (1412: a table was altered meanwhile); anything else is the SELECT's,
# and a person must mend it.
_AWAY: Final = frozenset(
    (1021, 1030, 1034, 1037, 1038, 1040, 1041, 1044, 1045, 1049, 1053, 1077, 1078, 1079, 1080, 1114, 1129, 1130,
     1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1317, 1412, 1836, 1927, 1969, 3024, 3159)
)  # fmt: skip


def prepare(engine: Engine) -> None:
    """Make every session read-only, whatever the account may do, and patient with a slow reader.

    A first load reads without buffering; while the store writes a batch the server waits, and its default of
    60 s would cut the connection.
    """

    @sa.event.listens_for(engine, "connect")
    def _session(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION net_write_timeout = 600")
            cursor.execute("SET SESSION TRANSACTION READ ONLY")


def is_of_select(error: BaseException | None) -> bool:
    """Whether a driver's error is about the statement itself, not about a server that is away."""
    code = error.args[0] if error is not None and error.args else None
    return isinstance(code, int) and (1000 <= code < 2000 or code >= 3000) and code not in _AWAY
