"""`python -m data_access explain-deadline`: why a dossier is due when it is."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from config.i18n import Texts
    from data_access.queries.deadline import Dated


def explain_deadline(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The dossier's code (mã hồ sơ).")],
) -> None:
    """Tell the legal deadline of a dossier step by step, and compare it with the source's due date."""
    from config.i18n import Texts
    from config.problems import Problem
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.demo import terminal
    from data_access.queries.deadline import dated
    from data_access.store.engine import WHOLE_CITY, reader_engine, reading

    conf = settings()
    with places(conf) as urls:
        engine = reader_engine(urls.store_reader_url)
        try:
            with reading(engine, WHOLE_CITY) as connection:
                found = dated(connection, code)
        finally:
            engine.dispose()
    if not found:
        raise Problem("dossier_unknown", dossier=code)
    t = Texts(terminal.language(), conf.tz)
    for dossier in found:
        for line in lines(dossier, t):
            typer.echo(line)


def lines(dossier: "Dated", t: "Texts") -> list[str]:
    """What is told of one dossier. Raises Problem deadline_uncountable when the arithmetic lacks something."""
    from data_access.deadline_told import told

    found = told(dossier, t)
    head = f"{dossier.dossier_code} · {dossier.procedure_name} · {dossier.unit_name}"
    return [head, found.headline, *(f"  {line}" for line in found.steps), *found.beside]
