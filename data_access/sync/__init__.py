"""From the one-stop database into the store: exact, resumable, one at a time (docs/decisions/0002-sync.md)."""

from datetime import timedelta
from functools import partial

from config.city import source_seconds
from config.settings import Settings
from config.source import wanted_profile
from data_access.source.profile import load_profile
from data_access.source.reader import SourceDownError, source_engine
from data_access.store.engine import owner_engine
from data_access.sync.reconcile import Reconciler
from data_access.sync.rounds import SyncResult
from data_access.sync.sync import Sync, is_loaded

__all__ = ["SourceDownError", "Sync", "SyncResult", "is_loaded", "open_sync"]


def open_sync(settings: Settings, source_url: str, store_url: str) -> Sync:
    """The sync of this deployment. Raises Problem when its profile can't be read."""
    wanted = partial(wanted_profile, settings.source_profile)
    name, given = wanted()
    profile = load_profile(name, parameters=given)
    return Sync(
        source_engine(source_url), owner_engine(store_url), profile, settings.timezone,
        seconds=source_seconds, wanted=wanted,
        reconciler=Reconciler(settings.reconcile_share, timedelta(hours=settings.reconcile_hours)),
    )  # fmt: skip
