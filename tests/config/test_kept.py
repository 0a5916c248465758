"""A file in force is read again when it changes; a wrong one leaves the last good one, in every process."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config import kept
from config.files import FILES
from config.problems import Problem
from config.settings import ROOT
from config.stages import stages
from config.targets import targets
from config.walls import walls
from config.working_calendar import working_calendar
from config.workload import kept as workload
from data_access.working_time import city_clock, working_days_in
from tests.support.configured import configured
from tests.support.processes import clean_env, wait_for


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A city's own configuration directory, empty."""
    with configured(OPS_CONFIG_DIR=tmp_path):
        kept.look()
        yield tmp_path


def put(folder: Path, name: str, old: str = "", new: str = "") -> Path:
    """The shipped file with one edit, as the city's own."""
    text = FILES[name].shipped.read_text(encoding="utf-8")
    assert old in text
    path = folder / FILES[name].file
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", list(FILES))
def test_every_file_goes_the_same_way(own: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    one = FILES[name]
    shipped = one.value()
    assert (one.path, one.problems()) == (one.shipped, [])
    path = put(own, name)
    assert one.value() == shipped
    assert (one.path, one.city_path, one.text()) == (path, path, one.shipped.read_text(encoding="utf-8"))
    path.write_text("a: [", encoding="utf-8")
    assert one.problems(), "told"
    if name not in ("walls", "alerts"):  # these keep their parts and carry the problem themselves
        assert one.value() == shipped
    path.unlink()
    assert (one.value(), one.problems()) == (shipped, [])


def test_the_log_says_file_line_key_and_reason(own: Path) -> None:
    put(own, "workload", "busy_index: 4", "busy_index: much")
    with capture_logs() as told:
        workload.look()
    path = str(own / "workload.yaml")
    assert told == [{
        "event": "configuration refused", "log_level": "warning", "file": path, "line": 3, "key": "busy_index",
        "reason": workload.problems()[0].text("en"),
    }]  # fmt: skip
    assert "must be a number" in told[0]["reason"]


def test_the_last_good_one_stays_and_goes(own: Path) -> None:
    put(own, "stages", "up: 0.015, down: 0.010", "up: 0.02, down: 0.01")
    good = stages()
    assert good.criteria["links_down"].limits[2].up == 0.02
    assert stages() is good, "one stat, no reading"
    before = kept.look()
    put(own, "stages", "up: 0.015, down: 0.010", "up: 0.01, down: 0.02")
    assert stages() is good
    assert [p.code for p in FILES["stages"].problems()] == ["config_value"]
    assert kept.look() == before, "what is refused changes nothing"
    put(own, "stages", "up: 0.015, down: 0.010", "up: 0.03, down: 0.01")
    assert (stages().criteria["links_down"].limits[2].up, FILES["stages"].problems()) == (0.03, [])
    assert kept.look() > before


def test_a_process_that_starts_while_the_file_is_wrong_has_the_last_good_one(own: Path) -> None:
    put(own, "stages", "up: 0.015", "up: 0.02")
    stages()
    (own / "stages.yaml").write_text("stages: no", encoding="utf-8")
    (own / "walls.yaml").write_text("nha: {title: {vi: a, en: b}, screens: [{screen: now, seconds: 7}]}")
    walls()
    (own / "walls.yaml").write_text("nha: 3")
    program = (
        "from config.stages import stages; from config.walls import walls\n"
        "print(stages().criteria['links_down'].limits[2].up, walls().walls['nha'].screens[0].seconds)"
    )
    env = clean_env({"OPS_CONFIG_DIR": str(own)})
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "0.02 7"


def test_without_anything_good_before_the_shipped_one_stands(own: Path) -> None:
    (own / "targets.yaml").write_text("- nothing", encoding="utf-8")
    assert [goal.indicator for goal in targets()] == ["city_online"] * 4
    assert FILES["targets"].problems()


def test_a_file_that_may_not_be_read_is_told(own: Path) -> None:
    (own / "forms.yaml").mkdir()
    assert [p.code for p in FILES["forms"].problems()] == ["config_unreadable"]
    assert FILES["forms"].value().at_a_time == 2
    with pytest.raises(Problem, match=r"forms\.yaml"):
        FILES["forms"].text()


UNREADABLE = """
import os, sys
from pathlib import Path
from config.files import FILES
file = Path(sys.argv[1])
one = FILES["workload"]
before = one.value().busy_index
for shut in (file, file.parent):
    mode = shut.stat().st_mode
    shut.chmod(0)
    print(before, one.value().busy_index, [p.text("en") for p in one.problems()])
    shut.chmod(mode)
    print(one.value().busy_index, one.problems())
"""


def test_a_file_made_unreadable_leaves_what_stood(own: Path) -> None:
    """The file, then its folder; root too is asked for its right once it may not pass rights by."""
    file = put(own, "workload", "busy_index: 4", "busy_index: 6")
    words = [sys.executable, "-c", UNREADABLE, str(file)]
    if os.geteuid() == 0:
        words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *words]
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not installed")
    told = subprocess.run(
        words, cwd=ROOT, env=clean_env({"OPS_CONFIG_DIR": str(own)}), capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    said = "workload.yaml, line 1 can't be read: Permission denied. Mend the file; the last good configuration stays"
    shown = [line for line in told.stdout.splitlines() if line.startswith("6.0")]
    assert [line.replace('6.0 6.0 ["', "")[: len(said)] for line in shown] == [said, "6.0 []"] * 2


def test_a_mistake_of_ours_stops_nothing(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stages()
    monkeypatch.setattr(FILES["stages"].kept, "read", lambda *_: 1 / 0)
    put(own, "stages")
    assert stages() is before
    assert [p.facts["reason"] for p in FILES["stages"].problems()] == ["ZeroDivisionError"]


def test_what_follows_from_a_file_follows_its_changes(own: Path) -> None:
    first, last = date(2026, 11, 16), date(2026, 11, 20)
    clock = city_clock()
    assert (city_clock() is clock, working_days_in(first, last)) == (True, 5)
    name = '{vi: "Nghỉ", en: "Off"}'
    put(own, "working_calendar", "days_off: []", f"days_off:\n  - {{day: 2026-11-17, name: {name}}}")
    assert working_calendar().off[date(2026, 11, 17)]["vi"] == "Nghỉ"
    assert working_days_in(first, last) == 4
    (own / "working_calendar.yaml").unlink()
    assert working_days_in(first, last) == 5


def test_revision_looks_once_a_second_at_most(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.look()
    put(own, "workload", "busy_index: 4", "busy_index: 5")
    monkeypatch.setattr(kept, "_looked", time.monotonic() + 3600)
    assert kept.revision() == before
    monkeypatch.setattr(kept, "_looked", 0.0)
    assert kept.revision() > before


WATCHER = """
import sys, time
from config import kept
from config.files import FILES
kept.look()
print("up", flush=True)
while True:
    before = FILES["workload"].value().busy_index
    while FILES["workload"].value().busy_index == before:
        kept.revision()
        time.sleep(0.05)
    print(FILES["workload"].value().busy_index, time.time(), flush=True)
"""


def test_two_processes_pick_up_a_change_within_five_seconds(own: Path, record_property: object, tmp_path: Path) -> None:
    put(own, "workload")
    env = clean_env({"OPS_CONFIG_DIR": str(own)})
    logs = [tmp_path / f"watcher-{n}" for n in (1, 2)]
    watchers = []
    try:
        for log in logs:
            with log.open("wb") as out:
                watchers.append(subprocess.Popen([sys.executable, "-c", WATCHER], cwd=ROOT, env=env, stdout=out))
        wait_for(lambda: all("up" in log.read_text() for log in logs), "two processes", 120)
        time.sleep(0.3)
        at = time.time()
        put(own, "workload", "busy_index: 4", "busy_index: 6")
        wait_for(lambda: all("6.0" in log.read_text() for log in logs), "both to see the change", 60)
        took = max(float(log.read_text().split()[-1]) for log in logs) - at
        (own / "workload.yaml").write_text("busy_index: 0", encoding="utf-8")
        wait_for(
            lambda: all("configuration refused" in log.read_text().rpartition("6.0")[2] for log in logs), "the log"
        )
        time.sleep(0.2)
        seen = [[line.split()[0] for line in log.read_text().splitlines() if line[0].isdigit()] for log in logs]
        assert [[n for n in one if n.count(".") == 1] for one in seen] == [["6.0"], ["6.0"]], "nobody else notices"
    finally:
        for watcher in watchers:
            watcher.kill()
            watcher.wait()
    record_property(
        "told", f"configuration: two processes saw an edit after {took:.2f} s (load {os.getloadavg()[0]:.0f})"
    )  # type: ignore[operator]
    assert took <= 5


def test_bad_settings_leave_the_shipped_files(monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(OPS_SYNC_SECONDS="never"):
        assert FILES["stages"].path == FILES["stages"].shipped
        assert stages().stages[1].tone == "good"
