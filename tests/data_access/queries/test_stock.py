"""What stood at an earlier day's end: as counted then, and whether a list of today still has as many."""

import pytest

from data_access.queries.answers import local_day
from data_access.queries.dossier_totals import total
from data_access.queries.dossiers import DossierFilter
from data_access.queries.stock import stock_at
from data_access.source.reader import Source
from data_access.store.engine import Scope, reading
from data_access.sync.sync import Sync
from tests.data_access.sync.test_snapshots import DAY, MONDAY, at, poll
from tests.data_access.sync.tiny import BA_DINH, Tiny

Followed = tuple[Tiny, Sync]


@pytest.fixture
def followed(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Followed:
    """Five dossiers open at Monday's end, three of them overdue; counted on Tuesday."""
    monkeypatch.setattr(Source, "now", lambda *_: tiny.clock)
    tiny.clock = at(MONDAY - 20 * DAY, 9)
    for name in ("a", "b", "c"):
        tiny.dossier(name, received_at=tiny.clock, due_at=at(MONDAY - 5 * DAY, 17))
    for name in ("d", "e"):
        tiny.dossier(name, received_at=tiny.clock, due_at=at(MONDAY + 20 * DAY, 17))
    job = tiny.sync()
    poll(tiny, job, at(MONDAY, 12))
    poll(tiny, job, at(MONDAY + DAY, 0, 5))
    return tiny, job


def then(city: Tiny) -> tuple[tuple[int, int], dict[str, bool], list[int]]:
    """What was counted, whether it is listed, and how many the lists have."""
    with reading(city.reader, Scope((BA_DINH,))) as connection:
        found = stock_at(connection, ["p1"], MONDAY, local_day(connection), beside=True)
        assert found.counted
        listed = [total(connection, DossierFilter(f"{what}_at", unit="p1", last=MONDAY))[0]
                  for what in ("open", "overdue")]  # fmt: skip
    return found.of(["p1"]), found.listed, listed


def test_what_only_came_and_went_since_is_listed(followed: Followed) -> None:
    city, job = followed
    assert then(city) == ((5, 3), {"open": True, "overdue": True}, [5, 3])
    city.clock = at(MONDAY + DAY, 9)
    city.dossier("f", due_at=at(MONDAY + DAY, 10))
    city.change("a", status=9, finished_at=at(MONDAY + DAY, 9))
    poll(city, job, at(MONDAY + 3 * DAY, 12))
    assert then(city) == ((5, 3), {"open": True, "overdue": True}, [5, 3])


def test_what_a_pause_or_a_correction_hides_is_not(followed: Followed) -> None:
    city, job = followed
    city.clock = at(MONDAY + DAY, 9)
    city.change("a", status=5)
    city.put("pause", dossier_id="hsa", from_at=city.clock, reason="supplement")
    poll(city, job, at(MONDAY + DAY, 12))
    assert then(city) == ((5, 3), {"open": True, "overdue": False}, [5, 2])
    city.change("d", received_at=at(MONDAY + DAY, 8))
    poll(city, job, at(MONDAY + DAY, 13))
    assert then(city) == ((5, 3), {"open": False, "overdue": False}, [4, 2])
