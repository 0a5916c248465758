"""A deadline's arithmetic in words: "5 working days, Lunar New Year excluded, 2 paused → due Thursday 14:00"."""

from datetime import date, datetime

from config.i18n import Texts, mark
from data_access.rules.plain_clock import Calendar, Explanation, Stop, office_seconds

_ONE = {
    "hour": mark("1 working hour"),
    "day": mark("1 day"),
    "working_day": mark("1 working day"),
    "month": mark("1 month"),
}
_MANY = {
    "hour": mark("{n} working hours"),
    "day": mark("{n} days"),
    "working_day": mark("{n} working days"),
    "month": mark("{n} months"),
}


def headline(told: Explanation, calendar: Calendar, t: Texts) -> str:
    """The whole arithmetic in one line."""
    parts = [t("same day") if told.same_day else amount(told.limit_value, told.limit_unit, t)]
    parts += [t("{name} excluded", name=name) for name in _holidays(told, calendar, t)]
    if told.paused_seconds:
        parts.append(t("{amount} paused", amount=office_time(told.paused_seconds, calendar, t)))
    line = ", ".join(parts)
    if told.final:
        return t("{parts} → due {at}", parts=line, at=_when(told.due_at, t))
    return t("{parts} so far → no deadline yet: the pause lasts", parts=line)


def steps(told: Explanation, calendar: Calendar, t: Texts) -> list[str]:
    """The arithmetic step by step, a sentence each, in the order of the counting."""
    return [
        t("Received {at}.", at=_when(told.received_at, t)),
        *_limit(told, calendar, t),
        *_days(told, calendar, t),
        *_pauses(told, calendar, t),
        t("Due {at}.", at=_when(told.due_at, t))
        if told.final
        else t(
            "The deadline is not known while the pause lasts; if it ended now, it would be {at}.",
            at=_when(told.due_at, t),
        ),
    ]


def compared(source: datetime | None, reckoned: datetime, calendar: Calendar, t: Texts) -> str:
    """A due date of the source (local, naive) and how much office time it lies from the reckoned one."""
    if source is None:
        return t("none.")
    later = office_seconds(calendar, reckoned, source)
    length = office_time(later or office_seconds(calendar, source, reckoned), calendar, t)
    if later:
        return t("{at}; {amount} later than reckoned.", at=_when(source, t), amount=length)
    if office_seconds(calendar, source, reckoned):
        return t("{at}; {amount} earlier than reckoned.", at=_when(source, t), amount=length)
    return t("{at}; as reckoned.", at=_when(source, t))


def amount(value: float, unit: str, t: Texts) -> str:
    """5 working_day → "5 working days"."""
    return t(_ONE[unit]) if value == 1 else t(_MANY[unit], n=t.short(value))


def office_time(seconds: int, calendar: Calendar, t: Texts) -> str:
    """Office seconds in working days when they are whole, else in hours and minutes."""
    if seconds and seconds % calendar.day_seconds == 0:
        return amount(seconds // calendar.day_seconds, "working_day", t)
    hours, minutes = divmod(seconds // 60, 60)
    if not minutes:
        return amount(hours, "hour", t)
    return t("{h} working hours {m} minutes", h=t.number(hours), m=minutes)


def _limit(told: Explanation, calendar: Calendar, t: Texts) -> list[str]:
    if told.same_day:
        cutoff = calendar.same_day_cutoff.strftime("%H:%M")
        if told.due_unpaused.date() == told.received_at.date():
            return [t("Same-day procedure, handed in before {cutoff}: due that day.", cutoff=cutoff)]
        if not calendar.works(told.received_at.date()):
            return [t("Same-day procedure, handed in on a day off: due on the next working day.")]
        return [t("Same-day procedure, handed in at {cutoff} or later: due on the next working day.", cutoff=cutoff)]
    lines = [t("Time limit: {limit}.", limit=amount(told.limit_value, told.limit_unit, t))]
    if told.ends is not None:
        lines.append(t("Calendar days are counted: the limit ends on {day}.", day=_day(told.ends, t)))
        if told.due_unpaused.date() != told.ends:
            moved = _day(told.due_unpaused.date(), t)
            lines.append(t("That is a day off; the end moves to the next working day, {day}.", day=moved))
    elif told.starts is not None and told.limit_unit == "working_day":
        first = _day(told.starts.date(), t)
        lines.append(t("The day of receipt is not counted; the first day counted is {day}.", day=first))
    elif told.starts is not None and told.starts == told.received_at:
        lines.append(t("Office hours count from the moment of receipt."))
    elif told.starts is not None:
        lines.append(t("Received outside office hours: counting starts {at}.", at=_when(told.starts, t)))
    return lines


def _days(told: Explanation, calendar: Calendar, t: Texts) -> list[str]:
    """The days off that were passed over, each holiday by name, and the make-up days that were counted."""
    named = [day for day in told.days_off if day in calendar.off]
    lines = [
        t("Not counted: {day}, {name}.", day=_day(day, t), name=calendar.off[day][t.lang]) for day in sorted(named)
    ]
    if len(named) < len(told.days_off):
        lines.append(t("Not counted: weekend days, {n} in all.", n=len(told.days_off) - len(named)))
    lines += [
        t("Counted as a working day: {day}, {name}.", day=_day(day, t), name=calendar.made_up[day][t.lang])
        for day in sorted(told.made_up)
    ]
    return lines


def _pauses(told: Explanation, calendar: Calendar, t: Texts) -> list[str]:
    if not told.stops:
        return []
    return [
        t("Due {at} without the pauses.", at=_when(told.due_unpaused, t)),
        *(_pause(stop, calendar, t) for stop in told.stops),
        t("Added back: {amount}.", amount=office_time(told.paused_seconds, calendar, t)),
    ]


def _pause(stop: Stop, calendar: Calendar, t: Texts) -> str:
    length = office_time(stop.seconds, calendar, t)
    if stop.lasts:
        return t("Paused since {start} and not resumed: {amount} so far.", start=_when(stop.start, t), amount=length)
    return t("Paused from {start} to {end}: {amount}.", start=_when(stop.start, t), end=_when(stop.end, t),
             amount=length)  # fmt: skip


def _holidays(told: Explanation, calendar: Calendar, t: Texts) -> list[str]:
    """The feasts passed over, each once: the seven days of Tết are one, a day in lieu belongs to its feast."""
    feasts = [_feast(calendar.off[day]["en"]) for day in sorted(told.days_off) if day in calendar.off]
    names = {_feast(name["en"]): name for name in calendar.off.values()} | {
        name["en"]: name for name in calendar.off.values()
    }
    return [names[feast][t.lang] for feast in dict.fromkeys(feasts)]


def _feast(name: str) -> str:
    """What the package calls the feast that a day belongs to, in English."""
    return "Lunar New Year" if "Lunar New Year" in name else name.removesuffix(" (observed)")


def _when(at: datetime, t: Texts) -> str:
    return f"{at:%H:%M} {_day(at.date(), t)}"


def _day(day: date, t: Texts) -> str:
    return f"{t.weekday(day)} {t.day(day)}"
