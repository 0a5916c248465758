"""What the first load costs: rows a second by entity, dossiers a second, CPU and the peak of its own memory.

    python -m tests.bench.first_load SOURCE_URL STORE_URL [PROFILE]

The load runs in a process of its own, so that its memory is its alone. The store must be migrated and empty.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

import psutil
from sqlalchemy import create_engine, text

ENTITIES = ("dossier", "step", "pause", "link_check", "observation")
TZ = "Asia/Ho_Chi_Minh"


def measure(source_url: str, store_url: str, profile: str = "onestop") -> dict[str, Any]:
    """Load `source_url` into the empty store `store_url`.

    Returns, for the whole load: `seconds`, `dossiers_a_second`, `rows_a_second`, `rows` by entity; `stages`: seconds
    of each stage of the load (entities, `rollup`); `dossiers_alone_a_second`: dossiers over the seconds of their own
    stage; `peak_mb` of the loading process; CPU seconds `python_cpu` and `postgres_cpu` (None unless the servers
    run on this machine); `load_before`: the machine's load average when it began.
    """
    before, load = _postgres_cpu(), os.getloadavg()[0]
    job = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.first_load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert job.stdin is not None
    assert job.stdout is not None
    job.stdin.write(json.dumps([source_url, store_url, profile]))  # not in the command line: it may hold a password
    job.stdin.close()
    said = job.stdout.read()
    _, status, used = os.wait4(job.pid, 0)
    job.returncode = os.waitstatus_to_exitcode(status)
    if job.returncode:
        raise RuntimeError(f"the first load ended with {job.returncode}")
    after = _postgres_cpu()
    stages = json.loads(said.splitlines()[-1])  # after what the log says
    engine = create_engine(store_url)
    with engine.connect() as connection:
        rows = {e: int(connection.execute(text(f"SELECT count(*) FROM {e}")).scalar_one()) for e in ENTITIES}
    engine.dispose()
    seconds = sum(stages.values())
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "dossiers_a_second": round(rows["dossier"] / seconds),
        "rows_a_second": round(sum(rows.values()) / seconds),
        "dossiers_alone_a_second": round(rows["dossier"] / stages["dossier"]),
        "rows_a_second_of": {e: round(rows[e] / stages[e]) for e in ENTITIES if e in stages},
        "stages": {k: round(v, 2) for k, v in stages.items()},
        "peak_mb": round(used.ru_maxrss / 1024),
        "python_cpu": round(used.ru_utime + used.ru_stime, 1),
        "postgres_cpu": round(after - before, 1) if before and after else None,
        "load_before": round(load, 2),
    }


def _postgres_cpu() -> float:
    """CPU seconds of all PostgreSQL processes of this machine, ended ones counted by their parent."""
    total = 0.0
    for process in psutil.process_iter(["name", "cpu_times"]):
        if process.info["name"] == "postgres" and process.info["cpu_times"]:
            total += sum(process.info["cpu_times"][:4])
    return total


def _load(source_url: str, store_url: str, profile: str) -> dict[str, float]:
    """The load itself; seconds of each stage."""
    from data_access.source.profile import load_profile
    from data_access.source.reader import source_engine
    from data_access.store.engine import owner_engine
    from data_access.sync import Sync

    seen: dict[str, float] = {}
    at, stage = time.monotonic(), "dimension"

    def progress(_share: float, name: str) -> None:
        nonlocal at, stage
        now = time.monotonic()
        seen[stage] = seen.get(stage, 0.0) + now - at
        at, stage = now, name

    Sync(source_engine(source_url), owner_engine(store_url), load_profile(profile), TZ).first_load(progress)
    return seen


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(*sys.argv[1:]), indent=1))
    else:
        json.dump(_load(*json.load(sys.stdin)), sys.stdout)
