"""What an application process does for the sync when that is gone: keeps the stage and the alerts, sends messages.

A sync that died or hangs is what a wall must tell of, so nothing of that may hang on the sync alone. Whoever stands by
looks only when nobody has for a minute.
"""

import threading
from collections.abc import Callable
from contextlib import nullcontext

from config.settings import settings
from data_access.alerts import keeping_alerts
from data_access.stage import keeping_stage

STANDBY_SECONDS = 60.0


class StandBy:
    """A thread that waits for the store and then stands by until `stop`."""

    def __init__(self, owner_url: Callable[[], str | None]) -> None:
        """owner_url: the store's owner account, None while there is no store yet."""
        self._owner_url = owner_url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="standby", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it (shutdown, tests)."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        url = None
        while url is None and not self._stop.wait(1.0):
            url = self._owner_url()
        if url is None:
            return
        alerts = keeping_alerts(url, self._stop, STANDBY_SECONDS) if settings().keep_alerts else nullcontext()
        with keeping_stage(url, self._stop, STANDBY_SECONDS), alerts:
            self._stop.wait()
