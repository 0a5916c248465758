"""Rollup of arrivals by hour of the day: today against the usual course of a day (queries/arrivals.py)."""

from zoneinfo import ZoneInfo

from pydantic import ValidationError

from config.settings import Settings, settings
from data_access.store.rollup import Rollup


def arrival_hour(zone: ZoneInfo) -> Rollup:
    """The rollup for a city's time zone; the zone is part of the definition, so that another one refills it."""
    return Rollup(
        "arrival_hour",
        "dossier",
        ("day", "hour", "district_code"),
        (),
        ("received", "received_online"),
        f"""
        SELECT received_day AS day, date_part('hour', received_at AT TIME ZONE '{zone.key}')::smallint AS hour,
               district_code, 1 AS received, (channel = 2)::int AS received_online
          FROM {{facts}} WHERE received_day IS NOT NULL AND received_at IS NOT NULL
        """,
    )


def _zone() -> ZoneInfo:
    try:
        return settings().tz
    except (ValidationError, ValueError, KeyError):  # told where the program starts, which then does no work
        return ZoneInfo(Settings.model_fields["timezone"].default)


ARRIVAL_HOUR = arrival_hour(_zone())
