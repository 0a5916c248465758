import asyncio
import time
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session
from streamlit.runtime import runtime as streamlit_runtime
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state import SessionState

from pages.streamlit_mends import mend
from tests.support.aside import aside

SECTIONS = [
    (),
    ("theme.light",),
    ("theme.dark",),
    ("theme.sidebar",),
    ("theme.light.sidebar",),
    ("theme.dark.sidebar",),
]


@pytest.fixture(autouse=True)
def mended(monkeypatch):
    """Streamlit as the application mends it, and as it was afterwards."""
    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)
    monkeypatch.setattr(app_session.AppSession, "register_file_watchers", app_session.AppSession.register_file_watchers)
    monkeypatch.setattr(ScriptRunner, "_run_script", ScriptRunner._run_script)
    monkeypatch.setattr(Runtime, "_enqueued_some_message", Runtime._enqueued_some_message)
    call_soon = app_session.AppSession._call_soon_on_event_loop
    monkeypatch.setattr(app_session.AppSession, "_call_soon_on_event_loop", call_soon)
    monkeypatch.setattr(streamlit_runtime, "asyncio", streamlit_runtime.asyncio)
    mend()


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_sent_is_the_one_streamlit_makes(section):
    own, sent, again = CustomThemeConfig(), CustomThemeConfig(), CustomThemeConfig()
    app_session._populate_theme_msg.real(own, *section)
    for msg in (sent, again):
        app_session._populate_theme_msg(msg, *section)
    assert sent == again == own
    if section in ((), ("theme.light",)):
        assert own.ByteSize()  # something that could get lost


def test_a_session_that_comes_back_watches_files_only_where_that_is_configured():
    session = SimpleNamespace(_local_sources_watcher=None)
    assert config.get_option("server.fileWatcherType") == "none"
    app_session.AppSession.register_file_watchers(session)
    assert session._local_sources_watcher is None


def test_mending_twice_is_mending_once():
    first = app_session._populate_theme_msg.real
    mend()
    assert app_session._populate_theme_msg.real is first


SCRIPT = """
import streamlit as st

@st.fragment
def beat():
    st.write("beat")

def page(name):
    def show():
        st.title(name)
    return st.Page(show, title=name, url_path=name, default=name == "one")

shown = st.navigation([page("one"), page("two")])
beat()
shown.run()
"""


@pytest.mark.parametrize("as_mended", [True, False])
def test_a_fragment_of_a_page_that_was_left_does_not_bring_it_back(tmp_path, monkeypatch, as_mended):
    """Streamlit's own runner, one run after the other: what it tells the browser about the page."""
    monkeypatch.setattr(Runtime, "_instance", MagicMock(spec=Runtime))
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    if not as_mended:
        ScriptRunner._run_script = ScriptRunner._run_script.real
    script = tmp_path / "app.py"
    script.write_text(SCRIPT)
    pages, fragments, state, cache = PagesManager(str(script)), MemoryFragmentStorage(), SessionState(), ScriptCache()

    def run(**asked):
        """The page of each run that begins, and whether it is a fragment's."""
        heard = []

        def hear(_, event, **facts):
            if event is ScriptRunnerEvent.SCRIPT_STARTED:
                heard.append((facts["page_script_hash"], bool(facts["fragment_ids_this_run"])))

        loop = asyncio.new_event_loop()
        runner = ScriptRunner(
            session_id="s", main_script_path=str(script), session_state=state, uploaded_file_mgr=MagicMock(),
            script_cache=cache, initial_rerun_data=RerunData(**asked), user_info={}, fragment_storage=fragments,
            pages_manager=pages, event_loop=loop,
        )  # fmt: skip
        runner.on_event.connect(hear, weak=False)
        runner.start()
        runner._script_thread.join(60)
        loop.close()
        return heard

    run()
    one = pages.current_page_script_hash
    two = next(key for key in pages.get_pages() if key != one)
    (beat,) = fragments._fragments
    assert run(page_script_hash=one, fragment_id_queue=[beat]) == [(one, True)]
    assert run(page_script_hash=two) == [(two, False)]
    late = run(page_script_hash=one, fragment_id_queue=[beat])
    assert late == ([] if as_mended else [(one, True)]), "unmended, the browser is told that it is on the page it left"
    assert run(page_script_hash=two, fragment_id_queue=[beat]) == [(two, True)]


