"""Imports started from the screen or the command: one at a time in a process of its own, with progress."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from config.settings import ROOT
from data_access.geo.boundaries import books
from data_access.geo.boundaries.importing import Imported
from data_access.geo.boundaries.report import Report
from data_access.geo.boundaries.worker import MEMORY_BYTES
from data_access.store.engine import owner_engine

log = structlog.get_logger("boundaries")
PATIENCE_SECONDS = 900.0
PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "OPS_WARD_REGISTRY", "PYTHONPATH")
"""Of the environment; the worker needs no server and no secret."""


@dataclass(frozen=True)
class Order:
    """What is imported: the file as it lies here, its user's name for it, and what the user chose."""

    path: Path
    name: str
    who: str
    crs: str | None = None
    swap: bool = False


@dataclass
class Job:
    """How far an import is. `ended` is set when `import_id` or `problem` says how it went."""

    order: Order
    stage: str = "read"
    share: float = 0.0
    import_id: int | None = None
    problem: Problem | None = None
    ended: threading.Event = field(default_factory=threading.Event)


_guard = threading.Lock()
_jobs: list[Job] = []


def newest() -> Job | None:
    """The import at work in this process, or the last one."""
    return _jobs[-1] if _jobs else None


def start(owner_url: str, order: Order) -> Job:
    """Import in the background; the file is removed at the end. Raises Problem (boundary_busy) when one is at work."""
    with _guard:
        if _jobs and not _jobs[-1].ended.is_set():
            raise Problem("boundary_busy", who=_jobs[-1].order.who)
        job = Job(order)
        _jobs[:] = [job]
    threading.Thread(target=_run, args=(owner_url, job), name="boundary-import", daemon=True).start()
    return job


def _run(owner_url: str, job: Job) -> None:
    def told(stage: str, share: float) -> None:
        job.stage, job.share = stage, share

    engine = owner_engine(owner_url)
    try:
        with engine.connect() as connection:
            known = books.gids(connection)
        imported = read(job.order, known, told)
        job.import_id = books.keep(engine, job.order.who, job.order.name, imported)
    except Problem as problem:
        job.problem = problem
    except SQLAlchemyError as error:
        log.warning("import not stored", error=str(error))
        job.problem = Problem("act_no_answer")
    except Exception:
        log.exception("import failed", file=job.order.name)
        job.problem = Problem("boundary_damaged", file=job.order.name)
    finally:
        engine.dispose()
        job.order.path.unlink(missing_ok=True)
        job.ended.set()


def read(order: Order, gids: Mapping[str, str], told: Callable[[str, float], None]) -> Imported:
    """What the worker makes of the file. Raises Problem (boundary_…)."""
    folder = Path(tempfile.mkdtemp(prefix="ops-boundaries-"))
    try:
        (folder / "file").symlink_to(order.path.resolve())
        said = {"name": order.name, "crs": order.crs, "swap": order.swap, "gids": dict(gids)}
        (folder / "order.json").write_text(json.dumps(said), encoding="utf-8")
        in_time = _work(folder, told)
        try:
            found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # it died: of hunger, as a rule
            if not in_time:
                raise Problem("boundary_slow", file=order.name, most=round(PATIENCE_SECONDS / 60)) from error
            raise Problem("boundary_memory", file=order.name, most=MEMORY_BYTES // 10**6) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "problem" in found:
        raise Problem(found["problem"], **found["facts"])
    return Imported(found["areas"], Report.of(found["report"]))


def _work(folder: Path, told: Callable[[str, float], None]) -> bool:
    """Run the worker to its end; False when it was stopped for taking too long."""
    command = [sys.executable, "-m", "data_access.geo.boundaries.worker", str(folder)]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    # One thread: each of a numerical library's would reserve memory of its own.
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with (
        (folder / "log").open("w", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603 - our own module
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT, env=environment
        ) as worker,
    ):
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.kill()

        limit = threading.Timer(PATIENCE_SECONDS, stop)
        limit.start()
        try:
            assert worker.stdout is not None
            for line in worker.stdout:
                said = json.loads(line)
                told(said["stage"], said["share"])
            worker.wait()
        finally:
            limit.cancel()
            worker.kill()
    if worker.returncode:
        log.warning("worker ended", code=worker.returncode, said=(folder / "log").read_text(errors="replace")[-2000:])
    return not late.is_set()
