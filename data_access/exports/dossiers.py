"""Any list of dossiers (queries/dossiers.py) as a document: all its rows, whatever their number."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from config.i18n import Texts
from config.registry import registry
from data_access.exports.document import Column, Document, Row, Stamp
from data_access.exports.jobs import Make
from data_access.exports.official import Exporter, Official, stamp
from data_access.queries.dossier_pages import all_dossiers
from data_access.queries.dossiers import DossierFilter
from data_access.status_words import status_words

Standing = Callable[[dict[str, Any]], str]
"""How a dossier stands to its deadline, in the screen's words."""


def make_dossiers(
    wish: DossierFilter, said: Sequence[str], standing: Standing, who: Exporter, place: Official, t: Texts
) -> Make:  # fmt: skip
    """All dossiers of a list; they are read as they are written. said: the list and its filters in words."""

    def make(connection: Connection, version: int, as_of: datetime) -> Document:
        count, found = all_dossiers(connection, wish)
        made = stamp(who, place.name(t), t("As of {at}", at=t.moment(as_of)), version, as_of, t)
        return document(wish, said, standing, found, count, place, made, t)

    return make


def document(
    wish: DossierFilter, said: Sequence[str], standing: Standing, found: Iterable[dict[str, Any]], count: int,
    place: Official, made: Stamp, t: Texts,
) -> Document:  # fmt: skip
    """A list in the official layout; `found` as queries/dossier_pages.py gives it, `count` of all its rows."""
    return Document(
        form="dossiers",
        name=f"{wish.what}_{place.ward or place.district or 'thanh-pho'}_{t.local(made.as_of):%Y-%m-%d}",
        number="",
        title=t("LIST OF DOSSIERS"),
        period=made.period,
        issuer=place.issuer(),
        parties=(t("Place: {name}", name=place.name(t)), *said),
        unit=t("{n} dossiers", n=t.number(count)),
        columns=(
            Column(t("Row"), "count", 6), Column(t("Dossier code"), "text", 26), Column(t("Procedure"), "text", 26),
            Column(t("Unit"), "text", 16), Column(t("Received"), "moment", 10.5), Column(t("Due"), "moment", 10.5),
            Column(t("Settled"), "day", 10.5), Column(t("Deadline"), "text", 14), Column(t("Status"), "text", 14),
            Column(t("Waits at step"), "text", 14), Column(t("Held by"), "text", 14),
        ),
        rows=_rows(found, standing, t),
        count=count,
        stamp=made,
        signs=(t("Drawn up by"), t("Head of the unit")),
    )  # fmt: skip


def _rows(found: Iterable[dict[str, Any]], standing: Standing, t: Texts) -> Iterator[Row]:
    for n, row in enumerate(found, 1):
        unit = registry().full_name(row["ward_code"], str(row["unit_name"] or row["unit_code"]))
        yield Row((
            n, row["dossier_code"], row["procedure_name"], unit, row["received_at"], row["legal_due_at"],
            row["settled_day"], standing(row), status_words(row["status"], t), row["step_name"],
            ", ".join(row["holders"] or ()) or None,
        ))  # fmt: skip