def test_what_a_script_tells_is_heard_in_order_by_few_calls_of_the_event_loop(monkeypatch):
    """Eight scripts' threads, each with a session of its own, tell two thousand things while the loop listens."""
    heard, calls = [], []

    async def listen():
        loop = asyncio.get_running_loop()
        real = loop.call_soon_threadsafe
        sessions = [SimpleNamespace(_event_loop=loop) for _ in range(8)]
        tell_loop = app_session.AppSession._call_soon_on_event_loop

        def tell(who):
            for n in range(2_000):
                tell_loop(sessions[who], lambda n=n: heard.append((who, n)))

        def counted(callback, *arguments, **more):
            calls.append(callback)
            return real(callback, *arguments, **more)

        with monkeypatch.context() as patch:
            patch.setattr(loop, "call_soon_threadsafe", counted)
            await asyncio.gather(*(asyncio.to_thread(tell, who) for who in range(8)))
        await asyncio.sleep(0.05)

    aside(listen())
    for who in range(8):
        assert [n for teller, n in heard if teller == who] == list(range(2_000))
    assert len(calls) < 16_000, "together, not one by one"


def test_what_fails_on_the_event_loop_keeps_nothing_back():
    heard, failed = [], []

    async def listen():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, what: failed.append(what["exception"]))
        session = SimpleNamespace(_event_loop=loop)
        tell_loop = app_session.AppSession._call_soon_on_event_loop
        for callback in (lambda: heard.append(1), lambda: 1 / 0, lambda: heard.append(2)):
            tell_loop(session, callback)
        await asyncio.sleep(0.01)
        tell_loop(session, lambda: heard.append(3))
        await asyncio.sleep(0.01)

    aside(listen())
    assert heard == [1, 2, 3]
    assert [type(error) for error in failed] == [ZeroDivisionError]


@pytest.mark.parametrize("from_the_loop", [True, False])
def test_a_message_wakes_the_one_that_sends(from_the_loop):
    async def sent():
        objects = SimpleNamespace(eventloop=asyncio.get_running_loop(), need_send_data=asyncio.Event())
        server = SimpleNamespace(_get_async_objs=lambda: objects)
        sending = asyncio.create_task(objects.need_send_data.wait())
        await asyncio.sleep(0.01)
        assert not sending.done()
        if from_the_loop:
            Runtime._enqueued_some_message(server)
        else:
            await asyncio.to_thread(Runtime._enqueued_some_message, server)
        return await asyncio.wait_for(sending, 30)

    assert aside(sent())


def test_messages_are_sent_many_in_a_round_and_others_get_their_turn():
    """Streamlit gives way after each message; of 1,000 messages others have ten rounds at least."""
    rounds = []

    async def other():
        while True:
            rounds.append(1)
            await asyncio.sleep(0)

    async def send(seconds):
        beside = asyncio.create_task(other())
        await asyncio.sleep(0)
        rounds.clear()
        for _ in range(1_000):
            time.sleep(seconds)  # what sending one takes
            await streamlit_runtime.asyncio.sleep(0)
        beside.cancel()
        return len(rounds)

    assert 10 <= aside(send(0)) <= 500
    assert aside(send(0.001)) >= 90, "a slow round is given up after ten milliseconds"


def test_all_else_of_asyncio_is_streamlits_as_it_was():
    assert streamlit_runtime.asyncio.Event is asyncio.Event
    assert streamlit_runtime.asyncio.FIRST_COMPLETED == asyncio.FIRST_COMPLETED
