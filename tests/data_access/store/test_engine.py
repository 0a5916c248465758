"""Connections to store and source notice a machine that went down without a good-bye: the kernel is asked."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from data_access.demo.server import Server
from data_access.source.reader import source_engine
from data_access.store.engine import owner_engine, reader_engine


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    sink.close()


@pytest.fixture
def port(pg: Server) -> Iterator[int]:
    """A TCP port that leads to the test server, which itself listens on a Unix socket alone."""
    host = Path(make_url(pg.url("ops_owner")).query["host"]) / ".s.PGSQL.5432"  # type: ignore[arg-type]
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(host))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.mark.parametrize(
    ("make", "unanswered"), [(owner_engine, 120_000), (reader_engine, 30_000), (source_engine, 30_000)]
)
def test_a_machine_that_is_gone_is_noticed(port: int, make: Callable[[str], Engine], unanswered: int) -> None:
    """Half a minute for who waits; for who has sent something as long as a lock may hold it back, see engine.py."""
    engine = make(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres?sslmode=disable")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with socket.socket(fileno=os.dup(driver.fileno())) as own:
            assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
            idle, interval, count, limit = (own.getsockopt(socket.IPPROTO_TCP, option) for option in options)
    engine.dispose()
    assert idle + interval * count <= 30
    assert limit == unanswered
