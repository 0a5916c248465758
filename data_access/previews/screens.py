"""What each role would see by an edited screens.yaml, and how many of its people look now."""

from collections import Counter

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.screens import AT_MOST, TITLES, ScreensOfRoles
from data_access.audit_words import role_words
from data_access.previews.table import Item, Preview, Table
from data_access.sessions import open_sessions


def preview(connection: Connection, before: ScreensOfRoles, after: ScreensOfRoles, t: Texts) -> Preview:
    """Each role's screens with the edit, what it loses and gets back, where it lands, who of it looks now."""
    looking = Counter(session.role for session in open_sessions(connection) if session.alive)
    said, found = [], []
    for role in AT_MOST:
        then, now = getattr(before, role), getattr(after, role)
        lost, back = [path for path in then if path not in now], [path for path in now if path not in then]
        if lost:
            said.append(
                t("{role} no longer sees: {screens}. Who stands on one of them now reads that the role does not "
                  "include it ({n} people look now).", role=role_words(role, t), screens=_named(lost, t),
                  n=t.number(looking[role]))
            )  # fmt: skip
        if back:
            said.append(t("{role} sees again: {screens}.", role=role_words(role, t), screens=_named(back, t)))
        if then[0] != now[0]:
            said.append(t("{role} lands on “{screen}” instead of “{before}”.", role=role_words(role, t),
                          screen=t(TITLES[now[0]]), before=t(TITLES[then[0]])))  # fmt: skip
        found.append([
            Item(role_words(role, t), role),
            Item(_named(lost, t) or NOTHING, None, "bad" if lost else "quiet"),
            Item(_named(back, t) or NOTHING, None, "good" if back else "quiet"),
            Item(t(TITLES[now[0]])),
            Item(t.number(len(now)), len(now)),
            Item(t.number(looking[role]), looking[role]),
        ])  # fmt: skip
    if not said:
        said.append(t("No role loses or gets back a screen; only their order changes."))
    heads = [(t("Role"), False), (t("Loses"), False), (t("Gets back"), False), (t("Lands on"), False),
             (t("Screens"), True), (t("People looking"), True)]  # fmt: skip
    return Preview(said, [Table(t("Screens per role"), heads, found, NOTHING)])


def _named(paths: list[str], t: Texts) -> str:
    return " · ".join(t(TITLES[path]) for path in paths)
