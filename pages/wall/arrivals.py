"""Arrivals today: the day's cumulative course against the usual one of this weekday."""

from config.i18n import NOTHING, Texts
from data_access.queries.arrivals import Arrivals, arrivals
from pages.wall.asking import ask
from pages.wall.words import arrivals_chart, arrivals_legend, as_of_words, standing_words, usual_words
from widgets.figures import Figure
from widgets.wall import Picture, parts


def picture(t: Texts) -> Picture:
    """Draw it from the newest answers."""
    answer = ask(arrivals)
    today = answer.value
    chart = arrivals_chart(today, t, 1300, 800)
    legend = f'<div style="margin:.4rem 0 1rem">{arrivals_legend(today, t)}</div>'
    html = parts.screen(
        t("Arrivals today"), as_of_words(t, answer.as_of), "1fr 30rem", "1fr",
        parts.panel(t("Dossiers received since midnight"), usual_words(today, t), legend + chart),
        parts.stack(*_cards(today, t)),
    )  # fmt: skip
    return Picture(html)


def _cards(today: Arrivals, t: Texts) -> list[str]:
    usual = today.usual
    ratio = NOTHING if today.ratio is None else t("{n} times", n=t.number(today.ratio, 2))
    hour = today.course[-1] - (today.course[-2] if len(today.course) > 1 else 0)
    tone = {"above": "alert", "within": "good"}.get(today.standing, "")
    figures = [
        Figure("received_today", t.number(today.received), t("dossiers up to now")),
        Figure("usual_by_now", t.number(usual.by_now[1]) if usual else NOTHING,
               t("{low} to {high} on {n} days", low=t.number(usual.by_now[0]), high=t.number(usual.by_now[2]),
                 n=t.number(len(usual.days))) if usual else usual_words(today, t)),
        Figure("against_usual", ratio, standing_words(today, t).split(":")[0], tone),
        Figure("online_today", t.share(today.online, today.received),
               t("{n} of {all} dossiers", n=t.number(today.online), all=t.number(today.received))),
        Figure("received_hour", t.number(hour), t("dossiers since {hour}:00", hour=int(min(today.hours, 23)))),
    ]  # fmt: skip
    return [parts.figure(figure, t) for figure in figures]
