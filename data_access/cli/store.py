"""`python -m data_access migrate | sync | check-source | rebuild`: the store and the way into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data_access.source.check import EntityCheck


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
    from data_access.cli.places import places
    from data_access.demo import terminal
    from data_access.demo.children import stop_on_signals
    from data_access.demo.progress import Board
    from data_access.stage import keeping_stage
    from data_access.sync import is_loaded, open_sync

    conf = settings()
    stop = stop_on_signals() if follow else None
    with places(conf) as urls:
        with owner(urls.store_owner_url) as engine:
            loaded = is_loaded(engine)
        job = open_sync(conf, urls.source_url, urls.store_owner_url)
        if stop is not None:
            with keeping_stage(urls.store_owner_url, stop):
                job.follow(stop)
        elif loaded:
            job.once()
        else:
            board = Board()
            with terminal.bar(board):
                job.first_load(board.reporter("first_load"))


def check_source() -> None:
    """Compare the mapping profile with the source: columns there, missing, of the wrong type.

    Exit code 1 when the sync would refuse the source.
    """
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.source.check import check_source as compare
    from data_access.source.profile import load_profile
    from data_access.source.reader import source_engine

    conf = settings()
    profile = load_profile(conf.source_profile)
    with places(conf) as urls:
        engine = source_engine(urls.source_url)
        try:
            checks = compare(engine, profile)
        finally:
            engine.dispose()
    for check in checks:
        _show(check)
    if any(check.problem is not None for check in checks):
        raise typer.Exit(1)


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit code 1 when they differ.")] = False,
) -> None:
    """Compute the store's rollups anew from the facts, or compare them with the facts."""
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.store import rollups

    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.begin() as connection:
        if not check:
            rollups.rebuild(connection)
            return
        different = rollups.check(connection)
    for line in different or ():
        typer.echo(str(line))
    if different:
        raise typer.Exit(1)


@contextmanager
def owner(url: str) -> Iterator["Engine"]:
    """The store's owner engine, closed afterwards."""
    from data_access.store.engine import owner_engine

    engine = owner_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


_WORDS = {
    "there": ("có", "there"),
    "missing": ("THIẾU", "MISSING"),
    "optional": ("thiếu (không bắt buộc)", "missing (optional)"),
    "wrong": ("SAI KIỂU: {found} ≠ {kind}", "WRONG TYPE: {found} ≠ {kind}"),
    "extra": ("ngoài hợp đồng, không đọc", "beyond the contract, not read"),
    "absent": ("không có tệp (không bắt buộc)", "no file (optional)"),
    "column": ("Cột", "Column"),
    "type": ("Kiểu", "Type"),
    "state": ("Tình trạng", "State"),
    "rows": ("khoảng {rows} dòng", "about {rows} rows"),
}


def _word(key: str, **facts: object) -> str:
    from data_access.demo.terminal import language

    return _WORDS[key][1 if language() == "en" else 0].format(**facts)


def _show(check: "EntityCheck") -> None:
    """One table an entity, one row a column; what is wrong stands out."""
    from rich.table import Table

    from data_access.demo import terminal
    from data_access.source.contract import ENTITIES

    console = terminal.out()
    problem = check.problem
    mark = "[red]✗[/red]" if problem else "[green]✓[/green]"
    title = f"{mark} {check.entity} ({check.file})"
    if not check.provided:
        console.print(f"– {check.entity}: {_word('absent')}", style="dim")
        return
    if check.error is not None:
        console.print(title)
        console.print("   " + check.error.text(terminal.language()), style="red", markup=False)
        return
    table = Table(title=f"{title} · {_word('rows', rows=check.rows or 0)}", title_justify="left")
    for key in ("column", "type", "state"):
        table.add_column(_word(key))
    wrong = {w.column: w for w in check.wrong_type}
    for column in ENTITIES[check.entity].columns:
        if column.name in wrong:
            state = f"[red]{_word('wrong', found=wrong[column.name].found, kind=column.kind)}[/red]"
        elif column.name in check.present:
            state = f"[green]{_word('there')}[/green]"
        elif column.required:
            state = f"[red]{_word('missing')}[/red]"
        else:
            state = f"[dim]{_word('optional')}[/dim]"
        table.add_row(column.name, column.kind.replace("[", r"\["), state)
    for name in check.extra:
        table.add_row(name, "", f"[yellow]{_word('extra')}[/yellow]")
    console.print(table)
    if problem is not None:
        console.print(problem.text(terminal.language()), style="red", markup=False)
