"""Pictures of the screens over an OpenCPS database: the generated city in a MariaDB of its own, read by the profile.

    python docs/screens/opencps.py [folder] [dossiers]

Needs Debian's MariaDB (.ci/mariadb) and Chromium. Everything lives in a temporary directory and ends with it.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

import psycopg  # noqa: E402
import take  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from data_access.demo import accounts, data_dir, server  # noqa: E402
from data_access.demo.children import Child, stop_all  # noqa: E402
from data_access.demo.city import generate  # noqa: E402
from data_access.demo.run import answers, web_command  # noqa: E402
from data_access.store.engine import owner_engine  # noqa: E402
from data_access.store.migrate import migrate  # noqa: E402
from tests.support import mariadb, opencps, opencps_city  # noqa: E402
from tests.support.apps import free_port  # noqa: E402
from tests.support.cities import PASSWORDS  # noqa: E402

SHOTS = {
    "opencps-overview-light-vi": ("trungtam", "/overview", take.DESK, "Light", "vi", True),
    "opencps-backlog-light-vi": ("trungtam", "/backlog", take.DESK, "Light", "vi", True),
    "opencps-backlog-dark-en": ("trungtam", "/backlog", take.WALL, "Dark", "en", True),
    "opencps-workload-light-vi": ("trungtam", "/workload", take.DESK, "Light", "vi", True),
}


def main() -> None:
    """City, MariaDB, store, application, pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    dossiers = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory(prefix="ops-opencps-") as name:
        base = Path(name)
        postgres = server.start(base / "pg")
        try:
            with mariadb.running(base / "maria") as maria:
                opencps.make_database(maria, "lportal")
                fill(postgres, maria, dossiers)
                serve_and_shoot(postgres, maria, base, folder)
        finally:
            data_dir.stop_postgres(base / "pg")


def fill(postgres: server.Server, maria: mariadb.MariaDB, dossiers: int) -> None:
    """The generated city, translated; then the store's schema."""
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    generate(postgres.dsn("onestop"), dossiers=dossiers, seed=2018, now=now, progress=lambda *_: None)
    with maria.connect("lportal") as connection, connection.cursor() as cursor:
        print(opencps_city.translate(postgres.dsn("onestop"), cursor))
    engine = owner_engine(postgres.url("ops_owner"))
    migrate(engine, "ops_reader")
    engine.dispose()


def serve_and_shoot(postgres: server.Server, maria: mariadb.MariaDB, base: Path, folder: Path) -> None:
    """The application as a real deployment runs it: everything by URL, no demo code."""
    accounts.make(base / "accounts.yaml", PASSWORDS, rounds=4)
    env = {
        "OPS_STORE_URL": postgres.url("ops_owner"), "OPS_STORE_READER_URL": postgres.url("ops_reader"),
        "OPS_SOURCE_URL": maria.url("lportal", opencps.READER), "OPS_SOURCE_PROFILE": "opencps",
        "OPS_COOKIE_KEY": secrets.token_hex(24), "OPS_ACCOUNTS_FILE": str(base / "accounts.yaml"),
        "OPS_DATA_DIR": str(base / "data"), "OPS_STACK": "external",
    }  # fmt: skip
    subprocess.run([sys.executable, "-m", "data_access", "sync"], env=os.environ | env, check=True)
    port = free_port()
    children = [
        Child("web", [sys.executable, *web_command(port)], base / "web.log", env),
        Child("sync", [sys.executable, "-m", "data_access", "sync", "--follow"], base / "sync.log", env),
    ]
    for child in children:
        child.start()
    try:
        while not (answers(port) and follows(postgres)):
            time.sleep(0.5)
        take.SHOTS.update(SHOTS)  # type: ignore[arg-type]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=take.FLAGS)
            for shot in SHOTS:
                take.shoot(browser, f"http://127.0.0.1:{port}", PASSWORDS, shot, folder)
                print(shot)
            browser.close()
    finally:
        stop_all(children)


def follows(postgres: server.Server) -> bool:
    """Whether the sync has just looked at the source: else the screens would rightly complain."""
    with psycopg.connect(postgres.dsn("ops_owner")) as connection:
        row = connection.execute("SELECT now() - heartbeat_at < interval '5 seconds' FROM sync_status").fetchone()
    return row is not None and bool(row[0])


if __name__ == "__main__":
    main()
