"""One viewer as its browser is to the server: cookies, Streamlit's websocket protocol, timers, message cache.

What a browser would draw is only counted and looked through. Left out: the values that widgets report by themselves
(sizes, default choices) and the files a page loads.
"""

import asyncio
import html
import http.client
import json
import random
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import httpx
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

KEPT_RUNS = 2  # global.maxCachedMessageAge
XSRF = "_streamlit_xsrf"
LOOK = re.compile(r'class="fresh[^>]* data-look="([^"]+)"')
LOOK_SECONDS = 2.0  # until the server says otherwise
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Look:
    """Who looks at what: an account (or a device), path and query of the page."""

    account: str
    path: str
    query: str = ""


@dataclass
class Redraw:
    """One run of the whole script. Instants are seconds since 1970; `asked`: the browser's message before it."""

    asked: float
    started: float
    finished: float = 0.0
    bytes: int = 0
    messages: int = 0
    ok: bool = False


@dataclass
class Seen:
    """What an account's sessions were sent, by words looked for; messages of one hash are looked through once."""

    words: tuple[str, ...]
    counts: dict[str, int] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)

    def look(self, message: ForwardMsg, data: bytes) -> None:
        """Look for the words in all forms in which text travels: plain, JSON's and URL's escapes."""
        if message.hash in self.hashes:
            return
        self.hashes.add(message.hash)
        text = data.decode("utf-8", "ignore")
        if "\\u" in text:
            text = ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
        if "%" in text:
            text = unquote(text)
        for word in self.words:
            if word in text:
                self.counts[word] = self.counts.get(word, 0) + 1


def cookies_of(url: str, path: str, jar: dict[str, str]) -> int:
    """GET a page with these cookies and keep those it sets; the status."""
    at = urlsplit(url)
    request = http.client.HTTPConnection(at.hostname or "", at.port, timeout=60)
    request.request("GET", path, headers={"Cookie": cookie_line(jar)} if jar else {})
    answer = request.getresponse()
    answer.read()
    for line in answer.msg.get_all("Set-Cookie") or []:
        jar |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
    request.close()
    return answer.status


def cookie_line(jar: dict[str, str]) -> str:
    """The Cookie header."""
    return "; ".join(f"{name}={value}" for name, value in jar.items())


