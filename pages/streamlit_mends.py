"""Where the pinned Streamlit does for every viewer, in its one event loop, what is needed once or never.

Private names of streamlit 1.67.0, so tests/pages/test_streamlit_mends.py fails when they move. Why: decision 0015.
"""

from functools import lru_cache
from typing import Any

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData


def mend() -> None:
    """Before the first session. Calling it again changes nothing."""
    # A session that comes back watches source files whatever server.fileWatcherType says, and after each of its runs
    # looks at the files of some thousand modules: seconds a viewer when many come back at once (streamlit#8738).
    register = _real(app_session.AppSession.register_file_watchers)

    def register_if_wanted(session: app_session.AppSession) -> None:
        if config.get_option("server.fileWatcherType") != "none":
            register(session)

    register_if_wanted.real = register  # type: ignore[attr-defined]
    app_session.AppSession.register_file_watchers = register_if_wanted  # type: ignore[method-assign,assignment]

    # Each run sends the theme; six times it asked all settings for it, a millisecond in all.
    populate = _real(app_session._populate_theme_msg)

    @lru_cache(maxsize=8)
    def made(*section: str) -> CustomThemeConfig:
        theme = CustomThemeConfig()
        populate(theme, *section)
        return theme

    def populate_once(msg: CustomThemeConfig, *section: str) -> None:
        msg.MergeFrom(made(*section))

    # A fragment whose clock struck while its page was being left: its run would tell the browser that the page left is
    # the current one, and the browser would take the new one's elements away, until someone loads it anew.
    run = _real(ScriptRunner._run_script)

    def run_unless_left(runner: ScriptRunner, rerun_data: RerunData) -> None:
        here = runner._pages_manager.current_page_script_hash
        if here and rerun_data.fragment_id_queue and rerun_data.page_script_hash != here:
            return  # the new page's own clock strikes soon
        run(runner, rerun_data)

    run_unless_left.real = run  # type: ignore[attr-defined]
    ScriptRunner._run_script = run_unless_left  # type: ignore[method-assign,assignment]

    populate_once.real = populate  # type: ignore[attr-defined]
    app_session._populate_theme_msg = populate_once  # type: ignore[assignment]


def _real(function: Any) -> Any:
    return getattr(function, "real", function)
