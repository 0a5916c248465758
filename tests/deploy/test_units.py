"""systemd's units and the guide: each unit starts what there is, each command of the guide is one that is tried."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy/systemd").iterdir())
GUIDE = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
TRIED = {
    "psql": "tests/deploy/test_store.py", "data_access migrate": "tests/deploy/test_store.py",
    "data_access check-source": "tests/deploy/test_store.py", "data_access sync": "tests/deploy/test_store.py",
    "data_access wall issue": "tests/data_access/cli", "data_access note-done": "tests/deploy/test_store.py",
    "data_access config check": "tests/data_access/cli", "data_access rebuild --check": "tests/deploy/test_store.py",
    "deploy/backup.sh": "tests/deploy/test_store.py", "deploy/restore.sh": "tests/deploy/test_store.py",
    "nginx -t": "tests/browser/test_proxy.py", "make install": ".ci/run", "createdb": "tests/deploy/test_store.py",
}  # fmt: skip
"""A command of the guide → what runs it."""
MACHINE = {"apt-get", "adduser", "install", "systemctl", "git", "curl", "openssl", "chown", "chmod", "cp", "ln",
           "sudo", "pg_basebackup", "sh"}  # fmt: skip
"""Programs of the machine's own administration: nothing of ours is in them."""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        text = text.replace("/opt/ops/deploy", str(ROOT / "deploy")).replace("/opt/ops/.venv", str(ROOT / ".venv"))
        text = text.replace("/opt/ops", str(ROOT)).replace("User=ops", "User=root").replace("Group=ops", "Group=root")
        text = re.sub(r"(?m)^(ReadWritePaths|EnvironmentFile)=.*\n", "", text)
        (tmp_path / unit.name.replace("@.", "@8501.")).write_text(text, encoding="utf-8")
    files = sorted(str(path) for path in tmp_path.iterdir())
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, timeout=60, check=False
    )
    about_ours = [line for line in told.stderr.splitlines() if str(tmp_path) in line or "ops-" in line]
    assert about_ours == []


def test_units_run_the_commands_there_are() -> None:
    starts = [line for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    assert sorted(line.split(None, 1)[1] for line in starts) == [
        "-m data_access alerts keep", "-m data_access run --port %i", "-m data_access sync --follow",
        "/var/backups/ops",
    ]  # fmt: skip


def commands() -> list[str]:
    """Each command of the guide's blocks, without the person who runs it and the place it lies in."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    plain = [re.sub(r"^(sudo -u \w+|sudo)\s+(env \S+=\S+ )*", "", line.strip()) for line in lines]
    return [re.sub(r"\s+", " ", line) for line in plain if line and not line.startswith("#")]


@pytest.mark.parametrize("command", commands())
def test_each_command_of_the_guide_is_tried_somewhere(command: str) -> None:
    program = command.split(maxsplit=1)[0]
    if program in MACHINE:
        return
    where = next((place for name, place in TRIED.items() if name in command), None)
    assert where is not None, f"nothing tries: {command}"
    assert (ROOT / where).exists()
