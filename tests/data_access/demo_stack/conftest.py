"""A data directory whose city is tiny, and the launcher as a process."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from data_access.demo import data_dir as directory
from tests.support.apps import free_port
from tests.support.processes import descendants, start, still_there, wait_for

TINY = {"OPS_DEMO_DOSSIERS": "1000", "OPS_DEMO_NOW": "2026-11-20T15:30:00+07:00", "OPS_PG_FSYNC": "off"}


@dataclass
class Launched:
    """A running `python -m data_access run`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    below: list[psutil.Process] = field(default_factory=list)

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_ready(self) -> None:
        """Until it has said where it serves; remembers every process it has."""
        wait_for(lambda: "Ctrl-C" in self.output or self.process.poll() is not None, "the address in the terminal", 300)
        assert self.process.poll() is None, self.output
        self.below = descendants(self.process.pid)

    def left(self) -> Sequence[psutil.Process]:
        return still_there(self.below)


@dataclass
class Launcher:
    """Starts the launcher on one data directory; ends what a failed test leaves, by id."""

    data_dir: Path
    started: list[Launched] = field(default_factory=list)

    def __call__(self, port: int | None = None, **env: str) -> Launched:
        port = port or free_port()
        log = self.data_dir.parent / f"run-{port}-{len(self.started)}.log"
        environment = {"OPS_DATA_DIR": str(self.data_dir)} | TINY | env
        process = start(["-m", "data_access", "run", "--port", str(port)], environment, log)
        launched = Launched(process, port, log)
        self.started.append(launched)
        return launched

    def end(self) -> None:
        for launched in self.started:
            if launched.process.poll() is None:
                launched.process.terminate()
                launched.process.wait(60)

    def close(self) -> None:
        self.end()
        directory.stop_postgres(self.data_dir)


@pytest.fixture(scope="module")
def launch(worker_dir: Path, request: pytest.FixtureRequest) -> Iterator[Launcher]:
    """One data directory a module: the first start generates its tiny city, later ones find it."""
    home = worker_dir / re.sub(r"\W", "_", request.module.__name__)
    home.mkdir()
    launcher = Launcher(home / "data")
    yield launcher
    launcher.close()


@pytest.fixture(autouse=True)
def one_at_a_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that failed must not keep the next one from starting."""
    yield
    if "launch" in request.fixturenames:
        request.getfixturevalue("launch").end()
