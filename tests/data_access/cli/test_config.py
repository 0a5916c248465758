"""`config …`: check, show, differences, history and the way back, from a terminal."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from config.files import FILES
from config.problems import Problem
from data_access.cli.main import app
from data_access.config_history import note_by_hand, save, standing
from data_access.store.engine import owner_engine
from tests.support.configured import configured


def command(*arguments: str) -> Result:
    """As `python -m data_access config …`; a Problem (exit code 2 there, tests/test_architecture.py) is raised."""
    told = CliRunner().invoke(app, ["config", *arguments])
    if isinstance(told.exception, Problem):
        raise told.exception
    return told


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


def test_check_and_show_need_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(OPS_CONFIG_DIR=tmp_path, OPS_DATA_DIR=tmp_path / "data"):
        told = command("check")
        assert (told.exit_code, told.stdout) == (0, "The configuration can be used.\n"), told.stderr
        assert "targets.yaml, line 5: the day 31/12/2018 has passed" in told.stderr
        file = tmp_path / "mine.yaml"
        file.write_text("busy_indx: 4\nidle_index: 0.5\n", encoding="utf-8")
        told = command("check", "workload", "--file", str(file))
        assert told.exit_code == 1
        assert told.stderr.splitlines() == [
            "workload.yaml, line 1, key busy_index: this key is missing.",
            "workload.yaml, line 1, key busy_indx: there is no such key; the nearest is “busy_index”.",
        ]
        (tmp_path / "workload.yaml").write_text("busy_index: 5\nidle_index: 2\n", encoding="utf-8")
        listed = command("show").stdout.splitlines()
        assert [line.split("│")[3].strip() for line in listed if line.startswith("│ w")] == [
            "as shipped", "as shipped", "refused, the last good one stands"
        ]  # fmt: skip
        monkeypatch.setenv("LANG", "vi_VN.UTF-8")
        told = command("check", "workload")
        assert (told.exit_code, "workload.yaml, dòng 2, mục idle_index: phải nhỏ hơn 1" in told.stderr) == (1, True)
        with pytest.raises(Problem, match="There is no configuration file “wals”"):
            command("check", "wals")
        with pytest.raises(Problem, match="can't be read"):
            command("check", "walls", "--file", "/nowhere")


def test_differences_history_and_back(small_city: Any, tmp_path: Path) -> None:
    engine = owner_engine(small_city.urls.store_owner_url)
    with configured(**small_city.env, OPS_CONFIG_DIR=tmp_path):
        note_by_hand(engine)
        begin = standing("workload")
        text = begin.text.replace("busy_index: 4", "busy_index: 6")
        made = save(engine, "workload", text, "lan", "cao", begin.version)
        number = str(made.change_id)
        assert command("show", "workload").stdout == made.after
        differs = command("diff", "workload").stdout.splitlines()
        assert differs[:2] == [f"--- {FILES['workload'].shipped}", f"+++ {tmp_path / 'workload.yaml'}"]
        assert [line for line in differs[2:] if line[0] in "+-"] == ["-busy_index: 4", "+busy_index: 6"]
        listed = command("history", "workload").stdout
        assert f"│ {number} " in listed
        assert "│ lan " in listed
        back = command("restore", number, "--before", "--why", "as it was")
        assert back.stdout.startswith("workload is back (change number ")
        assert (tmp_path / "workload.yaml").read_text(encoding="utf-8") == begin.text
        assert command("diff", "workload", "--from", number).stdout.count("busy_index") == 2
        with pytest.raises(Problem, match=r"Nothing in workload\.yaml was changed"):
            command("restore", number, "--before", "--why", "again")
    engine.dispose()


def test_schema() -> None:
    assert '"title": "workload.yaml"' in command("schema", "workload").stdout
