"""What a preview says is what happens once the edit is saved: held against the keepers and against a recomputation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from config import kept
from config.alert_kinds import KINDS, AlertRule
from config.alerts import AlertRules, load
from config.files import FILES
from config.first_call import first_call as weights
from config.i18n import Texts
from config.measures import Measure, measures
from config.periods import period_rules
from config.problems import Problem
from config.stages import Stages, stages
from config.targets import targets
from config.walls import walls
from config.working_calendar import WorkingCalendar, working_calendar
from data_access import alerts as alert_keeper
from data_access import notifications
from data_access import stage as stage_keeper
from data_access.alert_desk import resolve
from data_access.alert_figures import Reading
from data_access.previews import alerts, first_call, keys, kinds, periods
from data_access.previews import measures as classes
from data_access.previews import stages as stage_preview
from data_access.previews import targets as goals
from data_access.previews import walls as wall_preview
from data_access.previews import working_calendar as calendar_preview
from data_access.queries.answers import rows
from data_access.queries.first_call import first_call as question
from data_access.rules.plain_clock import Calendar, explain
from data_access.store.engine import WHOLE_CITY, reading
from data_access.working_time import calendar_of
from tests.data_access.alert_rows import HA_DONG, AlertStore
from tests.support.configured import configured

T = Texts("en")
WORDS = {
    "what": {"vi": "{place}: {value} từ {since}", "en": "{place}: {value} since {since}"},
    "first_step": {"vi": "gọi", "en": "call"},
}


def ward_rule(opens: float, closes: float, **more: Any) -> AlertRule:
    plain = {"kind": "ward", "indicator": "overdue", "severity": "act", "limit": {"opens": opens, "closes": closes}}
    return KINDS["ward"].model_validate(plain | WORDS | more)


class Scene:
    """The keeper and the preview look at the same figures, set by the test."""

    def __init__(self, store: AlertStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = store
        self.known = load()
        self.figures: dict[str, float] = {}
        self.in_force = AlertRules({}, self.known.severities)
        for place in (alert_keeper, notifications):
            monkeypatch.setattr(place, "alert_rules", lambda: self.in_force)
        for module in (alert_keeper, alerts):
            monkeypatch.setattr(module, "readings", self._readings)

    def _readings(self, connection: Connection, rule: AlertRule, now: datetime, *_: Any) -> list[Reading]:
        facts = {"open": 40, "overdue": 9}
        return [Reading(("ward", n), HA_DONG, value, f"Phường {n}", facts=facts) for n, value in self.figures.items()]

    def rules(self, **named: AlertRule) -> AlertRules:
        return AlertRules(named, self.known.severities)

    def preview(self, after: AlertRules) -> dict[tuple[str, str], str]:
        with self.store.reader.connect() as connection:
            connection.execute(text("SELECT set_config('ops.scope', '*', true)"))
            return {(e.rule, e.subject[1]): e.change for e in alerts.effects(connection, self.in_force, after)}

    def save(self, after: AlertRules) -> None:
        self.in_force = after

    def open(self) -> set[tuple[str, str]]:
        with self.store.owner.connect() as connection:
            query = "SELECT rule, subject_code FROM alert WHERE resolved_at IS NULL"
            return {(row.rule, row.subject_code) for row in connection.execute(text(query))}

    def look(self) -> set[tuple[str, str]]:
        assert alert_keeper.AlertKeeper(self.store.owner).look() is not None
        return self.open()


@pytest.fixture
def scene(alert_store: AlertStore, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(alert_store, monkeypatch)


def test_alerts_that_open_and_end_are_those_the_keeper_opens_and_ends(scene: Scene) -> None:
    scene.figures = {"1": 20, "2": 9, "3": 6, "4": 4, "5": 1}
    scene.save(scene.rules(late=ward_rule(15, 10)))
    before = scene.look()
    assert before == {("late", "1")}
    lower = scene.rules(late=ward_rule(4, 3))
    said = scene.preview(lower)
    assert said == {("late", "2"): "opens", ("late", "3"): "opens", ("late", "4"): "opens"}
    scene.save(lower)
    after = scene.look()
    assert after - before == set(said)
    higher = scene.rules(late=ward_rule(12, 8))
    said = scene.preview(higher)
    assert said == {("late", "3"): "ends", ("late", "4"): "ends"}
    scene.save(higher)
    assert after - scene.look() == set(said)


def test_another_name_another_severity_and_a_rule_taken_out(scene: Scene) -> None:
    scene.figures = {"1": 20, "2": 9}
    scene.save(scene.rules(late=ward_rule(15, 10), some=ward_rule(5, 3)))
    assert scene.look() == {("late", "1"), ("some", "1"), ("some", "2")}
    after = scene.rules(late=ward_rule(15, 10, severity="urgent"), other=ward_rule(5, 3))
    said = scene.preview(after)
    assert said == {("late", "1"): "severity", ("other", "1"): "opens", ("other", "2"): "opens",
                    ("some", "1"): "ends", ("some", "2"): "ends"}  # fmt: skip
    scene.save(after)
    assert scene.look() == {("late", "1"), ("other", "1"), ("other", "2")}


def test_what_needs_its_minutes_waits_and_what_was_ended_by_hand_stays_ended(scene: Scene) -> None:
    scene.figures = {"1": 20, "2": 9}
    scene.save(scene.rules(late=ward_rule(15, 10)))
    scene.look()
    with scene.store.owner.connect() as connection:
        known = connection.execute(text("SELECT alert_id FROM alert")).scalar_one()
    resolve(scene.store.owner, known, "Chị Lan", "xong", None)
    slow = scene.rules(late=ward_rule(5, 3, minutes={"opens": 30, "closes": 10}))
    assert scene.preview(slow) == {("late", "2"): "waits"}
    scene.save(slow)
    assert scene.look() == set()
    assert scene.preview(scene.rules(late=ward_rule(15, 10))) == {("late", "2"): "calm"}


def test_nothing_is_written_by_a_preview(scene: Scene) -> None:
    scene.figures = {"1": 20}
    assert scene.preview(scene.rules(late=ward_rule(4, 3))) == {("late", "1"): "opens"}
    assert scene.open() == set()


def test_alerts_by_the_citys_own_figures(reader: Engine) -> None:
    query = """SELECT ward_code FROM (SELECT u.ward_code, sum(s.overdue) AS n FROM open_stock s JOIN unit u
               USING (unit_code) WHERE u.ward_code IS NOT NULL GROUP BY 1) x WHERE n >= :n"""
    empty = AlertRules({}, load().severities)
    after = replace(empty, rules={"late": ward_rule(1, 0.5, scope={"tier": "commune"})})
    with reading(reader, WHOLE_CITY) as connection:
        there = {row["ward_code"] for row in rows(connection, query, n=1)}
        found = alerts.effects(connection, empty, after)
        told = alerts.preview(connection, empty, after, T)
    assert len(there) > 5
    assert {e.subject[1] for e in found if e.change == "opens"} == there
    assert f"{len(there)} alerts would open at once" in told.said[0]
    assert len(told.tables[0].rows) == len(there)


STAGE_FIGURES: dict[str, float | None] = {"links_down": 0.0, "overdue_rate": 0.12, "surge": 1.0}


def stages_with(**overdue: Any) -> Stages:
    given = stages().model_dump()
    given["criteria"]["overdue_rate"] |= overdue
    return Stages.model_validate(given)


def test_the_stage_is_the_one_the_keeper_decides(alert_store: AlertStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stage_keeper, stage_preview):
        monkeypatch.setattr(module, "figures", lambda _: dict(STAGE_FIGURES))
        monkeypatch.setattr(module, "age_minutes", lambda _: 0.0)
    with alert_store.owner.begin() as connection:
        connection.execute(text("TRUNCATE stage_now, stage_history"))
    limits = {2: {"up": 0.02, "down": 0.01}, 4: {"up": 0.10, "down": 0.09}}
    for minutes, at_once in ((0.0, 4), (10.0, 1)):
        after = stages_with(limits=limits, minutes={"up": minutes, "down": 0})
        with reading(alert_store.reader, WHOLE_CITY) as connection:
            said = stage_preview.standing(connection, after)
        assert (said.at_once.stage, said.settled.stage) == (at_once, 4)
        monkeypatch.setattr(stage_keeper, "stages", lambda kept=after: kept)
        keeper = stage_keeper.StageKeeper(alert_store.owner)
        now = datetime.now(UTC)
        decided = keeper.look(now)
        assert decided is not None
        assert decided.stage == at_once
        later = keeper.look(now + timedelta(minutes=minutes))
        assert later is not None
        assert later.stage == said.settled.stage
        with alert_store.owner.begin() as connection:
            connection.execute(text("TRUNCATE stage_now, stage_history"))
    with reading(alert_store.reader, WHOLE_CITY) as connection:
        told = stage_preview.preview(connection, stages(), stages_with(limits=limits), T)
    assert told.said[0].startswith("Stage now: 1 “Normal”. With this edit: 1 “Normal” at once, 4 “Serious”")


def calendar_with(**more: Any) -> WorkingCalendar:
    known = working_calendar()
    return WorkingCalendar.model_validate(known.model_dump(by_alias=True) | more)


OPEN = """
SELECT o.dossier_id, o.received_at, p.limit_value::float8 AS limit_value, p.limit_unit, p.same_day
FROM open_dossier o LEFT JOIN procedure p USING (procedure_code)
"""


def by_hand(connection: Connection, calendar: Calendar) -> dict[str, datetime]:
    """Every open dossier's deadline, one after the other, by the clock that explains."""
    as_of: datetime = connection.execute(text("SELECT as_of FROM data_version")).scalar_one()

    def local(at: datetime) -> datetime:
        return T.local(at).replace(tzinfo=None)

    pauses: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for row in rows(connection, "SELECT dossier_id, from_at, to_at FROM pause"):
        pauses.setdefault(row["dossier_id"], []).append((local(row["from_at"]), row["to_at"] and local(row["to_at"])))
    found = {}
    for row in rows(connection, OPEN):
        stops = pauses.get(row["dossier_id"], [])
        told = explain(calendar, local(row["received_at"]), row["limit_value"] or 0.0, row["limit_unit"] or "",
                       bool(row["same_day"]), stops, local(as_of))  # fmt: skip
        found[row["dossier_id"]] = told.due_at.replace(tzinfo=T.tz).astimezone(UTC)
    return found


