"""`python -m data_access check-source [--dry-run]`: does a mapping profile fit, and what would it bring."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from config.settings import SourceSettings
    from data_access.source.check import EntityCheck
    from data_access.source.contract import Column
    from data_access.source.profile import Profile


def check_source(
    dry: Annotated[
        bool,
        typer.Option("--dry-run", help="Also show ten mapped rows an entity and count doubtful rows; write nothing."),
    ] = False,
    days: Annotated[
        int | None, typer.Option(help="With --dry-run: only what changed in the last so many days.", min=1)
    ] = None,
) -> None:
    """Compare the mapping profile with the source: columns there, missing, of the wrong type.

    Needs OPS_SOURCE_URL and OPS_SOURCE_PROFILE, no store; without them it looks at the demo city. Exit code 1
    when the sync would refuse the source.
    """
    from config.registry import registry
    from data_access.cli.dry_run import show
    from data_access.source.check import inspect
    from data_access.source.reader import Source, source_engine
    from data_access.sync.dry_run import dry_run

    with _place() as (url, profile, timezone):
        engine = source_engine(url)
        try:
            source = Source(engine, profile)
            checks = inspect(source)
            for check in checks:
                _show(check)
            if any(check.problem is not None for check in checks):
                raise typer.Exit(1)
            if dry:
                show(dry_run(source, registry(), timezone, days), timezone)
        finally:
            engine.dispose()


@contextmanager
def _place() -> Iterator[tuple[str, "Profile", str]]:
    """URL, profile and the city's time zone: of the source alone where one is named, else as any command has them."""
    from config.settings import SourceSettings, settings
    from data_access.cli.places import places

    alone = SourceSettings()
    if alone.source_url is not None:
        yield alone.source_url.get_secret_value(), _profile(alone), alone.timezone
        return
    conf = settings()
    with places(conf) as urls:
        yield urls.source_url, _profile(conf), conf.timezone


def _profile(conf: "SourceSettings") -> "Profile":
    from config.source import wanted_profile
    from data_access.source.profile import load_profile

    name, given = wanted_profile(conf.source_profile)
    return load_profile(name, parameters=given)


_WORDS = {
    "there": ("có", "there"),
    "missing": ("THIẾU", "MISSING"),
    "optional": ("thiếu (không bắt buộc)", "missing (optional)"),
    "wrong": ("SAI KIỂU: {found} ≠ {kind}", "WRONG TYPE: {found} ≠ {kind}"),
    "extra": ("ngoài hợp đồng, không đọc", "beyond the contract, not read"),
    "unknown": ("giá trị lạ trong mẫu: {values}", "unknown values in the sample: {values}"),
    "nulls": ("có giá trị trống trong mẫu", "empty values in the sample"),
    "absent": ("không có tệp (không bắt buộc)", "no file (optional)"),
    "column": ("Cột", "Column"),
    "type": ("Kiểu", "Type"),
    "state": ("Tình trạng", "State"),
    "rows": ("khoảng {rows} dòng", "about {rows} rows"),
    "says": ("Cơ sở dữ liệu trả lời: {words}", "The database says: {words}"),
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
        cause = getattr(check.error.__cause__, "orig", check.error.__cause__)
        if cause is not None:
            console.print("   " + _word("says", words=str(cause).splitlines()[0]), markup=False)
        return
    table = Table(title=f"{title} · {_word('rows', rows=check.rows or 0)}", title_justify="left")
    for key in ("column", "type", "state"):
        table.add_column(_word(key))
    for column in ENTITIES[check.entity].columns:
        table.add_row(column.name, column.kind.replace("[", r"\["), _state(check, column))
    for name in check.extra:
        table.add_row(name, "", f"[yellow]{_word('extra')}[/yellow]")
    console.print(table)
    if problem is not None:
        console.print(problem.text(terminal.language()), style="red", markup=False)


def _state(check: "EntityCheck", column: "Column") -> str:
    """How one column of the contract fares, in colour."""
    wrong = {w.column: w for w in check.wrong_type}
    name = column.name
    if name in wrong:
        return f"[red]{_word('wrong', found=wrong[name].found, kind=column.kind)}[/red]"
    if name in check.unknown_values:
        return f"[yellow]{_word('unknown', values=', '.join(check.unknown_values[name]))}[/yellow]"
    if name in check.nulls:
        return f"[yellow]{_word('nulls')}[/yellow]"
    if name in check.present:
        return f"[green]{_word('there')}[/green]"
    return f"[red]{_word('missing')}[/red]" if column.required else f"[dim]{_word('optional')}[/dim]"
