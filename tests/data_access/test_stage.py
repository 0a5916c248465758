"""The stage's keeper over a real store: one writer, memory that outlives it, history of every change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data_access import stage as module
from data_access.rules.stage import Held
from data_access.stage import STAGE_LOCK, StageKeeper, figures
from data_access.standby import StandBy
from data_access.wall_desk import StageNow, stage_now
from tests.data_access.alert_rows import AlertStore
from tests.support.processes import wait_for

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUIET: dict[str, float | None] = {"links_down": 0.0, "overdue_rate": 0.0, "surge": 1.0}


@pytest.fixture
def store(alert_store: AlertStore, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A store on which nobody else keeps the stage."""
    monkeypatch.setattr(module, "age_minutes", lambda _: 0.0)
    with alert_store.owner.begin() as connection:
        connection.execute(text("TRUNCATE stage_now, stage_history"))
    return alert_store.owner


def history(owner: Engine) -> list[Any]:
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT was, stage, criterion, value FROM stage_history ORDER BY at"))
        return [tuple(row) for row in rows]


def now(owner: Engine) -> StageNow | None:
    with owner.connect() as connection:
        return stage_now(connection)


def test_the_figures_are_those_of_the_store(owner: Engine) -> None:
    with owner.connect() as connection:
        found = figures(connection)
        overdue, still_open = connection.execute(
            text("SELECT count(*) FILTER (WHERE overdue), count(*) FROM open_dossier")
        ).one()
        down, wards = connection.execute(
            text("SELECT count(*) FILTER (WHERE NOT up), count(*) FROM link_state WHERE service = 'wan'")
        ).one()
    assert found["overdue_rate"] == overdue / still_open
    assert found["links_down"] == down / wards
    assert set(found) == {"links_down", "overdue_rate", "surge"}


def test_it_remembers_changes_and_why(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    said = dict(QUIET)
    monkeypatch.setattr(module, "figures", lambda _: dict(said))

    def look(at: datetime) -> None:
        assert StageKeeper(store).look(at) is not None  # a keeper of its own each time: the memory is the store's

    look(START)
    assert history(store) == [(None, 1, None, None)]
    said["links_down"] = 0.06
    look(START + MINUTE)
    assert now(store) == StageNow(1, None, None, START)
    look(START + 3 * MINUTE)
    assert now(store) == StageNow(3, "links_down", 0.06, START + 3 * MINUTE)
    said["links_down"] = 0.04  # within the band of stage 3
    look(START + 60 * MINUTE)
    assert now(store) == StageNow(3, "links_down", 0.04, START + 3 * MINUTE)
    said["links_down"] = 0.0
    look(START + 61 * MINUTE)
    look(START + 70 * MINUTE)
    assert now(store) == StageNow(1, None, None, START + 70 * MINUTE)
    assert history(store) == [(None, 1, None, None), (1, 3, "links_down", 0.06), (3, 1, None, None)]


def test_a_second_keeper_stands_aside(store: Engine) -> None:
    with store.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": STAGE_LOCK})
        assert StageKeeper(store).look(START) is None
    assert StageKeeper(store).look(START) is not None


def test_one_standing_by_looks_only_when_nobody_did(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "figures", lambda _: dict(QUIET))
    assert StageKeeper(store).look(START) is not None
    standby = StageKeeper(store, standby=60)
    assert standby.look(START + 0.9 * MINUTE) is None
    assert standby.look(START + MINUTE) is not None


def test_without_a_sync_the_application_keeps_the_stage(alert_store: AlertStore) -> None:
    """A sync that died can't say that the figures are old: the last stage it set would stay, calm and wrong."""
    with alert_store.owner.begin() as connection:
        connection.execute(text("TRUNCATE stage_now, stage_history"))
        connection.execute(text("UPDATE data_version SET as_of = now() - interval '20 minutes'"))
        connection.execute(text("UPDATE sync_status SET source_at = now() - interval '20 minutes'"))
    standby = StandBy(lambda: alert_store.owner_url)
    try:
        wait_for(lambda: now(alert_store.owner) is not None, "the stage", 20)
    finally:
        standby.stop()
    found = now(alert_store.owner)
    assert found is not None
    assert (found.stage, found.criterion) == (3, "data_age")


def test_old_figures_raise_the_stage(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "figures", lambda _: dict(QUIET))
    monkeypatch.setattr(module, "age_minutes", lambda _: 16.0)
    told = StageKeeper(store).look(START)
    assert told is not None
    assert (told.stage, told.criterion, told.memory["data_age"]) == (3, "data_age", Held(3, 3, None, 16.0))


def test_figures_are_counted_once_a_version(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    monkeypatch.setattr(module, "figures", lambda _: counted.append(1) or dict(QUIET))
    keeper = StageKeeper(store)
    for n in range(5):
        keeper.look(START + n * MINUTE)
    assert len(counted) == 1
