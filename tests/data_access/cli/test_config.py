"""`config …`: check, show, differences, history and the way back, from a terminal."""

from pathlib import Path
from typing import Any

from config.files import FILES
from tests.support.processes import command


def test_check_and_show_need_no_store(tmp_path: Path) -> None:
    env = {"OPS_CONFIG_DIR": str(tmp_path), "OPS_DATA_DIR": str(tmp_path / "data")}
    told = command("config", "check", env=env)
    assert (told.returncode, told.stdout) == (0, "The configuration can be used.\n"), told.stderr
    assert "targets.yaml, line 5: the day 31/12/2018 has passed" in told.stderr
    file = tmp_path / "mine.yaml"
    file.write_text("busy_indx: 4\nidle_index: 0.5\n", encoding="utf-8")
    told = command("config", "check", "workload", "--file", str(file), env=env)
    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        "workload.yaml, line 1, key busy_index: this key is missing.",
        "workload.yaml, line 1, key busy_indx: there is no such key; the nearest is “busy_index”.",
    ]
    (tmp_path / "workload.yaml").write_text("busy_index: 5\nidle_index: 2\n", encoding="utf-8")
    told = command("config", "check", env=env | {"LANG": "vi_VN.UTF-8"})
    assert (told.returncode, "workload.yaml, dòng 2, mục idle_index: phải nhỏ hơn 1" in told.stderr) == (1, True)
    listed = command("config", "show", env=env).stdout.splitlines()
    assert [line.split("│")[3].strip() for line in listed if line.startswith("│ w")] == [
        "as shipped", "as shipped", "refused, the last good one stands"
    ]  # fmt: skip
    told = command("config", "check", "wals", env=env)
    assert (told.returncode, "There is no configuration file “wals”" in told.stderr) == (2, True)
    told = command("config", "check", "walls", "--file", "/nowhere", env=env)
    assert (told.returncode, "can't be read" in told.stderr) == (2, True)


def test_differences_history_and_back(small_city: Any, tmp_path: Path) -> None:
    env = small_city.env | {"OPS_CONFIG_DIR": str(tmp_path)}
    from data_access.config_history import note_by_hand, save, standing
    from data_access.store.engine import owner_engine
    from tests.support.configured import configured

    engine = owner_engine(small_city.urls.store_owner_url)
    with configured(OPS_CONFIG_DIR=tmp_path):
        note_by_hand(engine)
        begin = standing("workload")
        made = save(
            engine, "workload", begin.text.replace("busy_index: 4", "busy_index: 6"), "lan", "cao", begin.version
        )
    engine.dispose()
    shown = command("config", "show", "workload", env=env)
    assert shown.stdout == made.after
    differs = command("config", "diff", "workload", env=env).stdout.splitlines()
    assert differs[:2] == [f"--- {FILES['workload'].shipped}", f"+++ {tmp_path / 'workload.yaml'}"]
    assert [line for line in differs[2:] if line[0] in "+-"] == ["-busy_index: 4", "+busy_index: 6"]
    listed = command("config", "history", "workload", env=env).stdout
    assert f"│ {made.change_id} " in listed
    assert "│ lan " in listed
    back = command("config", "restore", str(made.change_id), "--before", "--why", "as it was", env=env)
    assert (back.returncode, back.stdout.startswith("workload is back (change number ")) == (0, True), back.stderr
    assert (tmp_path / "workload.yaml").read_text(encoding="utf-8") == begin.text
    assert command("config", "diff", "workload", "--from", str(made.change_id), env=env).stdout.count("busy_index") == 2
    again = command("config", "restore", str(made.change_id), "--before", "--why", "again", env=env)
    assert (again.returncode, "Nothing in workload.yaml was changed" in again.stderr) == (2, True)


def test_schema(tmp_path: Path) -> None:
    told = command("config", "schema", "workload", env={"OPS_DATA_DIR": str(tmp_path)})
    assert '"title": "workload.yaml"' in told.stdout or '"busy_index"' in told.stdout
