"""The audit as a document: what the screen's filter lets through, newest first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from config.i18n import Texts
from data_access.audit_words import fact_words, kind_words, object_words, role_words
from data_access.exports.document import Column, Document, Row, Stamp
from data_access.exports.jobs import Make
from data_access.exports.official import Exporter, Official, stamp
from data_access.queries.audit import AuditFilter, audit_count, audit_rows


def make_audit(who: Exporter, wish: AuditFilter, t: Texts) -> Make:
    """All rows that fit; they are read as they are written."""

    def make(connection: Connection, version: int, as_of: datetime) -> Document:
        place = Official(None, None, who.scope)
        made = stamp(who, place.name(t), period_of(wish, t), version, as_of, t, rule="–")
        return document(audit_rows(connection, wish), audit_count(connection, wish), place, made, t)

    return make


def period_of(wish: AuditFilter, t: Texts) -> str:
    """From which day to which."""
    if wish.first is None:
        return t("All days kept")
    return t("From {first}", first=t.day(wish.first))


def document(found: Iterable[dict[str, Any]], count: int, place: Official, made: Stamp, t: Texts) -> Document:
    """A list in the official layout; `found` as queries/audit.py gives it, `count` of all its rows."""
    return Document(
        form="audit",
        name=f"audit_{t.local(made.at):%Y-%m-%d_%H%M}",
        number="",
        title=t("AUDIT LOG"),
        period=made.period,
        issuer=place.issuer(),
        parties=(),
        unit=t("{n} entries", n=t.number(count)),
        columns=(
            Column(t("Time"), "text", 13), Column(t("Who"), "text", 14), Column(t("Role"), "text", 12),
            Column(t("What was done"), "text", 16), Column(t("To what"), "text", 16), Column(t("Details"), "text", 34),
            Column(t("Address"), "text", 11), Column(t("Request id"), "text", 9),
        ),
        rows=_rows(found, t),
        count=count,
        stamp=made,
        signs=(t("Drawn up by"), t("Head of the unit")),
    )  # fmt: skip


def _rows(found: Iterable[dict[str, Any]], t: Texts) -> Iterator[Row]:
    for row in found:
        yield Row((
            f"{t.local(row['at']):%d/%m/%Y %H:%M:%S}", row["who"], role_words(row["role"], t),
            kind_words(row["kind"], t), object_words(row, t), fact_words(row, t), row["address"], row["request"],
        ))  # fmt: skip
