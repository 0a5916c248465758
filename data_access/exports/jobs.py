"""Files made in the background: a few at a time, with progress, in a folder of their own that goes with the process.

1. `order` queues a job and returns at once; an own thread pool and an own few connections make the file.
2. The rows are read under the exporter's scope in one consistent look and written as they come.
3. The export is noted in the store's book; a file that could not be noted is thrown away.
4. Files are kept for `keep_minutes`, and of one person the newest `files_each`.
"""

import secrets
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from config.forms import MOST_AT_A_TIME, forms
from config.i18n import Texts
from config.problems import Problem
from data_access.exports.csv_file import write_csv
from data_access.exports.document import Document
from data_access.exports.excel import write_excel
from data_access.exports.log import About, Format, note_export
from data_access.exports.official import Exporter
from data_access.exports.pdf import write_pdf
from data_access.store.engine import reader_engine, reading

log = structlog.get_logger(__name__)
Make = Callable[[Connection, int, datetime], Document]
"""(connection under the exporter's scope, data version, as_of) → the document."""
WRITERS = {"xlsx": write_excel, "csv": write_csv, "pdf": write_pdf}
MIME: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "pdf": "application/pdf",
}
BREATH_ROWS, BREATH_SECONDS = 100, 0.004
"""After so many rows a file waits so long: screens of others come first."""


@dataclass
class Job:
    """One file in the making. `done` of `total` rows; `path` once it is ready, `problem` when it can't be."""

    job_id: str
    username: str
    about: About
    state: Literal["waiting", "making", "ready", "failed"] = "waiting"
    name: str = ""
    total: int = 0
    done: int = 0
    size: int = 0
    path: Path | None = None
    problem: Problem | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    since: float = field(default_factory=time.monotonic)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def is_old(self, keep_minutes: int) -> bool:
        """Whether it has ended and was ordered longer ago than files are kept."""
        return self.ended.is_set() and self.since < time.monotonic() - keep_minutes * 60


class _Stopped(Exception):  # noqa: N818 - no error: the process ends
    pass


class Exports:
    """The jobs of this process for one store."""

    def __init__(self, reader_url: str) -> None:
        self._engine = reader_engine(reader_url)
        self._folder = tempfile.TemporaryDirectory(prefix="ops-exports-")
        self._pool = ThreadPoolExecutor(MOST_AT_A_TIME, thread_name_prefix="export")
        self._waiting: deque[Callable[[], None]] = deque()
        self._at_work = 0
        self._jobs: dict[str, Job] = {}
        self._guard, self._stop = threading.Lock(), threading.Event()

    def order(self, who: Exporter, about: About, make: Make, t: Texts) -> Job:
        """Queue a file. Raises Problem (export_many) when this person already waits for as many as are allowed."""
        self._tidy()
        job = Job(secrets.token_urlsafe(16), who.username, about)
        with self._guard:
            mine = [j for j in self._jobs.values() if j.username == who.username]
            if sum(not j.ended.is_set() for j in mine) >= forms().files_each:
                raise Problem("export_many", n=forms().files_each)
            for old in sorted((j for j in mine if j.ended.is_set()), key=lambda j: j.since)[: -forms().files_each + 1]:
                self._drop(old)
            self._jobs[job.job_id] = job
        self._waiting.append(lambda: self._run(job, who, make, t))
        self._begin()
        return job

    def job(self, job_id: str, username: str) -> Job | None:
        """A person's own job; None when it is gone or another's."""
        self._begin()
        found = self._jobs.get(job_id)
        return found if found is not None and found.username == username else None

    def jobs(self) -> tuple[Job, ...]:
        """All of them: waiting, at work, ended and kept."""
        with self._guard:
            return tuple(self._jobs.values())

    def close(self) -> None:
        """End what is at work and remove the files (shutdown, tests)."""
        with self._guard:
            self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._engine.dispose()
        self._folder.cleanup()

    def _begin(self) -> None:
        """Begin what waits, as far as `at_a_time` allows now; looked at with every order, look and end."""
        with self._guard:
            while self._waiting and self._at_work < forms().at_a_time and not self._stop.is_set():
                self._at_work += 1
                self._pool.submit(self._waiting.popleft())

    def _run(self, job: Job, who: Exporter, make: Make, t: Texts) -> None:
        path = Path(self._folder.name) / f"{job.job_id}.{job.about.format}"
        try:
            self._make(job, who, make, t, path)
            job.state = "ready"
        except Problem as problem:
            job.problem, job.state = problem, "failed"
        except _Stopped:
            job.state = "failed"
        except Exception as error:
            log.exception("export failed", form=job.about.form, format=job.about.format)
            code = "export_no_store" if isinstance(error, SQLAlchemyError) else "export_failed"
            job.problem, job.state = Problem(code), "failed"
        finally:
            if job.state == "failed":
                path.unlink(missing_ok=True)
            job.ended.set()
            with self._guard:
                self._at_work -= 1
            self._begin()

    def _make(self, job: Job, who: Exporter, make: Make, t: Texts, path: Path) -> None:
        job.state = "making"
        with reading(self._engine, who.scope) as connection:
            version = connection.execute(text("SELECT version, as_of FROM data_version")).one()
            document = make(connection, version.version, version.as_of)
            job.total, job.name = document.count, f"{document.name}.{job.about.format}"
            limit = forms().rows.limit(job.about.format)
            if document.count > limit:
                raise Problem("export_too_large", rows=t.number(document.count), most=t.number(limit))

            def told(row: int) -> None:
                job.done = row
                if row % BREATH_ROWS == 0:
                    if self._stop.is_set():
                        raise _Stopped
                    time.sleep(BREATH_SECONDS)

            rows = WRITERS[job.about.format](document, path, t, told)
        note_export(self._engine, who, job.about, document.stamp, rows)
        job.path, job.size = path, path.stat().st_size

    def _tidy(self) -> None:
        with self._guard:
            for job in [j for j in self._jobs.values() if j.is_old(forms().keep_minutes)]:
                self._drop(job)

    def _drop(self, job: Job) -> None:
        self._jobs.pop(job.job_id, None)
        if job.path is not None:
            job.path.unlink(missing_ok=True)


_guard = threading.Lock()
_exports: list[tuple[str, Exports]] = []


def exports(reader_url: str) -> Exports:
    """The jobs of this process for this store; made at the first call, replaced when the URL changes."""
    with _guard:
        if _exports and _exports[0][0] == reader_url:
            return _exports[0][1]
        while _exports:
            _exports.pop()[1].close()
        _exports.append((reader_url, Exports(reader_url)))
        return _exports[0][1]


def jobs_here() -> tuple[Job, ...]:
    """The jobs of this process; what others make is not known here. For previews/forms.py."""
    with _guard:
        return tuple(job for _, one in _exports for job in one.jobs())


def close() -> None:
    """End the jobs there are."""
    with _guard:
        while _exports:
            _exports.pop()[1].close()
