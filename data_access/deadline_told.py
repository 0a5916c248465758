"""Why one dossier is due when it is: the arithmetic of its legal deadline beside the source's due dates."""

from dataclasses import dataclass
from datetime import datetime

from config.i18n import Texts
from config.problems import Problem
from data_access.deadline_words import compared, headline, steps
from data_access.queries.deadline import Dated
from data_access.rules.plain_clock import explain
from data_access.working_time import city_calendar


@dataclass(frozen=True)
class Told:
    """The whole arithmetic in one line, step by step, and the source's due dates beside it, a sentence each."""

    headline: str
    steps: list[str]
    beside: list[str]


def told(dossier: Dated, t: Texts) -> Told:
    """The arithmetic of one dossier. Raises Problem deadline_uncountable when it lacks something."""

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
    return Told(headline(reckoned, calendar, t), steps(reckoned, calendar, t), beside)
