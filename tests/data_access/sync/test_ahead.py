"""Reading ahead holds few batches, however slow the writing and long the reading: a first load's memory hangs on it."""

import threading
import time
from collections.abc import Generator
from contextlib import closing

import pytest

from data_access.sync.ahead import ahead

DEPTH = 2


class Batches:
    """Batches without end that count how many were made and whether their reading was ended."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.made = 0
        self.ended = False
        self.fails_at = fails_at

    def read(self) -> Generator[int, None, None]:
        try:
            while True:
                if self.made == self.fails_at:
                    raise ConnectionError("away")
                self.made += 1
                yield self.made
        finally:
            self.ended = True


def held(batches: Batches, used: int) -> int:
    """How many are made and not yet used, once no more come."""
    before, still = -1, 0
    while still < 3:
        time.sleep(0.05)
        still = still + 1 if batches.made == before else 0
        before = batches.made
    return batches.made - used


def test_few_are_held_and_all_come_in_order() -> None:
    batches = Batches()
    with closing(ahead(batches.read(), DEPTH)) as items:
        for n in range(1, 6):
            assert next(items) == n
            assert 0 <= held(batches, n) <= DEPTH + 1, "those that wait, and the one that finds no room"
    assert batches.ended


def test_giving_up_half_way_ends_the_reading_first() -> None:
    batches = Batches()
    items = ahead(batches.read(), DEPTH)
    next(items)
    items.close()
    assert batches.ended, "the connection is free for others"
    assert [t for t in threading.enumerate() if t.name == "sync-read-ahead"] == []


def test_what_fails_in_reading_fails_where_it_is_used() -> None:
    items = ahead(Batches(fails_at=3).read(), DEPTH)
    assert [next(items) for _ in range(3)] == [1, 2, 3], "what came before it is not lost"
    with pytest.raises(ConnectionError, match="away"):
        next(items)


def test_the_end_is_the_end() -> None:
    assert list(ahead((n for n in range(7)), DEPTH)) == list(range(7))
    assert list(ahead((n for n in ()), DEPTH)) == []
