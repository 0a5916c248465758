"""Where the pinned Streamlit does for every viewer, in its one event loop, what is needed once or never.

Private names of streamlit 1.67.0, so tests/pages/test_streamlit_mends.py fails when they move. Why: decision 0015.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime import runtime as streamlit_runtime
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from pages.pace import work

ROUND_SECONDS = 0.01
ROUND_MESSAGES = 100
"""What Streamlit sends between two rounds of its event loop: so long, so many (a connection's queue holds 500)."""


def mend() -> None:
    """Before the first session. Calling it again changes nothing."""
    _mend_sessions()
    _mend_runs()
    _mend_sending()


def _mend_sessions() -> None:
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

    populate_once.real = populate  # type: ignore[attr-defined]
    app_session._populate_theme_msg = populate_once  # type: ignore[assignment]


def _mend_runs() -> None:
    # A fragment whose clock struck while its page was being left: its run would tell the browser that the page left is
    # the current one, and the browser would take the new one's elements away, until someone loads it anew.
    run = _real(ScriptRunner._run_script)

    def run_unless_left(runner: ScriptRunner, rerun_data: RerunData) -> None:
        here = runner._pages_manager.current_page_script_hash
        if here and rerun_data.fragment_id_queue and rerun_data.page_script_hash != here:
            return  # the new page's own clock strikes soon
        if rerun_data.fragment_id_queue:  # a wall's beat, short, and proof that the server lives
            run(runner, rerun_data)
            return
        with work.at_work():
            run(runner, rerun_data)

    run_unless_left.real = run  # type: ignore[attr-defined]
    ScriptRunner._run_script = run_unless_left  # type: ignore[method-assign,assignment]


def _mend_sending() -> None:
    # Each message of a run woke the event loop, twice, and each was sent in a round of its own. A round hands Python's
    # lock to a script that draws and gets it back after five milliseconds at the earliest: three hundred screens that
    # came back at once were sent nothing for two minutes.
    call_soon = _real(app_session.AppSession._call_soon_on_event_loop)

    def call_together(session: app_session.AppSession, callback: Callable[[], None]) -> None:
        inbox: _Inbox = session.__dict__.setdefault("ops_inbox", _Inbox())
        if inbox.put(callback):
            call_soon(session, inbox.empty)

    call_together.real = call_soon  # type: ignore[attr-defined]
    app_session.AppSession._call_soon_on_event_loop = call_together  # type: ignore[method-assign,assignment]

    wake = _real(streamlit_runtime.Runtime._enqueued_some_message)

    def wake_if_asleep(server: streamlit_runtime.Runtime) -> None:
        objects = server._get_async_objs()
        if asyncio._get_running_loop() is objects.eventloop:
            objects.need_send_data.set()
        elif not objects.need_send_data.is_set():
            wake(server)

    wake_if_asleep.real = wake  # type: ignore[attr-defined]
    streamlit_runtime.Runtime._enqueued_some_message = wake_if_asleep  # type: ignore[method-assign,assignment]

    if not isinstance(streamlit_runtime.asyncio, _Rounds):
        vars(streamlit_runtime)["asyncio"] = _Rounds()


class _Inbox:
    """What a session's script has to tell the event loop, told in one go, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._called = False

    def put(self, callback: Callable[[], None]) -> bool:
        """True: `empty` must be called; False: it will be."""
        self._waiting.append(callback)
        called, self._called = self._called, True
        return not called

    def empty(self) -> None:
        """On the event loop. What fails is told as any callback's failure, and keeps nothing back."""
        self._called = False  # first: what comes from now on calls again
        while self._waiting:
            try:
                self._waiting.popleft()()
            except Exception:
                if self._waiting:
                    asyncio.get_running_loop().call_soon(self.empty)
                raise


class _Rounds:
    """asyncio as Streamlit's runtime sees it: `sleep(0)`, which it asks for after each message, mostly goes on."""

    def __init__(self) -> None:
        self._since = 0.0
        self._messages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, delay: float) -> None:
        """Give way to others, when it is time."""
        self._messages += 1
        if delay == 0 and self._messages < ROUND_MESSAGES and time.monotonic() - self._since < ROUND_SECONDS:
            return
        await asyncio.sleep(delay)
        self._messages, self._since = 0, time.monotonic()


def _real(function: Any) -> Any:
    return getattr(function, "real", function)
