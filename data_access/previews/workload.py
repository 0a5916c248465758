"""Which officers would be listed as overloaded or as having room by edited limits, by the steps they hold now."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from config.i18n import NOTHING, Texts, mark
from config.registry import registry
from config.workload import WorkloadLimits
from data_access.previews.table import Item, Preview, Table, Tone, shortened
from data_access.queries.workload import listed, some_officers

List = Literal["busy", "idle", ""]
LISTS: dict[List, str] = {"busy": mark("Overloaded"), "idle": mark("With room"), "": mark("in neither list")}
ORDER: tuple[List, ...] = ("idle", "", "busy")
"""From the lightest to the heaviest load."""


@dataclass(frozen=True)
class Moves:
    """Officers of each list with what is in force and with the edit, by id; in neither: not there."""

    before: dict[str, Literal["busy", "idle"]]
    after: dict[str, Literal["busy", "idle"]]

    def lists(self, officer: str) -> tuple[List, List]:
        """Where one officer stands and would stand."""
        return self.before.get(officer, ""), self.after.get(officer, "")

    @property
    def changed(self) -> list[str]:
        """Who changes."""
        everyone = sorted(self.before.keys() | self.after.keys())
        return [officer for officer in everyone if len(set(self.lists(officer))) > 1]


def moves(connection: Connection, before: WorkloadLimits, after: WorkloadLimits) -> Moves:
    """Both lists twice. connection: sees the whole city."""
    then, now = (listed(connection, conf.busy_index, conf.idle_index) for conf in (before, after))
    return Moves(then, now)


def preview(connection: Connection, before: WorkloadLimits, after: WorkloadLimits, t: Texts) -> Preview:
    """How many officers either list has, now and with the edit, and who changes."""
    found = moves(connection, before, after)
    counts = {name: [sum(one == name for one in of.values()) for of in (found.before, found.after)]
              for name in ("busy", "idle")}  # fmt: skip
    said = [
        t("Overloaded now: {n} officers (load index of {limit} and more); with the edit: {then} ({edited} and more).",
          n=t.number(counts["busy"][0]), limit=t.number(before.busy_index, 2), then=t.number(counts["busy"][1]),
          edited=t.number(after.busy_index, 2)),
        t("With room now: {n} officers (load index of {limit} and less); with the edit: {then} ({edited} and less).",
          n=t.number(counts["idle"][0]), limit=t.number(before.idle_index, 2), then=t.number(counts["idle"][1]),
          edited=t.number(after.idle_index, 2)),
    ]  # fmt: skip
    officers = some_officers(connection, found.changed)
    said.append(
        t("{n} officers come into a list or leave one.", n=t.number(len(officers)))
        if officers
        else t("No officer comes into a list or leaves one by the steps held now.")
    )
    heads = [(t("Officer"), False), (t("Unit"), False), (t("Steps held"), True), (t("Load index"), True),
             (t("Now"), False), (t("With the edit"), False)]  # fmt: skip
    tables = []
    for name in ("busy", "idle"):
        rows = [
            _row(row, *lists, t) for row in officers if name in (lists := found.lists(row["officer_id"]))
        ]  # fmt: skip
        title = t("{list}: officers who come in or leave", list=t(LISTS[name]))
        tables += [Table(title, heads, shortened(rows, said, t, title), NOTHING)] if rows else []
    return Preview(said, tables)


def _row(row: dict[str, Any], before: List, after: List, t: Texts) -> list[Item]:
    known = registry()
    unit = known.ward_name(row["ward_code"], row["unit_name"] or row["unit_code"])
    district = known.districts.get(row["district_code"])
    tone: Tone = "bad" if after == "busy" else "good" if before == "busy" else ""
    return [
        Item(row["display_name"], None, "", row["officer_id"]),
        Item(unit, None, "", district.name if district else ""),
        Item(t.short(row["steps"]), float(row["steps"])),
        Item(t.number(row["load_index"], 2), float(row["load_index"] or 0.0)),
        Item(t(LISTS[before]), ORDER.index(before), "quiet"),
        Item(t(LISTS[after]), ORDER.index(after), tone),
    ]
