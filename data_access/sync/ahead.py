"""Reading ahead: a thread fetches the next items while the caller works on this one."""

import queue
import threading
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Generator[T, None, None], depth: int = 2) -> Generator[T, None, None]:
    """The items, up to `depth` of them fetched early; errors of the fetching come out here.

    Use it with `contextlib.closing`: when the caller stops half-way, the thread must have ended its use of
    the connection before anyone else touches it. `items` is closed in its own thread.
    """
    ready: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def offer(item: tuple[str, T | BaseException | None]) -> None:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def fetch() -> None:
        try:
            for item in items:
                offer(("item", item))
                if stopped.is_set():
                    break
            items.close()
            offer(("end", None))
        except BaseException as error:  # noqa: BLE001 - raised again where the items are used
            offer(("error", error))

    thread = threading.Thread(target=fetch, name="sync-read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            kind, item = ready.get()
            if kind == "end":
                return
            if kind == "error":
                raise item  # type: ignore[misc]
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join()
