"""The tiny source and store of tests/data_access/sync/tiny.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.demo.server import Server
from tests.data_access.sync import tiny as tinies


@pytest.fixture(scope="session")
def tiny_databases(pg: Server) -> Server:
    """Both databases, made once."""
    tinies.make_databases(pg)
    return pg


@pytest.fixture
def tiny(tiny_databases: Server, tmp_path: Path) -> Iterator[tinies.Tiny]:
    """Both databases, empty but for units, procedures and officers."""
    with tinies.tiny_city(tiny_databases, tmp_path) as city:
        yield city
