"""The cache in front of the store: scopes apart, one question for many askers, last good answers when it is down."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from data_access.queries import answers as answers_module
from data_access.queries import desk
from data_access.queries.answers import Answers, NoAnswerError
from data_access.queries.backlog import backlog
from data_access.queries.watch import Pulse, Watch
from data_access.store.engine import WHOLE_CITY, Scope, reader_engine
from tests.support.processes import wait_for

HA_DONG, CAU_GIAY = Scope(("268",)), Scope(("005",))
calls: list[str] = []


class Heard:
    """A watch that says what the test wants (the real one is tested in test_watch.py)."""

    def __init__(self, version: int) -> None:
        self.version, self.up = version, True

    def pulse(self) -> Pulse:
        return Pulse(version=self.version, store_ok=self.up, store_since=datetime.now(UTC))


def slow(connection: Connection, word: str = "") -> int:
    """Counts its calls and takes its time."""
    calls.append(word)
    time.sleep(0.3)
    return int(connection.execute(text("SELECT count(*) FROM unit")).scalar_one())


@pytest.fixture
def heard(reader: Engine) -> Heard:
    calls.clear()
    with reader.connect() as connection:
        return Heard(connection.execute(text("SELECT version FROM data_version")).scalar_one())


@pytest.fixture
def asking(reader: Engine, heard: Heard) -> Answers:
    return Answers(reader, heard)  # type: ignore[arg-type]


def test_many_askers_one_question(asking: Answers, heard: Heard) -> None:
    with ThreadPoolExecutor(24) as viewers:
        found = list(viewers.map(lambda _: asking.ask(slow, WHOLE_CITY, word="x"), range(24)))
    assert (asking.asked, calls) == (1, ["x"])
    assert all(answer is found[0] for answer in found)
    assert (found[0].stale, found[0].version >= heard.version) == (False, True)
    asking.ask(slow, WHOLE_CITY, word="y")
    assert calls == ["x", "y"]


def test_another_configuration_is_asked_for_anew(asking: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    first = asking.ask(slow, WHOLE_CITY, word="x")
    assert asking.ask(slow, WHOLE_CITY, word="x") is first
    monkeypatch.setattr(answers_module, "revision", lambda: -1)
    second = asking.ask(slow, WHOLE_CITY, word="x")
    assert second is not first
    assert asking.ask(slow, WHOLE_CITY, word="x") is second
    assert calls == ["x", "x"]


def test_a_newer_version_is_asked_for_again(asking: Answers, heard: Heard) -> None:
    first = asking.ask(slow, WHOLE_CITY)
    assert asking.ask(slow, WHOLE_CITY) is first
    heard.version = first.version + 1
    assert asking.ask(slow, WHOLE_CITY) is not first
    assert asking.asked == 2


def test_what_screens_make_of_an_answer_is_made_once_a_version_scope_and_language(
    asking: Answers, heard: Heard
) -> None:
    made: list[str] = []

    def drawn(scope: Scope, lang: str) -> str:
        made.append(f"{scope.setting} {lang} {heard.version}")
        return made[-1]

    def look(scope: Scope, lang: str) -> str:
        return asking.ask(slow, scope).once(lambda: drawn(scope, lang), "map", lang)

    first = [look(scope, lang) for scope in (HA_DONG, CAU_GIAY) for lang in ("vi", "en")]
    assert [look(scope, lang) for scope in (HA_DONG, CAU_GIAY) for lang in ("vi", "en")] == first == made
    heard.up = False
    assert look(HA_DONG, "vi") == first[0]  # the last good answer keeps what was made of it
    heard.up, heard.version = True, heard.version + 1
    assert look(HA_DONG, "vi") not in first


def test_scopes_never_share_an_answer(asking: Answers) -> None:
    scopes = [HA_DONG, CAU_GIAY, Scope(("268", "005")), WHOLE_CITY, Scope(())]
    found = {scope: asking.ask(backlog, scope).value.units for scope in (*scopes, *scopes)}
    assert asking.asked == len(scopes)
    seen = {scope.setting: {u["district_code"] for u in units} for scope, units in found.items()}
    assert (seen["268"], seen["005"], seen["268,005"], seen[""]) == ({"268"}, {"005"}, {"005", "268"}, set())
    assert len(seen["*"]) > 20


def test_filters_are_part_of_the_question(asking: Answers) -> None:
    every, online = asking.ask(backlog, WHOLE_CITY).value, asking.ask(backlog, WHOLE_CITY, channel=2).value
    assert sum(u["open"] for u in online.units) < sum(u["open"] for u in every.units)


def test_the_store_is_down(asking: Answers, heard: Heard) -> None:
    good = asking.ask(backlog, HA_DONG)
    heard.up = False
    again = asking.ask(backlog, HA_DONG)
    assert (again.value, again.version, again.as_of, again.stale) == (good.value, good.version, good.as_of, True)
    with pytest.raises(NoAnswerError):
        asking.ask(backlog, CAU_GIAY)
    heard.up = True
    assert asking.ask(backlog, HA_DONG) == good
    assert not asking.ask(backlog, CAU_GIAY).stale


def failing(connection: Connection) -> int:
    """Works once, then is refused by the store."""
    calls.append("failing")
    if len(calls) > 1:
        connection.execute(text("SELECT 1 / 0"))
    return 1


def test_a_question_the_store_refuses_keeps_the_last_answer(asking: Answers, heard: Heard) -> None:
    assert asking.ask(failing, WHOLE_CITY).value == 1
    heard.version += 1_000_000
    assert (asking.ask(failing, WHOLE_CITY).value, asking.ask(failing, WHOLE_CITY).stale) == (1, True)


def test_a_store_that_hangs_does_not_hang_the_viewer(
    asking: Answers, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = asking.ask(slow, WHOLE_CITY)
    heard.version = good.version + 1
    monkeypatch.setattr(answers_module, "PATIENCE_SECONDS", 0.05)
    began = time.monotonic()
    assert asking.ask(slow, WHOLE_CITY).stale
    assert time.monotonic() - began < 0.25


class Gate:
    """A question that waits until it is let through; says how often it was asked."""

    def __init__(self) -> None:
        self.__qualname__ = self.__name__ = "gate"
        self.open, self.asked = threading.Event(), 0

    def __call__(self, connection: Connection, **_: Any) -> int:
        self.asked += 1
        assert self.open.wait(30)
        return self.asked


def test_what_takes_too_long_is_not_asked_twice_and_not_lost(
    asking: Answers, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(answers_module, "PATIENCE_SECONDS", 0.05)
    for _ in range(3):
        with pytest.raises(NoAnswerError) as none:
            asking.ask(gate, WHOLE_CITY)
        assert none.value.coming is not None
        assert not none.value.coming.done()
    gate.open.set()
    none.value.coming.result(30)
    answer = asking.ask(gate, WHOLE_CITY)
    assert (answer.value, answer.stale, answer.coming, gate.asked) == (1, False, None, 1)


def test_a_late_answer_of_an_older_version_is_given_while_the_next_is_asked(
    asking: Answers, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(answers_module, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(NoAnswerError) as none:
        asking.ask(gate, WHOLE_CITY)
    gate.open.set()
    assert none.value.coming is not None
    none.value.coming.result(30)
    gate.open.clear()
    heard.version += 1
    late = asking.ask(gate, WHOLE_CITY)
    assert (late.value, late.stale) == (1, True)
    assert late.coming is not None
    gate.open.set()
    assert late.coming.result(30).value == 2


def test_a_question_that_fails_late_is_asked_again(
    asking: Answers, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, real = threading.Event(), asking._fetch

    def fails_late(*_: Any) -> Any:
        assert gate.wait(30)
        raise OperationalError("SELECT", {}, Exception("canceled by statement timeout"))

    monkeypatch.setattr(answers_module, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(asking, "_fetch", fails_late)
    with pytest.raises(NoAnswerError) as none:
        asking.ask(slow, WHOLE_CITY)
    assert none.value.coming is not None
    gate.set()
    assert isinstance(none.value.coming.exception(30), OperationalError)
    monkeypatch.setattr(asking, "_fetch", real)
    monkeypatch.setattr(answers_module, "PATIENCE_SECONDS", 10.0)
    assert not asking.ask(slow, WHOLE_CITY).stale


def test_a_question_whose_store_was_lost_is_asked_again(asking: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    monkeypatch.setattr(answers_module, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(answers_module, "LATE_SECONDS", 0.0)
    for _ in range(2):
        with pytest.raises(NoAnswerError):
            asking.ask(gate, WHOLE_CITY)
    gate.open.set()
    wait_for(lambda: gate.asked == 2, "the second one")


def test_slow_questions_leave_the_watch_its_connection(small_city: Any) -> None:
    engine = reader_engine(small_city.urls.store_reader_url)
    watch = Watch(engine, lambda: 0.05)
    asking, gate = Answers(engine, watch), Gate()
    most = asking.pool[1]
    with ThreadPoolExecutor(most + 4) as viewers:
        found = [viewers.submit(asking.ask, gate, WHOLE_CITY, n=n) for n in range(most + 4)]
        try:
            wait_for(lambda: gate.asked >= most - 1, "as many questions as may be")
            heard = watch._heard
            wait_for(lambda: watch._heard > heard + 0.2, "the watch to be answered", 4)
            assert watch.pulse().store_ok
        finally:
            gate.open.set()
        assert all(not f.result().stale for f in found)
    watch.stop()
    engine.dispose()


def test_a_store_known_to_hang_is_waited_for_no_longer(asking: Answers, heard: Heard) -> None:
    good = asking.ask(slow, WHOLE_CITY)
    heard.version = good.version + 1
    hung = threading.Event()

    def hangs(*_: Any) -> Any:
        heard.up = False  # what the watch finds out while the question waits
        hung.wait(5)

    asking._fetch = hangs  # type: ignore[method-assign]
    began = time.monotonic()
    assert asking.ask(slow, WHOLE_CITY).stale
    assert time.monotonic() - began < 2
    hung.set()


def test_a_store_without_figures(reader: Engine, heard: Heard) -> None:
    class Empty(Answers):
        def _fetch(self, *_: Any) -> Any:
            raise NoAnswerError

    with pytest.raises(NoAnswerError):
        Empty(reader, heard).ask(backlog, WHOLE_CITY)  # type: ignore[arg-type]


@pytest.fixture
def _no_desk() -> Iterator[None]:
    desk.close()
    yield
    desk.close()


@pytest.mark.usefixtures("_no_desk")
def test_one_desk_a_process(small_city: Any) -> None:
    url = small_city.urls.store_reader_url
    with ThreadPoolExecutor(8) as viewers:
        desks = list(viewers.map(lambda _: desk.desk(url), range(8)))
    assert all(d is desks[0] for d in desks)
    watches = [t for t in threading.enumerate() if t.name == "store-watch"]
    assert len(watches) == 1
    desk.close()
    assert [t for t in threading.enumerate() if t.name == "store-watch"] == []
