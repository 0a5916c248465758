"""Processes that live and die with their supervisor.

A supervisor holds the write end of each child's stdin and never writes. When the supervisor ends, for
whatever reason (kill -9 included), the kernel closes the pipe, and the child's watcher reads the end of
file and stops. No pid files, no polling of parents.
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from config.settings import ROOT

LIFELINE = "OPS_LIFELINE"  # set for children: their stdin is the supervisor's pipe
LOG_LIMIT = 20 * 1024 * 1024
BACKOFF = (0.5, 1, 2, 5, 10, 30)
STEADY_SECONDS = 60  # a child that lived this long starts over with the shortest wait


class Child:
    """A command kept running: started, restarted with growing waits, stopped by its own pid."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: dict[str, str]) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.env = os.environ | env | {LIFELINE: "1"}
        self.deaths = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0

    def start(self) -> None:
        """Start it in a session of its own: a Ctrl-C in the terminal reaches the supervisor only."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands only
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self.env,
                start_new_session=True,
            )
        self._started = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def tend(self) -> None:
        """Restart it when it died and its wait is over; keep its log small. Call it often."""
        self._trim_log()
        if self.alive:
            return
        now = time.monotonic()
        if self.process is not None:
            if now - self._started > STEADY_SECONDS:
                self.deaths = 0
            self._due = now + BACKOFF[min(self.deaths, len(BACKOFF) - 1)]
            self.deaths += 1
            self._forget()
        if now >= self._due:
            self.start()

    def terminate(self) -> None:
        """Ask it to end; `wait` afterwards."""
        if self.alive and self.process is not None:
            self.process.terminate()
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def wait(self, timeout: float) -> None:
        """Wait for its end, then insist."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._forget()

    def _forget(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        self.process = None

    def _trim_log(self) -> None:
        """Copy, then truncate: the child appends, so it goes on at the new end."""
        with suppress(OSError):
            if self.log.stat().st_size > LOG_LIMIT:
                shutil.copyfile(self.log, self.log.with_suffix(self.log.suffix + ".1"))
                os.truncate(self.log, 0)


def stop_all(children: Sequence[Child], timeout: float = 6) -> None:
    """Ask all, then wait for each."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + timeout
    for child in children:
        child.wait(max(0.1, deadline - time.monotonic()))


def watch_parent(end: Callable[[], None] | None = None, grace: float = 5) -> bool:
    """In a child: end when the supervisor does. False (and nothing watched) when there is none.

    `end` asks the program to finish; by default a SIGTERM to ourselves, so that uvicorn's own handling
    runs. Whoever still lives after `grace` seconds is ended without ceremony.
    """
    if os.environ.get(LIFELINE) != "1":
        return False
    lifeline = os.dup(0)  # our own copy: the program may close or replace its stdin

    def watch() -> None:
        with suppress(OSError):
            while os.read(lifeline, 64):
                pass
        if end is not None:
            end()
        else:
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()
    return True


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM, SIGINT, SIGHUP or the supervisor's end sets: for the children's loops."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    watch_parent(stop.set)
    return stop
