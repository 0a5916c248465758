"""The house rules that a tool can hold: imports, and documentation of every setting, command and problem."""

import re
import string

from typer.main import get_command

from config.problem_texts import TEXTS
from config.settings import ROOT, Settings
from data_access.cli.main import app
from data_access.demo.progress import STAGES
from tests.support.processes import clean_env

GUIDE = (ROOT / "docs/operating.md").read_text(encoding="utf-8")


def test_imports_run_one_way() -> None:
    """The contracts of pyproject.toml, also for whoever runs pytest alone."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        env=clean_env(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guide_names_every_setting_and_no_other() -> None:
    table = set(re.findall(r"^\| `(OPS_[A-Z_]+)` \|", GUIDE, re.MULTILINE))
    assert table == {f"OPS_{name.upper()}" for name in Settings.model_fields}


def test_the_guide_names_every_command() -> None:
    documented = set(re.findall(r"^\| `([a-z][a-z -]*)` \|", GUIDE, re.MULTILINE))
    known = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        known |= {f"{name} {sub}" for sub in below} if below else {name}
    assert documented == known


def test_problems_say_the_same_facts_in_both_languages() -> None:
    def facts(text: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field}

    languages_differ = {
        code for code, (vi, en) in TEXTS.items() if facts(vi) - {"vi"} != facts(en) - {"en"} or not vi or not en
    }
    assert languages_differ == set()


def test_stages_add_up_to_a_whole_start() -> None:
    assert round(sum(share for _, _, share in STAGES.values()), 9) == 1.0
