"""Alerts put into a store by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine, text

from config.registry import fold
from data_access.alerts import ALERT_LOCK

HA_DONG, HOAN_KIEM = "268", "002"
_number = count(1)


@dataclass(frozen=True)
class AlertStore:
    """A store by its owner and its reader."""

    owner: Engine
    reader: Engine
    owner_url: str


def clear(owner: Engine) -> None:
    """No alerts, as in a new store."""
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE alert, alert_pending, alert_event, notification"))
        connection.execute(text("UPDATE alert_state SET looked_at = NULL"))


@contextmanager
def undisturbed(owner: Engine) -> Iterator[Engine]:
    """No alerts before and after, and none that the keeper of another test's application opens in between."""
    with owner.connect() as keeper:
        keeper.execute(text("SELECT pg_advisory_lock(:k)"), {"k": ALERT_LOCK})
        clear(owner)
        yield owner
        clear(owner)
        keeper.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": ALERT_LOCK})


def put(owner: Engine, what: str = "Mất kết nối", district: str = HA_DONG, subject: str = "", **columns: Any) -> int:
    """One alert; its id."""
    at = columns.get("opened_at", datetime(2026, 11, 20, 1, tzinfo=UTC))
    said = json.dumps({"vi": what, "en": what})
    row = {
        "rule": "r", "kind": "link", "severity": "act", "subject_kind": "ward",
        "subject_code": subject or str(next(_number)), "district_code": district, "since": at, "opened_at": at,
        "updated_at": at, "value": 1.0, "told_value": 1.0, "facts": "{}", "what": said, "public": said,
        "first_step": said, "folded": fold(what),
    } | columns  # fmt: skip
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with owner.begin() as connection:
        insert = f"INSERT INTO alert ({names}) VALUES ({values}) RETURNING alert_id"
        made: int = connection.execute(text(insert), row).scalar_one()
        return made
