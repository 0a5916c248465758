"""An open desk notices new figures and the end of its session: it draws anew between runs, never within one."""

import gc
import json
from concurrent.futures import Future
from typing import cast

import pytest
from starlette.requests import Request
from starlette.responses import Response

from config.i18n import Texts
from data_access.queries.watch import Pulse
from pages import looks, pace
from pages.looks import OpenDesk, look
from pages.pace import PATIENCE_SECONDS, Turns
from pages.running import Held
from tests.support.aside import aside


class Session:
    """A session that holds until it is ended."""

    holds = True

    def in_force(self) -> bool:
        """Whether it does."""
        return self.holds


class Room:
    """A desk that is open; `version` is the store's newest, `clock` the seconds."""

    def __init__(self) -> None:
        self.version, self.clock = 1, 1000.0
        self.session = Session()
        self.desk = OpenDesk()

    def pulse(self) -> Pulse:
        """What is known of the store."""
        return Pulse(version=self.version, store_ok=True)

    def begin(self) -> None:
        """Begin a run of the desk."""
        self.desk.begin(cast(Held, self.session), "vi", self.pulse())

    def draws(self) -> bool:
        """Look; whether it is told to draw."""
        told = look(self.desk.token)
        assert told is not None
        return bool(told["draw"])


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()
    monkeypatch.setattr(looks, "pulse", room.pulse)
    monkeypatch.setattr(looks, "turns", Turns())
    monkeypatch.setattr(pace.time, "monotonic", lambda: room.clock)
    room.begin()
    return room


def test_a_run_that_takes_long_is_not_started_again_by_its_own_look(room: Room) -> None:
    room.version += 1
    room.clock += 2 * PATIENCE_SECONDS  # its turn is over, it is still drawing
    assert not room.draws()
    room.desk.end()
    assert room.draws()


def test_no_new_figures_no_run(room: Room) -> None:
    room.desk.end()
    assert not room.draws()


def test_a_page_at_work_takes_no_turn(room: Room) -> None:
    room.desk.end()
    room.version += 1
    told = look(room.desk.token, busy=True)
    assert told is not None
    assert not told["draw"]
    assert room.draws()


def test_one_run_for_new_figures_however_often_it_looks(room: Room) -> None:
    room.desk.end()
    room.version += 1
    assert [room.draws() for _ in range(3)] == [True, False, False]
    room.begin()
    room.desk.end()
    room.clock += 2 * PATIENCE_SECONDS
    assert not room.draws()


def test_what_a_run_did_not_wait_for_is_drawn_when_it_is_there(room: Room) -> None:
    question: Future[int] = Future()
    room.desk.coming.append(question)
    room.desk.end()
    assert not room.draws()
    question.set_result(1)
    assert room.draws()
    room.begin()
    room.desk.end()
    room.clock += 2 * PATIENCE_SECONDS
    assert not room.draws(), "once"


def test_a_session_that_was_ended_is_told_at_once(room: Room) -> None:
    room.desk.end()
    room.session.holds = False
    assert room.draws()


def test_nobody_looks_by_a_token_that_was_not_given(room: Room) -> None:
    assert look(room.desk.token) is not None
    assert look("") is None
    assert look(OpenDesk().token) is None, "one that never drew"


def test_a_desk_is_forgotten_with_its_session(room: Room) -> None:
    token = room.desk.token
    room.desk = OpenDesk()
    gc.collect()
    assert look(token) is None


def test_it_says_how_old_the_figures_are_in_the_language_of_the_desk(room: Room) -> None:
    told = look(room.desk.token)
    assert told is not None
    assert told["words"] == Texts("vi")("No figures yet")
    room.desk.begin(cast(Held, room.session), "en", room.pulse())
    told = look(room.desk.token)
    assert told is not None
    assert (told["words"], told["old"]) == ("No figures yet", True)


def test_it_is_answered_by_the_event_loop_itself(room: Room) -> None:
    import app

    def answer(token: str) -> Response:
        request = Request({"type": "http", "query_string": f"desk={token}".encode(), "headers": []})
        return aside(app.desk_look(request))

    told = json.loads(answer(room.desk.token).body)
    assert set(told) == {"draw", "every", "at", "words", "title", "old"}
    assert answer("unknown").status_code == 404
