"""`make run` from outside: one story on one data directory, each chapter a start of its own."""

import os
import signal
import socket
from contextlib import suppress

import psutil
import pytest

from data_access.accounts import load
from data_access.demo import data_dir as directory
from data_access.demo.run import answers
from tests.data_access.demo_stack.conftest import Launched, Launcher
from tests.support.processes import command, descendants, still_there, wait_for


def test_first_start_serves_shows_the_passwords_and_ctrl_c_ends_everything(launch: Launcher) -> None:
    """The first start; beside it a second one, and a command."""
    run = launch()
    run.wait_ready()
    assert answers(run.port)
    assert f"http://127.0.0.1:{run.port}" in run.output
    accounts = load(launch.data_dir / "accounts.yaml")
    for name in accounts.users:
        assert name in run.output
    names = {" ".join(p.cmdline()) for p in run.below}
    assert any("demo simulate" in n for n in names)
    assert any("sync --follow" in n for n in names)
    assert any("streamlit run" in n for n in names)
    no_secret_in_a_command_line(launch, run)
    postgres = directory.postmaster(launch.data_dir)
    assert postgres is not None

    second = launch()
    assert second.process.wait(60) == 2
    assert f"http://127.0.0.1:{run.port}" in second.output
    assert str(run.process.pid) in second.output
    assert "Traceback" not in second.output
    # commands work beside it, on its server, and leave it running
    assert command("migrate", env={"OPS_DATA_DIR": str(launch.data_dir)}).returncode == 0
    assert answers(run.port)

    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    assert run.left() == []
    assert still_there([postgres]) == []
    assert not (launch.data_dir / "runtime.json").exists()


def no_secret_in_a_command_line(launch: Launcher, run: Launched) -> None:
    key = load(launch.data_dir / "accounts.yaml").cookie_key
    for process in run.below:
        line = " ".join(process.cmdline())
        assert key not in line
        assert "postgresql" not in line
    assert oct((launch.data_dir / "runtime.json").stat().st_mode & 0o777) == "0o600"
    assert oct((launch.data_dir / "accounts.yaml").stat().st_mode & 0o777) == "0o600"


def test_what_dies_is_started_again(launch: Launcher) -> None:
    """A later start; a child dies, then PostgreSQL."""
    if not (launch.data_dir / "accounts.yaml").exists():  # this test alone
        launch().wait_ready()
        launch.end()
    run = launch()
    run.wait_ready()
    # later starts don't show passwords again, but say how to make new ones
    assert "demo passwords" in run.output
    assert "│" not in run.output
    before = pid_of(run, "sync --follow")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: pid_of(run, "sync --follow") not in (0, before), "a new sync process", 90)
    first = directory.postmaster(launch.data_dir)
    assert first is not None
    first.kill()
    wait_for(lambda: (p := directory.postmaster(launch.data_dir)) is not None and p.pid != first.pid, "PostgreSQL", 180)
    run.process.terminate()
    assert run.process.wait(60) == 0
    assert directory.postmaster(launch.data_dir) is None


def test_killed_supervisor_takes_its_children_along_and_the_next_start_adopts(launch: Launcher) -> None:
    run = launch()
    run.wait_ready()
    run.process.kill()
    run.process.wait(10)
    wait_for(lambda: run.left() == [], "the children to end", 90)
    postgres = directory.postmaster(launch.data_dir)
    assert postgres is not None

    again = launch(port=run.port)
    again.wait_ready()
    adopted = directory.postmaster(launch.data_dir)
    assert adopted is not None
    assert adopted.pid == postgres.pid
    again.process.send_signal(signal.SIGHUP)  # the terminal was closed
    assert again.process.wait(60) == 0
    assert again.left() == []
    assert still_there([postgres]) == []


def pid_of(run: Launched, words: str) -> int:
    """The supervisor's child whose command line holds these words; 0 when there is none now."""
    for process in descendants(run.process.pid):
        with suppress(psutil.Error):  # gone, or a zombie, since we asked
            if words in " ".join(process.cmdline()):
                return process.pid
    return 0


@pytest.mark.parametrize("lang", ["vi_VN.UTF-8", "en_US.UTF-8"])
def test_taken_port_says_who_and_which_is_free(launch: Launcher, lang: str) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        run = launch(port=port, LANG=lang)
        assert run.process.wait(60) == 2
    first_line = run.output.splitlines()[0]
    assert str(port) in first_line
    assert f"pid {os.getpid()}" in first_line
    assert "make run PORT=" in first_line
    assert first_line.startswith("Cổng" if lang.startswith("vi") else "Port")
    assert directory.owner(launch.data_dir) is None
