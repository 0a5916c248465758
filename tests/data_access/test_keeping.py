"""Threads that look again and again: nothing that fails ends them, and each row of failures is told once."""

import threading

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from data_access.keeping import again_and_again


@pytest.mark.parametrize("error", [KeyError("a unit nobody knows"), OperationalError("SELECT", {}, Exception("away"))])
def test_nothing_that_fails_ends_it(error: Exception) -> None:
    stop, looks = threading.Event(), 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 6:
            stop.set()
        if looks not in (3, 6):
            raise error

    with capture_logs() as told:
        again_and_again("alerts", look, stop, 0.001)
    assert looks == 6
    assert [(entry["event"], entry["what"]) for entry in told] == [("not kept", "alerts")] * 2
