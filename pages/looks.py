"""An open desk looks by plain HTTP whether there are newer figures, and how old its own are: GET /look?desk=TOKEN.

A look is many times cheaper than a run of Streamlit's, and a desk that finds newer figures asks for one whole run,
so five hundred desks leave the processor to the drawing (decision 0015). The browser's part is desk_connection.js.
"""

import secrets
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from config.city import city
from config.i18n import Texts
from config.kept import revision
from data_access.queries.watch import Pulse
from pages.pace import turns
from pages.running import Held, current_desk


def shown_by(now: Pulse) -> tuple[object, ...]:
    """All that a drawing depends on: the desk draws anew when one of them moved."""
    return now.version, now.alerts, now.boundaries, now.trouble, revision()


@dataclass(eq=False)
class OpenDesk:
    """A desk between its runs, kept by its Streamlit session and gone with it.

    token: only its own browser knows it; held: whose session it is; shown: what its last run drew (`shown_by`);
    coming: questions its last run did not wait for to the end.
    """

    held: Held | None = None
    lang: str = "vi"
    shown: tuple[object, ...] = ()
    drawing: bool = False
    coming: "list[Future[Any]]" = field(default_factory=list)
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def begin(self, held: Held | None, lang: str, now: Pulse) -> None:
        """A run begins that draws what is known `now`."""
        self.held, self.lang, self.shown, self.coming = held, lang, shown_by(now), []
        self.drawing = True  # a run slower than the figures change would start again and never end
        turns.begin(self.token)
        _open[self.token] = self

    def end(self) -> None:
        """It has drawn its screen: the next one's turn."""
        self.drawing = False
        turns.end(self.token)

    def due(self, now: Pulse) -> bool:
        """Whether it should draw anew now: its session was ended, or there is something newer and it has a turn."""
        if self.held is None or not self.held.in_force():
            return True  # the shell shows the sign-in
        newer = shown_by(now) != self.shown or any(question.done() for question in self.coming)
        return newer and turns.take(self.token)


_open: WeakValueDictionary[str, OpenDesk] = WeakValueDictionary()


def pulse() -> Pulse:
    """What is known of the store and the sync now."""
    return current_desk().watch.pulse()


def look(token: str, *, busy: bool = False) -> dict[str, Any] | None:
    """What the browser of this desk shall know; None when there is no such desk here (any more).

    busy: Streamlit is at work for it already. In the answer, at: the server's clock, ms since 1970; draw: whether to
    ask for a run now; every: ms until the next look; words, title, old: how old the figures are, in the desk's
    language, and whether that is too old.
    """
    desk = _open.get(token)
    if desk is None:
        return None
    now = pulse()
    draw = not busy and not desk.drawing and desk.due(now)
    return {"draw": draw, "every": turns.look_ms(), **age(now, Texts(desk.lang))}


def age(now: Pulse, t: Texts) -> dict[str, Any]:
    """How old the figures are: `at` (ms since 1970), `words`, `title`, `old`."""
    at, seconds = round(time.time() * 1000), now.age_seconds
    if seconds is None:
        return {"at": at, "words": t("No figures yet"), "title": "", "old": True}
    title = t("Source at {at}, version {version}", at=t.moment(now.source_at or now.as_of), version=now.version)
    return {
        "at": at,
        "words": t("Figures {age} old", age=t.span(seconds)),
        "title": title,
        "old": now.trouble is not None or seconds > city().refresh.stale,
    }
