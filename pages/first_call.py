"""Wards to call first on screens: the ranking with the open alerts, and a ward's reasons in words, heaviest first."""

from collections.abc import Iterable
from dataclasses import replace

from config.i18n import Texts
from data_access.queries.alerts import Alert, open_alerts
from data_access.queries.first_call import first_call
from data_access.rules.first_call import Call, Reason
from pages.ask import ask
from pages.links import list_of
from pages.places import SERVICES, SHORT_SERVICES, district_of, ward_name
from pages.viewer import Viewer
from widgets.figures import First

A_DAY = 24 * 60
JOINT = " · "


def top(n: int, viewer: Viewer, district: str | None = None) -> list[Call]:
    """The `n` wards in scope (of one district) to call first; fewer when nothing stands badly at the others."""
    return ask(first_call, viewer).value.top(n, unacknowledged(ask(open_alerts, viewer).value.alerts), district)


def first_of_district(viewer: Viewer, district: str) -> str | None:
    """The ward of a district to call first, asked of that district alone; None when nothing stands badly there."""
    found = ask(first_call, viewer, district=district).value
    calls = found.top(1, unacknowledged(ask(open_alerts, viewer).value.alerts), district)
    return calls[0].ward.ward_code if calls else None


def unacknowledged(alerts: Iterable[Alert]) -> dict[str, int]:
    """Open alerts nobody has acknowledged, by ward: those that somebody has in hand ask for no call."""
    found: dict[str, int] = {}
    for alert in alerts:
        if alert.ward_code is not None and alert.acknowledged_at is None:
            found[alert.ward_code] = found.get(alert.ward_code, 0) + 1
    return found


def reasons(call: Call, t: Texts, *, short: bool = False) -> list[str]:
    """What stands badly at the ward with its figures, what weighs most first; `short` for walls."""
    phrases: tuple[tuple[tuple[Reason, ...], str], ...] = (
        (("overdue", "overdue_rate", "overdue_change", "oldest_days"), _overdue(call, t, short)),
        (("due_24h", "still"), _soon(call, t, short)),
        (("link_minutes",), _link(call, t, short)),
        (("work_days",), t("{n} days of work open", n=t.number(call.ward.work_days, 1))),
        (("alerts",), t("unacknowledged alerts: {n}", n=t.number(call.alerts))),
    )
    weights = [sum(call.points.get(code, 0.0) for code in codes) for codes, _ in phrases]
    return [phrases[n][1] for n in sorted(range(len(phrases)), key=lambda n: -weights[n]) if weights[n]]


def first_of(call: Call, t: Texts, room: int | None = None) -> First:
    """The ward as a line of a ranked list; with `room` (walls) in short words, the heaviest reason and what else goes
    whole into so many characters."""
    why = reasons(call, t, short=room is not None)
    if room is not None:
        why = [said for n, said in enumerate(why, 1) if n == 1 or len(JOINT.join(why[:n])) <= room]
    code, overdue = call.ward.ward_code, call.ward.overdue
    figure = (t.number(overdue), t("dossiers overdue")) if overdue else ("", "")
    return First(ward_name(code), district_of(code), JOINT.join(why), *figure)


def linked(call: Call, viewer: Viewer) -> First:
    """The same for desks, its figure leading to the ward's overdue dossiers."""
    link = list_of(viewer, "overdue", ward=call.ward.ward_code) if call.ward.overdue else ""
    return replace(first_of(call, viewer.t), link=link)


def _overdue(call: Call, t: Texts, short: bool) -> str:
    ward = call.ward
    n, still_open, step = t.number(ward.overdue), t.number(ward.open), ward.step_name
    said = [t("{n} of {open} overdue", n=n, open=still_open) if short
            else t("{n} of {open} open are overdue", n=n, open=still_open)]  # fmt: skip
    if ward.overdue > ward.before:
        said.append(t("{change} since yesterday", change=t.change(ward.overdue - ward.before)))
    if ward.stuck:
        said.append(t("{n} at “{step}”", n=t.number(ward.stuck), step=step) if short
                    else t("{n} of them at the step “{step}”", n=t.number(ward.stuck), step=step))  # fmt: skip
    if not short or not ward.stuck:
        said.append(t("the longest {n} days late", n=t.number(ward.oldest_days)))
    return ", ".join(said)


def _soon(call: Call, t: Texts, short: bool) -> str:
    ward = call.ward
    if not ward.still:
        return t("{n} due within 24 hours", n=t.number(ward.due_24h))
    if short:
        return t("{n} due within 24 hours, {still} not moving", n=t.number(ward.due_24h), still=t.number(ward.still))
    return t("{n} due within 24 hours, {still} of them not moving", n=t.number(ward.due_24h),
             still=t.number(ward.still))  # fmt: skip


def _link(call: Call, t: Texts, short: bool) -> str:
    service = "wan" if call.ward.wan_since else "onestop"
    since = call.ward.wan_since or call.ward.onestop_since
    if short:
        at = t.clock(since) if call.ward.link_minutes < A_DAY else t.moment(since)
        return t("{service} down since {since}", service=t(SHORT_SERVICES[service]), since=at)
    return t("{service} down since {since}", service=t(SERVICES[service]), since=t.moment(since))
