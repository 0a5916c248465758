"""`python -m data_access …` in a process forked from one that has imported its modules already."""

import os
import runpy
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import data_access.alerts
import data_access.cli.main
import data_access.demo.stack
import data_access.sync  # noqa: F401 - what commands import takes longer than most of them work
from config.settings import ROOT, settings


def main(arguments: Sequence[str], env: Mapping[str, str], out: Path, err: Path) -> None:
    """Be that command: its environment, no terminal, its output in the two files; ends by SystemExit."""
    os.environ.clear()
    os.environ.update(env)
    settings.cache_clear()  # imports have asked for the time zone
    time.tzset()
    os.chdir(ROOT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.argv = ["data_access", *arguments]
    runpy.run_module("data_access", run_name="__main__", alter_sys=True)
