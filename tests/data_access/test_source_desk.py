"""The source's check in the background, and reconciling asked of whichever process is the sync."""

from typing import Any

import pytest

from config.problems import Problem
from data_access import source_desk
from data_access.source.contract import ENTITIES
from data_access.sync import reconcile_books
from data_access.sync.reconcile import Reconciler
from tests.data_access.sync.tiny import Tiny


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


def test_reconciling_is_asked_once_with_a_reason_and_done_by_the_sync(tiny: Tiny) -> None:
    def refused(*arguments: Any) -> str:
        with pytest.raises(Problem) as caught:
            source_desk.ask_reconcile(tiny.owner, *arguments)
        return caught.value.code

    for n in range(3):
        tiny.dossier(n)
    job = tiny.sync(reconciler=Reconciler(share=1.0))
    job.once()
    since = tiny.clock.date()
    assert refused("cntt", "  ", None, False) == "source_reason"
    source_desk.ask_reconcile(tiny.owner, "cntt", "nghi thiếu hồ sơ", since, True)
    assert refused("thu", "nữa", None, False) == "reconcile_asked"
    with tiny.owner.connect() as connection:
        asked = source_desk.reconciled(connection, tiny.clock).rounds["asked"]
        assert (asked.ended_at, asked.since, asked.every_row) == (None, since, True)
    assert tiny.store(
        "SELECT who, what, detail FROM audit WHERE kind = 'reconcile_asked' ORDER BY at DESC LIMIT 1"
    ) == [("cntt", f"{since}, every row", "nghi thiếu hồ sơ")]
    for _ in range(200):
        job.once()
        with tiny.owner.connect() as connection:
            if reconcile_books.rounds(connection)["asked"].ended_at is not None:
                break
    with tiny.owner.connect() as connection:
        assert reconcile_books.rounds(connection)["asked"].ended_at is not None
    source_desk.ask_reconcile(tiny.owner, "cntt", "lần nữa", None, False)
