"""Processes of the tests themselves: start the command line, wait for things, see what is left."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from config.settings import ROOT


def clean_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without any OPS_ variable, and with `extra`."""
    return {k: v for k, v in os.environ.items() if not k.startswith("OPS_")} | dict(extra or {})


def command(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m data_access …` to its end, without a terminal; English unless told otherwise."""
    return subprocess.run(
        [sys.executable, "-m", "data_access", *arguments],
        cwd=ROOT,
        env=clean_env({"LANG": "en_US.UTF-8", "COLUMNS": "200"} | dict(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def start(arguments: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a Python process whose output goes to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=clean_env({"LANG": "en_US.UTF-8"} | dict(env)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until `condition` holds; an AssertionError that names `what` otherwise."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def descendants(pid: int) -> list[psutil.Process]:
    """The processes below `pid`."""
    return psutil.Process(pid).children(recursive=True)


def still_there(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that live on (a zombie waits for its parent only)."""
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
