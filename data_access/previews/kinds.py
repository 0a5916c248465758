"""One preview a configuration file: what an edit of it changes now, on live data, before it is saved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from config.i18n import Texts
from data_access.previews import (
    alerts,
    city,
    district,
    first_call,
    forms,
    indicators,
    keys,
    measures,
    periods,
    qd766,
    quality,
    screens,
    sign_in,
    source,
    stages,
    targets,
    walls,
    working_calendar,
    workload,
)
from data_access.previews.table import Preview
from data_access.store.engine import WHOLE_CITY, reading

SECONDS = 60
"""Longest time that one question of a preview may take."""
OF_FILE: dict[str, Callable[[Connection, Any, Any, Texts], Preview]] = {
    "alerts": alerts.preview, "city": city.preview, "district": district.preview, "first_call": first_call.preview,
    "forms": forms.preview, "indicators": indicators.preview, "measures": measures.preview, "periods": periods.preview,
    "qd766": qd766.preview, "quality": quality.preview, "screens": screens.preview, "sign_in": sign_in.preview,
    "source": source.preview, "stages": stages.preview, "targets": targets.preview, "walls": walls.preview,
    "workload": workload.preview, "working_calendar": working_calendar.preview,
}  # fmt: skip
"""Every file (config/files.py) → (connection, what is in force, the edited one, texts) → what changes."""


def preview(
    engine: Engine, name: str, path: Path, texts: tuple[str, str], values: tuple[Any, Any], t: Texts
) -> Preview:
    """What an edit changes. texts, values: in force and edited, as written and as checked.

    engine: the store's owner, used for reading only: walls' devices are nobody else's business. First what the edit
    means, then the keys.
    """
    listed = keys.preview(path, *texts, t)
    with reading(engine, WHOLE_CITY) as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = {SECONDS * 1_000}"))
        found = OF_FILE[name](connection, *values, t)
    return Preview([*found.said, *listed.said], [*found.tables, *listed.tables], found.stops)
