"""Fixtures every test may use. Servers and cities are made once; nothing here touches a developer's data."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

FOR_TESTS = ("OPS_HISTORIES", "OPS_CONFIG_CASES")  # how many random histories, and configuration texts, to try
FOR_SERVERS = {"OPS_PG_SHARED_BUFFERS": "128MB", "OPS_PG_FSYNC": "off"}
"""Of the embedded server: what a killed process has written is there still, and no test cuts the power."""
LONGEST_FIRST = (
    "tests/browser/test_wall.py", "tests/data_access/demo_stack/test_run.py", "tests/browser/test_front_door.py",
    "tests/browser/test_faults.py", "tests/browser/", "tests/pages/test_screens.py", "tests/data_access/sync/",
    "tests/deploy/", "tests/data_access/previews/", "tests/test_bad_start.py", "tests/data_access/cli/", "tests/pages/",
)  # fmt: skip
"""Files that take minutes begin first, or at the end one worker would wait for the other. The second of them needs
no city: the first one's worker makes it (cities.small_copy)."""


def pytest_configure(config: pytest.Config) -> None:
    """One directory for the session, known to all workers; the developer's OPS_ variables don't count."""
    if os.environ.get("OPS_TEST_BASE") and hasattr(config, "workerinput"):
        return
    for name in [n for n in os.environ if n.startswith("OPS_") and n not in FOR_TESTS]:
        del os.environ[name]
    base = tempfile.mkdtemp(prefix="ops-test-")
    os.environ |= {"OPS_TEST_BASE": base, "OPS_DATA_DIR": f"{base}/data", **FOR_SERVERS}


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller ends the servers and removes the directory."""
    if hasattr(config, "workerinput"):
        return
    from data_access.demo import data_dir

    base = Path(os.environ["OPS_TEST_BASE"])
    for pgdata in base.glob("**/postgres/PG_VERSION"):
        data_dir.stop_postgres(pgdata.parent.parent)
    shutil.rmtree(base, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first. A browser on a busy machine gets a second and a third chance; the summary names who needed
    them (R).
    """
    items.sort(key=lambda item: next((n for n, path in enumerate(LONGEST_FIRST) if item.nodeid.startswith(path)), 99))
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests want to be told at the end (`record_property("told", …)`), whichever worker ran them."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ())]
    told = [value for r in reports for name, value in getattr(r, "user_properties", ()) if name == "told"]
    for line in dict.fromkeys(told):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def worker_dir() -> Path:
    """This worker's own part of the session's directory."""
    directory = Path(os.environ["OPS_TEST_BASE"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def pg(worker_dir: Path) -> Iterator[Any]:
    """An embedded server (data_access.demo.server.Server) with empty databases, this worker's own."""
    from data_access.demo import data_dir, server

    running = server.start(worker_dir / "pg")
    yield running
    data_dir.stop_postgres(worker_dir / "pg")


@pytest.fixture(scope="session")
def small_city(worker_dir: Path) -> Any:
    """A City of a few thousand dossiers, loaded; this worker's own, and as of its NOW: no sync follows its source.

    Tests that change it say so and undo it.
    """
    from tests.support import cities

    return cities.small_copy(worker_dir / "small")


@pytest.fixture(scope="session")
def full_city() -> Any:
    """The City of 311,000 dossiers, loaded; made once a session and shared by all workers: only read it."""
    from tests.support import cities

    return cities.make_city(cities.base() / "full", cities.FULL)


@pytest.fixture(scope="session")
def owner(small_city: Any) -> Iterator[Engine]:
    """The small city's store, by its owner."""
    from data_access.store.engine import owner_engine

    engine = owner_engine(small_city.urls.store_owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def reader(small_city: Any) -> Iterator[Engine]:
    """The small city's store, by the reader under row-level security."""
    from data_access.store.engine import reader_engine

    engine = reader_engine(small_city.urls.store_reader_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright starts Debian's Chromium, drawing WebGL in software."""
    from tests.support.browser import FLAGS, chromium

    return browser_type_launch_args | {"executable_path": chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk in Hà Nội."""
    size = {"width": 1440, "height": 900}
    return browser_context_args | {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "viewport": size}
