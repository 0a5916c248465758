"""`python -m data_access boundaries …`: a boundary file from a terminal, by the same path as the screen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data_access.geo.boundaries.importing import Imported

app = typer.Typer(help="Boundaries of wards: check a file, put it live, go back.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON, zipped shapefile or GeoPackage.")]
Crs = Annotated[str | None, typer.Option(help="The projection against the file's own, such as EPSG:3405.")]
Swap = Annotated[bool, typer.Option("--swap", help="The file's axes have changed places.")]
Why = Annotated[str, typer.Option(help="Why, in a sentence; it is kept.")]


@app.command()
def check(file: File, crs: Crs = None, swap: Swap = False) -> None:
    """Read a file and say what was found, storing nothing; exit code 1 when wards are missing."""
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        found = _read(engine, file, crs, swap)
    if not found.report.complete:
        raise typer.Exit(1)


@app.command("put-live")
def put_live(file: File, why: Why, crs: Crs = None, swap: Swap = False) -> None:
    """Read a file, keep it and have all maps draw it."""
    from config.settings import settings
    from data_access.audit import terminal_user
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.geo.boundaries import books

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        imported = _read(engine, file, crs, swap)
        books.go_live(engine, terminal_user(), why, books.keep(engine, terminal_user(), file.name, imported))
        _say_live(engine)


@app.command()
def back(why: Why) -> None:
    """Have all maps draw what was live before; done twice, it is as it was."""
    from config.settings import settings
    from data_access.audit import terminal_user
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.geo.boundaries import books

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        books.go_back(engine, terminal_user(), why)
        _say_live(engine)


@app.command("list")
def show() -> None:
    """What is live, and all imports, the newest first."""
    from rich.table import Table

    from config.i18n import NOTHING, Texts
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal
    from data_access.geo.boundaries import books

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        _say_live(engine)
        with engine.connect() as connection:
            kept = books.imports(connection)
    t, table = Texts(terminal.language()), Table()
    for head in ("config_number", "config_at", "config_person", "config_where", "boundary_joined", "boundary_live"):
        table.add_column(terminal.text(head))
    for one in kept:
        live = t.moment(one.live_at) if one.live_at else NOTHING
        joined = t.number(one.report.joined)
        table.add_row(str(one.import_id), t.moment(one.at), one.who, one.file_name, joined, live)
    if kept:
        terminal.out().print(table)


def _read(engine: "Engine", file: Path, crs: str | None, swap: bool) -> "Imported":
    """What the file holds, told in sentences. Raises Problem (boundary_…)."""
    from config.i18n import Texts
    from config.problems import Problem
    from data_access.audit import terminal_user
    from data_access.demo import terminal
    from data_access.geo.boundaries import books, work
    from data_access.geo.boundaries.words import lists, sentences

    if not file.is_file():
        raise Problem("boundary_no_file", file=str(file))
    with engine.connect() as connection:
        gids = books.gids(connection)
    err, shown = terminal.err(), [""]

    def told(stage: str, share: float) -> None:
        words = f"{terminal.text(f'boundary_{stage}')} {int(share * 10) * 10} %"
        if words != shown[0]:
            shown[0] = words
            err.print(words, markup=False)

    imported = work.read(work.Order(file, file.name, terminal_user(), crs, swap), gids, told)
    t, out = Texts(terminal.language()), terminal.out()
    for sentence in sentences(imported.report, t):
        out.print(sentence, markup=False)
    for finding, items in lists(imported.report, t):
        for item in items:
            out.print(f"{finding}: {item}", markup=False)
    return imported


def _say_live(engine: "Engine") -> None:
    from config.i18n import Texts
    from data_access.demo import terminal
    from data_access.geo.boundaries import books
    from data_access.geo.boundaries.words import live_words

    with engine.connect() as connection:
        terminal.out().print(live_words(books.decisions(connection, 1), Texts(terminal.language())), markup=False)
