"""`python -m data_access …`: what can be done from a terminal. A Problem is a sentence and exit code 2."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from pydantic import ValidationError

from config.problems import Problem
from data_access.cli import (
    accounts,
    alerts,
    boundaries,
    config,
    deadline,
    demo,
    indicators,
    reconcile,
    source,
    store,
    wall,
)

app = typer.Typer(
    help="The data side of the One-Stop Operations Centre: start it, fill it, check it. "
    "Uses the servers named by OPS_STORE_URL and OPS_SOURCE_URL, else the embedded PostgreSQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(demo.app, name="demo")
app.add_typer(accounts.app, name="accounts")
app.add_typer(wall.app, name="wall")
app.add_typer(alerts.app, name="alerts")
app.add_typer(config.app, name="config")
app.add_typer(boundaries.app, name="boundaries")


@app.command()
def run(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 8501) -> None:
    """Start everything: PostgreSQL, demo city, simulator, sync and the screens; Ctrl-C ends it all."""
    from config.settings import settings
    from data_access.demo.run import run as serve

    serve(port, settings())


app.command()(store.migrate)
app.command()(store.sync)
app.command("check-source")(source.check_source)
app.command()(store.rebuild)
app.command("note-done")(store.note_done)
app.command()(reconcile.reconcile)
app.command()(indicators.indicators)
app.command("explain-deadline")(deadline.explain_deadline)


def main() -> None:
    """Run the command line; problems are told plainly, never with a traceback."""
    with told_plainly():
        app()


@contextmanager
def told_plainly() -> Iterator[None]:
    """What a person can mend ends the program with a sentence and exit code 2."""
    from data_access.demo.terminal import say_problem

    try:
        yield
    except BrokenPipeError:
        # Whoever read our output (head, less) is gone; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(2) from None
    except Exception as error:
        problem = plain(error)
        if problem is None:
            raise  # a fault of ours: the trace is what helps
        say_problem(problem)
        cause = getattr(problem.__cause__, "orig", None)
        if problem.code == "source_select_failed" and cause is not None:
            print(cause, file=sys.stderr)  # the database's own words: whoever runs commands mends SELECTs
        raise SystemExit(2) from None


def plain(error: Exception) -> Problem | None:
    """The sentence for what a person can mend: settings, a full disk, a server that does not answer."""
    from sqlalchemy.exc import OperationalError

    from config.settings import settings
    from data_access.demo.data_dir import as_disk_full
    from data_access.demo.stack import settings_problem
    from data_access.source.reader import SourceDownError

    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return settings_problem(error) if error.title == "Settings" else None
    if isinstance(error, SourceDownError):
        return Problem("source_no_answer")
    full = as_disk_full(error, settings().data_dir)
    if full is not None:
        return full
    return Problem("database_no_answer") if isinstance(error, OperationalError) else None
