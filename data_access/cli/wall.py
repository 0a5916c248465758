"""`python -m data_access wall …`: the devices that may show walls, and the walls' configuration."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from data_access.devices import Device

app = typer.Typer(help="Wall screens: let devices in, see which live, check the walls.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The device, as people call it: “Phòng trực – màn 1”.")]
LIVES_SECONDS = 120


@app.command()
def issue(name: Name) -> None:
    """Make a token for a device and print it, once; an earlier one of this name no longer holds."""
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal
    from data_access.devices import issue as make

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        token = make(engine, name)
    typer.echo(token)
    terminal.err().print(terminal.text("wall_token", token=token), markup=False, soft_wrap=True)


@app.command()
def revoke(name: Name) -> None:
    """No longer let a device in; its screen says so within seconds."""
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal
    from data_access.devices import revoke as end

    with places(settings()) as urls, owner(urls.store_owner_url) as engine:
        end(engine, name)
    terminal.err().print(terminal.text("wall_revoked", name=name), markup=False)


@app.command("list")
def show() -> None:
    """All devices with their last heartbeat, wall and browser size."""
    from rich.table import Table

    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal
    from data_access.devices import devices

    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.connect() as connection:
        found = devices(connection)
    if not found:
        terminal.out().print(terminal.text("wall_none"), markup=False)
        return
    table = Table()
    for head in ("wall_device", "wall_state", "wall_heard", "wall_wall", "wall_size"):
        table.add_column(terminal.text(head))
    for device in found:
        table.add_row(*_row(device))
    terminal.out().print(table)


@app.command()
def check() -> None:
    """Check walls.yaml and stages.yaml; exit code 1 when something in them is refused."""
    from config.files import FILES
    from data_access.demo import terminal

    files = [FILES["walls"], FILES["stages"]]
    problems = [problem for one in files for problem in one.check(one.text()).problems]
    for problem in problems:
        terminal.err().print(problem.text(terminal.language()), style="red", markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    terminal.out().print(terminal.text("wall_good"), markup=False)


def _row(device: "Device") -> tuple[str, ...]:
    from datetime import UTC, datetime

    from config.i18n import NOTHING, Texts
    from data_access.demo import terminal

    t = Texts(terminal.language())
    if device.revoked_at is not None:
        state = terminal.text("wall_state_revoked", at=t.moment(device.revoked_at))
    elif device.signed_in_at is None:
        state = terminal.text("wall_state_waits")
    else:
        heard = device.heartbeat_at
        lives = heard is not None and (datetime.now(UTC) - heard).total_seconds() < LIVES_SECONDS
        state = terminal.text("wall_state_lives" if lives else "wall_state_silent")
    size = f"{device.width}×{device.height}" if device.width else NOTHING
    return device.name, state, t.moment(device.heartbeat_at), device.wall or NOTHING, size
