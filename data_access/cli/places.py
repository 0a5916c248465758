"""Where a command works: the configured servers, the launcher's, or the embedded server of the data dir."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError, ProgrammingError

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

    A command that fails for want of a table or column raises Problem (store_not_migrated, store_newer) where that is
    the reason.
    """
    with _servers(conf) as urls:
        try:
            yield urls
        except ProgrammingError:
            refuse_unfit(urls)
            raise


def refuse_unfit(urls: Urls) -> None:
    """Raise Problem (store_not_migrated, store_newer, store_zone) when the store is not one for this process.

    Commands that go on whatever fails ask this first. A store that does not answer now is not judged.
    """
    from data_access.cli.store import owner
    from data_access.store.migrate import unfit

    problem = None
    with suppress(OperationalError), owner(urls.store_owner_url) as engine, engine.connect() as connection:
        problem = unfit(connection)
    if problem is not None:
        raise problem


@contextmanager
def _servers(conf: Settings) -> Iterator[Urls]:
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
