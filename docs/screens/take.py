"""Take the pictures of the README: every screen, both themes, both languages, from a running application.

    python docs/screens/take.py http://127.0.0.1:8501 passwords.json [folder] [screen …]

passwords.json is what `python -m data_access demo passwords --json` prints.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, WALL = (1366, 768), (1920, 1080)
# name → (user, path and query, size, theme, language, whole page)
SHOTS = {
    "signin-light-vi": (None, "/", DESK, "Light", "vi", False),
    "overview-light-vi": ("trungtam", "/overview", DESK, "Light", "vi", True),
    "overview-dark-vi": ("trungtam", "/overview", WALL, "Dark", "vi", True),
    "overview-light-en": ("trungtam", "/overview", DESK, "Light", "en", True),
    "overview-district-light-vi": ("hadong", "/overview", DESK, "Light", "vi", True),
    "alerts-light-vi": ("trungtam", "/alerts", DESK, "Light", "vi", True),
    "alerts-dark-en": ("cntt", "/alerts", WALL, "Dark", "en", True),
    "coverage-light-vi": ("trungtam", "/coverage?on=2018-08-31", DESK, "Light", "vi", True),
    "coverage-dark-vi": ("trungtam", "/coverage", WALL, "Dark", "vi", True),
    "coverage-light-en": ("trungtam", "/coverage", DESK, "Light", "en", True),
    "backlog-light-vi": ("trungtam", "/backlog", DESK, "Light", "vi", True),
    "backlog-ward-light-vi": ("hadong", "/backlog?ward=09556", DESK, "Light", "vi", True),
    "backlog-dark-vi": ("trungtam", "/backlog?ward=00289", WALL, "Dark", "vi", True),
    "backlog-tiles-dark-en": ("trungtam", "/backlog?view=tiles", WALL, "Dark", "en", True),
    "backlog-geo-light-vi": ("trungtam", "/backlog?view=geo", DESK, "Light", "vi", True),
    "backlog-table-light-vi": ("trungtam", "/backlog?view=table", DESK, "Light", "vi", True),
    "dossiers-light-vi": ("trungtam", "/dossiers?what=overdue", DESK, "Light", "vi", True),
    "qd766-light-vi": ("trungtam", "/qd766", DESK, "Light", "vi", True),
    "forms-light-vi": ("hadong", "/forms", DESK, "Light", "vi", False),
    "workload-light-vi": ("trungtam", "/workload", DESK, "Light", "vi", True),
    "my-district-light-vi": ("hadong", "/district", (1440, 900), "Light", "vi", True),
    "my-district-dark-en": ("hadong", "/district", DESK, "Dark", "en", True),
    "ward-light-vi": ("hadong", "/ward?ward=09541&of=open", (1440, 900), "Light", "vi", True),
    "ward-dark-en": ("trungtam", "/ward?ward=09553&of=open", DESK, "Dark", "en", True),
    "process-vi": ("hadong", "/process?procedure=2.000815&period=2026", DESK, "Light", "vi", True),
    "process-dark-en": ("trungtam", "/process", WALL, "Dark", "en", True),
    "compare-vi": ("hadong", "/compare?wards=09541,09556,09562&by=year", DESK, "Light", "vi", True),
    "compare-dark-en": ("trungtam", "/compare?mode=periods&ward=09541&by=year", WALL, "Dark", "en", True),
    "quality-light-vi": ("trungtam", "/quality", DESK, "Light", "vi", True),
    "workload-dark-en": ("cntt", "/workload", WALL, "Dark", "en", True),
    "settings-vi": ("cntt", "/settings", (1440, 900), "Light", "vi", True),
    "calendar-vi": ("cntt", "/working_calendar", (1440, 900), "Light", "vi", True),
    "users-vi": ("cntt", "/users", (1440, 900), "Light", "vi", True),
    "audit-vi": ("cntt", "/audit", (1440, 900), "Light", "vi", True),
    "health-vi": ("cntt", "/health", (1440, 900), "Light", "vi", True),
}
# name → (screen of the wall, language)
WALLS = {
    "wall-now-vi": ("now", "vi"),
    "wall-backlog-vi": ("backlog", "vi"),
    "wall-coverage-vi": ("coverage", "vi"),
    "wall-workload-vi": ("workload", "vi"),
    "wall-connections-vi": ("connections", "vi"),
    "wall-arrivals-vi": ("arrivals", "vi"),
    "wall-now-en": ("now", "en"),
}


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    """Sign in through the form."""
    page.goto(base)
    page.get_by_label("Tên đăng nhập").fill(user)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.locator(".st-key-topbar, .st-key-wall").first.wait_for(timeout=30_000)
    while not any(cookie["name"] == "one_stop_centre" for cookie in page.context.cookies()):
        page.wait_for_timeout(200)  # the browser stores the sign-in a moment after the screen appears


def shoot(browser: Browser, base: str, passwords: dict[str, str], name: str, folder: Path) -> None:
    """One picture."""
    user, where, (width, height), theme, lang, whole = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    context.add_init_script(
        f"localStorage.setItem('stActiveTheme-' + location.pathname + '-v2', JSON.stringify('{theme}'))"
    )
    page = context.new_page()
    if user is None:
        page.goto(base + where)
        page.get_by_label("Mật khẩu", exact=True).wait_for()
    else:
        sign_in(page, base, user, passwords[user])
        joint = "&" if "?" in where else "?"
        page.goto(f"{base}{where}{joint}lang={lang}" if lang != "vi" else base + where)
        page.locator(".st-key-topbar").wait_for(timeout=30_000)
    page.wait_for_timeout(7_000)
    if whole:
        main = page.locator('[data-testid="stMainBlockContainer"]')
        tall = int(main.evaluate("e => e.scrollHeight")) + 8
        page.set_viewport_size({"width": width, "height": max(height, min(tall, 3200))})
        page.wait_for_timeout(2_000)
    page.screenshot(path=folder / f"{name}.png")
    context.close()


def shoot_wall(browser: Browser, base: str, passwords: dict[str, str], name: str, folder: Path) -> None:
    """One screen of the wall, as it turns: reached by the arrow key."""
    screen, lang = WALLS[name]
    context = browser.new_context(viewport={"width": WALL[0], "height": WALL[1]}, locale="vi-VN")
    page = context.new_page()
    sign_in(page, base, "manhinh", passwords["manhinh"])
    page.goto(f"{base}/?wall=trung-tam" + ("&lang=en" if lang == "en" else ""))
    page.wait_for_function("() => document.documentElement.dataset.wallShown", timeout=60_000)
    while page.evaluate("document.documentElement.dataset.wallShown") != screen:
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.wall-clock')?.textContent", timeout=30_000)
    page.wait_for_timeout(4_000)
    page.screenshot(path=folder / f"{name}.png")
    context.close()


def main() -> None:
    """Take all pictures, or those named."""
    base, passwords = sys.argv[1].rstrip("/"), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).parent
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name in sys.argv[4:] or [*SHOTS, *WALLS]:
            (shoot_wall if name in WALLS else shoot)(browser, base, passwords, name, folder)
            print(name)
        browser.close()


if __name__ == "__main__":
    main()
