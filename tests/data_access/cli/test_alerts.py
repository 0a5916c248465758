"""`alerts check` refuses and accepts, and says what would open now; `alerts list` shows what is open."""

from pathlib import Path
from typing import Any

from config.alerts import ALERTS_FILE
from tests.support.processes import command


def test_check_says_what_would_open_and_refuses_with_the_line(small_city: Any, tmp_path: Path) -> None:
    told = command("alerts", "check", env=small_city.env)
    assert told.returncode == 0, told.stderr
    assert "online-target-missed: 1 alerts if it opened now\n  The whole city: " in told.stdout
    assert "No place for messages is configured" in told.stderr
    file = tmp_path / "mine.yaml"
    text = ALERTS_FILE.read_text(encoding="utf-8").replace("kind: age", "kind: aged", 1)
    file.write_text(text, encoding="utf-8")
    line = text[: text.index("kind: aged")].count("\n") + 1
    told = command("alerts", "check", str(file), env=small_city.env)
    assert told.returncode == 1
    assert f"mine.yaml, line {line}, key source-silent.kind: there is no “aged”, the nearest is “age”" in told.stderr
    assert "source-silent:" not in told.stdout
    assert "sync-silent: " in told.stdout, "the others go on"


def test_list(small_city: Any) -> None:
    told = command("alerts", "list", env=small_city.env)
    assert told.returncode == 0, told.stderr
    assert "No alert is open." in told.stdout or "Severity" in told.stdout
