"""The lists as documents: overdue dossiers, apology letters, dossiers due within 24 hours."""

from collections.abc import Iterable, Iterator
from typing import Any

from config.i18n import Texts, mark
from config.registry import registry
from data_access.exports.document import Column, Document, Row, Stamp, Value
from data_access.exports.official import Official
from data_access.queries.form_lists import ListKind

TITLES: dict[ListKind, str] = {
    "overdue": mark("LIST OF OVERDUE DOSSIERS"),
    "apology": mark("LIST OF DOSSIERS THAT NEED A LETTER OF APOLOGY"),
    "due_24h": mark("LIST OF DOSSIERS DUE WITHIN 24 HOURS"),
}
NOTES: dict[ListKind, str] = {
    "overdue": mark(
        "Open dossiers whose due day lies before the day of the figures (rule R-A); suspended ones count as in time. "
        "A late step stands with who held that step."
    ),
    "apology": mark(
        "Open overdue dossiers; those without a letter first. A date promised again does not replace the first due "
        "date in statistics."
    ),
    "due_24h": mark("Open dossiers, not overdue, whose due time lies within 24 hours of the instant of the figures."),
}


def document(
    kind: ListKind, found: Iterable[dict[str, Any]], count: int, place: Official, made: Stamp, t: Texts
) -> Document:  # fmt: skip
    """A list in the official layout; `found` as queries/form_lists.py gives it, `count` of all its rows."""
    return Document(
        form=kind,
        name=f"{kind}_{place.ward or place.district or 'thanh-pho'}_{t.local(made.as_of):%Y-%m-%d}",
        number="",
        title=t(TITLES[kind]),
        period=t("As of {at}", at=t.moment(made.as_of)),
        issuer=place.issuer(),
        parties=(t("Place: {name}", name=place.name(t)),),
        unit=t("{n} dossiers", n=t.number(count)),
        columns=_columns(kind, t),
        rows=_rows(kind, found, t),
        count=count,
        stamp=made,
        notes=(t(NOTES[kind]),),
        signs=(t("Drawn up by"), t("Head of the unit")),
    )


def _columns(kind: ListKind, t: Texts) -> tuple[Column, ...]:
    first = (
        Column(t("Row"), "count", 5),
        Column(t("Dossier code"), "text", 22.5),
        Column(t("Procedure"), "text", 24),
        Column(t("Unit"), "text", 15),
        Column(t("Received"), "day", 10.5),
        Column(t("Due"), "moment", 10.5),
    )
    waits = (Column(t("Waits at step"), "text", 13), Column(t("Held by"), "text", 13))
    if kind == "overdue":
        return (
            *first, Column(t("Working days late"), "count", 9), *waits,
            Column(t("Steps that were late (holder)"), "text", 33), Column(t("Reason"), "text", 16),
        )  # fmt: skip
    if kind == "apology":
        return (
            *first, Column(t("Working days late"), "count", 9), *waits, Column(t("Letters sent"), "count", 6),
            Column(t("New date promised"), "moment", 10.5), Column(t("Reason"), "text", 16),
        )  # fmt: skip
    return (*first, *waits, Column(t("Step due"), "moment", 10.5))


def _rows(kind: ListKind, found: Iterable[dict[str, Any]], t: Texts) -> Iterator[Row]:
    for n, row in enumerate(found, 1):
        unit = registry().full_name(row["ward_code"], str(row["unit_name"]))
        first: tuple[Value, ...] = (n, row["dossier_code"], row["procedure_name"], unit, row["received_day"],
                                    row["legal_due_at"])  # fmt: skip
        holder = row["holders"] or t("nobody")
        waits = (row["step_name"] or t("no open step"), holder if row["step_name"] else None)
        reason = row["late_reason"] or t("not recorded")
        if kind == "overdue":
            yield Row((*first, row["days_late"], *waits, row["late_steps"], reason))
        elif kind == "apology":
            promised = row["due_at"] if row["apologies"] else None
            yield Row((*first, row["days_late"], *waits, row["apologies"], promised, reason))
        else:
            yield Row((*first, *waits, row["step_due_at"]))
