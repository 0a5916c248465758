"""A value as people read it, whatever it is: on forms, in lists, in what an alert says."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from config.i18n import Texts


def in_words(value: Any, t: Texts, number: Callable[[float], str]) -> str:
    """Instants, days, texts, names by language ({"vi": …, "en": …}); numbers as `number` writes them; "" for none."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return t.pick(value["vi"], value["en"])
    if isinstance(value, datetime):
        return t.moment(value)
    if isinstance(value, date):
        return t.day(value)
    return value if isinstance(value, str) else number(value)
