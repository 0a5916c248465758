"""Pieces of a wall's screens as HTML. Every text that comes in is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from config.i18n import Texts
from config.indicators import indicator
from widgets.figures import Figure, First

TWO_LINES = 100
"""Characters that go into two lines of the right column of City now, whatever breaks where."""


@dataclass(frozen=True)
class Late:
    """Words of when something was, and whether that is too long ago."""

    words: str
    late: bool

    @property
    def html(self) -> str:
        """Quiet, or standing out when it is late."""
        return f'<span class="wall-checked{" late" if self.late else ""}">{escape(self.words)}</span>'


def screen(
    title: str, sub: str, columns: str, rows: str, *panels: str, name: str = "", checked: Late | None = None
) -> str:
    """A whole screen: heading, quiet line (with when its links were `checked`), and panels in a CSS grid of these
    columns and rows; `name` styles it.
    """
    grid = f"grid-template-columns:{columns};grid-template-rows:{rows}"
    line = escape(sub) + (f" · {checked.html}" if checked else "")
    return (
        f'<h1 class="wall-title">{escape(title)}</h1><div class="wall-sub">{line}</div>'
        f'<div class="wall-body {name}" style="{grid}">{"".join(panels)}</div>'
    )


def panel(title: str, note: str | Late, body: str, *, area: str = "") -> str:
    """A panel with its heading; `area` places it over several cells ("row / column / row / column")."""
    said = note.html if isinstance(note, Late) else escape(note)
    small = f"<small>{said}</small>" if said else ""
    place = f' style="grid-area:{area}"' if area else ""
    return f'<section class="wall-panel"{place}><h2>{escape(title)}{small}</h2>{body}</section>'


def stack(*parts: str, area: str = "", direction: str = "column", rows: str = "") -> str:
    """Panels one below (or beside) the other, of equal size or as high as the CSS tracks `rows`."""
    place = f"grid-area:{area};" if area else ""
    flow = "grid-auto-flow:column;grid-auto-columns:1fr" if direction == "row" else "grid-auto-rows:1fr"
    flow = f"grid-template-rows:{rows}" if rows else flow
    return f'<div style="{place}display:grid;gap:1.25rem;min-height:0;min-width:0;{flow}">{"".join(parts)}</div>'


def figure(shown: Figure, t: Texts) -> str:
    """One figure: its indicator's name, the value, its context."""
    return card(indicator(shown.code).name(t.lang), shown.value, shown.context, shown.tone)


def card(label: str, value: str, context: str, tone: str = "") -> str:
    """A figure under a label of its own."""
    return (
        f'<div class="wall-figure {escape(tone)}"><div class="label">{escape(label)}</div>'
        f'<div class="value" data-tint>{escape(value)}</div><div class="context">{escape(context)}</div></div>'
    )


def first_list(items: Sequence[First], room: int, empty: str) -> str:
    """A ranked list of `room` places; the numbers are those on the map."""
    if not items:
        return f'<div class="wall-none">{escape(empty)}</div>'
    parts = [
        f'<div><span class="n">{n}</span><span class="who">{escape(i.who)} <small>{escape(i.where)}</small></span>'
        f'<span class="v">{escape(i.value)}</span><span class="why">{escape(i.why)}</span></div>'
        for n, i in enumerate(items[:room], 1)
    ]
    parts += ["<div></div>"] * (room - len(parts))
    return f'<div class="wall-first">{"".join(parts)}</div>'


@dataclass(frozen=True)
class Notice:
    """An open alert: its severity in a word and tone (urgent, attention, neutral), what it says, the first step."""

    word: str
    tone: str
    said: str
    step: str

    @property
    def is_long(self) -> bool:
        """Whether what it says needs three of its four lines, so that it is not cut before its instant."""
        return len(self.word) + len(self.said) > TWO_LINES


def notices(items: Sequence[Notice], room: int, rest: str, empty: str) -> str:
    """The first `room` of some alerts, always as high; `rest` says how many more there are."""
    if not items:
        return f'<div class="wall-none good">{escape(empty)}</div>'
    rows = [
        f'<div class="{escape(i.tone)}{" long" if i.is_long else ""}">'
        f'<span class="said"><b>{escape(i.word)}</b> {escape(i.said)}</span>'
        f'<span class="step">{escape(i.step)}</span></div>'
        for i in items[:room]
    ]
    rows += ["<div></div>"] * (room - len(rows))
    return f'<div class="wall-notices">{"".join(rows)}</div><div class="wall-rest">{escape(rest)}</div>'


