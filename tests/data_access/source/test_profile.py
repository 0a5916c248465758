"""Profiles: read whole or refused with the file and the reason."""

from pathlib import Path

import pytest

from config.problems import Problem
from data_access.source.contract import ENTITIES
from data_access.source.profile import CodeTable, load_profile


def profile(folder: Path, yaml: str) -> Path:
    (folder / "x").mkdir()
    (folder / "x" / "profile.yaml").write_text(yaml, encoding="utf-8")
    for name in ENTITIES:
        (folder / "x" / f"{name}.sql").write_text(f"SELECT * FROM {name};\n", encoding="utf-8")
    return folder


def test_shipped_profile() -> None:
    found = load_profile("onestop")
    assert set(found.sql) == set(ENTITIES)
    assert str(found.zone) == "Asia/Ho_Chi_Minh"
    assert not found.changed()


def test_values_and_changes(tmp_path: Path) -> None:
    base = profile(tmp_path, "name: x\ntimezone: UTC\nparameters: {group: 5}\nstatus_map: {done: 10, 3: 4}\n")
    found = load_profile("x", base)
    assert found.conf.parameters == {"group": 5}
    assert found.conf.status_map == {"done": 10, "3": 4}
    assert found.sql["unit"] == "SELECT * FROM unit"
    (base / "x" / "unit.sql").write_text("SELECT 1", encoding="utf-8")
    assert found.changed()


@pytest.mark.parametrize(
    ("yaml", "reason"),
    [
        ("name: x\ntimzone: UTC\n", "timzone"),
        ("name: x\ntimezone: Asia/Hanoi\n", "Asia/Hanoi"),
        ("name: [x\n", "line"),
        ("name: x\nstatus_map: {a: b}\n", "status_map"),
    ],
)
def test_refused(tmp_path: Path, yaml: str, reason: str) -> None:
    with pytest.raises(Problem) as refused:
        load_profile("x", profile(tmp_path, yaml))
    assert refused.value.code == "profile_invalid"
    assert reason in refused.value.text("en")
    assert "x/profile.yaml" in refused.value.text("vi")


def test_missing_folder_and_missing_entity(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        load_profile("nowhere", tmp_path)
    assert refused.value.code == "profile_missing"
    base = profile(tmp_path, "name: x\n")
    (base / "x" / "step.sql").unlink()
    with pytest.raises(Problem) as refused:
        load_profile("x", base)
    assert refused.value.code == "profile_entity_missing"


CODES = "# ours → theirs\nours,theirs,name\na,1,Ea H'Leo\nb\\,,100 %: x:y\n"


def with_tables(folder: Path, tables: str, unit: str, **files: str) -> Path:
    base = profile(folder, f"name: x\ntables: {tables}\n")
    (base / "x" / "unit.sql").write_text(unit, encoding="utf-8")
    for name, content in files.items():
        (base / "x" / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return base


def test_tables_of_codes_and_shared_selects(tmp_path: Path) -> None:
    base = with_tables(
        tmp_path, "{codes: codes.csv, more: more.sql}", "SELECT * FROM {{more}} m", codes_csv=CODES,
        more_sql="SELECT * FROM {{codes}} c;\n",
    )  # fmt: skip
    found = load_profile("x", base)
    assert found.tables == {
        "codes": CodeTable(("ours", "theirs", "name"), (("a", "1", "Ea H'Leo"), ("b\\", None, "100 %: x:y"))),
        "more": "SELECT * FROM {{codes}} c",
    }
    (base / "x" / "codes.csv").write_text("ours\na\n", encoding="utf-8")
    assert found.changed()


@pytest.mark.parametrize(
    ("tables", "unit", "content", "reason"),
    [
        ("{}", "SELECT * FROM {{codes}} c", CODES, "{{codes}} is not among"),
        ("{codes: none.csv}", "SELECT 1", CODES, "No such file"),
        ("{codes: codes.csv}", "SELECT 1", "ours,theirs\na,1\nb\n", "line 3: 1 cells, not 2"),
        ("{codes: codes.csv}", "SELECT 1", "ours,ours\na,1\n", "column names"),
        ("{codes: codes.csv}", "SELECT 1", "ours\n", "no rows"),
        ("{me: me.sql}", "SELECT * FROM {{me}} m", CODES, "contains itself"),
    ],
)
def test_tables_refused(tmp_path: Path, tables: str, unit: str, content: str, reason: str) -> None:
    base = with_tables(tmp_path, tables, unit, codes_csv=content, me_sql="SELECT * FROM {{me}} m")
    with pytest.raises(Problem) as refused:
        load_profile("x", base)
    assert refused.value.code == "profile_invalid"
    assert reason in refused.value.text("en")
