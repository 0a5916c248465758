"""Saving configuration: whole or not at all, nothing of another person's overwritten, every change kept once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config import kept
from config.files import FILES
from config.problems import Problem
from config.settings import ROOT
from config.workload import workload_limits
from data_access.config_history import (
    HistoryKeeper,
    Standing,
    change,
    diff,
    fingerprint,
    history,
    note_by_hand,
    restore,
    save,
    since,
    standing,
)  # fmt: skip
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.data_access.alert_rows import AlertStore
from tests.support.configured import configured
from tests.support.processes import clean_env

NAME = "workload"


@dataclass
class Desk:
    """One city's configuration directory and store."""

    folder: Path
    store: AlertStore
    first: int

    @property
    def file(self) -> Path:
        return self.folder / FILES[NAME].file

    def changes(self) -> list[tuple[str, str, str]]:
        """(kind, person, why) since this test began, the oldest first."""
        with self.store.owner.connect() as connection:
            return [(c.kind, c.person, c.why) for c in reversed(history(connection, NAME)) if c.change_id > self.first]


@pytest.fixture
def desk(alert_store: AlertStore, tmp_path: Path) -> Iterator[Desk]:
    """What was left by other tests is noted before this one begins."""
    folder = tmp_path / "config"
    with configured(OPS_CONFIG_DIR=folder):
        note_by_hand(alert_store.owner)
        with alert_store.owner.connect() as connection:
            first = connection.execute(text("SELECT coalesce(max(change_id), 0) FROM config_change")).scalar_one()
        yield Desk(folder, alert_store, first)


def busy(index: float, now: Standing | None = None) -> str:
    """The text with another limit."""
    return (now or standing(NAME)).text.replace("busy_index: 4", f"busy_index: {index}")


def test_saved_in_force_kept_and_brought_back(desk: Desk) -> None:
    engine, begin = desk.store.owner, standing(NAME)
    assert begin == Standing(begin.text, fingerprint(begin.text))
    made = save(engine, NAME, busy(6, begin), "lan", "  Quá nhiều cảnh báo. ", begin.version)
    assert (workload_limits().busy_index, FILES[NAME].path) == (6, desk.file)
    assert (made.person, made.why, made.kind, made.before) == ("lan", "Quá nhiều cảnh báo.", "saved", begin.text)
    assert made.after == desk.file.read_text(encoding="utf-8")
    second = save(
        engine, NAME, made.after.replace("busy_index: 6", "busy_index: 7"), "hoa", "thử", standing(NAME).version
    )
    assert [line for line in diff(made.after, second.after, ("a", "b")) if line[0] in "+-"][2:] == [
        "-busy_index: 6", "+busy_index: 7"
    ]  # fmt: skip
    back = restore(engine, made.change_id, "lan", "quay lại", standing(NAME).version)
    assert (back.kind, back.from_change, back.after, workload_limits().busy_index) == (
        "restored",
        made.change_id,
        made.after,
        6,
    )
    start = restore(engine, made.change_id, "lan", "như lúc đầu", standing(NAME).version, before=True)
    assert (start.after, workload_limits().busy_index) == (begin.text, 4)
    assert desk.changes() == [
        ("saved", "lan", "Quá nhiều cảnh báo."), ("saved", "hoa", "thử"), ("restored", "lan", "quay lại"),
        ("restored", "lan", "như lúc đầu"),
    ]  # fmt: skip
    with engine.connect() as connection:
        assert change(connection, second.change_id) == second
        assert [c.change_id for c in since(connection, NAME, made.after and fingerprint(made.after))] == [
            start.change_id
        ]
        entry = "SELECT who, what, detail FROM audit WHERE kind = 'config_changed' AND facts ->> 'change' = :id"
        assert connection.execute(text(entry), {"id": str(made.change_id)}).one() == (
            "lan",
            NAME,
            "Quá nhiều cảnh báo.",
        )


@pytest.mark.parametrize(
    ("written", "why", "code"),
    [("busy_index: 4\n", "x", "config_value"), (None, "  ", "config_why"), (None, "x", "config_same"),
     ("password: x\n", "x", "config_secret"), ("a: [", "x", "config_unreadable"),
     ("x: \ud800", "x", "config_unreadable")],
    ids=["value", "why", "same", "secret", "yaml", "surrogate"],
)  # fmt: skip
def test_what_is_not_saved(desk: Desk, written: str | None, why: str, code: str) -> None:
    begin = standing(NAME)
    with pytest.raises(Problem) as caught:
        save(desk.store.owner, NAME, begin.text if written is None else written, "lan", why, begin.version)
    assert caught.value.code == code
    assert (desk.file.exists(), desk.changes()) == (False, [])
    with pytest.raises(Problem, match=f"There are: {', '.join(FILES)}\\."):
        save(desk.store.owner, "moon", "", "lan", "x", "")
    with pytest.raises(Problem, match="no change number -1"):
        restore(desk.store.owner, -1, "lan", "x", begin.version)


def test_two_editors_the_second_sees_the_first(desk: Desk) -> None:
    both = standing(NAME)
    first = save(desk.store.owner, NAME, busy(6, both), "lan", "cao quá", both.version)
    with pytest.raises(Problem) as caught:
        save(desk.store.owner, NAME, busy(3, both), "hoa", "thấp quá", both.version)
    assert caught.value.code == "config_moved"
    assert "workload.yaml was changed by lan" in caught.value.text("en")
    assert "(cao quá)" in caught.value.text("vi")
    with desk.store.owner.connect() as connection:
        assert since(connection, NAME, both.version) == [first]
    assert desk.file.read_text(encoding="utf-8") == first.after, "nothing is overwritten"
    again = standing(NAME)
    save(desk.store.owner, NAME, again.text.replace("busy_index: 6", "busy_index: 3"), "hoa", "thấp quá", again.version)
    assert workload_limits().busy_index == 3


