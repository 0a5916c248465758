"""`make bench-viewers`: many people and walls before the running application while its figures change.

    BENCH_VIEWERS=500     how many sessions (and a tenth of them first, twenty at least, to see what grows)
    BENCH_SECONDS=60      how long is watched
    BENCH_DOSSIERS=311000 the city
    BENCH_PROCESSES=1     server processes; each serves its share of the viewers, as behind a sticky proxy
    BENCH_DIR=…           where the city lives; kept then, so that the next run needn't make it again

A redraw counts from the browser's asking for a run, which it does when its look has told it to, to the message that
ends the run, as read by the viewers' process (how late that one is itself: client_late). Until a desk is told, it
waits for its look and its turn: that is in commit_to_picture, and in how many redraws a version a viewer had.

The application is the real one: Streamlit's server process, the embedded PostgreSQL, a sync that brings a writer's
changes every five seconds. Viewers are real websocket sessions signed in by form and token, all in one process on one
core, the last one (viewer_client.py); their messages are looked through for wards of other districts and names of other
accounts.

How queries are counted: the reader role, which all screens ask by, logs each statement (log_statement) and the log's
lines are counted; pg_stat_database's transactions tell everything, the sync's and this bench's own included.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import psutil
import psycopg

from config.i18n import Texts
from config.registry import registry
from data_access import devices
from data_access.demo import accounts as demo_accounts
from data_access.demo import data_dir
from data_access.store.engine import owner_engine
from pages.screens import screens_for
from tests.bench.figures import Report
from tests.bench.lag import Writer
from tests.support.apps import AppServer, serving
from tests.support.cities import FULL, PASSWORDS, City, make_city

GOAL_MS, GOAL_MB, GROWTH = 300.0, 1536.0, 1.2
EVERY_SECONDS = 5
STORM, STORM_SECONDS = 300, 60
DEVICE, WALL = "device", "trung-tam"
MIX = [
    ("trungtam", "overview"), ("hadong", "overview"), ("caugiay", "overview"), ("trungtam", "backlog"), (DEVICE, ""),
    ("trungtam", "overview"), ("hadong", "backlog"), ("caugiay", "coverage"), ("cntt", "overview"),
    ("trungtam", "coverage"), ("trungtam", "overview"), ("hadong", "overview"), ("caugiay", "overview"),
    ("trungtam", "workload"), (DEVICE, ""), ("trungtam", "backlog"), ("hadong", "workload"), ("caugiay", "backlog"),
    ("cntt", "quality"), ("trungtam", "qd766"),
]  # fmt: skip
"""Account and screen of twenty viewers."""


def main() -> int:
    """Measure and judge."""
    viewers = int(os.environ.get("BENCH_VIEWERS", "500"))
    seconds = float(os.environ.get("BENCH_SECONDS", "60"))
    dossiers = int(os.environ.get("BENCH_DOSSIERS", str(FULL)))
    keep = os.environ.get("BENCH_DIR")
    base = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="ops-bench-"))
    os.environ["OPS_TEST_BASE"] = str(base)
    report = Report()
    try:
        city = make_city(base / "city", dossiers)
        report.note(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, {dossiers:,} dossiers")
        env = {"OPS_SYNC_SECONDS": str(EVERY_SECONDS)}
        with ExitStack() as stack:
            processes = int(os.environ.get("BENCH_PROCESSES", "1"))
            servers = [stack.enter_context(serving(city, sync=n == 0, env=env)) for n in range(processes)]
            Bench(report, servers, city).run(viewers, seconds)
        report.note(f"load {os.getloadavg()[0]:.1f} at the end")
        file = (base if keep else Path(tempfile.gettempdir())) / f"bench-viewers-{viewers}.json"
        return 0 if report.write(file) else 1
    finally:
        with suppress(OSError):
            data_dir.stop_postgres(base / "city")
        if not keep:
            shutil.rmtree(base, ignore_errors=True)


class Versions(threading.Thread):
    """Notes when each version was committed, to 20 ms."""

    def __init__(self, dsn: str) -> None:
        super().__init__(daemon=True)
        self.conn = psycopg.connect(dsn, autocommit=True, application_name="bench")
        self.at: list[tuple[int, float]] = []
        self.asked = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Until stopped."""
        while not self.stopped.wait(0.02):
            row = self.conn.execute("SELECT version FROM data_version").fetchone()
            self.asked += 1
            if row and (not self.at or self.at[-1][0] != row[0]):
                self.at.append((row[0], time.time()))


