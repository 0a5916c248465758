"""A first load in a process of its own that can be killed: says a line after each commit."""

import sys
from pathlib import Path

from data_access.source.profile import load_profile
from data_access.source.reader import source_engine
from data_access.store.engine import owner_engine
from data_access.sync import Sync
from tests.data_access.sync.tiny import TZ


def main(source_url: str, store_url: str, profiles: str, rows: str) -> None:
    """Load the tiny source in batches of `rows`."""
    profile = load_profile("tiny", Path(profiles))
    job = Sync(source_engine(source_url), owner_engine(store_url), profile, TZ, rows=int(rows))
    job.after_commit = lambda: print("committed", flush=True)
    job.first_load()


if __name__ == "__main__":
    main(*sys.argv[1:])