def test_an_edit_by_hand_is_kept_and_not_overwritten(desk: Desk) -> None:
    begin = standing(NAME)
    save(desk.store.owner, NAME, busy(6, begin), "lan", "một", begin.version)
    opened = standing(NAME)
    desk.file.write_text(busy(8, begin), encoding="utf-8")
    with pytest.raises(Problem) as caught:
        save(desk.store.owner, NAME, busy(5, begin), "lan", "hai", opened.version)
    assert caught.value.code == "config_moved_by_hand"
    assert desk.changes() == [("saved", "lan", "một"), ("by_hand", "", "")]
    assert workload_limits().busy_index == 8
    desk.file.write_text("busy_index: none\n", encoding="utf-8")
    assert note_by_hand(desk.store.owner) == [], "what is not in force is no change"
    desk.file.unlink()
    found = note_by_hand(desk.store.owner)
    assert [(c.file, c.kind, c.after) for c in found] == [(NAME, "by_hand", begin.text)], "back to what is shipped"


def test_the_keeper_asks_the_store_only_when_something_changed(desk: Desk) -> None:
    keeper = HistoryKeeper(desk.store.owner)
    assert keeper.look() == []
    desk.folder.mkdir(exist_ok=True)
    desk.file.write_text(busy(9), encoding="utf-8")
    assert [c.kind for c in keeper.look()] == ["by_hand"]
    keeper._engine = None  # type: ignore[assignment]
    assert keeper.look() == []


NOTE = """
import sys
from data_access.config_history import note_by_hand
from data_access.store.engine import owner_engine
engine = owner_engine(sys.argv[1])
for _ in range(5):
    print(len(note_by_hand(engine)))
"""


def test_two_processes_keep_an_edit_once(desk: Desk) -> None:
    desk.folder.mkdir(exist_ok=True)
    desk.file.write_text(busy(5), encoding="utf-8")
    env = clean_env({"OPS_CONFIG_DIR": str(desk.folder)})
    command = [sys.executable, "-c", NOTE, desk.store.owner_url]
    both = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [int(line) for one in both for line in one.communicate(timeout=240)[0].splitlines() if line.isdigit()]
    assert (len(told), sum(told)) == (10, 1)
    assert desk.changes() == [("by_hand", "", "")]


DISK_FULL = """
import sys
from pathlib import Path
from config.problems import Problem
from data_access.config_history import save, standing
from data_access.store.engine import owner_engine
now = standing("workload")
small = now.text.replace("busy_index: 4", "busy_index: 6")
save(owner_engine(sys.argv[1]), "workload", small, "lan", "một", now.version)
now = standing("workload")
try:
    save(owner_engine(sys.argv[1]), "workload", now.text + "#" * 200_000, "lan", "hai", now.version)
except Problem as problem:
    print(problem.code, problem.text("en"))
print(standing("workload") == now, [p.name for p in Path(sys.argv[2]).iterdir() if p.is_file()])
"""


def test_a_full_disk_leaves_what_was_there(desk: Desk) -> None:
    """On a real file system of 64 kB, in a name space of its own."""
    desk.folder.mkdir(exist_ok=True)
    env = clean_env({"OPS_CONFIG_DIR": str(desk.folder)})
    inside = f'mount -t tmpfs -o size=64k none "{desk.folder}" && exec "$@"'
    mine = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    isolated = ["unshare", *mine, "--mount", "sh", "-c", inside, "sh"]
    if subprocess.run([*isolated, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no name spaces here")
    command = [*isolated, sys.executable, "-c", DISK_FULL, desk.store.owner_url, str(desk.folder)]
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert told.returncode == 0, told.stderr
    lines = [line for line in told.stdout.splitlines() if line.startswith(("config_", "True", "False"))]
    assert lines[0].startswith(f"config_not_saved {desk.file} can't be written: No space left on device.")
    assert lines[1] == "True ['workload.yaml']", "nothing half-written"
    assert desk.changes() == [("saved", "lan", "một")]


def test_a_folder_that_can_not_be_written_is_named(desk: Desk) -> None:
    desk.folder.write_text("a file where the folder should be", encoding="utf-8")
    begin = standing(NAME)
    with pytest.raises(Problem) as caught:
        save(desk.store.owner, NAME, busy(6), "lan", "x", begin.version)
    assert (caught.value.code, caught.value.facts["path"]) == ("config_not_saved", str(desk.file))
    assert desk.changes() == []


def test_what_was_kept_stays_and_is_seen_city_wide_only(desk: Desk) -> None:
    begin = standing(NAME)
    made = save(desk.store.owner, NAME, busy(6, begin), "lan", "một", begin.version)
    for deed in ("UPDATE config_change SET why = 'y'", "DELETE FROM config_change", "TRUNCATE config_change"):
        with pytest.raises(DBAPIError, match="only added to"), desk.store.owner.begin() as connection:
            connection.execute(text(deed))
    with reading(desk.store.reader, WHOLE_CITY) as connection:
        assert history(connection, NAME)[0] == made
        assert len(history(connection, limit=1)) == 1
    with reading(desk.store.reader, Scope(("268",))) as connection:
        assert history(connection) == []
    kept.look()
