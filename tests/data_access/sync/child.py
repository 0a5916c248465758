"""A sync in a process of its own, to be killed."""

from pathlib import Path

from data_access.source.profile import load_profile
from data_access.source.reader import source_engine
from data_access.store.engine import owner_engine
from data_access.sync.reconcile import Reconciler
from data_access.sync.sync import Sync
from tests.data_access.sync.tiny import TZ


def work(source_url: str, store_url: str, folder: str, rows: int) -> None:
    """First load and polls without a pause between them, until killed. Waits while another one is at work."""
    profile = load_profile("tiny", Path(folder))
    job = Sync(source_engine(source_url), owner_engine(store_url), profile, TZ, rows=rows,
               reconciler=Reconciler(share=1.0))  # fmt: skip
    while True:
        job._dimensions_at = job._wide_at = float("-inf")
        job.once()
