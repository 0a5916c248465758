"""A network between a browser and the application that tests may take away."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Passes TCP on to `port`. While it is cut nothing passes, ends of connections neither: a pulled cable."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._passes = threading.Event()
        self._passes.set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where a browser finds the application through this wire."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """From now on what is sent gets nowhere, and nobody is told."""
        self._passes.clear()

    def mend(self) -> None:
        """What was sent meanwhile arrives."""
        self._passes.set()

    def renew(self) -> None:
        """New connections pass; those of before stay silent for ever."""
        self._passes = threading.Event()
        self._passes.set()

    def close(self) -> None:
        """Accept nothing more."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._join(self._listener.accept()[0])

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            near.close()  # refused there, refused here
            return
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(source, sink, self._passes), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, passes: threading.Event) -> None:
    """One direction of one connection."""
    with suppress(OSError):
        while data := source.recv(65_536):
            passes.wait()
            sink.sendall(data)
    passes.wait()
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    """A wire to a server of this machine until the block ends."""
    made = Wire(port)
    try:
        yield made
    finally:
        made.close()
