"""Where a ward's dossiers wait now: which step of which procedure, since when, and who holds them."""

from typing import Any

from config.i18n import NOTHING
from config.registry import vi_sort_key
from data_access.queries.ward import stuck_steps
from pages.ask import ask
from pages.links import list_of, to_process
from pages.viewer import Viewer
from widgets.figures import figure_column, panel_title
from widgets.table import Cell, Column, Row, table

NAMED = 3


def stuck(viewer: Viewer, ward: str, *, key: str, height: int) -> None:
    """A title and a table; a step leads to the times of its procedure here, a number to its dossiers."""
    t = viewer.t
    panel_title(
        t("Where dossiers wait now"),
        t("Steps with most overdue dossiers first, then those that wait longest. A step leads to the times of its "
          "procedure, a number to its dossiers."),
    )  # fmt: skip

    def holders(names: list[str]) -> str:
        some = sorted(names, key=vi_sort_key)
        more = [t("{n} others", n=t.number(len(some) - NAMED))] if len(some) > NAMED else []
        return ", ".join([*some[:NAMED], *more]) or NOTHING

    def row(one: dict[str, Any]) -> Row:
        asked = {"procedure": one["procedure_code"], "step": one["step_name"], "ward": ward}
        since = t.day(t.local(one["since"]).date()) if one["since"] else NOTHING
        return Row(f"{one['procedure_code']} {one['step_name']}", [
            Cell(one["step_name"], one["step_name"], "strong", one["procedure_name"],
                 link=to_process(viewer, one["procedure_code"], ward=ward)),
            Cell(holders(one["holders"]), holders(one["holders"])),
            Cell(since, one["since"].timestamp() if one["since"] else None),
            Cell(t.number(one["waiting"]), one["waiting"], link=list_of(viewer, "open", **asked)),
            Cell(t.number(one["overdue"]), one["overdue"], "bad" if one["overdue"] else "",
                 link=list_of(viewer, "overdue", **asked) if one["overdue"] else ""),
        ])  # fmt: skip

    table(
        [Column(t("Step")), Column(t("Held by")), Column(t("First since"), "right"),
         *(figure_column(code, t) for code in ("step_waiting", "step_overdue"))],
        [row(one) for one in ask(stuck_steps, viewer, ward=ward).value],
        key=key, label=t("Where dossiers wait now"), empty=t("No dossier of this ward waits at a step."), height=height,
    )  # fmt: skip
