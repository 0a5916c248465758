"""What /healthz and /readyz tell: whether store and source answer, how old the figures are. No secrets."""

from datetime import UTC, datetime
from typing import Any

from config.problems import Problem
from config.registry import registry
from data_access.demo.stack import runtime
from data_access.queries.desk import desk


def health() -> tuple[int, dict[str, Any]]:
    """(HTTP status, JSON document): 200 while the store answers and holds figures, else 503.

    A silent source or sync is said in the document but keeps 200: the last good figures are served.
    """
    known = runtime()
    if known is None or not known.ready:
        return 503, {"status": "starting", "stage": None if known is None else known.progress.stage}
    pulse = desk(known.store_reader_url).watch.pulse()
    document: dict[str, Any] = {
        "status": "ok" if pulse.trouble is None else pulse.trouble,
        "store": "up" if pulse.store_ok else "down",
        "source": {"source_down": "down", "refused": "refused"}.get(pulse.sync_state, "up"),
        "sync": "silent" if pulse.store_ok and pulse.sync_silent else pulse.sync_state,
        "data_version": pulse.version,
        "data_age_seconds": None if pulse.age_seconds is None else round(pulse.age_seconds, 1),
        "as_of": None if pulse.as_of is None else pulse.as_of.isoformat(),
        "wards": _wards(),
        "now": datetime.now(UTC).isoformat(),
    }
    return (200 if pulse.store_ok and pulse.version else 503), document


def ready() -> tuple[int, dict[str, Any]]:
    """(HTTP status, JSON document): 200 when this process can serve people, also with figures that have grown old.

    For a proxy that takes a process out of turn: a store that is down is down for all of them, so it is no reason.
    """
    known = runtime()
    if known is None or not known.ready:
        return 503, {"ready": False, "stage": None if known is None else known.progress.stage}
    return (200, {"ready": True}) if _wards() is not None else (503, {"ready": False, "stage": "registry"})


def _wards() -> int | None:
    try:
        return len(registry().wards)
    except Problem:
        return None
