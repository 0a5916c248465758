"""What the first load costs: rows a second by entity, dossiers a second, CPU and the peak of its own memory.

    python -m tests.bench.first_load SOURCE_URL STORE_URL [PROFILE]

The load runs in a process of its own, so that its memory is its alone. The store must be migrated and empty.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text

ENTITIES = ("dossier", "step", "pause", "link_check", "observation")
TZ = "Asia/Ho_Chi_Minh"


def measure(source_url: str, store_url: str, profile: str = "onestop") -> dict[str, Any]:
    """Load `source_url` into the empty store `store_url`.

    Returns, for the whole load: `seconds`, `dossiers_a_second`, `rows_a_second`, `rows` by entity; of each stage
    (entities with their keys, `rollup` with all that is made at the end): `seconds`, `python_cpu`, `postgres_cpu`;
    `rows_a_second_of` each entity over its own stage; `peak_mb` of the loading process; CPU seconds `python_cpu`
    and `postgres_cpu` (0 for servers elsewhere); `load_before`: the machine's load average.
    """
    load = os.getloadavg()[0]
    job = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.first_load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert job.stdin is not None
    assert job.stdout is not None
    job.stdin.write(json.dumps([source_url, store_url, profile]))  # not in the command line: it may hold a password
    job.stdin.close()
    said = job.stdout.read()
    if job.wait():
        raise RuntimeError(f"the first load ended with {job.returncode}")
    told = json.loads(said.splitlines()[-1])  # after what the log says
    stages = told["stages"]
    engine = create_engine(store_url)
    with engine.connect() as connection:
        rows = {e: int(connection.execute(text(f"SELECT count(*) FROM {e}")).scalar_one()) for e in ENTITIES}
    engine.dispose()
    seconds = sum(s["seconds"] for s in stages.values())
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "dossiers_a_second": round(rows["dossier"] / seconds),
        "rows_a_second": round(sum(rows.values()) / seconds),
        "rows_a_second_of": {e: round(rows[e] / stages[e]["seconds"]) for e in ENTITIES if e in stages},
        "stages": {name: {k: round(v, 2) for k, v in stage.items()} for name, stage in stages.items()},
        "peak_mb": told["peak_mb"],
        "python_cpu": round(sum(s["python_cpu"] for s in stages.values()), 1),
        "postgres_cpu": round(sum(s["postgres_cpu"] for s in stages.values()), 1),
        "load_before": round(load, 2),
    }


def _servers(urls: list[str]) -> list[psutil.Process]:
    """The main processes of the PostgreSQL servers that run on this machine."""
    found = set()
    for url in urls:
        engine = create_engine(url)
        with engine.connect() as connection, suppress(psutil.NoSuchProcess):
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            found.add(psutil.Process(pid).parent())
        engine.dispose()
    return [p for p in found if p is not None]


def _spent(servers: list[psutil.Process]) -> dict[str, float]:
    """Seconds passed, and CPU seconds of this process and of the servers (ended ones counted by their parent)."""
    own = psutil.Process().cpu_times()
    theirs = 0.0
    for process in (p for s in servers for p in (s, *s.children())):
        with suppress(psutil.NoSuchProcess):
            theirs += sum(process.cpu_times()[:4])
    return {"seconds": time.monotonic(), "python_cpu": own.user + own.system, "postgres_cpu": theirs}


def _peak_mb() -> int:
    """The most memory this program held (not getrusage's: that counts the parent's until the exec too)."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return round(int(status["VmHWM"].split()[0]) / 1024)


def _load(source_url: str, store_url: str, profile: str) -> dict[str, Any]:
    """The load itself: what each stage took, and the peak of the memory."""
    from data_access.source.profile import load_profile
    from data_access.source.reader import source_engine
    from data_access.store.engine import owner_engine
    from data_access.sync import Sync

    servers = _servers([source_url, store_url])
    seen: dict[str, dict[str, float]] = {}
    at, stage = _spent(servers), "dimension"

    def progress(_share: float, name: str) -> None:
        nonlocal at, stage
        if name != stage:
            now = _spent(servers)
            seen[stage] = {k: now[k] - at[k] for k in now}
            at, stage = now, name

    Sync(source_engine(source_url), owner_engine(store_url), load_profile(profile), TZ).first_load(progress)
    return {"stages": seen, "peak_mb": _peak_mb()}


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(*sys.argv[1:]), indent=1))
    else:
        json.dump(_load(*json.load(sys.stdin)), sys.stdout)
