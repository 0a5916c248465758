"""Rows that reach a first load twice, because the source gives them twice or the load was killed half-way."""

import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from tests.data_access.sync.test_first_load import KilledError, fill, kill_at
from tests.data_access.sync.tiny import SOURCE, STORE, Tiny

DOUBLED = {
    "dossier": "SELECT * FROM dossier UNION ALL SELECT * FROM dossier WHERE right(dossier_id, 1) IN ('1', '2')",
    "step": "SELECT * FROM step UNION ALL SELECT * FROM step WHERE right(step_id, 1) = '4'",
    "pause": "SELECT * FROM pause UNION ALL SELECT * FROM pause",
    "link_check": "SELECT * FROM link_check UNION ALL SELECT * FROM link_check WHERE up",
    "observation": "SELECT * FROM observation UNION ALL SELECT * FROM observation",
}


@pytest.mark.parametrize("rows", [7, 20_000])
def test_a_select_that_doubles_rows_changes_nothing(tiny: Tiny, rows: int) -> None:
    tiny.rows = rows
    fill(tiny)
    tiny.write_profile(**DOUBLED)
    tiny.sync().first_load()
    doubled = tiny.content()
    assert tiny.differences() == []
    tiny.forget()
    tiny.write_profile()
    tiny.sync().first_load()
    assert doubled == tiny.content()


def test_of_a_doubled_key_the_newest_row_counts(tiny: Tiny) -> None:
    tiny.dossier(1, status=4)
    tiny.step(1, 1)
    names = "step_id, dossier_id, step_name, officer_ids, started_at, due_at, finished_at"
    tiny.write_profile(
        step=f"SELECT {names}, updated_at FROM step UNION ALL "
        "SELECT step_id, dossier_id, 'Trả kết quả', officer_ids, started_at, due_at, updated_at, "
        "updated_at + interval '1 hour' FROM step",
    )
    tiny.sync().first_load()
    assert tiny.store("SELECT step_name, finished_at IS NULL FROM step") == [("Trả kết quả", False)]
    assert tiny.differences() == []


def test_what_changes_while_interrupted(tiny: Tiny) -> None:
    """Moved, deleted, brought back: the store ends as the source is, and keeps the first due date it saw."""
    tiny.rows = 3
    first_due = tiny.clock + timedelta(days=3)
    for n in range(9):
        tiny.dossier(n, due_at=first_due, due_original=None)
        tiny.step(n, n)
    tiny.change(2, deleted=True, updated_at=tiny.clock - timedelta(days=1))  # read first, as deleted
    job = tiny.sync()
    kill_at(job, 2)  # six of nine dossiers are in
    with pytest.raises(KilledError):
        job.first_load()
    assert tiny.one("SELECT count(*) FROM tombstone") == 1
    tiny.change(0, due_at=first_due + timedelta(days=9), apology_count=1)
    tiny.change(1, deleted=True)
    tiny.change(2, deleted=False)
    tiny.sync().first_load()
    assert tiny.one("SELECT count(*), count(DISTINCT dossier_id) FROM dossier") == (8, 8)
    assert tiny.store("SELECT dossier_id FROM tombstone") == [("hs1",)]
    assert tiny.one("SELECT due_original, due_at, legal_due_at FROM dossier WHERE dossier_id = 'hs0'") == (
        first_due, first_due + timedelta(days=9), first_due,
    )  # fmt: skip
    assert sorted(r[0] for r in tiny.store("SELECT dossier_id FROM step")) == sorted(
        f"hs{n}" for n in range(9) if n != 1
    )
    assert tiny.differences() == []


def test_killed_at_any_moment_and_resumed(tiny: Tiny) -> None:
    """SIGKILL, again and again, until a load comes through; then everything is there once."""
    tiny.rows = 4
    fill(tiny)
    chance = random.Random(7)
    command = [
        sys.executable, "-m", "tests.data_access.sync.loading", tiny.pg.url("onestop_reader", SOURCE),
        tiny.pg.url("ops_owner", STORE), str(tiny.folder), str(tiny.rows),
    ]  # fmt: skip
    kills = 0
    for left in (2, 5, 5, 6, None):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as load:
            assert load.stdout is not None
            for n, _ in enumerate(load.stdout, 1):
                if n == left:
                    time.sleep(chance.random() * 0.03)  # somewhere in a batch
                    load.send_signal(signal.SIGKILL)
                    kills += 1
                    break
        if left is None or load.returncode == 0:
            assert load.returncode == 0
            break
    assert kills >= 3
    resumed = tiny.content()
    assert tiny.differences() == []
    tiny.forget()
    tiny.rows = 20_000
    tiny.sync().first_load()
    assert resumed == tiny.content()


def test_row_level_security_is_forced_again(tiny: Tiny) -> None:
    query = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"
    before = tiny.one(query)
    fill(tiny, 3)
    tiny.sync().first_load()
    assert tiny.one(query) == before
