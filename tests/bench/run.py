"""`make bench`: the goals of DESIGN 10 that concern data, measured; exit code 1 when one is short.

    BENCH_SIZE=full (default)  1 and 10 million dossiers, about an hour and 40 GB, an idle machine wanted
    BENCH_SIZE=small           5,000 and 50,000 dossiers, about a minute; the goals are the same
    BENCH_SIZE=100000,1000000  these
    BENCH_DIR=…                where the servers live; kept then, so that the next run needn't make them again

Cold means asked of PostgreSQL and not of the answers' cache; PostgreSQL's and the system's buffers are warm, as they
are where screens ask again at every version. Compare figures within one run only.
"""

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from sqlalchemy import text

from data_access.demo import data_dir
from data_access.demo.embedded import urls_of
from data_access.store import rollups
from data_access.store.engine import owner_engine
from data_access.store.migrate import migrate
from data_access.sync import is_loaded
from tests.bench import first_load, lag, rules_speed, screens
from tests.bench.big_city import make_source
from tests.bench.figures import Report
from tests.bench.screens import Cost

SIZES = {"small": (5_000, 50_000), "full": (1_000_000, 10_000_000)}
COLD_MS, WARM_MS, TIMES_RAW, GROWTH = 100.0, 2.0, 20.0, 2.0
LOAD_PER_SECOND, LOAD_MB = 40_000.0, 500.0
WALL_SECONDS = 5.0
DEADLINES_SECONDS = 2.0


def main() -> int:
    """Measure and judge."""
    os.environ.setdefault("OPS_PG_SHARED_BUFFERS", "512MB")
    size = os.environ.get("BENCH_SIZE", "full")
    sizes = SIZES.get(size) or tuple(sorted(int(part) for part in size.split(",")))
    keep = os.environ.get("BENCH_DIR")
    directory = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="ops-bench-"))
    report = Report()
    began = time.monotonic()
    try:
        report.note(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, sizes {sizes}")
        costs = [_city(report, directory / str(n), n, seconds=6 if n < 100_000 else 60) for n in sizes]
        if len(costs) > 1:
            for screen, cost in costs[-1].items():
                growth = cost.city / costs[0][screen].city
                report.add(f"{screen}_growth_{_short(sizes[0])}_to_{_short(sizes[-1])}", growth, "times", GROWTH)
                cpu = cost.cpu / costs[0][screen].cpu
                report.add(f"{screen}_cpu_growth_{_short(sizes[0])}_to_{_short(sizes[-1])}", cpu, "times")
        report.add("million_deadlines", rules_speed.measure()["deadlines_with_pauses_1m_s"], "s", DEADLINES_SECONDS)
        report.note(f"load {os.getloadavg()[0]:.1f} at the end, {time.monotonic() - began:.0f} s in all")
        file = (directory if keep else Path(tempfile.gettempdir())) / f"bench-{size.replace(',', '-')}.json"
        return 0 if report.write(file) else 1
    finally:
        for n in sizes:
            with suppress(OSError):
                data_dir.stop_postgres(directory / str(n))
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)


def _short(n: int) -> str:
    return f"{n // 1_000_000}M" if n >= 1_000_000 else f"{n // 1000}k"


def _city(report: Report, directory: Path, dossiers: int, seconds: float) -> dict[str, Cost]:
    """One city: load, questions, lag, rebuild."""
    n = _short(dossiers)
    running = make_source(directory, dossiers)
    urls = urls_of(running)
    engine = owner_engine(urls.store_owner_url)
    migrate(engine, reader="ops_reader")
    if not is_loaded(engine):
        loaded = first_load.measure(urls.source_url, urls.store_owner_url)
        report.add(f"first_load_{n}", loaded["dossiers_a_second"], "dossiers/s", LOAD_PER_SECOND, least=True)
        report.add(f"first_load_rows_{n}", loaded["rows_a_second"], "rows/s")
        report.add(f"first_load_memory_{n}", loaded["peak_mb"], "MB", LOAD_MB)
        report.note(f"first load {n}: {loaded}")
        with psycopg.connect(running.dsn("postgres", "ops"), autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")  # as autovacuum would within the hour
    with engine.connect() as connection:
        counts = connection.execute(
            text("""
                SELECT (SELECT count(*) FROM dossier), (SELECT count(*) FROM step), (SELECT sum(open) FROM open_stock),
                       (SELECT count(*) FROM flow_day), (SELECT received FROM (
                          SELECT day, sum(received) AS received FROM district_day GROUP BY day) d
                        WHERE day <= (SELECT as_of_day FROM data_version) ORDER BY received DESC OFFSET 20 LIMIT 1),
                       pg_size_pretty(pg_database_size(current_database()))
            """)
        ).one()
    report.note(
        f"{n}: {counts[0]:,} dossiers, {counts[1]:,} steps ({counts[1] / counts[0]:.1f} a dossier), "
        f"{counts[2]:,} open, busy days receive {counts[4]:,}, {counts[3]:,} rows of flow_day, store {counts[5]}"
    )
    costs = screens.measure(urls.store_reader_url)
    for screen, cost in costs.items():
        report.add(f"{screen}_cold_{n}", cost.city, "ms", COLD_MS)
        if cost.district is not None:
            report.add(f"{screen}_cold_district_{n}", cost.district, "ms", COLD_MS)
        report.add(f"{screen}_first_{n}", cost.first, "ms")
        report.add(f"{screen}_cpu_{n}", cost.cpu, "CPU ms")
        report.add(f"{screen}_warm_{n}", cost.warm, "ms", WARM_MS)
        if cost.raw is not None:
            report.add(f"{screen}_raw_{n}", cost.raw, "ms")
            report.add(f"{screen}_times_faster_{n}", cost.raw / cost.city, "times", TIMES_RAW, least=True)
        if cost.raw_indexed is not None:
            report.add(f"{screen}_raw_indexed_{n}", cost.raw_indexed, "ms")
            indexed = cost.raw_indexed / cost.city
            report.add(f"{screen}_times_faster_indexed_{n}", indexed, "times", TIMES_RAW, least=True)
        report.note(f"{screen} {n}: " + ", ".join(f"{k} {v:.1f} ms" for k, v in cost.parts.items()))
    seen = lag.measure(running.dsn("onestop"), urls.source_url, urls.store_owner_url, seconds)
    report.add(f"lag_p50_{n}", seen.p50, "s")
    report.add(f"lag_p95_{n}", seen.p95, "s", WALL_SECONDS)
    report.add(f"lag_worst_{n}", seen.worst, "s")
    report.add(f"lag_changes_{n}", seen.per_second, "changes/s")
    report.add(f"lag_versions_{n}", seen.versions_a_second, "versions/s")
    for name, work in (("rebuild_check", rollups.check), ("rebuild", rollups.rebuild)):
        start = time.perf_counter()
        with engine.begin() as connection:
            different = work(connection)
        report.add(f"{name}_{n}", time.perf_counter() - start, "s")
        if name == "rebuild_check":
            report.add(f"differences_{n}", len(different or []), "rows", 0)
    engine.dispose()
    return costs


if __name__ == "__main__":
    sys.exit(main())
