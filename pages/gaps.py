"""What a ward does not offer online yet, as Coverage and Ward show it."""

from collections.abc import Sequence
from typing import Any

from config.i18n import Texts
from widgets.figures import explained, figure_column, panel_title
from widgets.table import Cell, Column, Row, table


def gap_table(missing: Sequence[dict[str, Any]], t: Texts, *, key: str, height: int) -> None:
    """missing: as queries/coverage.py gives a ward's gaps."""
    panel_title(t("Procedures not yet online here: {n}", n=t.number(len(missing))),
                t("First those that most other wards already offer."), explained(t, "coverage"))  # fmt: skip
    table(
        [Column(t("Procedure")), figure_column("wards_offering", t)],
        [
            Row(item["procedure_code"], [
                Cell(item["name"], item["name"], small=f"{item['procedure_code']} · {item['field_name']}"),
                Cell(t.number(item["wards_offering"]), item["wards_offering"], small=t("wards")),
            ])
            for item in missing
        ],
        key=key, label=t("Procedures not yet online here"),
        empty=t("This ward offers every commune-level procedure online."), height=height,
    )  # fmt: skip
