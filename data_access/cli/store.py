"""`python -m data_access migrate | sync | rebuild`: the store and the way into it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine


def migrate() -> None:
    """Bring the store's schema to the newest version. Safe to repeat."""
    from sqlalchemy import make_url

    from config.settings import settings
    from data_access.cli.places import places
    from data_access.store.migrate import migrate as apply

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        apply(engine, make_url(urls.store_reader_url).username or "ops_reader")


def sync(
    follow: Annotated[bool, typer.Option("--follow", help="Keep following the source until Ctrl-C.")] = False,
) -> None:
    """Bring new and changed rows from the source into the store, once or for good."""
    from config.settings import settings
    from data_access.alerts import keeping_alerts
    from data_access.cli.places import places, refuse_unfit
    from data_access.config_history import keeping_history
    from data_access.demo import terminal
    from data_access.demo.children import stop_on_signals
    from data_access.demo.progress import Board
    from data_access.stage import keeping_stage
    from data_access.sync import is_loaded, open_sync

    conf = settings()
    stop = stop_on_signals() if follow else None
    with places(conf) as urls:
        refuse_unfit(urls)
        with owner(urls.store_owner_url) as engine:
            loaded = is_loaded(engine)
        job = open_sync(conf, urls.source_url, urls.store_owner_url)
        if stop is not None:
            alerts = keeping_alerts(urls.store_owner_url, stop) if conf.keep_alerts else nullcontext()
            history = keeping_history(urls.store_owner_url, stop)
            with keeping_stage(urls.store_owner_url, stop), alerts, history:
                job.follow(stop)
        elif loaded:
            job.once()
        else:
            board = Board()
            with terminal.bar(board):
                job.first_load(board.reporter("first_load"))


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit code 1 when they differ.")] = False,
) -> None:
    """Compute the store's rollups anew from the facts, or compare them with the facts."""
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.operations_done import done
    from data_access.store import rollups
    from data_access.sync import snapshots

    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.begin() as connection:
        if not check:
            rollups.rebuild(connection)
            return
        different = rollups.check(connection)
        missing, late = snapshots.missing(connection), snapshots.late(connection)
        done(connection, "rollup_check", ok=not different, different=len(different or ()))
    for line in different or ():
        typer.echo(str(line))
    if missing:  # the sync writes them late; no reason to fail
        typer.echo(f"snapshots missing: {', '.join(d.isoformat() for d in reversed(missing))}")
    if late:
        typer.echo(f"snapshots written late: {', '.join(d.isoformat() for d in reversed(late))}")
    if different:
        raise typer.Exit(1)


def note_done(
    name: Annotated[str, typer.Argument(help="backup, restore_test or rollup_check.")],
    failed: Annotated[bool, typer.Option("--failed", help="It did not go well.")] = False,
    fact: Annotated[
        list[str] | None, typer.Option(help="What is worth knowing of it: size=123. May be repeated.")
    ] = None,
) -> None:
    """Note in the store that a piece of work was done just now; the screen of health and /metrics tell of it."""
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.operations_done import NAMES, done

    if name not in NAMES:
        raise typer.BadParameter(", ".join(NAMES))
    facts = dict(pair.partition("=")[::2] for pair in fact or ())
    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.begin() as connection:
        done(connection, name, not failed, **facts)


@contextmanager
def owner(url: str) -> Iterator["Engine"]:
    """The store's owner engine, closed afterwards."""
    from data_access.store.engine import owner_engine

    engine = owner_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
