"""Statuses and pauses in words, for screens and exported files alike."""

from config.i18n import Texts, mark
from data_access.rules.status import NAMES

REASONS = {"supplement": mark("Supplement requested"), "fee": mark("Payment requested"), "stopped": mark("Stopped")}


def status_words(code: int, t: Texts) -> str:
    """A national status in words; one that no list has keeps its code."""
    return t.pick(*NAMES[code]) if code in NAMES else t("status {code}", code=code)


def pause_words(reason: str, t: Texts) -> str:
    """Why a dossier waits; a reason that the contract doesn't know as it is."""
    return t(REASONS[reason]) if reason in REASONS else reason
