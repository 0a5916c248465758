import asyncio
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state import SessionState

from pages.streamlit_mends import mend

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
