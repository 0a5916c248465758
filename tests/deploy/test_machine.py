"""What the guide does to a bare machine, really done: in a mount name space, over copies that nobody else sees."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_guides import lines, plain

OVER = """
set -eu
cp -a /etc/. "$1"
mount --bind "$1" /etc
for place in /opt /var/lib /var/backups; do mount -t tmpfs none "$place"; done
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
{made}
git init -q /opt/origin && cd /opt/origin && git commit -q --allow-empty -m first && chown -R ops /opt/origin
{cloned}
git -c safe.directory=/opt/origin commit -q --allow-empty -m second && chown -R ops /opt/origin
cd /opt/ops
{pulled}
echo "== $(runuser -u ops -- git log --format=%s | tr '\\n' ' ')"
echo "== $(getent passwd ops | cut -d: -f6,7)" "$(id -gn ops)"
runuser -u ops -- touch /var/lib/ops/shared/config/x /var/backups/ops/x /opt/ops/x
for place in /etc/ops /etc/ops/secrets /var/lib/ops /var/lib/ops/shared/config /var/backups/ops; do
  echo "== $place $(stat -c '%U:%G %a' "$place")"
done
runuser -u nobody -- ls /etc/ops/secrets 2>&1 || echo "== shut"
"""


def named(begin: str) -> list[str]:
    """The guide's commands that begin so, each run as the user it names."""
    found = [line for line in lines("deploying") if plain(line).startswith(begin)]
    assert found, begin
    return [re.sub(r"^sudo (?:-u (\w+) )?", lambda m: f"runuser -u {m[1]} -- " if m[1] else "", one) for one in found]


def isolated(tmp_path: Path) -> list[str]:
    """The beginning of a command line that changes what is mounted for itself alone."""
    if os.geteuid() or shutil.which("adduser") is None:
        pytest.skip("adds a user as root does, by Debian's adduser")
    words = ["unshare", "--mount", "--propagation", "private"]
    probe = [*words, "mount", "-t", "tmpfs", "none", str(tmp_path)]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("no name spaces here")
    return words


def test_user_folders_and_program_come_to_be(tmp_path: Path) -> None:
    words = isolated(tmp_path)
    script = OVER.replace("{made}", "\n".join(named("adduser ") + named("install -d")))
    script = script.replace("{cloned}", "\n".join(named("git clone")).replace("REPOSITORY", "/opt/origin"))
    script = script.replace("{pulled}", "\n".join(named("git pull")))
    before = Path("/etc/passwd").read_bytes()
    told = subprocess.run(
        [*words, "sh", "-c", script, "sh", str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert [line[3:] for line in told.stdout.splitlines() if line.startswith("== ")] == [
        "second first ", "/opt/ops:/usr/sbin/nologin ops", "/etc/ops root:ops 750", "/etc/ops/secrets root:ops 2750",
        "/var/lib/ops ops:ops 755", "/var/lib/ops/shared/config ops:ops 755", "/var/backups/ops ops:ops 755", "shut",
    ]  # fmt: skip
    assert Path("/etc/passwd").read_bytes() == before, "this machine is as it was"


def test_debian_knows_the_packages() -> None:
    """By the lists that are here; nothing is fetched or installed."""
    if shutil.which("apt-cache") is None or not list(Path("/var/lib/apt/lists").glob("*Packages*")):
        pytest.skip("no lists of packages here: apt-get update")
    (line,) = [one for one in lines("deploying") if "apt-get install" in one]
    names = [word for word in line.split() if not word.startswith("-")][3:]
    assert len(names) > 5
    for name in names:
        told = subprocess.run(["apt-cache", "show", "--quiet", name], capture_output=True, timeout=60, check=False)
        assert told.returncode == 0, f"Debian has no package {name}"
