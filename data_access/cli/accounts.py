"""`python -m data_access accounts …`: the first account of a real deployment; all others are made on screen."""

from typing import Annotated

import typer

app = typer.Typer(help="Accounts: the first one; all others are made on screen.", no_args_is_help=True)


@app.callback()
def _accounts() -> None:
    """Keeps `first` a name of its own: typer would take a single command for the group itself."""


@app.command()
def first(
    username: Annotated[str, typer.Argument(metavar="NAME", help="The user name: lower-case letters, digits, . _ -")],
    name: Annotated[str, typer.Option(help="Whose account it is (default: the user name).")] = "",
) -> None:
    """Make the first IT account and print its password, once; refused when an IT account works already."""
    from config.problems import Problem
    from config.settings import settings
    from data_access.account_desk import AccountDesk
    from data_access.audit import terminal_user
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal

    conf = settings()
    if conf.embedded:
        raise Problem("only_deployed")
    with places(conf) as urls, owner(urls.store_owner_url) as engine:
        password = AccountDesk(conf, engine, terminal_user()).create_first(username, name or username)
    typer.echo(password)
    terminal.err().print(
        terminal.text("account_first", name=username, path=conf.accounts_path), markup=False, soft_wrap=True
    )
