"""What walls would show by an edited walls.yaml, and how many devices show each now."""

from collections import Counter

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts, mark
from config.walls import Wall, Walls
from data_access.previews.table import Item, Preview, Table
from data_access.queries.answers import rows

HEARD = """
SELECT wall FROM wall_device
WHERE revoked_at IS NULL AND wall IS NOT NULL AND heartbeat_at > now() - interval '2 minutes'
"""
NAMES = {
    "now": mark("The city now"), "backlog": mark("Backlog"), "coverage": mark("Service coverage"),
    "workload": mark("Officer workload"), "connections": mark("Connections"), "arrivals": mark("Arrivals today"),
}  # fmt: skip


def preview(connection: Connection, before: Walls, after: Walls, t: Texts) -> Preview:
    """Each wall's screens with their seconds, now and with the edit; devices that would lose their wall first."""
    devices = Counter(row["wall"] for row in rows(connection, HEARD))
    said = []
    for name in before.walls:
        if name not in after.walls:
            said.append(t("The wall {name} goes; {n} devices show it now.", name=name, n=t.number(devices[name])))
    changed = [n for n in after.walls if n in before.walls and before.walls[n] != after.walls[n]]
    said.append(
        t("{n} walls change, {new} are new; their devices follow within seconds.", n=t.number(len(changed)),
          new=t.number(len(after.walls.keys() - before.walls.keys())))
    )  # fmt: skip
    heads = [(t("Wall"), False), (t("Shows now"), False), (t("With the edit"), False), (t("One round"), True),
             (t("Devices"), True)]  # fmt: skip
    found = [
        _row(name, before.walls.get(name), after.walls.get(name), devices[name], t)
        for name in dict.fromkeys((*after.walls, *before.walls))
    ]
    return Preview(said, [Table(t("Walls"), heads, found, t("There is no wall."))])


def _row(name: str, before: Wall | None, after: Wall | None, devices: int, t: Texts) -> list[Item]:
    seconds = sum(slot.seconds for slot in after.screens) if after else None
    wall = after or before
    assert wall is not None
    return [
        Item(name, None, "", t.pick(**wall.title)),
        Item(_screens(before, t), None, "quiet"),
        Item(_screens(after, t), None, "" if before == after else "bad" if after is None else "good"),
        Item(t.span(seconds) if seconds else NOTHING, seconds),
        Item(t.number(devices), devices),
    ]


def _screens(wall: Wall | None, t: Texts) -> str:
    if wall is None:
        return NOTHING
    return " · ".join(t("{screen} {n} s", screen=t(NAMES[s.screen]), n=t.number(s.seconds)) for s in wall.screens)