@dataclass(frozen=True)
class Bar:
    """A bar in a table's cell: share 0 to 1, tone "", bad or good."""

    share: float
    tone: str = ""


def table(columns: str, head: Sequence[str], body: Sequence[Sequence[str | Bar]], room: int, empty: str) -> str:
    """Rows of cells in CSS columns, flush right but for the first and those after "<"; "!" makes a cell red.

    Always as high as `room` rows, so that nothing moves when there are fewer.
    """
    if not body:
        return f'<div class="wall-none">{escape(empty)}</div>'
    rows = [f'<div class="head">{"".join(_cell(c, i) for i, c in enumerate(head))}</div>'] if head else []
    rows += [f"<div>{''.join(_cell(c, i) for i, c in enumerate(cells))}</div>" for cells in body[:room]]
    rows += ["<div><span>&nbsp;</span></div>"] * (room - len(body))
    return f'<div class="wall-rows" style="--columns:{columns}">{"".join(rows)}</div>'


def _cell(cell: str | Bar, place: int) -> str:
    if isinstance(cell, Bar):
        width = f"{min(1.0, max(0.0, cell.share)) * 100:.1f}%"
        return f'<div class="wall-bar {cell.tone}"><i style="width:{width}"></i></div>'
    tone = " bad" if cell.startswith("!") else ""
    left = not place or cell.startswith("<")
    return f'<span class="{"cut" if left else "num"}{tone}">{escape(cell.lstrip("!<"))}</span>'


def legend(*entries: tuple[str, str]) -> str:
    """What a chart's marks mean: (kind: line, band or usual; words)."""
    marks = "".join(f'<span><i class="{kind}"></i>{escape(words)}</span>' for kind, words in entries)
    return f'<div class="wall-legend">{marks}</div>'


def up_and_down(up: str, up_words: str, down: str, down_words: str, share: float) -> str:
    """How many are up and how many are not, which stands out where there are any; a bar of the share that is up.

    The number that changes most is the last: it may become wider and nothing moves.
    """
    bad = ' class="bad"' if share < 1 else ""
    return (
        f'<div class="wall-up"><b data-tint>{escape(up)}</b><span>{escape(up_words)}</span>'
        f"<span>{escape(down_words)}</span><b{bad} data-tint>{escape(down)}</b></div>"
        f'<div class="wall-bar good"><i style="width:{share * 100:.1f}%"></i></div>'
    )


def link_card(label: str, body: str) -> str:
    """A figure's card whose value is `up_and_down`."""
    return f'<div class="wall-figure links"><div class="label">{escape(label)}</div>{body}</div>'


def stage_pill(number: int, word: str, why: str, tone: str, t: Texts) -> str:
    """The operating stage in one word, with what set it."""
    name = t("Stage {n} · {word}", n=number, word=word)
    said = f"<b>{escape(name)}</b><span>{escape(why)}</span>"
    return f'<div class="wall-stage"><div class="{escape(tone)}">{said}</div></div>'


def door(title: str, sentences: Sequence[tuple[str, bool]], form: str = "") -> str:
    """What stands where no wall can be shown: a heading and sentences (words, whether bad)."""
    said = "".join(f'<p class="{"bad" if bad else ""}">{escape(words)}</p>' for words, bad in sentences)
    return f'<div class="wall-door"><h1>{escape(title)}</h1>{said}{form}</div>'


def token_form(action: str, wall: str, lang: str, t: Texts) -> str:
    """A form that posts a device's token; the browser gets its cookie with the answer."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (("wall", wall), ("lang", lang))
    )
    label = escape(t("Device token"))
    return (
        f'<form method="post" action="{escape(action)}" autocomplete="off">{hidden}'
        f'<input name="token" type="password" required aria-label="{label}" placeholder="{label}">'
        f"<button>{escape(t('Sign this device in'))}</button></form>"
    )
