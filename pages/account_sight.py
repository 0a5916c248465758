"""What a person would see by an account as it is wished, told before it is saved."""

from collections.abc import Iterable

from config.i18n import Texts
from config.screens import TITLES, seen
from data_access.account_desk import Wish
from data_access.accounts import Account
from data_access.audit_words import district_words
from pages.wall.main import ROLES as OPENS_WALLS


def sentences(account: Account | None, wish: Wish, t: Texts) -> list[str]:
    """Which screens come and go, and which districts are seen; of a new account all of them. [] when all stays."""
    before, after = _screens(account.role, t) if account else [], _screens(wish.role, t)
    told = [
        (t("Screens that go: {names}.", names="; ".join(gone)) if (gone := _without(before, after)) else ""),
        (t("Screens that come: {names}.", names="; ".join(come)) if (come := _without(after, before)) else ""),
    ]
    now = _districts(wish.role, wish.districts, t)
    was = _districts(account.role, account.districts, t) if account else ""
    if now != was:
        told.append(t("Sees {now}; until now {was}.", now=now, was=was) if was else t("Sees {now}.", now=now))
    return [sentence for sentence in told if sentence]


def _screens(role: str, t: Texts) -> list[str]:
    return [t(TITLES[path]) for path in seen(role)] + [t("Walls")] * (role in OPENS_WALLS)


def _without(these: Iterable[str], those: list[str]) -> list[str]:
    return [one for one in these if one not in those]


def _districts(role: str, codes: tuple[str, ...], t: Texts) -> str:
    if role != "district":
        return t("the whole city")
    return district_words(sorted(codes)) or t("no district")
