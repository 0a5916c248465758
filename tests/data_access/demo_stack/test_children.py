"""Children live and die with their supervisor."""

import signal
import sys
from pathlib import Path

import psutil

from data_access.demo.children import Child, stop_all
from tests.support.processes import start, still_there, wait_for

CHILD = """
import time
from data_access.demo.children import watch_parent
assert watch_parent()
print("up", flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
from data_access.demo.children import watch_parent
assert watch_parent(grace=0.5)
print("up", flush=True)
time.sleep(600)
"""
SUPERVISOR = """
import sys, time
from pathlib import Path
from data_access.demo.children import Child
log = Path(sys.argv[1])
children = [Child(str(i), [sys.executable, "-c", code], log / f"{i}.log", {}) for i, code in enumerate(sys.argv[2:])]
for child in children:
    child.start()
time.sleep(600)
"""


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    supervisor = start(["-c", SUPERVISOR, str(tmp_path), CHILD, STUBBORN], {}, tmp_path / "supervisor.log")
    logs = [tmp_path / "0.log", tmp_path / "1.log"]
    wait_for(lambda: all(log.exists() and "up" in log.read_text() for log in logs), "the children")
    children = psutil.Process(supervisor.pid).children()
    assert len(children) == 2
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    wait_for(lambda: still_there(children) == [], "the children to end", 20)


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    child = Child("brief", [sys.executable, "-c", "print('ran', flush=True)"], tmp_path / "brief.log", {})
    child.start()

    def ran_three_times() -> bool:
        child.tend()
        return child.log.read_text().count("ran") >= 3

    wait_for(ran_three_times, "three runs", 30)
    assert child.deaths >= 2
    stop_all([child])
    assert not child.alive


def test_stop_insists(tmp_path: Path) -> None:
    child = Child("stubborn", [sys.executable, "-c", STUBBORN], tmp_path / "stubborn.log", {})
    child.start()
    wait_for(lambda: "up" in child.log.read_text(), "the child")
    assert child.process is not None
    pid = child.process.pid
    stop_all([child], timeout=0.2)
    assert not psutil.pid_exists(pid)