class Client:
    """The viewers' process."""

    def __init__(self, urls: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.viewer_client", *urls],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, name: str, **arguments: Any) -> Any:
        """Have it do something and wait for its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the viewers' process ended")
        return json.loads(line)

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


class Bench:
    """The server, its load, and what is read off both."""

    def __init__(self, report: Report, servers: list[AppServer], city: City) -> None:
        self.report, self.city = report, city
        self.web = [psutil.Process(server.web.process.pid) for server in servers if server.web.process is not None]
        self.log = city.server.pgdata / "log"
        self.client = Client([server.url for server in servers])
        self.versions = Versions(city.server.dsn("ops_owner"))
        self.writer = Writer(city.server.dsn("onestop"), per_second=4)

    def run(self, viewers: int, seconds: float) -> None:
        """Sign in; few viewers, then all; then the storm; then who was sent what."""
        self._superuser("ALTER ROLE ops_reader SET log_statement = 'all'")
        try:
            self.versions.start()
            self.writer.start()
            tokens = [self._token() for _ in self.web]  # a token signs in once
            self.client.do("sign_in", passwords=self._passwords(), wall=[DEVICE, WALL], tokens=tokens,
                           words=looked_for())  # fmt: skip
            fewer = max(len(MIX), viewers // 10)  # every screen has its viewer
            few = self._watch(fewer, seconds)
            many = self._watch(viewers, seconds)
            growth = many["queries_reader"] / max(1, few["queries_reader"])
            self.report.add(f"queries_growth_{fewer}_to_{viewers}", growth, "times", GROWTH)
            self._storm(min(STORM, viewers))
            self._who()
        finally:
            self._superuser("ALTER ROLE ops_reader RESET log_statement")
            self.client.end()
            self.writer.stopped.set()
            self.versions.stopped.set()

    def _passwords(self) -> dict[str, str]:
        return {name: PASSWORDS[name] for name in ("trungtam", "hadong", "caugiay", "cntt")}

    def _token(self) -> str:
        engine = owner_engine(self.city.urls.store_owner_url)
        token = devices.issue(engine, "Bench")
        engine.dispose()
        return token

    def _superuser(self, statement: str) -> None:
        with psycopg.connect(self.city.server.dsn("postgres", "ops"), autocommit=True) as conn:
            conn.execute(statement)

    def _watch(self, viewers: int, seconds: float) -> dict[str, float]:
        looks = [[a, path, f"wall={WALL}" if a == DEVICE else ""] for a, path in (MIX * viewers)[:viewers]]
        filled = self.client.do("fill", looks=looks)
        self.report.add(f"first_picture_p95_{viewers}", _p95(filled["took"]) * 1000, "ms")
        self._unserved(f"unserved_{viewers}", filled["failed"])
        time.sleep(8)
        before = self._counters()
        seen = self.client.do("measure", seconds=seconds)
        spent = {key: value - before[key] for key, value in self._counters().items()}
        return self._tell(viewers, seen, spent)

    def _counters(self) -> dict[str, float]:
        """CPU seconds, statements and transactions so far."""
        postmaster = psutil.Process(int((self.city.server.pgdata / "postmaster.pid").read_text().splitlines()[0]))
        database = sum(postmaster.cpu_times()[:4])  # its own and that of processes that ended
        for process in postmaster.children():
            with suppress(psutil.Error):
                database += sum(process.cpu_times()[:2])
        log = self.log.read_bytes()
        with psycopg.connect(self.city.server.dsn("postgres", "ops"), autocommit=True) as conn:
            row = conn.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = 'ops'").fetchone()
        machine = psutil.cpu_times()
        return {
            "stolen": float(getattr(machine, "steal", 0.0)),
            "busy": float(machine.user + machine.nice + machine.system),
            "web_cpu": sum(sum(web.cpu_times()[:2]) for web in self.web),
            "postgres_cpu": database,
            "queries_reader": float(log.count(b"LOG:  statement: ") + log.count(b"LOG:  execute ")),
            "transactions": float(row[0]) - self.versions.asked if row else 0.0,
        }

    def _tell(self, n: int, seen: dict[str, Any], spent: dict[str, float]) -> dict[str, float]:
        add, seconds = self.report.add, seen["seconds"]
        redraws = seen["redraws"]
        versions = [at for _, at in self.versions.at]
        versions = [at for at, before in zip(versions, [0.0, *versions], strict=False) if at - before > 1]  # polls
        changes = sum(1 for at in versions if at > time.time() - seconds)
        add(f"versions_{n}", changes, "in " + f"{seconds:.0f} s")
        add(f"redraws_{n}", len(redraws) / n / max(1, changes), "a version")
        asked = [(finished - asked) * 1000 for _, _, _, asked, _, finished, _, _ in redraws]
        add(f"redraw_p50_{n}", _p50(asked), "ms")
        add(f"redraw_p95_{n}", _p95(asked), "ms", GOAL_MS)
        add(f"redraw_waits_p95_{n}", _p95([(r[4] - r[3]) * 1000 for r in redraws]), "ms, asked to begun")
        add(f"client_late_p95_{n}", _p95(seen["late"]) * 1000, "ms, within the redraws above")
        lags = [lag for at in versions for lag in _lags(at, redraws)]
        add(f"commit_to_picture_p50_{n}", _p50(lags) * 1000, "ms")
        add(f"commit_to_picture_p95_{n}", _p95(lags) * 1000, "ms")
        add(f"polls_{n}", seen["polls"] / seconds, "a second")
        add(f"poll_p95_{n}", _p95(seen["poll_times"]) * 1000, "ms")
        add(f"bytes_redraw_{n}", mean(r[6] for r in redraws) if redraws else 0, "bytes")
        add(f"messages_redraw_{n}", mean(r[7] for r in redraws) if redraws else 0, "messages")
        add(f"bytes_poll_{n}", seen["poll_bytes"] / max(1, seen["polls"]), "bytes")
        add(f"cpu_web_{n}", spent["web_cpu"] / seconds, "cores")
        add(f"cpu_web_redraw_{n}", spent["web_cpu"] / max(1, len(redraws)) * 1000, "CPU ms, looks included")
        add(f"cpu_postgres_{n}", spent["postgres_cpu"] / seconds, "cores")
        add(f"cpu_client_{n}", seen["cpu"], "cores")
        ours = (spent["web_cpu"] + spent["postgres_cpu"]) / seconds + seen["cpu"]
        add(f"cpu_others_{n}", max(0.0, spent["busy"] / seconds - ours), "cores, the sync and whatever else runs here")
        add(f"cpu_stolen_{n}", spent["stolen"] / seconds, "cores that the host gave to others")
        add(f"memory_web_{n}", self._memory(), "MB", GOAL_MB)
        add(f"queries_reader_{n}", spent["queries_reader"], "statements")
        add(f"transactions_{n}", spent["transactions"], "transactions")
        add(f"errors_{n}", seen["errors"], "sessions", 0)
        for screen in sorted({(r[1], r[2]) for r in redraws}):
            mine = [(r[5] - r[3]) * 1000 for r in redraws if (r[1], r[2]) == screen]
            size = mean(r[6] for r in redraws if (r[1], r[2]) == screen)
            self.report.note(f"{n}: {screen[0]} {screen[1] or 'wall'}: p50 {_p50(mine):.0f} ms, "
                             f"p95 {_p95(mine):.0f} ms, {size / 1000:.0f} KB")  # fmt: skip
        return spent

    def _storm(self, n: int) -> None:
        seen = self.client.do("storm", n=n, seconds=STORM_SECONDS)
        add = self.report.add
        add("storm_rounds", seen["rounds"], f"of {n}")
        add("storm_served_p50", _p50(seen["served"]) * 1000, "ms")
        add("storm_served_p95", _p95(seen["served"]) * 1000, "ms")
        add("storm_worst", max(seen["served"], default=0) * 1000, "ms")
        self._unserved("storm_failed", seen["failed"])
        add("storm_memory", self._memory(), "MB", GOAL_MB)

    def _unserved(self, name: str, why: list[str]) -> None:
        self.report.add(name, len(why), "sessions", 0)
        for reason, n in Counter(why).items():
            self.report.note(f"{name}: {n} times {reason}")

    def _memory(self) -> float:
        return float(sum(web.memory_info().rss for web in self.web)) / 2**20

    def _who(self) -> None:
        """Nobody was sent another's name, ward or screens."""
        seen = self.client.do("who")
        leaks, wrong = mixed_up(seen)
        self.report.add("leaks", len(leaks), "words", 0)
        centre = set(seen["found"]["trungtam"]) & set(wards_outside(("268",)))  # else the search would be blind
        self.report.add("centre_sees_wards", len(centre), "words", 1, least=True)
        self.report.add("wrong_screens", len(wrong), "sessions", 0)
        self.report.note(f"looked through {seen['messages']} different messages; leaks {leaks}")


def looked_for() -> dict[str, list[str]]:
    """What would be a leak, by account: names of other accounts; for a chair, wards of other districts.

    The centre may see those wards, and does: it shows that they would be found.
    """
    names = {name: entry[0] for name, entry in demo_accounts.DEMO.items()}
    words = {account: [other for name, other in names.items() if name != account] for account in (*names, DEVICE)}
    for account, (_, role, districts) in demo_accounts.DEMO.items():
        if role == "district":
            words[account] += wards_outside(districts)
    words["trungtam"] += wards_outside(("268",))
    return words


def mixed_up(seen: dict[str, Any]) -> tuple[list[tuple[str, str]], list[str]]:
    """(account, word) of each word that an account must not be sent; accounts of sessions with another role's screens.

    seen: as the house tells it (viewer_client.py, who).
    """
    wards = set(wards_outside(("268",)))
    leaks = [(account, word) for account, found in seen["found"].items() for word in found
             if not (account == "trungtam" and word in wards)]  # fmt: skip
    t = Texts("vi")
    roles = {name: role for name, (_, role, _) in demo_accounts.DEMO.items()}
    wrong = [
        account for account, titles in seen["titles"]
        if sorted(titles) != ([] if account == DEVICE else sorted(t(s.title) for s in screens_for(roles[account])))
    ]  # fmt: skip
    return leaks, wrong


def wards_outside(districts: tuple[str, ...]) -> list[str]:
    """Names and codes of wards that only other districts have."""
    wards = registry().wards.values()
    own = [w.name for w in wards if w.district_code in districts]
    others = [w for w in wards if w.district_code not in districts]
    names = {w.name for w in others if not any(w.name in name for name in own)}
    return sorted(names) + [f'"{w.code}"' for w in others]


def _lags(at: float, redraws: list[list[Any]]) -> list[float]:
    """Seconds from a commit to each viewer's first picture begun after it, before the next but one is due."""
    first: dict[int, float] = {}
    for who, _, _, _, started, finished, _, _ in redraws:
        if at <= started < at + 2 * EVERY_SECONDS:
            first[who] = min(first.get(who, finished), finished)
    return [finished - at for finished in first.values()]


def _p50(values: list[float]) -> float:
    return quantiles(values, n=20)[9] if len(values) > 1 else 0.0


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[18] if len(values) > 1 else 0.0


if __name__ == "__main__":
    sys.exit(main())
