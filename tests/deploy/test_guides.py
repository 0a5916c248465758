"""Each command of the guides is run by a test or a script, or is one of a few of the machine's own administration.

Those are read by bash, and what they name must be there; the secrets' lines are really run. Every call of ours is also
taken apart by the command line itself, so that no guide names an option that there isn't.
"""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer
from click import Context

from config.settings import ROOT
from data_access.cli.main import app

GUIDES = ("deploying", "operating", "boundaries", "configuration", "alerts", "mapping-a-source")
LANGUAGES = ("sh", "bash")
OURS = re.compile(r"(?:\S*python) -m data_access (?=\w)")

TRIED = {
    "data_access migrate": ("tests/deploy/test_store.py", '("migrate",)'),
    "data_access sync": ("tests/deploy/test_store.py", '("sync",)'),
    "data_access check-source --dry-run": (
        "tests/data_access/source/opencps/test_dry_run.py", 'command("check-source", "--dry-run"',
    ),
    "data_access check-source": ("tests/data_access/cli/test_commands.py", 'command("check-source"'),
    "data_access rebuild --check": ("tests/deploy/test_store.py", '("rebuild", "--check")'),
    "data_access demo passwords": ("tests/data_access/cli/test_commands.py", 'command("demo", "passwords"'),
    "data_access wall issue": ("tests/data_access/test_devices.py", 'command("wall", "issue"'),
    "data_access config check": ("tests/data_access/cli/test_config.py", 'command("check"'),
    "data_access config show": ("tests/data_access/cli/test_config.py", 'command("show"'),
    "data_access config diff": ("tests/data_access/cli/test_config.py", 'command("diff"'),
    "data_access config history": ("tests/data_access/cli/test_config.py", 'command("history"'),
    "data_access config restore": ("tests/data_access/cli/test_config.py", 'command("restore"'),
    "data_access boundaries check": ("tests/data_access/cli/test_boundaries.py", 'command("check"'),
    "data_access boundaries put-live": ("tests/data_access/cli/test_boundaries.py", 'command("put-live"'),
    "data_access boundaries back": ("tests/data_access/cli/test_boundaries.py", 'command("back"'),
    "data_access boundaries list": ("tests/data_access/cli/test_boundaries.py", 'command("list"'),
    "data_access alerts check": ("tests/data_access/cli/test_alerts.py", '"check"'),
    "deploy/backup.sh": ("tests/deploy/test_store.py", 'run("deploy/backup.sh"'),
    "deploy/restore.sh": ("tests/deploy/test_store.py", 'run("deploy/restore.sh"'),
    "psql -v owner_password": ("tests/deploy/test_store.py", '"psql"'),
    "createuser": ("tests/deploy/test_replica.py", 'command("createuser")'),
    "pg_basebackup": ("tests/deploy/test_replica.py", 'command("pg_basebackup"'),
    "nginx -t": ("tests/browser/test_proxy.py", '[program, "-t"'),
    "make install": (".ci/run", "make install"),
    "curl --fail http://127.0.0.1:8501/readyz": ("tests/test_app_routes.py", "readyz"),
    "createdb --owner=ops_owner": ("tests/deploy/test_store.py", "CREATE DATABASE deploy_again OWNER deploy_owner"),
    "sh -c 'umask 337; openssl": ("tests/deploy/test_guides.py", "def test_secrets_are_made_so"),
}  # fmt: skip
"""How a command begins → (what runs it, by which words)."""
SYSTEM = ("apt-get install", "adduser --system", "install -d", "git clone", "git pull", "cp deploy/", "systemctl ")
"""Administration of the machine: not run here."""


def blocks(guide: str) -> list[str]:
    """The guide's fenced commands."""
    text = (ROOT / f"docs/{guide}.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.M)
    return [body for language, body in found if language in LANGUAGES]


def commands() -> list[str]:
    """Each line of them, without who runs it, where our program lies, and remarks."""
    lines = "\n".join(block for guide in GUIDES for block in blocks(guide)).replace("\\\n", " ").splitlines()
    plain = [re.sub(r"^sudo( -u \w+)?\s+", "", line.split(" #")[0].strip()) for line in lines]
    return sorted({OURS.sub("data_access ", re.sub(r"\s+", " ", line)) for line in plain if line})


def spans() -> list[str]:
    """Calls of ours within the guides' sentences and the README."""
    files = [*(ROOT / f"docs/{guide}.md" for guide in GUIDES), ROOT / "README.md"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return sorted({OURS.sub("data_access ", span) for span in re.findall(r"`([^`\n]+)`", text) if OURS.match(span)})


def test_there_are_commands() -> None:
    assert len(commands()) > 40
    assert len(spans()) > 3


@pytest.mark.parametrize("command", commands())
def test_each_command_is_run_by_a_test_or_is_the_machines_own(command: str) -> None:
    if command.startswith(SYSTEM):
        return
    tried = [place for begin, place in TRIED.items() if command.startswith(begin)]
    assert tried, f"nothing runs: {command}"
    for path, words in tried:
        assert words in (ROOT / path).read_text(encoding="utf-8"), f"{path} no longer runs: {command}"


def test_nothing_is_said_to_be_tried_that_no_guide_names() -> None:
    every = [*commands(), *spans()]
    assert [begin for begin in TRIED if not any(command.startswith(begin) for command in every)] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_bash_reads_every_block(guide: str) -> None:
    for block in blocks(guide):
        told = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, timeout=60, check=False)
        assert (told.returncode, told.stderr) == (0, "")


def test_what_the_machines_commands_name_is_there() -> None:
    """Files that are copied, and units that are started: of an instance the template."""
    for command in (c for c in commands() if c.startswith(SYSTEM)):
        for word in command.split():
            if word.startswith("deploy/"):
                assert (ROOT / word).exists(), command
            if word.startswith("ops-"):
                unit = re.sub(r"@\d+$", "@", word)
                name = unit if "." in unit else f"{unit}.service"
                assert (ROOT / "deploy/systemd" / name).exists(), command


@pytest.mark.parametrize("command", [c for c in [*commands(), *spans()] if c.startswith("data_access")])
def test_our_command_line_knows_each_call(command: str) -> None:
    """Taken apart as by a real call, down to the options of the last command; nothing is run."""
    words = shlex.split(command.split(" > ", maxsplit=1)[0].replace("[FILE]", "FILE").replace("TÊN", "NAME"))[1:]
    here, above = typer.main.get_command(app), None
    while hasattr(here, "commands") and words:
        above = Context(here, parent=above, info_name=here.name)
        assert words[0] in here.commands, command
        here, words = here.commands[words[0]], words[1:]
    here.make_context(here.name, list(words), parent=above)


def test_secrets_are_made_so(tmp_path: Path) -> None:
    """The guide's own lines, in a folder of this test: each file is there, and nobody else may read it."""
    lines = [line for line in commands() if line.startswith("sh -c")]
    for line in lines:
        subprocess.run(
            ["bash", "-c", line.replace("/etc/ops/secrets", str(tmp_path))], check=True, timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        )  # fmt: skip
    made = {path.name: (len(path.read_text().strip()), path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert {k: v for k, v in made.items() if not k.startswith(".")} == {
        "owner": (48, 0o440), "reader": (48, 0o440), "cookie_key": (64, 0o440)
    }  # fmt: skip
