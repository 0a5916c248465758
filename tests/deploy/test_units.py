"""systemd's units: systemd accepts them, and each starts what there is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy/systemd").iterdir())


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
