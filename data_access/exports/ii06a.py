"""Form II.06a/VPCP/KSTT as a document, from its figures."""

from collections.abc import Iterator
from datetime import date

from config.i18n import Texts, mark
from data_access.exports.document import Column, Document, Row, Stamp, Style
from data_access.exports.official import Official
from data_access.period_words import period_words
from data_access.queries.form_ii06a import Cells, FormII06a, summed
from data_access.rules.period import Period

NUMBER = "II.06a/VPCP/KSTT"
SECTIONS = {
    "city": mark("City level"),
    "district": mark("District level"),
    "commune": mark("Commune level"),
    "": mark("Level not known"),
}
RECEIVED, SETTLED, OPEN = mark("Received"), mark("Settled"), mark("In progress")
HEADS = (
    (RECEIVED, mark("Total")),
    (RECEIVED, mark("In the period, online")),
    (RECEIVED, mark("In the period, at the counter and by post")),
    (RECEIVED, mark("Carried over")),
    (SETTLED, mark("Total")),
    (SETTLED, mark("Early")),
    (SETTLED, mark("On time")),
    (SETTLED, mark("Late")),
    (OPEN, mark("Total")),
    (OPEN, mark("Within the deadline")),
    (OPEN, mark("Past the deadline")),
)
"""Columns 3 to 13: (group, title), in the order of Cells.columns."""


def document(form: FormII06a, place: Official, period: Period, made: Stamp, t: Texts) -> Document:
    """The form in the official layout; for pages/forms.py, `make forms` and the exports."""
    lines = tuple(_rows(form, t))
    return Document(
        form="ii06a",
        name=f"ii06a_{place.ward or place.district or 'thanh-pho'}_{period.code}",
        number=t("Form No. {number}", number=NUMBER),
        title=t("HANDLING OF ADMINISTRATIVE PROCEDURES AT THE UNITS THAT SETTLE THEM"),
        period=period_line(period, form.until, t),
        issuer=place.issuer(),
        parties=(
            t("Reporting unit: {name}", name=place.name(t)),
            t("Receiving unit: {name}", name=place.receiver()),
        ),
        unit=t("Unit: number of dossiers"),
        columns=(
            Column(t("Row"), "text", 4),
            Column(t("Field, by level"), "text", 26),
            *(Column(t(title), "count", 8, t(group)) for group, title in HEADS),
        ),
        rows=lines,
        count=len(lines),
        stamp=made,
        notes=tuple(notes(form, t)),
        numbered=True,
        signs=(t("Drawn up by"), t("Head of the unit")),
    )


def period_line(period: Period, until: date, t: Texts) -> str:
    """The line below a form's title: the period and up to which day it is counted."""
    words = period_words(period, t)
    if not period.kind.startswith("reporting"):
        words = t("Period of the report: {period}", period=words[:1].lower() + words[1:])
    return t("{period}; figures to the end of {day}", period=words, day=t.day(until))


def notes(form: FormII06a, t: Texts) -> list[str]:
    """What must be known to read the form: the rule, what counts where, how many are suspended."""
    said = [
        t(
            "Timeliness rule {rule}: by the day of the due date; (3) = (4) + (5) + (6) = (7) + (11), "
            "(7) = (8) + (9) + (10), (11) = (12) + (13).",
            rule=form.rule,
        ),
        t(
            "(9) includes dossiers withdrawn by the citizen and those without a due date; "
            "(12) includes those waiting for a supplement or a payment and those stopped."
        ),
    ]
    if form.suspended is not None:
        said.append(t("Of (12), {n} dossiers are suspended.", n=t.number(form.suspended)))
    else:
        said.append(
            t(
                "(12) and (13) of a day that has passed are reckoned back from what is known today: a dossier that was "
                "overdue then and has been withdrawn or suspended since stands in (12)."
            )
        )
    return said


def _rows(form: FormII06a, t: Texts) -> Iterator[Row]:
    """Fields by level with their sums, then the total; levels are told apart where there are several."""
    if not form.lines:
        return
    several = len(form.tiers) > 1
    for letter, tier in zip("ABCD", form.tiers, strict=False):
        lines = form.section(tier)
        if several:
            yield _row(letter, t(SECTIONS[tier]), summed(line.cells for line in lines), "section", tier=tier)
        for n, line in enumerate(lines, 1):
            name = line.field_name or line.field_code or t("Field not known")
            yield _row(str(n), name, line.cells, tier=tier, field=line.field_code)
    yield _row("", t("Total"), form.total, "total")


def _row(number: str, name: str, cells: Cells, style: Style = "", **about: str) -> Row:
    return Row((number, name, *cells.columns), style, about)
