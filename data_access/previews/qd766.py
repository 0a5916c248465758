"""The score of Decision 766 of the city for the year so far by an edited qd766.yaml, beside the one in force."""

from dataclasses import dataclass

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.qd766 import Qd766
from config.registry import registry
from data_access.period_words import period_name
from data_access.previews.table import Item, Preview, Table, Tone, shortened
from data_access.queries.answers import local_day
from data_access.queries.qd766 import Score, score
from data_access.rules.period import Period, containing
from data_access.rules.qd766 import Outcome, Points, points
from data_access.score_words import of_computable, points_words, ratio_words


@dataclass(frozen=True)
class Scored:
    """The city's score by one configuration."""

    conf: Qd766
    score: Score

    @property
    def total(self) -> Points:
        """Of all components."""
        return points(self.score.outcomes)

    def group(self, group: str) -> Points | None:
        """Of a group's components; None where there is no such group."""
        if group not in {one.id for one in self.conf.groups}:
            return None
        return points(o for o in self.score.outcomes if o.component.group == group)

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """By the components' ids."""
        return {o.component.id: o for o in self.score.outcomes}

    @property
    def places(self) -> dict[str, int]:
        """District → its place among those that are ranked."""
        ranked = [one.code for one in self.score.within if one.settled >= self.conf.min_settled]
        return {code: n for n, code in enumerate(ranked, 1)}


def scored(connection: Connection, conf: Qd766) -> tuple[Period, Scored]:
    """The year of the figures' own day, up to that day. connection: sees the whole city."""
    today = local_day(connection)
    year = containing("year", today)
    return year, Scored(conf, score(connection, year.first, today.replace(day=1), "city", conf=conf))


def preview(connection: Connection, before: Qd766, after: Qd766, t: Texts) -> Preview:
    """The score now and with the edit, its groups, the components that change, and the districts whose place does."""
    (year, then), (_, now) = (scored(connection, conf) for conf in (before, after))
    said = [t("Score of the city, {period} so far: {before} points now, {after} with the edit.",
              period=period_name(year, t), before=of_computable(then.total, t),
              after=of_computable(now.total, t))]  # fmt: skip
    components = _components(then, now, t)
    said.append(
        t("{n} components have another ratio, maximum or other points.", n=t.number(len(components)))
        if components
        else t("No component's ratio, maximum or points change.")
    )
    tables = [_groups(then, now, t)]
    if components:
        heads = [(t("Component"), False), (t("Ratio now"), True), (t("With the edit"), True), (t("Points now"), True),
                 (t("With the edit"), True)]  # fmt: skip
        tables.append(Table(t("Components that change"), heads, components, NOTHING))
    moved = _places(then, now, t)
    if moved:
        said.append(t("{n} districts change their place; ranked are {before} now, {after} with the edit.",
                      n=t.number(len(moved)), before=t.number(len(then.places)),
                      after=t.number(len(now.places))))  # fmt: skip
        heads = [(t("District"), False), (t("Place now"), True), (t("With the edit"), True), (t("Points now"), True),
                 (t("With the edit"), True)]  # fmt: skip
        tables.append(Table(t("Districts that change their place"), heads, shortened(moved, said, t), NOTHING))
    return Preview(said, tables)


def _groups(then: Scored, now: Scored, t: Texts) -> Table:
    groups = {group.id: group for group in (*then.conf.groups, *now.conf.groups)}  # the edited wording last
    rows = []
    for code, group in groups.items():
        was, will = then.group(code), now.group(code)
        rows.append([
            Item(t.pick(**group.names), code, "", t("of {n} points", n=t.short(group.max_points))),
            _points(was, None, t), _points(will, was, t),
            Item(t.number(will.not_computable, 1) if will else NOTHING, will.not_computable if will else None, "quiet"),
        ])  # fmt: skip
    heads = [(t("Group"), False), (t("Points now"), True), (t("With the edit"), True), (t("Not computable"), True)]
    return Table(t("Points by group"), heads, rows, NOTHING)


def _points(total: Points | None, before: Points | None, t: Texts) -> Item:
    if total is None:
        return Item(NOTHING, None, "quiet")
    was = before.reached if before else total.reached
    tone = _tone(total.reached - was)
    return Item(of_computable(total, t), total.reached, tone, t.percent(total.share) if total.computable else "")


def _tone(more: float) -> Tone:
    return "good" if more > 0 else "bad" if more < 0 else ""


def _components(then: Scored, now: Scored, t: Texts) -> list[list[Item]]:
    was, will = then.outcomes, now.outcomes
    rows = []
    for code in dict.fromkeys((*will, *was)):
        old, new = was.get(code), will.get(code)
        if old is not None and new is not None and _figures(old) == _figures(new):
            continue
        known = new or old
        assert known is not None
        remark = t("new") if old is None else t("taken out by this edit") if new is None else ""
        more = (new.points or 0.0 if new else 0.0) - (old.points or 0.0 if old else 0.0)
        rows.append([
            Item(f"{code} {t.pick(**known.component.names)}", code, "", remark),
            *(Item(ratio_words(one, t) if one else NOTHING, one.ratio if one else None) for one in (old, new)),
            _component_points(old, "", t), _component_points(new, _tone(more), t),
        ])  # fmt: skip
    return rows


def _figures(found: Outcome) -> tuple[object, ...]:
    return found.state, found.ratio, found.points, found.component.max_points


def _component_points(found: Outcome | None, tone: Tone, t: Texts) -> Item:
    if found is None:
        return Item(NOTHING, None, "quiet")
    most = t("of {n}", n=t.short(found.component.max_points)) if found.component.max_points else ""
    return Item(points_words(found, t), found.points, tone, most)


def _places(then: Scored, now: Scored, t: Texts) -> list[list[Item]]:
    """Districts whose place changes, or which get or lose one."""
    was, will = then.places, now.places
    old, new = ({one.code: one.points for one in of.score.within} for of in (then, now))
    rows = []
    for code in dict.fromkeys((*will, *was)):
        a, b = was.get(code), will.get(code)
        if a == b:
            continue
        district = registry().districts.get(code)
        tone: Tone = "" if a is None or b is None else _tone(a - b)
        rows.append([
            Item(district.name if district else code, code),
            Item(NOTHING if a is None else t.number(a), a, "", t("too few to rank") if a is None else ""),
            Item(NOTHING if b is None else t.number(b), b, tone, t("too few to rank") if b is None else ""),
            _points(old.get(code), None, t), _points(new.get(code), old.get(code), t),
        ])  # fmt: skip
    return rows
