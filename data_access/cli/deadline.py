"""`python -m data_access explain-deadline`: why a dossier is due when it is."""

from datetime import datetime
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
        for line in told(dossier, t):
            typer.echo(line)


def told(dossier: "Dated", t: "Texts") -> list[str]:
    """The lines for one dossier. Raises Problem deadline_uncountable when the arithmetic lacks something."""
    from config.problems import Problem
    from data_access.deadline_words import compared, headline, steps
    from data_access.rules.plain_clock import explain
    from data_access.working_time import city_calendar

    def local(at: datetime) -> datetime:
        return t.local(at).replace(tzinfo=None)

    def uncountable(vi: str, en: str) -> Problem:
        return Problem("deadline_uncountable", dossier=dossier.dossier_code, vi=vi, en=en)

    if dossier.received_at is None:
        raise uncountable("hồ sơ chưa có ngày tiếp nhận.", "the dossier has no date of receipt.")
    if not dossier.same_day and (dossier.limit_value is None or dossier.limit_unit is None):
        raise uncountable("thủ tục không có thời hạn giải quyết.", "its procedure has no time limit.")
    calendar = city_calendar()
    pauses = [(local(p["from_at"]), p["to_at"] and local(p["to_at"])) for p in dossier.pauses]
    try:
        reckoned = explain(
            calendar, local(dossier.received_at), dossier.limit_value or 0.0, dossier.limit_unit or "",
            dossier.same_day, pauses, local(dossier.as_of),
        )  # fmt: skip
        first, now = (at and local(at) for at in (dossier.due_original, dossier.due_at))
        beside = [
            t("First due date in the source: {due}", due=compared(first, reckoned.due_unpaused, calendar, t)),
            t("Due date in the source now: {due}", due=compared(now, reckoned.due_at, calendar, t)),
        ]
    except ValueError:
        raise uncountable(
            "thời hạn không hợp lệ hoặc vượt ra ngoài lịch làm việc (config/working_calendar.yaml).",
            "its limit is not valid or reaches beyond the working calendar (config/working_calendar.yaml).",
        ) from None
    if dossier.apologies:
        beside.append(t("A new date was promised after an apology; that does not move the legal deadline."))
    return [
        f"{dossier.dossier_code} · {dossier.procedure_name} · {dossier.unit_name}",
        headline(reckoned, calendar, t),
        *(f"  {line}" for line in steps(reckoned, calendar, t)),
        *beside,
    ]
