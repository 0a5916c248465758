"""What tests of walls share: the walls they show, a device before one, and what its screens look like from inside."""

from typing import Any

from playwright.sync_api import Page
from sqlalchemy import Engine

from data_access import devices
from tests.browser.conftest import Watched
from tests.support.apps import AppServer

WALLS = """
quick:
  title: {vi: "Nhanh", en: "Quick"}
  screens: [{screen: now, seconds: 5}, {screen: connections, seconds: 5}, {screen: arrivals, seconds: 7}]
all:
  title: {vi: "Tất cả", en: "All"}
  screens:
    - {screen: now, seconds: 600}
    - {screen: backlog, seconds: 600}
    - {screen: coverage, seconds: 600}
    - {screen: workload, seconds: 600}
    - {screen: connections, seconds: 600}
    - {screen: arrivals, seconds: 600}
moving:
  title: {vi: "Động", en: "Moving"}
  screens: [{screen: now, seconds: 600}, {screen: backlog, seconds: 600}, {screen: connections, seconds: 600}]
broken:
  title: {vi: "Hỏng", en: "Broken"}
  screens: [{screen: moon, seconds: 5}]
"""
SECONDS = {"now": 5, "connections": 5, "arrivals": 7}
"""Of the wall “quick”, in its order."""

DOSSIERS_MOVE = """
UPDATE onestop.ho_so SET trang_thai = CASE trang_thai WHEN 2 THEN 5 ELSE 2 END, cap_nhat = now()
 WHERE id_ho_so IN (SELECT id_ho_so FROM onestop.ho_so WHERE trang_thai IN (2, 5) ORDER BY random() LIMIT 20)
"""
LINKS_MOVE = """
INSERT INTO onestop.kiem_tra_ket_noi (ma_xa_gso, dich_vu, luc, thong)
SELECT ma_xa_gso, dich_vu, now(), thong
  FROM (SELECT ma_xa_gso, dich_vu, random() < 0.9 AS thong
          FROM (SELECT DISTINCT ma_xa_gso, dich_vu FROM onestop.kiem_tra_ket_noi) d) x
 ORDER BY random() LIMIT 20
"""

# How often something inside a screen became another.
COUNT_CHANGES = """
(name) => {
  window.changes_ = 0;
  new MutationObserver(() => (window.changes_ += 1)).observe(
    document.querySelector(`.st-key-wall-screen-${name} .wall-picture`),
    { subtree: true, childList: true, characterData: true });
}
"""
# What is cut off inside a screen.
CLIPPED = """
(name) => [...document.querySelectorAll(`.st-key-wall-screen-${name} *`)].filter((e) => {
  const style = getComputedStyle(e);
  if (e.closest('svg') || style.textOverflow === 'ellipsis') return false;
  if (style.display === 'inline' || !e.clientWidth) return false;
  const spare = 4; // a line's height is rounded
  const over = e.scrollWidth > e.clientWidth + spare || e.scrollHeight > e.clientHeight + spare;
  return style.overflow !== 'visible' && over;
}).map((e) => `${e.className}: ${e.textContent.slice(0, 50)}`)
"""
# Every text that can be seen with the height of its type in pixels, [pixels, text], the smallest first; an SVG's type
# as it comes out on the screen.
TYPE = """
() => {
  const found = [];
  const opaque = (e) => !e || (getComputedStyle(e).opacity !== '0' && opaque(e.parentElement ?? e.getRootNode().host));
  const look = (node) => {
    const e = node.parentElement;
    const style = getComputedStyle(e);
    if (!node.data.trim() || style.visibility !== 'visible' || !opaque(e)) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || box.right < 0 || box.bottom < 0 || box.left > innerWidth) return;
    const scale = e instanceof SVGElement ? e.getScreenCTM().a : 1;
    found.push([Math.round(parseFloat(style.fontSize) * scale * 10) / 10, node.data.trim().slice(0, 50)]);
  };
  const walk = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) look(node);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (['STYLE', 'SCRIPT', 'TITLE', 'NOSCRIPT'].includes(node.tagName)) continue;
      if (node.classList.contains('unseen')) continue; // for screen readers, cut to nothing
      if (node.shadowRoot) walk(node.shadowRoot);
      walk(node);
    }
  };
  walk(document.body);
  return found.sort((a, b) => a[0] - b[0]);
}
"""
# Texts of the screen that is shown which the banner hides; it may touch the room that type has below its letters.
HIDDEN = """
() => {
  const name = document.documentElement.dataset.wallShown;
  const shown = document.querySelector(`.st-key-wall-screen-${name} .wall-picture`);
  const banner = document.querySelector('.wall-banner').getBoundingClientRect();
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const words = document.createRange();
    words.selectNodeContents(walker.currentNode);
    const box = words.getBoundingClientRect();
    if (box.height && box.bottom - 0.25 * box.height > banner.top) found.push(walker.currentNode.data);
  }
  return found;
}
"""
# Pieces of the head that lie over one another: title, quiet line, stage, clock, age.
HEAD_OVERLAPS = """
(name) => {
  const inside = `.st-key-wall-screen-${name}`;
  const parts = [`${inside} .wall-title`, `${inside} .wall-sub`, '.wall-stage > div', '.wall-clock', '.wall-age'];
  const boxes = parts.map((selector) => {
    const e = document.querySelector(selector);
    const words = document.createRange(); // the age's box is as wide as it may become
    words.selectNodeContents(e);
    return [selector, (selector === '.wall-age' ? words : e).getBoundingClientRect()];
  });
  const over = ([, a], [, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => over(a, b)).map((b) => `${a[0]} / ${b[0]}`));
}
"""


def open_wall(watched: Watched, server: AppServer, store: Engine, wall: str, more: str = "", **arguments: Any) -> Page:
    """A device that has signed in with a token of its own."""
    page = watched.open(**({"viewport": {"width": 1920, "height": 1080}} | arguments))
    page.set_default_navigation_timeout(60_000)
    page.goto(f"{server.url}/?wall={wall}&token={devices.issue(store, 'Màn thử')}{more}")
    standing(page)
    return page


def standing(page: Page) -> None:
    """Wait until a screen is shown and its map, if any, is drawn."""
    page.wait_for_function(
        "() => document.documentElement.dataset.wallShown && document.querySelector('.wall-pulse')", timeout=60_000
    )
    shown(page).locator(".wall-title").wait_for(timeout=30_000)


def shown(page: Page) -> Any:
    """The screen that is shown now."""
    return page.locator(f".st-key-wall-screen-{path(page)}")


def path(page: Page) -> str:
    """Its name."""
    return str(page.evaluate("document.documentElement.dataset.wallShown"))
