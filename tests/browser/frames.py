"""What every frame of a page showed, seen from inside: blank, dimmed, covered or half-drawn pictures are kept.

`watch_wall` / `watch_desk` start it, `frames` tells: `count`, how many were `wrong`, `bad` (what was, of the first
twenty of them), and of a wall which screens were `seen` and at which milliseconds they `turned` up.
"""

from typing import Any

from playwright.sync_api import Page

COMMON = """
  const frames = (window.frames_ = { count: 0, wrong: 0, bad: [], seen: [], turned: [] });
  const opaque = (e) => !e || (getComputedStyle(e).opacity === '1' && opaque(e.parentElement ?? e.getRootNode().host));
  const over = () => [...document.querySelectorAll('[role=dialog], [data-testid=stDialog], [data-testid=stException],'
      + ' [data-testid=stStatusWidget]')]
    .some((e) => e.getClientRects().length);
  const note = (...wrong) => {
    const said = wrong.filter(Boolean).join();
    if (said) frames.wrong += 1;
    if (said && frames.bad.length < 20) frames.bad.push(`${said} at ${Math.round(performance.now())} ms`);
  };
"""
# A wall: exactly one screen, whole, opaque, nothing over it.
WALL = """
() => {
  if (window.frames_) { Object.assign(window.frames_, { count: 0, wrong: 0, bad: [], seen: [], turned: [] }); return; }
  COMMON
  const look = () => {
    const all = [...document.querySelectorAll('[class*="st-key-wall-screen-"]')];
    const shown = all.filter((e) => getComputedStyle(e).visibility === 'visible');
    const names = shown.map((e) => e.className.match(/wall-screen-(\\w+)/)[1]);
    const parts = (e) => e.querySelectorAll('.wall-panel, .wall-figure').length;
    const whole = shown.every((e) => e.querySelector('.wall-title')?.textContent && parts(e) > 1);
    frames.count += 1;
    const place = `screens: [${names}] of ${all.length}, style ${window.opsWall?.style.textContent.length}`;
    note(names.length !== 1 && place, !shown.every(opaque) && 'dim', !whole && 'not whole',
      over() && 'covered');
    if (names.length === 1 && frames.seen.at(-1) !== names[0]) {
      frames.seen.push(names[0]);
      frames.turned.push(performance.now());
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
# A desk: title, figures with values, the map with its wards, opaque, nothing over the middle of the page.
DESK = """
() => {
  if (window.frames_) { Object.assign(window.frames_, { count: 0, wrong: 0, bad: [], seen: [], turned: [] }); return; }
  COMMON
  const find = (root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.matches('.wm')) return e;
      const inner = e.shadowRoot && find(e.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  // Without a server the app is inert: then the document itself lies there, or what covers it.
  const clear = (e) => e === document.documentElement || e === document.body || e?.closest('[data-testid=stApp]');
  let map = find(document);
  const look = () => {
    if (!map?.isConnected) map = find(document);
    const values = [...document.querySelectorAll('.figure .value')];
    const title = document.querySelector('h1.page-title');
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    frames.count += 1;
    const figures = values.length >= 4 && values.every((e) => e.textContent.trim());
    note(!title?.textContent && 'no title', !figures && 'figures',
      !map?.querySelector('.w') && 'no map', ![title, map, ...values].every(opaque) && 'dim', over() && 'covered',
      !clear(middle) && `over the middle: ${middle?.outerHTML.slice(0, 80)}`);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
# Redraws (new figures on a desk or a wall) and layout shifts with what moved.
COUNT_SHIFTS = """
() => {
  window.shifts_ = [];
  const what = (node) => node?.outerHTML?.slice(0, 120) ?? String(node?.textContent);
  // A figure flush right that becomes wider ("9" to "10") keeps its right edge: for the eye nothing moves.
  const near = (a, b) => Math.abs(a - b) < 1;
  const grew = ({ previousRect: a, currentRect: b }) => near(a.right, b.right) && near(a.top, b.top);
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    const moved = entry.sources.filter((source) => !grew(source));
    if (moved.length || !entry.sources.length) {
      window.shifts_.push([entry.value, ...moved.map((source) => what(source.node))].join(' | '));
    }
  })).observe({ type: 'layout-shift' });
  window.redraws_ = 0;
  const all = () => [...document.querySelectorAll('.figure, .wall-figure, .wall-sub')];
  const figures = () => all().map((e) => e.textContent).join();
  let shown = figures();
  new MutationObserver(() => {
    const now = figures();
    if (now !== shown) window.redraws_ += 1;
    shown = now;
  }).observe(document.querySelector('[data-testid=stMain]'), { subtree: true, childList: true, characterData: true });
}
"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
# A desk that looks for a new version five times a second instead of every two seconds.
HURRY = "const real = window.setInterval; window.setInterval = (f, ms, ...a) => real(f, ms === 2000 ? 200 : ms, ...a);"


def watch_wall(page: Page) -> None:
    """Look at every frame from now on; called again: forget what was seen."""
    page.evaluate(WALL.replace("COMMON", COMMON))


def watch_desk(page: Page) -> None:
    """The same for a desk's screen with figures and a map."""
    page.evaluate(DESK.replace("COMMON", COMMON))


def frames(page: Page) -> dict[str, Any]:
    """What was seen since."""
    found: dict[str, Any] = page.evaluate("window.frames_")
    return found
