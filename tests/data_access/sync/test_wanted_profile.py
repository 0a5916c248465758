"""The sync takes another profile, other parameters and another pace up between two polls, without a restart."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from config.city import source_seconds, wall_seconds
from config.files import FILES
from config.problems import Problem
from config.source import wanted_profile
from data_access.sync.rounds import SyncResult
from tests.data_access.sync.tiny import Tiny
from tests.support.configured import configured


@pytest.fixture
def narrow(tiny: Tiny) -> Tiny:
    """Beside the usual profile one that reads dossiers of one unit, and one that can't be read."""
    for name in ("narrow", "broken"):
        shutil.copytree(tiny.folder / "tiny", tiny.folder / name)
    (tiny.folder / "narrow/profile.yaml").write_text("name: narrow\nparameters: {at: p2}\n", encoding="utf-8")
    select = "SELECT * FROM dossier WHERE unit_processing = :at"
    (tiny.folder / "narrow/dossier.sql").write_text(select, encoding="utf-8")
    (tiny.folder / "broken/dossier.sql").write_text("SELECT * FROM nothing", encoding="utf-8")
    return tiny


def stored(tiny: Tiny) -> set[str]:
    return {code for (code,) in tiny.store("SELECT dossier_code FROM dossier")}


def test_the_next_poll_reads_by_what_is_wanted_then(narrow: Tiny) -> None:
    wanted: list[tuple[str, dict[str, Any]]] = [("tiny", {})]
    job = narrow.sync(wanted=lambda: wanted[0])
    narrow.dossier(1)
    job.once()
    assert stored(narrow) == {"H26-1"}
    wanted[0] = ("narrow", {})
    narrow.dossier(2)
    narrow.dossier(3, unit_processing="p2")
    job.once()
    assert stored(narrow) == {"H26-1", "H26-3"}
    wanted[0] = ("narrow", {"at": "p3"})
    narrow.dossier(4, unit_processing="p3")
    job.once()
    assert (job.profile.name, job.profile.conf.parameters) == ("narrow", {"at": "p3"})
    assert stored(narrow) == {"H26-1", "H26-3", "H26-4"}


def test_a_profile_that_does_not_fit_is_refused_and_the_one_before_can_come_back(narrow: Tiny) -> None:
    wanted: list[tuple[str, dict[str, Any]]] = [("tiny", {})]
    job = narrow.sync(wanted=lambda: wanted[0])
    narrow.dossier(1)
    job.once()
    for name, code in (("broken", "source_select_failed"), ("gone", "profile_missing")):
        wanted[0] = (name, {})
        narrow.dossier(2)
        with pytest.raises(Problem) as refused:
            job.once()
        assert refused.value.code == code
    assert stored(narrow) == {"H26-1"}
    wanted[0] = ("tiny", {})
    job.once()
    assert stored(narrow) == {"H26-1", "H26-2"}


def test_the_pace_is_asked_before_each_poll(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, asked = threading.Event(), []

    def pace() -> float:
        asked.append(len(asked))
        if len(asked) == 3:
            stop.set()
        return 0.0

    job = tiny.sync(seconds=pace)
    monkeypatch.setattr(job, "once", lambda wait: SyncResult)
    job.follow(stop)
    assert asked == [0, 1, 2]


def test_a_process_may_have_its_own_profile_and_pace(tmp_path: Path) -> None:
    text = "profile: opencps\nparameters: {group_id: 7}\n"
    with configured(OPS_CONFIG_DIR=tmp_path):
        (tmp_path / "source.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "city.yaml").write_text(
            FILES["city"].shipped.read_text(encoding="utf-8").replace("source: 1 ", "source: 2.5 "), encoding="utf-8"
        )
        assert wanted_profile(None) == wanted_profile("opencps") == ("opencps", {"group_id": 7})
        assert wanted_profile("onestop") == ("onestop", {})
        assert (source_seconds(), wall_seconds()) == (2.5, 2)
        with configured(OPS_SYNC_SECONDS="0.5", OPS_WALL_SECONDS="1"):
            assert (source_seconds(), wall_seconds()) == (0.5, 1)
