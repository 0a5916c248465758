from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

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
