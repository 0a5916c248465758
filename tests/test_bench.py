"""The bench: what it prints, its verdict, and that it asks whatever the screens ask."""

import ast
import json
from pathlib import Path

import pytest

from config.settings import ROOT
from tests.bench import run
from tests.bench.figures import Report


def test_a_line_a_figure_and_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.add("overview_cold_1M", 36.71, "ms", 100)
    report.add("first_load_1M", 39_999, "dossiers/s", 40_000, least=True)
    report.add("rebuild_1M", 101.4, "s")
    report.note("load 1.4")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["overview_cold_1M", "36.7", "ms", "<=100", "ok"],
        ["first_load_1M", "39999", "dossiers/s", ">=40000", "short"],
        ["rebuild_1M", "101", "s", "-", "ok"],
    ]
    assert report.write(tmp_path / "bench.json") is False
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert written["notes"] == ["load 1.4"]
    assert [(f["name"], f["value"], f["unit"], f["goal"], f["ok"]) for f in written["figures"]] == [
        ("overview_cold_1M", 36.71, "ms", 100, True), ("first_load_1M", 39_999, "dossiers/s", 40_000, False),
        ("rebuild_1M", 101.4, "s", None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), [(99.0, 0), (101.0, 1)])
def test_one_figure_short_is_told_by_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: float, code: int
) -> None:
    def city(report: Report, *_: object, **__: object) -> dict[str, object]:
        report.add("overview_cold", value, "ms", run.COLD_MS)
        return {}

    monkeypatch.setattr(run, "_city", city)
    monkeypatch.setattr(run.rules_speed, "measure", lambda: {"deadlines_with_pauses_1m_s": 0.5})
    monkeypatch.setattr(run.data_dir, "stop_postgres", lambda _: None)
    for name, text in (("BENCH_DIR", str(tmp_path)), ("BENCH_SIZE", "5"), ("OPS_PG_SHARED_BUFFERS", "512MB")):
        monkeypatch.setenv(name, text)
    assert run.main() == code
    assert (tmp_path / "bench-5.json").exists()


def questions_in(file: Path, asked_only: bool) -> set[str]:
    """Questions of data_access/queries that a file imports (asked_only: those it calls `ask` with)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    known = {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("data_access.queries")
        for name in node.names
    }
    if not asked_only:
        return set(known.values())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "ask" and n.args]
    return {known[c.args[0].id] for c in calls if isinstance(c.args[0], ast.Name) and c.args[0].id in known}


def test_whatever_screens_ask_is_measured() -> None:
    screens = {q for file in (ROOT / "pages").rglob("*.py") for q in questions_in(file, asked_only=True)}
    assert len(screens) > 30
    assert screens - questions_in(ROOT / "tests/bench/screens.py", asked_only=False) == set()
