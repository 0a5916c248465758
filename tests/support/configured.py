"""A configuration directory (or other settings) for one test; everything as before afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings import settings


@contextmanager
def configured(**env: str | Path) -> Iterator[None]:
    """The settings with these environment variables; files are read anew where they differ."""
    before = {name: os.environ.get(name) for name in env}
    os.environ |= {name: str(value) for name, value in env.items()}
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()
