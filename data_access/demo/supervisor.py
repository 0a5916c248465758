"""The supervisor: brings up what the screens need, keeps it up, takes it down; one a data directory.

The same steps run in two places: `make run` (run.py) shows them in the terminal and starts Streamlit
afterwards; `streamlit run app.py` (stack.py) runs them beside the page that shows how far they are.
"""

import sys
import threading
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from config.problems import Problem
from config.settings import Settings
from data_access.accounts import load_configured
from data_access.demo import accounts as demo_accounts
from data_access.demo import data_dir as directory
from data_access.demo import runtime as runtimes
from data_access.demo.children import Child, stop_all
from data_access.demo.progress import Board, Progress, StoppedError
from data_access.demo.runtime import Runtime, Urls
from data_access.store.engine import owner_engine
from data_access.store.migrate import migrate

if TYPE_CHECKING:  # a real deployment never loads the embedded server
    from data_access.demo.embedded import Embedded

RETRY_SECONDS = 3.0
TEND_SECONDS = 0.5


class Stack:
    """Everything one supervisor owns. `up` once, `stop` once; both may be called from different threads."""

    def __init__(self, conf: Settings, address: str | None = None, with_children: bool = True) -> None:
        self.conf = conf
        self.address = address
        self.with_children = with_children
        self.board = Board()
        self.problem: Problem | None = None
        self.urls: Urls | None = runtimes.configured_urls(conf)
        self.new_passwords: dict[str, str] | None = None
        """User name → password, when this start made the accounts; shown once."""
        self.children: list[Child] = []
        self._embedded: Embedded | None = None
        if conf.embedded:
            from data_access.demo import embedded

            self._embedded = embedded.Embedded(conf, self.board)
        self._lock = threading.RLock()
        self._tender: threading.Thread | None = None
        self._thread: threading.Thread | None = None
        self._ready = False
        self._stopped = False

    # -- what is known ------------------------------------------------------------------------------

    @property
    def progress(self) -> Progress:
        """The stage this start is at."""
        return self.board.progress

    @property
    def runtime_file(self) -> Path:
        """Where children and Streamlit read the URLs."""
        return self.conf.data_dir / "runtime.json"

    @property
    def runtime(self) -> Runtime:
        """State and URLs, as the screens want them."""
        if self.problem is not None:
            state = "failed"
        elif self._stopped:
            state = "stopped"
        else:
            state = "ready" if self._ready else "starting"
        first = self.new_passwords is not None
        return Runtime(state, self.progress, self.urls, self.problem, self.conf.embedded, self.address, first)

    @property
    def child_env(self) -> dict[str, str]:
        """What a child needs to find its way; the URLs themselves stay out of argv and environment."""
        env = {runtimes.EXTERNAL: "external"}
        if self.conf.embedded:
            env[runtimes.RUNTIME_FILE] = str(self.runtime_file.resolve())
        return env

    # -- up -----------------------------------------------------------------------------------------

    def up(self) -> None:
        """All steps, each safe to repeat. Raises Problem with everything taken down again.

        Embedded:                                     With the city's own servers:
        1. data directory: writable, ours, mended     1. data directory: writable (logs)
        2. PostgreSQL started or adopted              2. accounts checked
        3. city generated when not complete           3. store migrated, waited for while it is down
        4. store migrated                             4. sync started, if it is ours to run; it also
        5. first load                                    does the first load, so that a source that is
        6. accounts made when absent, checked            down delays figures, not the screens
        7. simulator and sync started
        """
        try:
            if self._embedded is not None:
                self._up_embedded(self._embedded)
            else:
                self._up_configured()
            self.board.at("ready")
            self._ready = True
            self._publish()
            self._tender = threading.Thread(target=self._tend, name="stack-tender", daemon=True)
            self._tender.start()
        except BaseException as error:
            stage = self.progress.stage
            told_to_end = self.board.stopping.is_set()
            if isinstance(error, Exception) and not told_to_end:
                self.problem = self._explain(error, stage)
            self.stop()
            if told_to_end and isinstance(error, Exception):
                raise StoppedError from error
            if self.problem is not None and self.problem is not error:
                raise self.problem from error
            raise

    def start(self) -> threading.Event:
        """Run `up` in a thread. The event is set at its end; what came of it stands in `runtime`."""
        finished = threading.Event()

        def work() -> None:
            try:
                self.up()
            except (Problem, StoppedError):
                pass  # `problem` and the state say it
            finally:
                finished.set()

        self._thread = threading.Thread(target=work, name="stack", daemon=True)
        self._thread.start()
        return finished

    def shutdown(self) -> None:
        """End a start that may still be under way, then everything. Blocks for seconds at most.

        Most steps end by themselves at their next report; the rest lose their server under them, and a
        thread that hangs even then is left behind, since it must not keep the process from ending.
        """
        self.board.stopping.set()
        if self._thread is not None:
            self._thread.join(3)
        self.stop()
        if self._thread is not None:
            self._thread.join(5)

    def _up_embedded(self, embedded: "Embedded") -> None:
        self.board.at("prepare")
        embedded.take(self.address)
        self.board.at("postgres")
        self.urls = embedded.start_postgres()
        self._publish()
        embedded.ensure_city(self.board.reporter("city"))
        self.board.at("store")
        self._migrate()
        self._first_load()
        self.board.at("accounts")  # last, so that a start that fails makes no passwords that nobody saw
        self._ensure_accounts()
        self.board.at("children")
        if self.with_children:
            if self.conf.demo_simulator:
                self.add_child("simulator", "-m", "data_access", "demo", "simulate")
            if self.conf.run_sync:
                self.add_child("sync", "-m", "data_access", "sync", "--follow")

    def _up_configured(self) -> None:
        self.board.at("prepare")
        directory.prepare(self.conf.data_dir)
        self.board.at("accounts")
        load_configured(self.conf)
        while True:
            try:
                self.board.at("store")
                self._migrate()
                break
            except DBAPIError as error:
                if not error.connection_invalidated and not _is_down(error):
                    raise
                self._log(traceback.format_exc())
                self.board.at("store_down")
                self.board.stopping.wait(RETRY_SECONDS)
        self.board.at("children")
        if self.with_children and self.conf.run_sync:
            self.add_child("sync", "-m", "data_access", "sync", "--follow")

    def _migrate(self) -> None:
        assert self.urls is not None
        engine = owner_engine(self.urls.store_owner_url)
        try:
            migrate(engine, reader=make_url(self.urls.store_reader_url).username or "ops_reader")
        finally:
            engine.dispose()

    def _ensure_accounts(self) -> None:
        path = self.conf.accounts_path
        if not path.exists():
            self.new_passwords = demo_accounts.make(path)
        load_configured(self.conf)

    def _first_load(self) -> None:
        from data_access.sync import is_loaded, open_sync

        assert self.urls is not None
        engine = owner_engine(self.urls.store_owner_url)
        try:
            loaded = is_loaded(engine)
        finally:
            engine.dispose()
        if not loaded:
            self.board.at("first_load")
            sync = open_sync(self.conf, self.urls.source_url, self.urls.store_owner_url)
            try:
                sync.first_load(self.board.reporter("first_load"))
            finally:
                sync.source_engine.dispose()
                sync.store_engine.dispose()

    def _explain(self, error: Exception, stage: str) -> Problem:
        """A plain problem for anything that went wrong; technical details go to the log only."""
        full = directory.as_disk_full(error, self.conf.data_dir)
        if full is not None:
            return full
        if isinstance(error, Problem):
            return error
        self._log(traceback.format_exc())
        log = self.conf.data_dir / "logs" / "stack.log"
        return Problem("startup_failed", stage=Progress(stage).text("vi"), log=str(log))

    # -- running ------------------------------------------------------------------------------------

    def add_child(self, name: str, *arguments: str) -> Child:
        """Start `python <arguments>` and keep it running until `stop`."""
        log = self.conf.data_dir / "logs" / f"{name}.log"
        child = Child(name, [sys.executable, *arguments], log, self.child_env)
        with self._lock:
            if self._stopped:
                raise StoppedError
            child.start()
            self.children.append(child)
        return child

    def _tend(self) -> None:
        """Keep the children and PostgreSQL alive; a fault here is logged and tried again."""
        while not self.board.stopping.wait(TEND_SECONDS):
            try:
                with self._lock:
                    if self._stopped:
                        return
                    if self._embedded is not None:
                        self._embedded.tend()
                    for child in self.children:
                        child.tend()
            except Exception:  # noqa: BLE001 - the supervisor must outlive whatever it tends
                self._log(traceback.format_exc())
                self.board.stopping.wait(RETRY_SECONDS)

    def _publish(self) -> None:
        if self.conf.embedded:
            runtimes.write(self.runtime_file, self.runtime)

    def _log(self, words: str) -> None:
        with suppress(OSError):
            path = self.conf.data_dir / "logs" / "stack.log"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.now(self.conf.tz).isoformat(timespec='seconds')} {words}\n")

    # -- down ---------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End the children by their ids, last started first to go, then PostgreSQL, then the lock."""
        self.board.stopping.set()
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            web = [c for c in self.children if c.name == "web"]
            stop_all(web)
            stop_all([c for c in self.children if c.name != "web"])
            if self._embedded is not None:
                self._embedded.release(self.runtime_file)
        if self.problem is None:
            self.board.at("stopped")


def _is_down(error: DBAPIError) -> bool:
    """Whether the server could not be reached (as against: it answered and refused)."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    return sqlstate is None or sqlstate[:2] in ("08", "57", "53")