class ViewerSession:
    """A tab. `redraws` holds its whole runs, `polls` counts a desk's looks and what a wall's timers asked."""

    def __init__(self, url: str, look: Look, jar: dict[str, str], seen: Seen) -> None:
        self.url, self.look_at, self.jar, self.seen = url, look, jar, seen
        self.redraws: list[Redraw] = []
        self.polls = self.poll_bytes = self.errors = 0
        self.poll_times: list[float] = []
        self.elements: dict[str, Any] = {}
        self.titles: list[str] = []
        self.broken: str | None = None
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._cache: dict[str, int] = {}
        self._runs = 0
        self._session_id = self._page = ""
        self._query = look.query
        self._run: Redraw | None = None
        self._full = True
        self._asked = 0.0
        self._http = httpx.AsyncClient(base_url=url, timeout=5)
        self._look: str | None = None
        self._looking: asyncio.Task[None] | None = None
        self._done = asyncio.Event()

    async def open(self) -> None:
        """Connect (or connect again, as the session it was) and ask for the first run."""
        protocols = ["streamlit", self.jar.get(XSRF, "PLACEHOLDER_AUTH_TOKEN")]
        if self._session_id:
            protocols.append(self._session_id)
        self._done.clear()
        self._socket = await connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=protocols,  # type: ignore[arg-type]
            origin=self.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie_line(self.jar)},
            max_size=None,
            open_timeout=120,
            ping_interval=None,
        )
        self._reader = asyncio.create_task(self._read(self._socket))
        self._looking = self._looking or asyncio.create_task(self._look_on())
        await self.ask()

    async def ask(self, widgets: Iterable[WidgetState] = (), fragment: str = "", timer: bool = False) -> None:
        """Ask for a run as the browser does, with what it has cached."""
        back = BackMsg()
        run = back.rerun_script
        run.query_string, run.page_script_hash = self._query, self._page
        if not self._page:
            run.page_name = self.look_at.path
        run.fragment_id, run.is_auto_rerun = fragment, timer
        run.widget_states.widgets.extend(widgets)
        run.cached_message_hashes.extend(self._cache)
        context = run.context_info
        context.timezone, context.timezone_offset, context.locale = "Asia/Ho_Chi_Minh", -420, "vi-VN"
        context.url = f"{self.url}/{self.look_at.path}"
        context.color_scheme = "light"
        if self._socket is not None:
            self._asked = time.time()
            await self._socket.send(back.SerializeToString())

    async def served(self, seconds: float = 120) -> None:
        """Until a whole run has ended. Raises when the session is broken or `seconds` are over."""
        await asyncio.wait_for(self._done.wait(), seconds)
        if self.broken is not None:
            raise RuntimeError(self.broken)

    async def next_run(self, seconds: float = 60) -> None:
        """Until another whole run has ended."""
        self._done.clear()
        await self.served(seconds)

    async def close(self, *, rudely: bool = False) -> None:
        """Leave; rudely: as a network that goes away."""
        self._stop_timers()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            if rudely:
                self._socket.transport.abort()
            else:
                await self._socket.close()
                await self._http.aclose()
        self._socket = None

    def _stop_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def forget(self) -> None:
        """A new tab: no session, no cache, but the cookies."""
        self._session_id = self._page = ""
        self._look = None
        self._cache.clear()

    async def _read(self, socket: ClientConnection) -> None:
        """Until the connection ends; one that the server ended is an error, and comes back as a browser's does."""
        try:
            async for data in socket:
                assert isinstance(data, bytes)
                self._take(data)
        except ConnectionClosed:
            pass
        except Exception as error:  # noqa: BLE001 - whoever waits for this session is told
            self.broken = repr(error)
            self._done.set()
        self.errors += 1
        if socket is self._socket and self.broken is None:
            self._stop_timers()
            await asyncio.sleep(1)
            await self.open()

    def _take(self, data: bytes) -> None:
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if self._run is not None:
            self._run.bytes += len(data)
            self._run.messages += 1
        if kind == "new_session":
            self._begin(message, len(data))
        elif kind == "script_finished":
            self._end(message)
        elif kind == "delta":
            if message.metadata.cacheable:
                self._cache[message.hash] = self._runs
            self.seen.look(message, data)
            self._element(message)
        elif kind == "ref_hash":
            if message.ref_hash not in self._cache:
                raise RuntimeError("the server refers to a message that this browser never had")
            self._cache[message.ref_hash] = self._runs
        elif kind == "auto_rerun":
            self._timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in list(self._timers):
                self._timers.pop(fragment).cancel()
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash or self._page

    def _begin(self, message: ForwardMsg, size: int) -> None:
        self._session_id = message.new_session.initialize.session_id
        self._page = message.new_session.page_script_hash
        self._run = Redraw(self._asked, time.time(), bytes=size, messages=1)
        self._full = not message.metadata.run.fragment_ids
        if self._full:
            self.elements, self.titles = {}, []
            self._stop_timers()

    def _end(self, message: ForwardMsg) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        run.finished, run.ok = time.time(), message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        if not self._full:
            self.polls += 1
            self.poll_bytes += run.bytes
            if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
                self.poll_times.append(run.finished - run.asked)
        elif run.ok:
            self.redraws.append(run)
            self._runs += 1
            self._cache = {key: at for key, at in self._cache.items() if self._runs - at <= KEPT_RUNS}
            self._done.set()

    def _timer(self, fragment: str, seconds: float) -> None:
        loop = asyncio.get_running_loop()

        def due() -> None:
            self._timers[fragment] = loop.call_later(seconds, due)
            task = loop.create_task(self._poll(fragment))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

        if fragment in self._timers:
            self._timers[fragment].cancel()
        self._timers[fragment] = loop.call_later(seconds, due)

    async def _look_on(self) -> None:
        """Look as the page's script does (desk_connection.js), and ask for a run when told to."""
        await asyncio.sleep(random.random() * LOOK_SECONDS)  # not all tabs were opened at one instant
        every = LOOK_SECONDS
        while True:
            due = time.monotonic() + every
            if self._look is not None:
                with suppress(httpx.TransportError, ConnectionClosed):  # the connection tells of it, or the next look
                    every = await self._look_once(self._look)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _look_once(self, token: str) -> float:
        """Seconds until the next one."""
        asked, busy = time.time(), "&busy" if self._run is not None else ""
        answer = await self._http.get(f"/look?desk={token}{busy}")
        self.polls += 1
        self.poll_bytes += len(answer.content)
        self.poll_times.append(time.time() - asked)
        new = answer.status_code == httpx.codes.NOT_FOUND  # a server that began anew
        told = {"draw": True, "every": 1000 * LOOK_SECONDS} if new else answer.json()
        if told["draw"] and self._run is None and (connection := self._component("ops_desk_connection")):
            event = [{"event": "draw", "value": True}]
            key = _make_trigger_id(connection.id, "events")
            await self.ask([WidgetState(id=key, json_trigger_value=json.dumps(event))])
        return float(told["every"]) / 1000

    def _component(self, name: str) -> Any:
        return next((c for full, c in self.elements.items() if name in full), None)

    async def _poll(self, fragment: str) -> None:
        try:
            await self.ask(fragment=fragment, timer=True)
        except ConnectionClosed:
            self.errors += 1

    def _element(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "text_input":
            self.elements[element.text_input.autocomplete] = element.text_input
        elif kind == "button" and element.button.is_form_submitter:
            self.elements["submit"] = element.button
        elif kind == "html" and (fresh := LOOK.search(element.html.body)):
            self._look = html.unescape(fresh[1])
        elif kind == "html" and 'class="menus"' in element.html.body:
            self.titles = re.findall(r'data-screen="[^>]*>([^<]*)</a>', element.html.body)
        elif kind == "bidi_component":
            self.elements[element.bidi_component.component_name] = element.bidi_component


async def sign_in(url: str, account: str, password: str) -> dict[str, str]:
    """Sign in by the form, as a person does; the cookies of that browser afterwards."""
    jar: dict[str, str] = {}
    for path in ("/", "/_stcore/health", "/_stcore/host-config"):
        await asyncio.to_thread(cookies_of, url, path, jar)
    tab = ViewerSession(url, Look(account, ""), jar, Seen(()))
    await tab.open()
    await tab.served()
    form = tab.elements
    name, secret, submit = form["username"], form["current-password"], form["submit"]
    await tab.ask(
        [
            WidgetState(id=name.id, string_value=account),
            WidgetState(id=secret.id, string_value=password),
            WidgetState(id=submit.id, trigger_value=True),
        ]
    )
    await tab.next_run()
    order = tab._component("ops_cookie")
    if order is None:
        raise RuntimeError(f"{account} was not let in")
    cookie = json.loads(order.json)
    jar[cookie["name"]] = cookie["value"]
    await tab.close()
    return jar


async def wall_sign_in(url: str, wall: str, token: str) -> dict[str, str]:
    """Sign a wall device in by its token in the address; the cookies of that browser afterwards."""
    jar: dict[str, str] = {}
    await asyncio.to_thread(cookies_of, url, f"/?{urlencode({'wall': wall, 'token': token})}", jar)
    for path in (f"/?wall={wall}", "/_stcore/health", "/_stcore/host-config"):
        await asyncio.to_thread(cookies_of, url, path, jar)
    return jar
