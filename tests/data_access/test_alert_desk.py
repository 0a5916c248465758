"""Alerts by hand and on screens: names and notes, scope in SQL, two people at once, search, asked anew on change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from config.problems import Problem
from data_access.alert_desk import acknowledge, resolve
from data_access.queries.alerts import Alert, alert_events, alert_history, alert_notices, open_alerts
from data_access.queries.answers import Answers
from data_access.queries.watch import Watch
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.data_access.alert_rows import HA_DONG, HOAN_KIEM, AlertStore, put
from tests.support.processes import wait_for

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.fixture
def store(alert_store: AlertStore) -> Engine:
    return alert_store.owner


@pytest.fixture
def reader(alert_store: AlertStore) -> Engine:
    return alert_store.reader


def ask(reader: Engine, question: Any, scope: Scope = WHOLE_CITY, **filters: Any) -> Any:
    with reading(reader, scope) as connection:
        return question(connection, **filters)


def refused(action: Any, *arguments: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        action(*arguments)
    return problem.value


def test_a_name_and_a_note_are_needed(store: Engine) -> None:
    alert = put(store)
    for action in (acknowledge, resolve):
        assert refused(action, store, alert, " ", "đang xử lý", None).code == "alert_who"
        for note in ("", "  \n", "x" * 1001):
            assert refused(action, store, alert, "Lan", note, None).code == "alert_note"
        assert refused(action, store, alert + 1, "Lan", "đang xử lý", None).code == "alert_unknown"


def test_acknowledged_then_resolved(store: Engine, reader: Engine) -> None:
    alert = put(store, value=7)
    acknowledge(store, alert, " Lan ", "Đã gọi Bưu điện", None)
    (found,) = ask(reader, open_alerts).alerts
    assert (found.acknowledged_by, found.acknowledged_note, found.resolved_at) == ("Lan", "Đã gọi Bưu điện", None)
    taken = refused(acknowledge, store, alert, "Minh", "tôi nữa", None)
    assert (taken.code, taken.facts["who"]) == ("alert_taken", "Lan")
    resolve(store, alert, "Minh", "Thay thiết bị", (HA_DONG,))
    assert ask(reader, open_alerts).alerts == []
    (found,) = ask(reader, alert_history).alerts
    assert (found.resolved_by, found.resolved_note, found.resolution) == ("Minh", "Thay thiết bị", "hand")
    for action in (acknowledge, resolve):
        ended = refused(action, store, alert, "Lan", "x", None)
        assert (ended.code, ended.facts["who"]) == ("alert_ended", "Minh")
    events = [(e.kind, e.who, e.note, e.value) for e in ask(reader, alert_events, alert_id=alert)]
    assert events == [
        ("acknowledged", "Lan", "Đã gọi Bưu điện", 7.0), ("resolved", "Minh", "Thay thiết bị", 7.0),
    ]  # fmt: skip


def test_one_that_ended_by_itself_meanwhile_is_told_so(store: Engine) -> None:
    alert = put(store, resolved_at=AT, resolution="cleared", cleared_at=AT)
    for action in (acknowledge, resolve):
        problem = refused(action, store, alert, "Lan", "x", None)
        assert problem.code == "alert_over"
        assert "08:00 20/11/2026" in problem.text("vi")


def test_another_districts_alert_is_not_there(store: Engine, reader: Engine) -> None:
    theirs, city, mine = put(store, district=HOAN_KIEM), put(store, district=""), put(store, district=HA_DONG)
    for action in (acknowledge, resolve):
        for alert in (theirs, city):
            assert refused(action, store, alert, "Lan", "x", (HA_DONG,)).code == "alert_unknown"
            assert refused(action, store, alert, "Lan", "x", ()).code == "alert_unknown"
    for alert in (theirs, city, mine):
        acknowledge(store, alert, "Trực", "đã xem", None)
    own = Scope((HA_DONG,))
    assert [a.alert_id for a in ask(reader, open_alerts, own).alerts] == [mine]
    assert ask(reader, alert_history, own).total == 1
    for question in (alert_events, alert_notices):
        assert ask(reader, question, own, alert_id=theirs) == []
    assert len(ask(reader, alert_events, alert_id=theirs)) == 1
    assert ask(reader, open_alerts, Scope(())).alerts == []


def test_the_screens_role_changes_nothing(store: Engine, reader: Engine) -> None:
    alert = put(store)
    with pytest.raises(DBAPIError, match="permission denied"):
        acknowledge(reader, alert, "Lan", "x", None)


def test_the_gravest_first_then_unacknowledged_then_oldest(store: Engine, reader: Engine) -> None:
    old, new = AT - timedelta(hours=2), AT
    watch = put(store, severity="watch", since=old)
    seen = put(store, severity="urgent", since=old)
    urgent, older = put(store, severity="urgent", since=new), put(store, severity="urgent", since=old)
    odd = put(store, severity="no longer there")
    acknowledge(store, seen, "Lan", "x", None)
    found = ask(reader, open_alerts)
    assert [a.alert_id for a in found.alerts] == [older, urgent, seen, watch, odd]
    assert found.counts == {"urgent": 3, "act": 0, "watch": 1, "no longer there": 1}


def test_history_is_searched_without_diacritics_and_by_page(store: Engine, reader: Engine) -> None:
    first = put(store, what="Phường Văn Quán mất kết nối", rule="mat-ket-noi", opened_at=AT - timedelta(days=1))
    second = put(store, what="Xã 100% quá hạn", severity="urgent", opened_at=AT)
    acknowledge(store, second, "Nguyễn Ánh", "gọi lại", None)

    def found(**filters: Any) -> list[int]:
        return [a.alert_id for a in ask(reader, alert_history, **filters).alerts]

    assert found() == [second, first]
    assert found(search="van  QUAN ket") == [first]
    assert found(search="van han") == []
    assert found(search="nguyen anh") == [second]
    assert found(search="100%") == [second]
    assert found(search="1_0%") == []
    assert found(rule="mat-ket-noi") == [first]
    assert found(severity="urgent") == [second]
    assert (found(state="acknowledged"), found(state="unacknowledged"), found(state="resolved")) == (
        [second],
        [first],
        [],
    )
    assert found(first=date(2026, 11, 20)) == [second]
    assert found(last=date(2026, 11, 19)) == [first]
    assert found(district=HOAN_KIEM) == []
    page = ask(reader, alert_history, page=1, size=1)
    assert ([a.alert_id for a in page.alerts], page.total) == ([first], 2)


def test_a_local_day_ends_at_local_midnight(store: Engine, reader: Engine) -> None:
    put(store, opened_at=datetime(2026, 11, 19, 17, tzinfo=UTC))  # midnight in Hà Nội
    day = date(2026, 11, 20)
    assert ask(reader, alert_history, first=day, last=day).total == 1
    assert ask(reader, alert_history, last=day - timedelta(days=1)).total == 0


def test_events_are_only_added_to(store: Engine) -> None:
    acknowledge(store, put(store), "Lan", "x", None)
    for change in ("UPDATE alert_event SET who = 'Minh'", "DELETE FROM alert_event"):
        with pytest.raises(DBAPIError, match="only added to"), store.begin() as connection:
            connection.execute(text(change))


def test_one_open_alert_a_rule_and_subject(store: Engine) -> None:
    put(store, subject="00001")
    with pytest.raises(DBAPIError, match="alert_once"):
        put(store, subject="00001")


def test_screens_ask_anew_when_alerts_change_and_figures_dont(store: Engine, reader: Engine) -> None:
    watch = Watch(reader, lambda: 0.05)
    answers = Answers(reader, watch)
    try:
        assert answers.ask(open_alerts, WHOLE_CITY).value.alerts == []
        before, asked = watch.pulse(), answers.asked
        alert = put(store)
        wait_for(lambda: watch.pulse().alerts > before.alerts, "the change", 5)
        assert watch.pulse().version == before.version
        (found,) = answers.ask(open_alerts, WHOLE_CITY).value.alerts
        assert isinstance(found, Alert)
        assert (found.alert_id, answers.asked) == (alert, asked + 1)
        answers.ask(open_alerts, WHOLE_CITY)
        assert answers.asked == asked + 1
    finally:
        watch.stop()
