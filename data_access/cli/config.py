"""`python -m data_access config …`: the configuration's files from a terminal, by the same path as the screen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from data_access.config_history import Change

app = typer.Typer(help="Configuration: check it, show it, its history, go back.", no_args_is_help=True)
Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="A file's name, as `config show` lists them.")]
Why = Annotated[str, typer.Option(help="Why, in a sentence; it is kept.")]


@app.command()
def check(
    name: Name = None,
    file: Annotated[Path | None, typer.Option(help="A text to try as NAME, without putting it in force.")] = None,
) -> None:
    """Say what is wrong in the files (or in a text for one of them); exit code 1 when something is."""
    from config.files import FILES, config_file
    from config.problems import Problem
    from data_access.demo import terminal

    lang, wrong = terminal.language(), 0
    for one in [config_file(name)] if name else FILES.values():
        try:
            text = one.text() if file is None else file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "UTF-8"
            raise Problem("config_unreadable", file=str(file), line=1, reason=reason) from None
        except Problem as problem:
            terminal.err().print(problem.text(lang), style="red", markup=False)
            wrong += 1
            continue
        found = one.check(text)
        for mistake in found.problems:
            terminal.err().print(mistake.text(lang), style="red", markup=False)
        for hint in found.hints:
            terminal.err().print(hint.text(lang), style="yellow", markup=False)
        wrong += len(found.problems)
    if wrong:
        raise typer.Exit(1)
    terminal.out().print(terminal.text("config_good"), markup=False)


@app.command()
def show(name: Name = None) -> None:
    """List the files with where each lies and how it stands, or print the text of one."""
    from rich.table import Table

    from config.files import FILES, config_file
    from config.i18n import Texts
    from data_access.demo import terminal

    if name:
        typer.echo(config_file(name).text(), nl=False)
        return
    t, table = Texts(terminal.language()), Table()
    for head in ("config_name", "config_title", "config_state", "config_where"):
        table.add_column(terminal.text(head))
    for one in FILES.values():
        own = "config_own" if one.path != one.shipped else "config_shipped"
        state = "config_refused" if one.problems() else own
        table.add_row(one.name, t(one.title), terminal.text(state), str(one.path))
    terminal.out().print(table)


@app.command()
def diff(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    frm: Annotated[int | None, typer.Option("--from", help="Number of a change; default: what is shipped.")] = None,
    to: Annotated[int | None, typer.Option(help="Number of a change; default: what is in force.")] = None,
) -> None:
    """What differs between two texts of a file, as `diff -u` says it."""
    from config.files import config_file
    from data_access.config_history import diff as compare

    one = config_file(name)
    before = _change(frm).after if frm is not None else one.shipped.read_text(encoding="utf-8")
    after = _change(to).after if to is not None else one.text()
    names = str(frm or one.shipped), str(to or one.path)
    for line in compare(before, after, names):
        typer.echo(line)


@app.command()
def history(name: Name = None, limit: Annotated[int, typer.Option(min=1)] = 50) -> None:
    """Changes, the newest first: number, when, which file, who, why."""
    from rich.table import Table

    from config.files import config_file
    from config.i18n import Texts
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.config_history import history as changes
    from data_access.demo import terminal

    if name:
        config_file(name)
    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.connect() as connection:
        found = changes(connection, name, limit)
    if not found:
        terminal.out().print(terminal.text("config_no_history"), markup=False)
        return
    t, table = Texts(terminal.language()), Table()
    for head in ("config_number", "config_at", "config_name", "config_person", "config_reason"):
        table.add_column(terminal.text(head))
    for told in found:
        person = told.person or terminal.text("config_by_hand")
        why = f"{told.why} (← {told.from_change})" if told.from_change else told.why
        table.add_row(str(told.change_id), t.moment(told.at), told.file, person, why)
    terminal.out().print(table)


@app.command()
def restore(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of a change, as `config history` lists them.")],
    why: Why,
    before: Annotated[bool, typer.Option("--before", help="The text before that change, not after it.")] = False,
) -> None:
    """Put the text of a change in force again, which is a change too."""
    from config.settings import settings
    from data_access.audit import terminal_user
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.config_history import change, standing
    from data_access.config_history import restore as back
    from data_access.demo import terminal

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        with engine.connect() as connection:
            file = change(connection, number).file
        made = back(engine, number, terminal_user(), why, standing(file).version, before)
    terminal.out().print(terminal.text("config_restored", file=made.file, number=made.change_id), markup=False)


@app.command()
def schema(
    write: Annotated[bool, typer.Option("--write", help="Write config/schema/*.json.")] = False, name: Name = None
) -> None:
    """Print a file's JSON Schema, or write those of all files for editors."""
    from config.files import FILES, SCHEMA_DIR, config_file, schema_text

    if write:
        SCHEMA_DIR.mkdir(exist_ok=True)
        for one in FILES.values():
            (SCHEMA_DIR / f"{one.name}.json").write_text(schema_text(one), encoding="utf-8")
        return
    for one in [config_file(name)] if name else FILES.values():
        typer.echo(schema_text(one), nl=False)


def _change(number: int) -> "Change":
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.config_history import change

    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.connect() as connection:
        return change(connection, number)
