"""Processes of the tests themselves: start the command line, wait for things, see what is left."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path

import psutil
import pytest

from config.settings import ROOT

FORKED = multiprocessing.get_context("forkserver")
"""Processes of their own that need not import everything anew."""
FORKED.set_forkserver_preload(["tests.support.forked", "tests.data_access.sync.child"])


def clean_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without any OPS_ variable, and with `extra`."""
    return {k: v for k, v in os.environ.items() if not k.startswith("OPS_")} | dict(extra or {})


@contextmanager
def forking() -> Iterator[None]:
    """Processes of FORKED started here do not run pytest's (or xdist's) own main module first.

    The server they are forked from knows nothing of the environment of the test that happens to start it.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("__file__", "__spec__"):
            patch.setattr(sys.modules["__main__"], name, None, raising=False)
        with pytest.MonkeyPatch.context() as plain:
            for name in os.environ.keys() - clean_env().keys():
                plain.delenv(name)
            forkserver.ensure_running()
        yield


def command(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m data_access …` to its end, without a terminal; English unless told otherwise.

    Its process is forked from one that has imported the modules (tests/support/forked.py): importing takes longer
    than most commands work. `start` begins with the interpreter.
    """
    from tests.support import forked

    environment = clean_env({"LANG": "en_US.UTF-8", "COLUMNS": "200"} | dict(env or {}))
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        with forking():
            child = FORKED.Process(target=forked.main, args=(arguments, environment, Path(out.name), Path(err.name)))
            child.start()
        child.join(180)
        if child.exitcode is None:
            child.kill()
            raise subprocess.TimeoutExpired(arguments, 180)
        return subprocess.CompletedProcess(arguments, child.exitcode, out.read().decode(), err.read().decode())


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
