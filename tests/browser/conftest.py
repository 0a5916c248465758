"""What browser tests share: a city they may change and whose server they may stop, and a page that is watched."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.support import cities
from tests.support.apps import AppServer, serving
from tests.support.browser import sign_in
from tests.support.cities import City

expect.set_options(timeout=20_000)  # five seconds, its own limit, are short on a busy machine
SCREENS = (
    "overview", "alerts", "district", "ward", "compare", "coverage", "backlog", "dossiers", "process", "workload",
    "qd766", "forms", "quality",
)  # fmt: skip
IT_SCREENS = ("source", "boundaries", "users", "settings", "working_calendar", "audit", "health")
"""Those that role it has besides."""


@pytest.fixture(scope="session")
def live_city(worker_dir: Any) -> City:
    """A city of this worker's own whose rows and server tests may change; without application or sync."""
    return cities.small_copy(worker_dir / "live")


@pytest.fixture(scope="session")
def app_city(worker_dir: Any) -> City:
    """The small city once more, for applications: their sync brings it to today."""
    return cities.small_copy(worker_dir / "app")


@pytest.fixture(scope="package")
def app_server(app_city: City) -> Iterator[AppServer]:
    """The application over that city: until the last browser test of this worker, since its sync never rests.

    It looks at the source seldom: nobody writes there. Tests of figures that move have servers of their own.
    """
    with serving(app_city, env={"OPS_SYNC_SECONDS": "5"}) as served:
        yield served


@contextmanager
def source(city: City) -> Iterator[psycopg.Connection[Any]]:
    """The one-stop database as the one-stop system itself writes to it."""
    with psycopg.connect(city.server.dsn("onestop"), autocommit=True) as conn:
        yield conn


def store_value(city: City, query: str, *values: Any) -> Any:
    """A single value of the store, by a superuser: what the screens are compared with."""
    with psycopg.connect(city.server.dsn("postgres", "ops")) as conn:
        row = conn.execute(query, values).fetchone()
        assert row is not None
        return row[0]


def health(url: str) -> tuple[int, dict[str, Any]]:
    """Status and document of /healthz."""
    try:
        with urlopen(f"{url}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, json.load(refused)


class Watched:
    """Signs in each time in a new context; keeps what went wrong there and what was asked from where."""

    def __init__(self, browser: Browser, arguments: dict[str, Any]) -> None:
        self._browser, self._arguments = browser, arguments
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.asked: list[str] = []

    def open(self, init: str | None = None, **arguments: Any) -> Page:
        """A page in a browser of its own (no cookies); `init` is a script that runs before the page's own."""
        context = self._browser.new_context(**(self._arguments | arguments))
        if init is not None:
            context.add_init_script(init)
        context.set_default_timeout(40_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        """Errors; Streamlit itself looks for its server below the page's path first and hears 404."""
        where = str(message.location.get("url", ""))
        if message.type == "error" and not re.search(r"/\w+/_stcore/(health|host-config)$", where):
            self.errors.append(f"{message.text} ({where})")

    def sign_in(self, server: AppServer, user: str, path: str = "/", url: str | None = None, **arguments: Any) -> Page:
        """A page signed in as a test account; at `url` when that is another way to the server."""
        page = self.open(**arguments)
        sign_in(page, url or server.url, user, path=path)
        settled(page)
        return page

    def outside(self) -> list[str]:
        """Addresses asked that are not this machine's."""
        return [u for u in self.asked if not re.match(r"(https?://127\.0\.0\.1:|blob:|data:|about:)", u)]


@pytest.fixture
def watched(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Watched]:
    made = Watched(browser, browser_context_args)
    yield made
    for context in made.contexts:
        context.close()


def settled(page: Page) -> None:
    """Wait until the screen of the page's address stands: its link is the current one, its heading is there and
    nothing runs. The screen one came from may stand for a while after a click.
    """
    screen = urlsplit(page.url).path.strip("/")
    if screen in (*SCREENS, *IT_SCREENS) or not screen:  # at the root stands the role's own landing screen
        page.locator(current(screen)).first.wait_for(state="attached", timeout=40_000)
    page.locator("h1.page-title").first.wait_for(timeout=40_000)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') !== 'running'"
    )
    # The page says its language once its own script has run; Streamlit's document starts as English.
    page.wait_for_function("() => window.opsPageLanguage !== undefined")
    if page.locator(".wm").count():
        page.locator(".wm .w").first.wait_for(state="attached", timeout=20_000)


def current(screen: str) -> str:
    """The selector of the bar's link to a screen while that is shown; "": to any."""
    return f".menus a[aria-current][data-screen{f'={screen}' if screen else ''}]"


def go(page: Page, screen: str) -> None:
    """Click a screen's link in the bar: in its menu, which is opened first."""
    link = page.locator(f'.menus a[data-screen="{screen}"]')
    menu = link.locator("xpath=ancestor::details")
    for _ in range(20):  # a bar that is drawn anew while the menu is open closes it
        if menu.count() and not link.is_visible():
            menu.locator("summary").click()
        with suppress(PlaywrightTimeout):
            link.click(timeout=2_000)
            break
    page.locator(current(screen)).first.wait_for(state="attached", timeout=40_000)
    settled(page)


# Every text a person can see or hear, shadow roots included; style and script left out.
TEXTS = """
() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType === 3) { if (node.textContent.trim()) found.push(node.textContent.trim()); return; }
    if (node.nodeType !== 1 && node.nodeType !== 11) return;
    if (node.nodeType === 1) {
      if (['STYLE', 'SCRIPT', 'NOSCRIPT', 'TITLE', 'TEXTAREA'].includes(node.tagName)) return; // text of one's own
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        const value = node.getAttribute(name);
        if (value && value.trim()) found.push(value.trim());
      }
      if (node.shadowRoot) walk(node.shadowRoot);
    }
    for (const child of node.childNodes) walk(child);
  };
  walk(document.body);
  return found;
}
"""


def texts(page: Page) -> list[str]:
    """All texts of the page as it stands."""
    found: list[str] = page.evaluate(TEXTS)
    return found


def everything(page: Page) -> str:
    """The whole document with shadow roots, attributes and hidden parts, without style sheets: what could leak."""
    found: str = page.evaluate("""
      () => {
        const parts = [];
        const walk = (root) => {
          parts.push(root.innerHTML ?? '');
          root.querySelectorAll('*').forEach((e) => { if (e.shadowRoot) walk(e.shadowRoot); });
        };
        walk(document.documentElement);
        return parts.join('\\n');
      }""")
    return re.sub(r"<style\b.*?</style>", "", found, flags=re.DOTALL)


def figure(page: Page, label: str) -> str:
    """The value of the figure with this label."""
    card = page.locator(".figure", has=page.locator(".label", has_text=re.compile(rf"^{re.escape(label)}\s*\?")))
    return str(card.locator(".value").first.inner_text()).strip()


def until(condition: Callable[[], bool], what: str, page: Page, seconds: float = 15) -> None:
    """Let the page run until `condition` holds."""
    for _ in range(int(seconds / 0.2)):
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"waited {seconds} s for {what}")
