"""The source's check in the background, and reconciling asked of whichever process is the sync."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.problems import Problem
from data_access import source_desk
from data_access.source.contract import ENTITIES
from data_access.sync import open_sync, reconcile_books


@pytest.fixture
def owner(owner: Engine) -> Iterator[Engine]:
    """The small city's store; rounds of reconciling are forgotten again."""
    yield owner
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM reconcile_round"))
        connection.execute(text("DELETE FROM reconcile_known"))


def test_every_entity_is_checked_and_counted(small_city: Any) -> None:
    found = source_desk.check(small_city.urls.source_url, small_city.urls.store_reader_url, "onestop")
    assert source_desk.newest() is found
    assert found.ended.wait(120)
    assert found.problem is None
    assert list(found.entities) == list(ENTITIES)
    assert [name for name, check in found.entities.items() if check.problem is not None] == []
    assert found.stored["dossier"] > 3_000
    assert found.share == 1


def test_a_profile_that_is_not_there_is_told(small_city: Any) -> None:
    found = source_desk.check(small_city.urls.source_url, small_city.urls.store_reader_url, "khong_co")
    assert found.ended.wait(60)
    assert found.problem is not None
    assert found.problem.code == "profile_missing"


def test_reconciling_is_asked_once_with_a_reason_and_done_by_the_sync(small_city: Any, owner: Engine) -> None:
    def refused(*arguments: Any) -> str:
        with pytest.raises(Problem) as caught:
            source_desk.ask_reconcile(owner, *arguments)
        return caught.value.code

    assert refused("cntt", "  ", None, False) == "source_reason"
    source_desk.ask_reconcile(owner, "cntt", "nghi thiếu hồ sơ", date(2026, 11, 19), True)
    assert refused("thu", "nữa", None, False) == "reconcile_asked"
    with owner.connect() as connection:
        asked = source_desk.reconciled(connection, small_city.now).rounds["asked"]
        assert (asked.ended_at, asked.since, asked.every_row) == (None, date(2026, 11, 19), True)
        noted = connection.execute(
            text("SELECT who, what, detail FROM audit WHERE kind = 'reconcile_asked' ORDER BY at DESC LIMIT 1")
        ).one()
        assert tuple(noted) == ("cntt", "2026-11-19, every row", "nghi thiếu hồ sơ")
    sync = open_sync(small_city.settings, small_city.urls.source_url, small_city.urls.store_owner_url)
    try:
        for _ in range(200):
            sync.once()
            with owner.connect() as connection:
                if reconcile_books.rounds(connection)["asked"].ended_at is not None:
                    break
    finally:
        sync.close()
        sync.source_engine.dispose()
        sync.store_engine.dispose()
    with owner.connect() as connection:
        assert reconcile_books.rounds(connection)["asked"].ended_at is not None
    source_desk.ask_reconcile(owner, "cntt", "lần nữa", None, False)
