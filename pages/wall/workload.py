"""Workload on a wall: by role and by district, no person named."""

from config.i18n import Texts, mark
from config.indicators import indicator
from config.workload import workload_limits
from data_access.queries.wall_workload import WallWorkload, wall_workload
from data_access.queries.workload import Load
from data_access.working_time import per_working_day
from pages.wall.asking import ask
from pages.wall.words import as_of_words, more_words, overdue_cell, short_district
from pages.workload import role_name
from widgets.figures import Figure
from widgets.wall import Picture, parts
from widgets.wall.curve import columns

TIER = {"city": mark("city tier"), "district": mark("district tier"), "commune": mark("commune tier")}
DISTRICTS, ROLES = 16, 9
STEPS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Upper ends of the classes of the load index; the last is open."""


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    limit = workload_limits().busy_index
    answer = ask(wall_workload, busy_index=limit)
    data = answer.value
    districts = _table(data.districts, data.whole, DISTRICTS, t, t("District"), "11rem")
    roles = _table(data.roles, data.whole, ROLES, t, t("Role"), "21rem")
    html = parts.screen(
        t("Officer workload"), as_of_words(t, answer.as_of), "1fr 58rem", "10.4rem 1fr 17rem",
        parts.stack(*(parts.figure(f, t) for f in _figures(data, limit, t)), area="1 / 1 / 2 / 3", direction="row"),
        parts.panel(t("By district"), _note(data.districts, DISTRICTS, t), districts, area="2 / 1 / 4 / 2"),
        parts.panel(t("By role and tier"), _note(data.roles, ROLES, t), roles),
        _spread(data, t),
    )  # fmt: skip
    return Picture(html)


def _note(groups: list[Load], room: int, t: Texts) -> str:
    return " · ".join(part for part in (t("steps held"), more_words(groups, room, t)) if part)


def _figures(data: WallWorkload, limit: float, t: Texts) -> list[Figure]:
    whole = data.whole
    finished = per_working_day(whole.finished_28, data.working_days)
    return [
        Figure("officer_steps", t.number(whole.steps),
               t("{n} officers · median {median}", n=t.number(whole.officers), median=t.short(whole.median))),
        Figure("officer_overdue", t.number(whole.overdue),
               t("{share} of steps held", share=t.share(whole.overdue, whole.steps)),
               tone="alert" if whole.overdue else ""),
        Figure("throughput", t.number(finished),
               t("{n} in {days} working days", n=t.number(whole.finished_28), days=t.number(data.working_days))),
        Figure("step_on_time", t.share(whole.on_time_28, whole.with_due_28),
               t("{n} steps with a deadline", n=t.number(whole.with_due_28))),
        Figure("overloaded", t.number(whole.busy), t("officers at {n} times the median or more", n=t.short(limit))),
    ]  # fmt: skip


def _table(groups: list[Load], whole: Load, room: int, t: Texts, what: str, width: str) -> str:
    most = max((g.median for g in groups), default=1.0) or 1.0
    body: list[list[str | parts.Bar]] = [
        [_name(g, t), parts.Bar(g.median / most), t.short(g.median), t.short(g.most), t.number(g.officers),
         overdue_cell(g.overdue, g.steps, whole.overdue, whole.steps, t)]
        for g in groups
    ]  # fmt: skip
    head = [what, "", t("Median"), t("Most"), t("Officers"), indicator("officer_overdue").short_name(t.lang)]
    return parts.table(
        f"{width} 1fr 5.4rem 5.6rem 5.6rem 5.6rem", head, body, room, t("No officer holds an open step.")
    )


def _name(group: Load, t: Texts) -> str:
    if len(group.group) == 1:
        return short_district(group.group[0], t)
    role, tier = group.group
    return f"{role_name(role, t)} · {t(TIER[tier])}" if tier in TIER else role_name(role, t)


def _spread(data: WallWorkload, t: Texts) -> str:
    """How many officers hold how many times their peers' median."""
    counts = [0] * (len(STEPS) + 1)
    for index in data.index:
        counts[sum(index > step for step in STEPS)] += 1
    words = [f"≤ {t.short(STEPS[0])}", *(t.short(s) for s in STEPS[1:]), f"> {t.short(STEPS[-1])}"]
    chart = columns(
        880, 205, [float(n) for n in counts], words, [t.number(n) for n in counts], len(STEPS), t("Load index")
    )
    return parts.panel(t("Load index"), t("officers by multiple of their peers’ median"), chart)
