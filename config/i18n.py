"""Languages: gettext catalogues through Babel, and numbers and dates as each language writes them.

Source texts are English; `config/locale/<lang>/LC_MESSAGES/messages.po` holds the translation. A test
extracts every text of the code and fails when the Vietnamese catalogue lacks one.
"""

import io
import math
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from config.settings import CONFIG_DIR, settings

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"
NOTHING = "–"
NBSP = "\u00a0"


def mark(message: str) -> str:
    """The text itself; marks one that stands in a table for the extraction of texts."""
    return message


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(lang: str) -> NullTranslations:
    """The compiled catalogue of `lang`; the source texts themselves when there is none."""
    path = CONFIG_DIR / "locale" / lang / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    return Translations(fp=compiled)


@lru_cache(maxsize=1 << 15)
def _decimal(value: float, pattern: str, language: str) -> str:
    """A number as the language writes it. Remembered: Babel takes 20 µs for one, a screen shows thousands."""
    return numbers.format_decimal(value, format=pattern, locale=language)


@lru_cache(maxsize=1 << 13)
def _weekday(value: date, language: str) -> str:
    return dates.format_date(value, "EEEE", locale=language)


@lru_cache(maxsize=1 << 13)
def _day(value: date) -> str:
    return value.strftime("%d/%m/%Y")


class Texts:
    """One language's texts and formats. `t("Open")` translates, `t.number(1922)` formats."""

    def __init__(self, lang: str = DEFAULT_LANGUAGE, tz: ZoneInfo | None = None) -> None:
        self.lang = lang if lang in LANGUAGES else DEFAULT_LANGUAGE
        self.tz = tz or settings().tz
        self._code = "vi_VN" if self.lang == "vi" else "en_GB"
        self.locale = Locale.parse(self._code)

    def __call__(self, message: str, /, **values: object) -> str:
        """The text in this language with {names} filled in."""
        found = catalogue(self.lang).gettext(message)
        return found.format(**values) if values else found

    def pick(self, vi: str, en: str) -> str:
        """One of two texts that data carries in both languages."""
        return en if self.lang == "en" else vi

    def number(self, value: float | None, digits: int = 0) -> str:
        """1922 → 1.922 (vi) or 1,922 (en); nothing → –."""
        if value is None or math.isnan(value):
            return NOTHING
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return _decimal(value or 0, pattern, self._code)  # -0.0 equals 0.0 as a key, but is written "-0"

    def short(self, value: float | None) -> str:
        """At most one decimal, none when whole: 14, 10,5."""
        if value is None or math.isnan(value):
            return NOTHING
        return _decimal(value or 0, "#,##0.#", self._code)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """0.287 → 28,7 %; a share of nothing → "không phát sinh", never 0 % or 100 %."""
        if share is None or math.isnan(share):
            return self("nothing arose")
        return f"{self.number(share * 100, digits)}{NBSP}%"

    def share(self, part: float, whole: float, digits: int = 1) -> str:
        """part / whole as a percentage; 0 of 0 is not a percentage."""
        return self.percent(part / whole if whole else None, digits)

    def change(self, value: float, digits: int = 0) -> str:
        """A difference with its sign: +24, −3, ±0; what rounds to 0 has none of its own."""
        value = round(value, digits)
        sign = "+" if value > 0 else "−" if value < 0 else "±"
        return f"{sign}{self.number(abs(value), digits)}"

    def day(self, value: date | None) -> str:
        """02/04/2019 in both languages, as offices write it."""
        return NOTHING if value is None else _day(value)

    def month(self, value: date | None) -> str:
        """04/2019."""
        return NOTHING if value is None else value.strftime("%m/%Y")

    def local(self, at: datetime) -> datetime:
        """The instant on the city's clock."""
        return at.astimezone(self.tz)

    def clock(self, at: datetime | None) -> str:
        """14:05 on the city's clock."""
        return NOTHING if at is None else self.local(at).strftime("%H:%M")

    def moment(self, at: datetime | None) -> str:
        """14:05 02/04/2019 on the city's clock."""
        return NOTHING if at is None else self.local(at).strftime("%H:%M %d/%m/%Y")

    def weekday(self, value: date) -> str:
        """Thứ Hai … Chủ Nhật."""
        return _weekday(value, self._code)

    def span(self, seconds: float) -> str:
        """A length of time in its largest unit: 3 giây, 47 phút, 2 giờ, 5 ngày."""
        return dates.format_timedelta(
            timedelta(seconds=max(1, int(seconds))), granularity="second", threshold=1.2, locale=self.locale
        )
