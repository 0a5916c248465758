"""`python -m data_access demo …`: the generated city, its simulator, its accounts."""

import json
from datetime import datetime
from typing import Annotated

import typer

app = typer.Typer(
    help="The demo city: generate it, keep it moving, make new passwords, remove it.", no_args_is_help=True
)


@app.command()
def generate(
    dossiers: Annotated[int | None, typer.Option(help="Size (default: OPS_DEMO_DOSSIERS).", min=1000)] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same city (default: OPS_DEMO_SEED).")] = None,
    now: Annotated[datetime | None, typer.Option(help="Instant up to which the city lives (local time).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also when a complete city is there.")] = False,
) -> None:
    """Generate the demo city into the embedded PostgreSQL; the store is emptied, the next sync fills it."""
    from config.settings import settings
    from data_access.cli.places import embedded
    from data_access.demo import terminal
    from data_access.demo.city import is_complete
    from data_access.demo.progress import Board

    conf, board = settings(), Board()
    with terminal.bar(board), embedded(conf, board) as own:
        assert own.server is not None
        if is_complete(own.server.dsn("onestop")) and not force:
            terminal.out().print(terminal.text("city_there"), markup=False)
            return
        moment = now.replace(tzinfo=now.tzinfo or conf.tz) if now else None
        own.generate(board.reporter("city"), dossiers, seed, moment)


@app.command()
def simulate(
    factor: Annotated[
        float | None,
        typer.Option(help="Times faster than life (default: OPS_DEMO_FACTOR).", min=0.01, max=1000),
    ] = None,
) -> None:
    """Play the one-stop system on the demo city (arrivals, steps, completions) until Ctrl-C."""
    import os

    from sqlalchemy import make_url

    from config.problems import Problem
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.demo import data_dir as directory
    from data_access.demo.children import stop_on_signals
    from data_access.demo.runtime import RUNTIME_FILE

    conf = settings()
    if not conf.embedded:
        raise Problem("only_embedded")
    from data_access.demo.simulator import run_forever

    if not os.environ.get(RUNTIME_FILE) and directory.owner(conf.data_dir) is not None:
        raise directory.running_problem(conf.data_dir)  # its simulator plays already
    stop = stop_on_signals()
    with places(conf) as urls:
        # The one-stop system's own account: the dashboard's may only read.
        url = make_url(urls.source_url).set(drivername="postgresql", username="onestop")
        run_forever(url.render_as_string(hide_password=False), factor or conf.demo_factor, stop)


@app.command()
def passwords(
    as_json: Annotated[bool, typer.Option("--json", help="Print {user: password} for programs.")] = False,
) -> None:
    """Make new random passwords for the demo accounts and print them; everyone is signed out."""
    from config.problems import Problem
    from config.settings import settings
    from data_access.demo import accounts, data_dir, terminal

    conf = settings()
    if not conf.embedded:
        raise Problem("only_embedded")
    data_dir.prepare(conf.data_dir)
    made = accounts.make(conf.accounts_path)
    if as_json:
        typer.echo(json.dumps(made))
    else:
        terminal.show_accounts(made)


@app.command()
def clean() -> None:
    """Stop what runs on the data directory and remove it, accounts included (`make clean-data`)."""
    from config.problems import Problem
    from config.settings import settings
    from data_access.demo import data_dir, terminal

    conf = settings()
    if not conf.embedded:
        raise Problem("only_embedded")
    done = data_dir.clean(conf.data_dir)
    terminal.out().print(terminal.text("cleaned" if done else "nothing", path=conf.data_dir), markup=False)
