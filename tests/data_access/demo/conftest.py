"""A server and a small generated city of this folder's own: these tests look behind the dashboard."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

NOW = datetime(2026, 11, 18, 3, 30, tzinfo=UTC)  # a Wednesday, 10:30 in Hà Nội
DOSSIERS = 3_000


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with psycopg.connect(dsn) as conn:
        return conn.execute(query).fetchall()


def make(dsn: str, dossiers: int = DOSSIERS, seed: int = 7, now: datetime = NOW) -> list[tuple[float, str]]:
    """Generate a city; returns the progress calls."""
    from data_access.demo.city import generate

    calls: list[tuple[float, str]] = []
    generate(dsn, dossiers=dossiers, seed=seed, now=now, progress=lambda f, code: calls.append((f, code)))
    return calls


@pytest.fixture(scope="session")
def city_server(worker_dir: Path) -> Iterator[Any]:
    """An embedded server with a city of 3,000 dossiers in its onestop database."""
    from data_access.demo import data_dir, server

    running = server.start(worker_dir / "behind")
    make(running.dsn("onestop"))
    yield running
    data_dir.stop_postgres(worker_dir / "behind")


@pytest.fixture(scope="session")
def owner(city_server: Any) -> str:
    """The one-stop system's own account. Tests that change the city make it anew."""
    return str(city_server.dsn("onestop"))


@pytest.fixture
def still_city(owner: str) -> Iterator[str]:
    """The city as generated, made anew afterwards because the test moves it."""
    yield owner
    make(owner)
