"""A running application for browser tests: Streamlit on a free port, as `make run` starts it."""

import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from data_access.demo.children import Child, stop_all
from data_access.demo.run import answers, web_command
from tests.support.cities import PASSWORDS, City

START_SECONDS = 180


@dataclass(frozen=True)
class AppServer:
    """Where it serves, over which city, and the passwords of its accounts."""

    url: str
    city: City
    log: Path
    web: Child
    sync: Child | None = None
    passwords: Mapping[str, str] = field(default_factory=lambda: PASSWORDS)

    def stop(self) -> None:
        """End the application, as a restart does; its sync goes on."""
        self.web.terminate()
        self.web.wait(10)

    def start(self) -> None:
        """Start it again on its port, and wait until it answers."""
        self.web.start()
        _wait_for(self.web, int(self.url.rsplit(":", 1)[1]))


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(city: City, sync: bool = True, env: Mapping[str, str] | None = None) -> Iterator[AppServer]:
    """Serve `city` until the block ends; with `sync` its store follows the source, as in real life.

    Both processes end with the test process, whatever happens to it (children.py).
    """
    port = free_port()
    logs = city.data_dir / "logs"
    logs.mkdir(exist_ok=True)
    environment = city.env | dict(env or {}) | ({} if sync else {"OPS_KEEP_ALERTS": "false"})
    web = Child("web", [sys.executable, *web_command(port)], logs / f"web-{port}.log", environment)
    follow = [sys.executable, "-m", "data_access", "sync", "--follow"]
    follower = Child("sync", follow, logs / f"sync-{port}.log", environment) if sync else None
    children = [child for child in (web, follower) if child]
    for child in children:
        child.start()
    try:
        _wait_for(web, port)
        yield AppServer(f"http://127.0.0.1:{port}", city, web.log, web, follower)
    finally:
        stop_all(children)


def _wait_for(web: Child, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        if not web.alive or time.monotonic() > deadline:
            raise RuntimeError(f"the application did not start:\n{web.log.read_text()[-3000:]}")
        time.sleep(0.2)
