"""The first load: everything, once, wherever it was interrupted."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from config.problems import Problem
from data_access.store import filling, rollups
from data_access.sync import Sync, is_loaded
from tests.data_access.sync.tiny import Tiny


class KilledError(Exception):
    """Stands for the end of the process between two commits."""


def fill(tiny: Tiny, dossiers: int = 25) -> None:
    for n in range(dossiers):
        tiny.dossier(n, unit_processing=f"p{1 + n % 3}", due_original=tiny.clock)
        tiny.step(2 * n, n, ("cb1", "cb2", "cb3")[: 1 + n % 3], finished_at=tiny.clock if n % 2 else None)
        tiny.step(2 * n + 1, n)
        if n % 5 == 0:
            tiny.put("pause", dossier_id=f"hs{n}", from_at=tiny.clock, reason="supplement")
        tiny.put("link_check", ward_code="00001", service="wan", checked_at=tiny.clock, up=n % 7 > 2, latency_ms=1.5)
        tiny.put("observation", indicator_code="x", scope_kind="city", scope_code="", at=tiny.clock, value=n)
    tiny.put("offering", unit_code="p1", procedure_code="tt1", level=3, active_from="2018-01-01", active_to=None)
    tiny.change(3, deleted=True)


def kill_at(job: Sync, commit: int) -> Callable[[], None]:
    left = [commit]

    def after_commit() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KilledError

    job.after_commit = after_commit
    return after_commit


def test_counts_equal_the_source(tiny: Tiny) -> None:
    fill(tiny)
    seen: list[tuple[float, str]] = []
    tiny.sync().first_load(lambda share, stage: seen.append((share, stage)))
    for table in ("unit", "procedure", "officer", "offering", "link_check", "observation"):
        (expected,) = tiny.source.execute(f"SELECT count(*) FROM {table}").fetchone() or ()
        assert tiny.one(f"SELECT count(*) FROM {table}") == expected, table
    assert tiny.one("SELECT count(*) FROM dossier") == 24
    assert tiny.one("SELECT count(*) FROM step") == 48
    assert tiny.one("SELECT count(*) FROM pause") == 5
    assert [s for s, _ in seen] == sorted(s for s, _ in seen)
    assert seen[0] == (0.0, "dimension")
    assert seen[-1] == (1.0, "done")
    assert is_loaded(tiny.owner)
    assert tiny.one("SELECT state FROM sync_status") == "running"
    assert tiny.differences() == []


def test_returns_at_once_when_done_before(tiny: Tiny) -> None:
    fill(tiny, 3)
    tiny.sync().first_load()
    before = tiny.version
    called = []
    tiny.sync().first_load(lambda *a: called.append(a))
    assert (called, tiny.version) == ([], before)


@pytest.mark.parametrize("commit", [1, 3, 6, 9, 14, 20])
def test_interrupted_and_resumed_equals_uninterrupted(tiny: Tiny, commit: int) -> None:
    tiny.rows = 5
    fill(tiny)
    job = tiny.sync()
    kill_at(job, commit)
    with pytest.raises(KilledError):
        job.first_load()
    tiny.change(1, due_original=None, due_at=tiny.clock)  # changes while nobody looks
    tiny.dossier("new")
    again = tiny.sync()
    again.first_load()
    resumed = tiny.content()
    assert tiny.differences() == []
    with tiny.owner.begin() as conn:
        names = ", ".join([*resumed, "data_version", "sync_watermark", "tombstone"])
        conn.exec_driver_sql(f"TRUNCATE {names}")
    tiny.sync().first_load()
    straight = tiny.content()
    # the first due date seen is history that only the interrupted load has
    cut = {"dossier": resumed.pop("dossier"), "flow_day": resumed.pop("flow_day")}
    assert resumed == {k: v for k, v in straight.items() if k not in cut}
    assert len(cut["dossier"]) == len(straight["dossier"])


def test_resume_does_not_read_again_what_is_there(tiny: Tiny) -> None:
    tiny.rows = 5
    fill(tiny)
    job = tiny.sync()
    kill_at(job, 4)  # after three batches of dossiers
    with pytest.raises(KilledError):
        job.first_load()
    read_before = tiny.one("SELECT rows_read FROM sync_watermark WHERE entity = 'dossier'")
    tiny.sync().first_load()
    assert read_before >= 10
    assert tiny.one("SELECT rows_read FROM sync_watermark WHERE entity = 'dossier'") <= 25 + 5


def test_nothing_is_published_before_the_end(tiny: Tiny) -> None:
    fill(tiny)
    job = tiny.sync()
    kill_at(job, 3)
    with pytest.raises(KilledError):
        job.first_load()
    assert not is_loaded(tiny.owner)
    assert tiny.one("SELECT state FROM sync_status") == "loading"
    assert tiny.one("SELECT count(*) FROM dossier") > 0
    assert tiny.store("SELECT * FROM open_dossier") == []


def test_indexes_put_aside_are_there_afterwards(tiny: Tiny) -> None:
    query = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    before = tiny.store(query)
    fill(tiny, 5)
    job = tiny.sync()
    kill_at(job, 2)
    with pytest.raises(KilledError):
        job.first_load()
    assert len(tiny.store(query)) < len(before)
    tiny.sync().first_load()
    assert tiny.store(query) == before
    assert tiny.store("SELECT * FROM deferred_index") == []


def test_kill_between_batches_of_a_poll_loses_and_doubles_nothing(tiny: Tiny) -> None:
    tiny.rows = 4
    tiny.sync().first_load()
    fill(tiny)
    for _ in range(30):
        job = tiny.sync()
        kill_at(job, 1)
        try:
            job.once()
        except KilledError:
            assert tiny.differences() == []
            job.close()
            continue
    tiny.rows = 20_000
    tiny.sync().once()
    assert tiny.one("SELECT count(*) FROM dossier") == 24
    assert tiny.one("SELECT count(*) FROM step") == 48
    assert tiny.differences() == []


def test_interrupted_between_rollups_and_version(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    before = tiny.store(query)
    fill(tiny)
    with monkeypatch.context() as then:
        then.setattr(rollups, "publish", Mock(side_effect=KilledError))
        with pytest.raises(KilledError):
            tiny.sync().first_load()
    assert not is_loaded(tiny.owner)
    assert tiny.one("SELECT sum(received) FROM unit_total") == 24, "they are there, and nobody asks them"
    tiny.change(1, unit_processing="p2")
    tiny.sync().first_load()
    assert tiny.differences() == []
    assert tiny.store(query) == before
    assert tiny.store("SELECT * FROM deferred_index") == []


def test_a_load_that_lost_its_place_leaves_published_rollups_alone(tiny: Tiny) -> None:
    fill(tiny)
    tiny.sync().first_load()
    before = tiny.content()
    with pytest.raises(Problem) as raised:
        filling.fill_ahead(tiny.owner, lambda _share: None)
    assert raised.value.code == "sync_busy"
    assert tiny.content() == before
    assert tiny.store("SELECT * FROM deferred_index") == []
