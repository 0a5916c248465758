"""`python -m data_access alerts …`: whether the rules can be used, what they would say now, and what is open."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Alerts: check their rules, list what is open.", no_args_is_help=True)
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Rules to try; default: those in force.")]


@app.command()
def check(file: File = None) -> None:
    """Accept or refuse the rules, and say what each would open now; exit code 1 when one is refused."""
    from datetime import UTC, datetime

    from config.alerts import kept, load
    from config.settings import settings
    from data_access.alert_figures import readings
    from data_access.alert_words import say
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal
    from data_access.notifications import notifying
    from data_access.store import books

    found = load(file or kept.path)
    problems = [*found.problems, *notifying().problems]
    for problem in problems:
        terminal.err().print(problem.text(terminal.language()), style="red", markup=False)
    lang, now = terminal.language(), datetime.now(UTC)
    out = terminal.out()
    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.connect() as connection:
        if books.version(connection) is None:
            terminal.err().print(terminal.text("alerts_no_figures"), markup=False)
        for name, rule in found.rules.items() if books.version(connection) else ():
            met = [r for r in readings(connection, rule, now) if r.value >= rule.limit.opens]
            out.print(terminal.text("alerts_would", name=name, n=len(met)), markup=False)
            for reading in sorted(met, key=lambda r: -r.value):
                out.print("  " + say(name, rule, reading, reading.since or now).what[lang], markup=False)
    if not notifying().sends:
        terminal.err().print(terminal.text("alerts_silent"), markup=False)
    if problems:
        raise typer.Exit(1)


@app.command()
def keep() -> None:
    """Open and end alerts and send their messages until Ctrl-C: the notifier of a real deployment."""
    from config.settings import settings
    from data_access.alerts import keeping_alerts
    from data_access.cli.places import places, refuse_unfit
    from data_access.demo.children import stop_on_signals

    stop = stop_on_signals()
    with places(settings()) as urls:
        refuse_unfit(urls)
        with keeping_alerts(urls.store_owner_url, stop):
            stop.wait()


@app.command("list")
def show() -> None:
    """All open alerts, the gravest first."""
    from rich.table import Table

    from config.alerts import alert_rules
    from config.i18n import NOTHING, Texts
    from config.settings import settings
    from config.words import said
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.demo import terminal
    from data_access.queries.alerts import open_alerts

    lang = terminal.language()
    with places(settings()) as urls, owner(urls.store_owner_url) as engine, engine.connect() as connection:
        found = open_alerts(connection).alerts
    if not found:
        terminal.out().print(terminal.text("alerts_none"), markup=False)
        return
    t, severities = Texts(lang), alert_rules().severities
    table = Table()
    for head in ("alerts_severity", "alerts_since", "alerts_what", "alerts_acknowledged"):
        table.add_column(terminal.text(head))
    for alert in found:
        grade = severities.get(alert.severity)
        word = said(grade.word, lang) if grade else alert.severity
        table.add_row(word, t.moment(alert.since), alert.what[lang], alert.acknowledged_by or NOTHING)
    terminal.out().print(table)
