"""The alerts' keeper over a real store: one writer, every condition opened once, memory that outlives it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.alert_kinds import KINDS, AlertRule
from config.alerts import AlertRules, load
from data_access import alerts as module
from data_access import notifications
from data_access.alert_desk import resolve
from data_access.alert_figures import Reading
from data_access.alerts import ALERT_LOCK, AlertKeeper
from data_access.standby import StandBy
from tests.data_access.alert_rows import HA_DONG, HOAN_KIEM, AlertStore
from tests.support.processes import wait_for

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORDS = {
    "what": {"vi": "{place} mất kết nối {value} từ {since}", "en": "{place} down {value} since {since}"},
    "first_step": {"vi": "gọi", "en": "call"},
}


def rule(kind: str = "link", **more: Any) -> AlertRule:
    plain: dict[str, Any] = {"kind": kind, "severity": "act", "limit": {"opens": 30, "closes": 5}} | WORDS
    return KINDS[kind].model_validate(plain | ({"service": "wan"} if kind == "link" else {}) | more)


class Scene:
    """A store whose figures and rules the test sets."""

    def __init__(self, owner: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.owner = owner
        self.rules: dict[str, AlertRule] = {"down": rule()}
        self.figures: dict[str, float] = {}
        self.known = load()
        for place in (module, notifications):
            monkeypatch.setattr(place, "alert_rules", self._rules)
        monkeypatch.setattr(module, "readings", lambda connection, rule, now: [
            Reading(("link", f"{n}:wan"), HA_DONG, value, f"Phường {n}", facts={"open": 3, "overdue": 1})
            for n, value in self.figures.items()
        ])  # fmt: skip

    def _rules(self) -> AlertRules:
        return AlertRules(dict(self.rules), self.known.severities)

    def look(self, minutes: float, **figures: float) -> Any:
        """A look by a keeper of its own: all memory is the store's."""
        self.figures = {name.removeprefix("w"): value for name, value in figures.items()}
        return AlertKeeper(self.owner).look(START + minutes * MINUTE)

    def rows(self, columns: str, table: str = "alert", order: str = "alert_id") -> list[tuple[Any, ...]]:
        with self.owner.connect() as connection:
            return [tuple(r) for r in connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY {order}"))]

    @property
    def events(self) -> list[tuple[Any, ...]]:
        return self.rows("kind, who, value", "alert_event", "event_id")


@pytest.fixture
def scene(alert_store: AlertStore, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(alert_store.owner, monkeypatch)


def test_opened_once_kept_up_to_date_and_ended_by_itself(scene: Scene) -> None:
    scene.look(0, w1=29)
    assert scene.rows("alert_id") == []
    for minute in (1, 2, 3):
        scene.look(minute, w1=29 + minute)
    assert scene.rows("rule, kind, severity, subject_kind, subject_code, district_code, since, opened_at, value") == [
        ("down", "link", "act", "link", "1:wan", HA_DONG, START + MINUTE, START + MINUTE, 32.0)
    ]
    what, step, folded = scene.rows("what, first_step, folded")[0]
    assert what == {"vi": "Phường 1 mất kết nối 32 phút từ 15:01 20/11/2026",
                    "en": "Phường 1 down 32 minutes since 15:01 20/11/2026"}  # fmt: skip
    assert step == {"vi": "gọi", "en": "call"}
    assert "down phuong 1 mat ket noi 32 phut" in folded
    scene.look(60, w1=90)
    scene.look(61)
    assert scene.rows("resolution, resolved_by, resolved_at, cleared_at") == [
        ("cleared", None, START + 61 * MINUTE, START + 61 * MINUTE)
    ]
    assert scene.events == [("opened", None, 30.0), ("changed", None, 90.0), ("resolved", None, 0.0)]
    scene.look(62, w1=40)
    assert [r for (r,) in scene.rows("resolution")] == ["cleared", None]


def test_its_minutes_are_remembered_by_the_store(scene: Scene) -> None:
    scene.rules["down"] = rule(minutes={"opens": 5, "closes": 10})
    scene.look(0, w1=40, w2=40)
    scene.look(4, w1=40)
    assert scene.rows("subject_code, district_code, since", "alert_pending", "1") == [("1:wan", HA_DONG, START)]
    scene.look(5, w1=40, w2=40)
    assert scene.rows("subject_code, since") == [("1:wan", START)]
    scene.look(6, w1=4)
    scene.look(15, w1=4)
    assert scene.rows("resolved_at, clearing_since") == [(None, START + 6 * MINUTE)]
    scene.look(16, w1=4)
    assert scene.rows("resolution") == [("cleared",)]


def test_one_resolved_by_hand_stays_so_until_its_condition_was_over(scene: Scene) -> None:
    scene.look(0, w1=40)
    ((alert_id,),) = scene.rows("alert_id")
    resolve(scene.owner, alert_id, "Lan", "biết rồi", None)
    scene.look(1, w1=50)
    scene.look(2, w1=500)
    scene.look(3, w1=20)
    assert scene.rows("resolved_by, value, cleared_at") == [("Lan", 40.0, None)], "as it was when it was resolved"
    scene.look(4, w1=4)
    assert scene.rows("resolution, cleared_at") == [("hand", START + 4 * MINUTE)]
    scene.look(5, w1=40)
    assert [r for (r,) in scene.rows("resolution")] == ["hand", None]
    assert [e[:2] for e in scene.events] == [("opened", None), ("resolved", "Lan"), ("cleared", None), ("opened", None)]


def test_a_rule_that_is_gone_or_looks_elsewhere_ends_its_alerts(scene: Scene) -> None:
    scene.rules["other"] = rule()
    scene.look(0, w1=40)
    scene.rules = {"down": rule(scope={"districts": [HOAN_KIEM]})}
    scene.look(1, w1=40)
    assert scene.rows("rule, resolution, cleared_at") == [
        (name, "rule", START + MINUTE) for name in ("down", "other")
    ]  # fmt: skip


def test_another_severity_is_told_in_the_open_alert(scene: Scene) -> None:
    scene.look(0, w1=40)
    scene.rules["down"] = rule(severity="urgent")
    scene.look(1, w1=41)
    scene.look(2, w1=42)
    assert scene.rows("severity, value") == [("urgent", 42.0)]
    assert [kind for kind, _, _ in scene.events] == ["opened", "changed"]


def test_a_second_keeper_stands_aside(scene: Scene) -> None:
    with scene.owner.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": ALERT_LOCK})
        assert scene.look(0, w1=40) is None
    assert scene.look(0, w1=40) is not None
    assert scene.rows("looked_at", "alert_state", "1") == [(START,)]


def test_one_standing_by_looks_only_when_nobody_did(scene: Scene) -> None:
    scene.look(0, w1=10)
    scene.figures = {"1": 40.0}
    standby = AlertKeeper(scene.owner, standby=60)
    assert standby.look(START + timedelta(seconds=59)) is None
    assert scene.rows("alert_id") == []
    assert standby.look(START + timedelta(seconds=60)) is not None
    assert scene.rows("subject_code") == [("1:wan",)]


def test_a_sync_that_is_gone_is_noticed_by_the_application(
    alert_store: AlertStore, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.figures = {"1": 40.0}
    urls = iter((None, alert_store.owner_url))
    standby = StandBy(lambda: next(urls))
    try:
        wait_for(lambda: scene.rows("subject_code") == [("1:wan",)], "the alert", 20)
    finally:
        standby.stop()


def test_figures_are_counted_once_a_version_but_ages_at_every_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(module, "readings", lambda connection, rule, now: counted.append(rule.kind) or [])
    known = AlertRules({"down": rule(), "age": rule("age", of="source")}, scene.known.severities)
    monkeypatch.setattr(module, "alert_rules", lambda: known)
    keeper = AlertKeeper(scene.owner)
    for n in range(3):
        keeper.look(START + n * MINUTE)
    assert counted == ["link", "age", "age", "age"]


def test_a_look_that_finds_nothing_new_changes_nothing(scene: Scene) -> None:
    scene.look(0, w1=40)
    revision = scene.rows("revision", "alert_state", "1")
    scene.look(1, w1=40)
    assert scene.rows("revision", "alert_state", "1") == revision
    assert scene.rows("updated_at") == [(START,)]


def test_an_officers_name_is_told_to_desks_only(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"what": {"vi": "{place}: {officer} {since}", "en": "{place}: {officer} {since}"}}
    scene.rules = {"load": rule("officer", limit={"opens": 3, "closes": 2}, **words)}
    facts = {"officer": "Nguyễn Văn An", "steps": 20.0, "median": 4.0, "overdue": 2.0}
    reading = Reading(("officer", "cb1"), HA_DONG, 5.0, "Phường 1", "00001", facts=facts)
    monkeypatch.setattr(module, "readings", lambda *_: [reading])
    AlertKeeper(scene.owner).look(START)
    what, public, step = scene.rows("what, public, first_step")[0]
    assert all("Nguyễn Văn An" in said for said in what.values())
    assert public == {"vi": "Phường 1: một cán bộ 15:00 20/11/2026", "en": "Phường 1: an officer 15:00 20/11/2026"}
    assert "Nguyễn" not in str(step)