def test_moved_deadlines_are_those_of_a_recomputation(reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        today: date = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        monday = today + timedelta(days=7 - today.weekday())
        off = [{"day": monday + timedelta(days=n), "name": {"vi": "Nghỉ", "en": "Off"}} for n in (0, 1)]
        worked = [{"day": monday + timedelta(days=5), "name": {"vi": "Bù", "en": "Made up"}}]
        after = calendar_with(days_off=off, working_days=worked)
        then, now = calendar_of(working_calendar()), calendar_of(after)
        before, later = by_hand(connection, then), by_hand(connection, now)
        paused = connection.execute(text("SELECT count(*) FROM pause JOIN open_dossier o USING (dossier_id)")).scalar()
        found = calendar_preview.moves(connection, then, now)
        told = calendar_preview.preview(connection, working_calendar(), after, T)
    assert paused > 5, "pauses count"
    moved = {key: (before[key], later[key]) for key in before if before[key] != later[key]}
    assert len(moved) > 10
    assert found.open == len(before)
    assert {r["dossier_id"]: (r["before"], r["after"]) for r in found.moved.to_dict("records")} == moved
    earlier = sum(now < then for then, now in moved.values())
    assert told.said[0] == (
        f"The legal deadline of {len(moved)} of {len(before)} open dossiers moves: {len(moved) - earlier} later, "
        f"{earlier} earlier."
    )
    days = told.tables[0]
    assert [(row[1].text, row[2].text) for row in days.rows] == [
        ("working day", "day off"), ("working day", "day off"), ("day off", "make-up day"),
    ]  # fmt: skip
    touched = told.tables[1].rows
    assert [row[1].sort for row in touched] == sorted((row[1].sort for row in touched), reverse=True)


def test_a_calendar_that_ends_early_leaves_deadlines_unknown(reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        today: date = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        short = calendar_of(calendar_with(last=today, swaps=[]))
        found = calendar_preview.moves(connection, calendar_of(working_calendar()), short)
        none = calendar_preview.moves(connection, short, calendar_of(calendar_with(last=date(2012, 1, 1), swaps=[])))
    assert found.moved["after"].isna().any()
    assert none.moved["after"].isna().all()


def test_a_day_that_is_closed_is_said_to_keep_its_figures(reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        today: date = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        past = next(d for n in range(3, 20) if (d := today - timedelta(days=n)).weekday() == 2)
        after = calendar_with(days_off=[{"day": past, "name": {"vi": "Nghỉ", "en": "Off"}}])
        told = calendar_preview.preview(connection, working_calendar(), after, T)
    assert "1 of the changed days are closed already: their figures stay as they were recorded." in told.said


def test_wards_that_change_colour(reader: Engine) -> None:
    known = measures()["open"]
    after = measures() | {"open": Measure(**(known.model_dump() | {"limits": (1, 2, 3, 4)}))}
    query = """SELECT u.ward_code, sum(s.open) AS n FROM open_stock s JOIN unit u USING (unit_code)
               WHERE u.ward_code IS NOT NULL GROUP BY 1"""
    with reading(reader, WHOLE_CITY) as connection:
        counts = {row["ward_code"]: float(row["n"]) for row in rows(connection, query)}
        found = classes.moves(connection, measures(), after)
        told = classes.preview(connection, measures(), after, T)
    expected = {c: (known.klass(n), after["open"].klass(n)) for c, n in counts.items()}
    expected = {c: pair for c, pair in expected.items() if pair[0] != pair[1]}
    assert len(expected) >= 3
    assert {m.ward_code: (m.before, m.after) for m in found} == expected
    assert {m.measure for m in found} == {"open"}
    assert told.said[0] == f"{len(expected)} wards change colour."
    assert sum(row[1].sort for row in told.tables[0].rows) == 584  # type: ignore[misc]


@pytest.mark.parametrize("code", ["overdue_rate", "work_days", "coverage", "active_coverage", "quality_share"])
def test_every_measure_can_be_previewed(reader: Engine, code: str) -> None:
    known = measures()[code]
    spread = tuple(limit / 3 for limit in known.limits)
    after = measures() | {code: Measure(**(known.model_dump() | {"limits": spread, "min_n": 0}))}
    with reading(reader, WHOLE_CITY) as connection:
        found = classes.moves(connection, measures(), after)
    assert {m.measure for m in found} <= {code}
    assert all(m.before != m.after for m in found)


def test_the_order_of_calls_is_the_one_after_saving(reader: Engine, tmp_path: Path) -> None:
    text_ = FILES["first_call"].shipped.read_text(encoding="utf-8")
    edited = text_.replace("overdue:        {weight: 30", "overdue:        {weight: 0").replace(
        "chance: 1.645", "chance: 0"
    )
    after = FILES["first_call"].check(edited).value
    assert edited != text_
    with reading(reader, WHOLE_CITY) as connection:
        before = [c.ward.ward_code for c in first_call.order(connection, weights()[0])]
        said = [c.ward.ward_code for c in first_call.order(connection, after)]
        told = first_call.preview(connection, weights()[0], after, T)
    assert said != before
    (tmp_path / "first_call.yaml").write_text(edited, encoding="utf-8")
    with configured(OPS_CONFIG_DIR=tmp_path):
        kept.look()
        with reading(reader, WHOLE_CITY) as connection:
            alerts_now = {r["ward_code"]: int(r["n"]) for r in rows(connection, first_call.WAITING)}
            assert [c.ward.ward_code for c in question(connection).top(584, alerts_now)] == said
    names = [row[1].text for row in told.tables[0].rows]
    assert len(names) == min(first_call.SHOWN, len(said))


def test_targets_reached_missed_and_to_come(reader: Engine) -> None:
    given = FILES["targets"].shipped.read_text(encoding="utf-8")
    after = (
        FILES["targets"]
        .check(given.replace("value: 0.55", "value: 0.01").replace("by: 2019-12-31", "by: 2033-12-31"))
        .value
    )
    with reading(reader, WHOLE_CITY) as connection:
        told = goals.preview(connection, targets(), after, T)
    standing = [(row[1].text, row[4].text.split(" ")[0], row[5].text) for row in told.tables[0].rows]
    assert [(a.replace("\xa0", " "), c) for a, _, c in standing] == [
        ("1.0 %", "new or changed"), ("65.0 %", "as before"), ("80.0 %", "new or changed"),
        ("100.0 %", "new or changed"),
        ("55.0 %", "taken out"), ("80.0 %", "taken out"), ("100.0 %", "taken out"),
    ]  # fmt: skip
    assert standing[0][1] == "reached"


def test_walls_and_their_seconds(owner: Engine) -> None:
    given = FILES["walls"].shipped.read_text(encoding="utf-8")
    after = FILES["walls"].check(given.replace("seconds: 120", "seconds: 60").replace("trung-tam:", "tang-2:")).value
    with reading(owner, WHOLE_CITY) as connection:
        told = wall_preview.preview(connection, walls(), after, T)
    assert told.said == ["The wall trung-tam goes; 0 devices show it now.",
                         "1 walls change, 1 are new; their devices follow within seconds."]  # fmt: skip
    shown = {row[0].text: (row[1].text, row[2].text) for row in told.tables[0].rows}
    assert shown["ket-noi"] == ("Connections 120 s · The city now 30 s", "Connections 60 s · The city now 30 s")
    assert shown["trung-tam"][1] == "–"


def test_periods_and_their_days(reader: Engine) -> None:
    after = period_rules().model_copy(update={"reporting_starts_on": 1})
    with reading(reader, WHOLE_CITY) as connection:
        told = periods.preview(connection, period_rules(), after, T)
    changed = {row[0].sort for row in told.tables[0].rows if row[2].tone == "bad"}
    assert changed <= {"reporting_month", "reporting_quarter", "reporting_year"}
    assert "reporting_month" in changed
    assert told.said[0] == f"The running period of {len(changed)} kinds has other days with this edit."


def test_keys_that_change(tmp_path: Path) -> None:
    before = "a: 1\nb: {c: [x, y]}  # why\n"
    after = "b: {c: [x, z, w]}\nd: 2026-01-31\n"
    assert keys.changes(tmp_path / "x.yaml", before, after) == [
        ("b.c.2", "y", "z"), ("b.c.3", None, "w"), ("d", None, date(2026, 1, 31)), ("a", 1, None),
    ]  # fmt: skip


def test_a_list_that_is_filled_or_emptied_is_told_by_what_it_holds(tmp_path: Path) -> None:
    none, two = "a: []\nb: 0\n", "a: [x, {c: 1}]\nb: 0\n"
    assert keys.changes(tmp_path / "x.yaml", none, two) == [("a.1", None, "x"), ("a.2.c", None, 1)]
    assert keys.changes(tmp_path / "x.yaml", two, none) == [("a.1", "x", None), ("a.2.c", 1, None)]
    assert keys.changes(tmp_path / "x.yaml", none, "b: {c: 1}\n") == [("b.c", None, 1), ("a", [], None), ("b", 0, None)]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", list(FILES))
def test_every_file_has_a_preview_in_both_languages(owner: Engine, name: str, lang: str) -> None:
    file = FILES[name]
    given = file.shipped.read_text(encoding="utf-8")
    checked = file.check(given + "# a remark\n")
    told = kinds.preview(
        owner, name, file.path, (given, given + "# a remark\n"), (file.value(), checked.value), Texts(lang)
    )
    assert told.said[-1] == Texts(lang)("No key changes its value.")


def test_a_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(Problem, match="line 2"):
        keys.changes(Path("x.yaml"), "a: 1\n", "a: [\n")
