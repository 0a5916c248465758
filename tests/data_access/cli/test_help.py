"""The command line explains itself and tells problems plainly."""

import pytest

from tests.support.processes import command

COMMANDS = {
    (): ["run", "demo", "migrate", "sync", "check-source", "rebuild", "reconcile"],
    ("run",): ["--port"],
    ("demo",): ["generate", "simulate", "passwords", "clean"],
    ("demo", "generate"): ["--dossiers", "--seed", "--now", "--force"],
    ("demo", "simulate"): ["--factor"],
    ("demo", "passwords"): ["--json"],
    ("demo", "clean"): [],
    ("accounts",): ["first"],
    ("accounts", "first"): ["NAME", "--name"],
    ("wall",): ["issue", "revoke", "list", "check"],
    ("wall", "issue"): ["NAME"],
    ("wall", "revoke"): ["NAME"],
    ("wall", "list"): [],
    ("wall", "check"): [],
    ("boundaries",): ["check", "put-live", "back", "list"],
    ("boundaries", "check"): ["FILE", "--crs", "--swap"],
    ("boundaries", "put-live"): ["FILE", "--why", "--crs", "--swap"],
    ("boundaries", "back"): ["--why"],
    ("boundaries", "list"): [],
    ("alerts",): ["check", "list", "keep"],
    ("alerts", "check"): ["FILE"],
    ("alerts", "list"): [],
    ("alerts", "keep"): [],
    ("migrate",): [],
    ("sync",): ["--follow"],
    ("check-source",): ["--dry-run", "--days"],
    ("rebuild",): ["--check"],
    ("note-done",): ["--failed", "--fact", "backup"],
    ("reconcile",): ["--since", "--every-row"],
    ("indicators",): ["--write"],
    ("explain-deadline",): ["CODE"],
}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    told = command(*path, "--help")
    assert told.returncode == 0, told.stderr
    for word in COMMANDS[path]:
        assert word in told.stdout


def test_no_arguments_print_the_help() -> None:
    told = command()
    assert "Usage" in told.stdout + told.stderr
    assert "check-source" in told.stdout + told.stderr


@pytest.mark.parametrize("arguments", [("migrate",), ("sync",), ("demo", "passwords"), ("accounts", "first", "cntt")])
def test_half_a_real_deployment_is_refused_without_its_secrets(arguments: tuple[str, ...]) -> None:
    told = command(*arguments, env={"OPS_STORE_URL": "postgresql://u:hunter2@db/ops"})
    assert told.returncode == 2
    assert "OPS_STORE_READER_URL" in told.stderr
    assert "Traceback" not in told.stderr
    assert "hunter2" not in told.stdout + told.stderr


def test_a_store_that_does_not_answer_is_said_plainly() -> None:
    nobody = "postgresql://u:hunter2@127.0.0.1:9/x"
    told = command(
        "migrate",
        env={
            "OPS_STORE_URL": nobody,
            "OPS_STORE_READER_URL": nobody,
            "OPS_SOURCE_URL": nobody,
            "OPS_COOKIE_KEY": "k" * 48,
        },
    )
    assert told.returncode == 2
    assert "does not answer" in told.stderr
    assert "Traceback" not in told.stderr
    assert "hunter2" not in told.stderr


@pytest.mark.parametrize("arguments", [("demo", "generate"), ("demo", "clean"), ("demo", "simulate")])
def test_demo_commands_keep_off_real_servers(arguments: tuple[str, ...]) -> None:
    real = dict.fromkeys(("OPS_STORE_URL", "OPS_STORE_READER_URL", "OPS_SOURCE_URL"), "postgresql://h/x")
    told = command(*arguments, env=real | {"OPS_COOKIE_KEY": "k" * 48})
    assert told.returncode == 2
    assert "demo city only" in told.stderr
