"""Where a command works: the configured servers, the launcher's, or the embedded server of the data dir."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.problems import Problem
from config.settings import Settings
from data_access.demo import data_dir as directory
from data_access.demo import runtime as runtimes
from data_access.demo.progress import Board
from data_access.demo.runtime import Urls

if TYPE_CHECKING:  # a real deployment never loads the embedded server
    from data_access.demo.embedded import Embedded


@contextmanager
def places(conf: Settings) -> Iterator[Urls]:
    """URLs for one command.

    1. OPS_STORE_URL set: the city's servers. 2. Called by a launcher: its runtime file.
    3. A program runs on the data directory: its server, left running.
    4. Else the embedded server is started, under the lock, and stopped afterwards.
    """
    configured = runtimes.configured_urls(conf)
    if configured is not None:
        yield configured
        return
    named = os.environ.get(runtimes.RUNTIME_FILE)
    holder = directory.owner(conf.data_dir)
    if named or holder is not None:
        yield _of_launcher(Path(named) if named else conf.data_dir / "runtime.json", conf, holder)
        return
    with embedded(conf) as own:
        from data_access.demo.embedded import urls_of

        assert own.server is not None
        yield urls_of(own.server)


@contextmanager
def embedded(conf: Settings, board: Board | None = None) -> Iterator["Embedded"]:
    """The embedded server, held under the lock while the command works on it.

    A server that ran already (left by a killed supervisor) is left running for the next one.
    """
    from data_access.demo.embedded import Embedded

    if not conf.embedded:
        raise Problem("only_embedded")
    own = Embedded(conf, board or Board())
    ran_before = directory.postmaster(conf.data_dir) is not None
    own.take(None)
    try:
        own.start_postgres()
        yield own
    finally:
        own.release(conf.data_dir / "runtime.json", keep_server=ran_before)


def _of_launcher(path: Path, conf: Settings, holder: directory.Owner | None) -> Urls:
    try:
        urls = runtimes.read(path).urls
    except (OSError, ValueError):
        urls = None
    if urls is None:
        raise Problem("not_started_yet", path=str(conf.data_dir), pid=holder.pid if holder else "?")
    return urls
