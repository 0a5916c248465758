"""What the sync would read by an edited source.yaml: the check of the source with that profile, now."""

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts
from config.settings import settings
from config.source import SourceProfile
from data_access import source_desk
from data_access.demo.runtime import runtime
from data_access.previews.table import Item, Preview, Table
from data_access.source.check import EntityCheck
from data_access.source_words import ENTITY_NAMES, state_words, troubles

MOST = 3
"""Refusals told in full; the table has them all."""


def preview(_: Connection, before: SourceProfile, after: SourceProfile, t: Texts) -> Preview:
    """Whether the profile fits, entity by entity with rows there and here, and what the sync does once it is saved."""
    known = runtime()
    own = settings().source_profile
    said = []
    if own not in (None, after.profile):
        said.append(t("OPS_SOURCE_PROFILE names the profile {name} here: it is read with its own parameters, whatever "
                      "this file says.", name=own))  # fmt: skip
    name, given = after.under(own)
    if before.under(own) == (name, given) or known is None:
        return Preview([*said, t("The sync reads as before.")])
    found = source_desk.checked(known.source_url, known.store_reader_url, name, given)
    if found.problem is not None:
        return Preview([*said, _refused(t), found.problem.text(t.lang)], stops=True)
    wrong = [check.problem for check in found.entities.values() if check.problem is not None]
    if wrong:
        said += [_refused(t), *(problem.text(t.lang) for problem in wrong[:MOST])]
        said += [t("and {n} more", n=t.number(len(wrong) - MOST))] if len(wrong) > MOST else []
    else:
        said.append(t("The profile {name} fits. The sync reads by it from its next poll on; what the store holds and "
                      "the new profile does not give goes with the next reconciling (screen Data source).",
                      name=name))  # fmt: skip
    heads = [(t("Entity"), False), (t("State"), False), (t("Rows in the source, about"), True),
             (t("Rows in the store"), True), (t("Columns that need a look"), False)]  # fmt: skip
    rows = [_row(entity, check, found.stored.get(entity), t) for entity, check in found.entities.items()]
    return Preview(said, [Table(t("Check of the source"), heads, rows, NOTHING)], stops=bool(wrong))


def _refused(t: Texts) -> str:
    return t("The sync would refuse this profile, and figures would grow old: it can be saved once it fits.")


def _row(name: str, check: EntityCheck, stored: int | None, t: Texts) -> list[Item]:
    bad = check.problem is not None
    return [
        Item(t(ENTITY_NAMES[name]), None, "", check.file),
        Item(state_words(check, t), None, "bad" if bad else "" if check.provided else "quiet"),
        Item(NOTHING if check.rows is None else t.number(check.rows), check.rows),
        Item(NOTHING if stored is None else t.number(stored), stored),
        Item("; ".join(troubles(check, t)) or (t("all as the contract has them") if check.present else "")),
    ]
