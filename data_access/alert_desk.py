"""What people do with alerts: acknowledge and resolve by hand, by name and with a note. The one door for both."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from config.i18n import Texts
from config.problems import Problem
from config.registry import fold
from data_access.notifications import announce

LONGEST_NOTE = 1_000

# One statement decides, so that of two people at once one is told about the other. A row of another district
# looks like one that isn't there.
_MINE = "alert_id = :id AND (CAST(:districts AS text[]) IS NULL OR district_code = ANY (CAST(:districts AS text[])))"
_ACKNOWLEDGE = f"""
UPDATE alert SET acknowledged_at = clock_timestamp(), acknowledged_by = :who, acknowledged_note = :note,
       folded_notes = folded_notes || ' ' || :folded
WHERE {_MINE} AND resolved_at IS NULL AND acknowledged_at IS NULL
RETURNING alert_id, district_code, acknowledged_at AS at, value, severity, rule
"""
_RESOLVE = f"""
UPDATE alert SET resolved_at = clock_timestamp(), resolved_by = :who, resolved_note = :note, resolution = 'hand',
       folded_notes = folded_notes || ' ' || :folded
WHERE {_MINE} AND resolved_at IS NULL
RETURNING alert_id, district_code, resolved_at AS at, value, severity, rule
"""
_EVENT = """
INSERT INTO alert_event (alert_id, district_code, at, kind, who, note, value)
VALUES (:id, :district, :at, :kind, :who, :note, :value) RETURNING event_id
"""
_STATE = f"SELECT acknowledged_at, acknowledged_by, resolved_at, resolved_by FROM alert WHERE {_MINE}"


def acknowledge(engine: Engine, alert_id: int, who: str, note: str, districts: tuple[str, ...] | None) -> None:
    """`who` has seen the alert and says in `note` what is done. `districts`: the viewer's, None for the whole city.

    engine: the store's owner. Raises Problem: alert_who, alert_note, alert_unknown (also when out of scope),
    alert_taken (acknowledged before), alert_over (resolved meanwhile).
    """
    with engine.begin() as connection:
        _change(connection, "acknowledged", _ACKNOWLEDGE, alert_id, who, note, districts)


def resolve(engine: Engine, alert_id: int, who: str, note: str, districts: tuple[str, ...] | None) -> None:
    """End the alert by hand. It opens anew only after its condition has been over once. Raises as `acknowledge`."""
    with engine.begin() as connection:
        done, event_id = _change(connection, "resolved", _RESOLVE, alert_id, who, note, districts)
        announce(connection, event_id, done.severity, done.rule, done.at)


def _change(
    connection: Connection, kind: str, command: str, alert_id: int, who: str, note: str,
    districts: tuple[str, ...] | None,
) -> tuple[Row[Any], int]:  # fmt: skip
    who, note = who.strip(), note.strip()
    if not who:
        raise Problem("alert_who")
    if not note or len(note) > LONGEST_NOTE:
        raise Problem("alert_note", most=LONGEST_NOTE)
    mine = {"id": alert_id, "districts": None if districts is None else list(districts)}
    done = connection.execute(text(command), mine | {"who": who, "note": note, "folded": fold(f"{who} {note}")}).first()
    if done is None:
        raise _refusal(connection, mine)
    event_id: int = connection.execute(
        text(_EVENT),
        {"id": alert_id, "district": done.district_code, "at": done.at, "kind": kind, "who": who, "note": note,
         "value": done.value},
    ).scalar_one()  # fmt: skip
    return done, event_id


def _refusal(connection: Connection, mine: Mapping[str, object]) -> Problem:
    state = connection.execute(text(_STATE), mine).first()
    if state is None:
        return Problem("alert_unknown")
    t = Texts()
    if state.resolved_at is None:
        return Problem("alert_taken", who=state.acknowledged_by, at=t.moment(state.acknowledged_at))
    at = t.moment(state.resolved_at)
    if state.resolved_by is None:
        return Problem("alert_over", at=at)
    return Problem("alert_ended", who=state.resolved_by, at=at)
