"""What an alert says, in both languages: the rule's text with the facts filled in as people read them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.alert_kinds import AlertRule
from config.i18n import Texts
from config.registry import fold
from config.words import said
from data_access.alert_figures import Reading
from data_access.value_words import in_words

UNITS: dict[str, Callable[[Texts, float], str]] = {
    "count": lambda t, v: t.number(v),
    "share": lambda t, v: t.percent(v),
    "minutes": lambda t, v: t.span(v * 60),
    "times": lambda t, v: t.short(v),
    "days": lambda t, v: t.short(v),
}
SHARES = ("overdue_rate", "figure", "target")
SOMEONE = {"vi": "một cán bộ", "en": "an officer"}


@dataclass(frozen=True)
class Said:
    """Each by language. `public` names no person; `folded` is all of it without diacritics, for searching."""

    what: dict[str, str]
    public: dict[str, str]
    first_step: dict[str, str]
    folded: str


def say(name: str, rule: AlertRule, reading: Reading, since: datetime) -> Said:
    """The texts of one alert. name: the rule's, searched for too."""
    facts = reading.facts | {"place": reading.place}
    known = facts | {"since": since}
    nobody = known | ({"officer": SOMEONE} if "officer" in facts else {})
    what: dict[str, str] = {}
    public: dict[str, str] = {}
    step: dict[str, str] = {}
    for lang in ("vi", "en"):
        t = Texts(lang)
        own = {"value": UNITS[rule.unit](t, reading.value), "limit": UNITS[rule.unit](t, rule.limit.opens)}
        named, unnamed = (own | {k: _words(t, k, v) for k, v in f.items()} for f in (known, nobody))
        what[lang], public[lang] = said(rule.what, lang).format(**named), said(rule.what, lang).format(**unnamed)
        step[lang] = said(rule.first_step, lang).format(**unnamed)
    return Said(what, public, step, fold(" ".join((name, *what.values(), *step.values()))))


def figure_words(rule: AlertRule | None, value: float, t: Texts) -> str:
    """The figure with its unit: 30 phút, 5,2 %, 12 hồ sơ."""
    if rule is None:
        return t.short(value)
    words = UNITS[rule.unit](t, value)
    if rule.unit == "count":
        return t("{n} dossiers", n=words)
    if rule.unit == "times":
        return t("{n} times", n=words)
    return t("{n} working days", n=words) if rule.unit == "days" else words


def _words(t: Texts, name: str, value: Any) -> str:
    return in_words(value, t, t.percent if name in SHARES else t.short)
