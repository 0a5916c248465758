"""Whom an edited sign_in.yaml lets in, as what: each group now and with the edit, and who came in so and looks now."""

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.screens import seen
from config.settings import settings
from config.sign_in import Group, SignIn
from data_access import oidc
from data_access.audit_words import district_words, role_words
from data_access.previews.table import Item, Preview, Table, Tone
from data_access.sessions import open_sessions


def preview(connection: Connection, before: SignIn, after: SignIn, t: Texts) -> Preview:
    """Sentences about claims and about people of the city's sign-in with an open session; a table of the groups.

    Which groups a person has stands in that person's own sign-in, so people are counted, not named.
    """
    if before == after:
        return Preview([t("Who is let in by the city's sign-in stays as it is.")])
    said = []
    if not oidc.configured(settings()):
        said.append(t("OPS_OIDC_METADATA_URL is not set here: nobody can use the city's sign-in yet."))
    if before.claims.groups != after.claims.groups:
        said.append(t("Groups are read from the claim “{now}” instead of “{was}”: who has none there is let in no "
                      "more.", now=after.claims.groups, was=before.claims.groups))  # fmt: skip
    if before.claims.person != after.claims.person:
        said.append(t("The audit knows people by the claim “{now}” instead of “{was}”; entries until now keep their "
                      "names.", now=after.claims.person, was=before.claims.person))  # fmt: skip
    if not after.groups:
        said.append(t("No group is named: nobody is let in by the city's sign-in."))
    people = sum(session.method == "oidc" for session in open_sessions(connection))
    said.append(t("Open sessions of the city's sign-in: {n}. Each gets the role of this file at its next look.",
                  n=t.number(people)))  # fmt: skip
    then, now = ({one.group: one for one in of.groups} for of in (before, after))
    rows = [_row(name, then.get(name), now.get(name), t) for name in dict.fromkeys([*now, *then])]
    heads = [(t("Group"), False), (t("Role now"), False), (t("Role with the edit"), False), (t("Screens"), True)]
    return Preview(said, [Table(t("Groups of the city's sign-in"), heads, rows, NOTHING)] if rows else [])


def _row(name: str, was: Group | None, now: Group | None, t: Texts) -> list[Item]:
    screens = len(seen(now.role)) if now else 0
    changed: Tone = "bad" if was and now is None else "good" if now and was is None else ""
    return [
        Item(name, name),
        Item(_given(was, t), None, "quiet"),
        Item(_given(now, t), None, changed),
        Item(t.number(screens) if now else NOTHING, screens),
    ]


def _given(group: Group | None, t: Texts) -> str:
    if group is None:
        return t("no role here")
    return ": ".join(filter(None, (role_words(group.role, t), district_words(group.districts))))
