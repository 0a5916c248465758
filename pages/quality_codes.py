"""Codes that no list has and where they stand, as a table and as files."""

from collections.abc import Iterator

from config.i18n import Texts
from data_access.exports.document import Column as Head
from data_access.exports.document import Document
from data_access.exports.document import Row as Line
from data_access.exports.log import About, Format
from data_access.exports.official import Exporter, Official, stamp
from data_access.queries.answers import Answer
from data_access.queries.quality import Quality
from data_access.rules.quality import BY_CODE
from pages.export_panel import export_panel
from pages.viewer import Viewer
from widgets.figures import panel_title
from widgets.table import Cell, Column, Row, table

HEIGHT = 340


def show(viewer: Viewer, answer: Answer[Quality]) -> None:
    """The list for whoever mends the source, with its export."""
    t = viewer.t
    panel_title(
        t("Codes the source uses and no list has"),
        t("Each stays here until the source or its mapping is mended; the rows count all the same."),
    )
    document = _document(viewer, answer)

    def about(kind: Format) -> About:
        return About("quality_codes", kind, t.lang)

    export_panel(viewer, document, about, lambda *_: document)
    table(
        [Column(t("Kind")), Column(t("Entity")), Column(t("Code")), Column(t("Rows"), "right"),
         Column(t("First seen"), "right")],
        [
            Row(str(n), [
                Cell(_kind(code["kind"], t), code["kind"], "strong"), Cell(code["entity"], code["entity"]),
                Cell(code["key"], code["key"]),
                Cell(t.number(_rows(code["detail"])), _rows(code["detail"])),
                Cell(t.moment(code["first_seen"]), code["first_seen"].isoformat(), "quiet"),
            ])
            for n, code in enumerate(answer.value.codes)
        ],
        key="source-codes", label=t("Codes the source uses and no list has"), empty=t("Every code is known."),
        height=HEIGHT,
    )  # fmt: skip


def _kind(code: str, t: Texts) -> str:
    known = BY_CODE.get(code)
    return t.pick(**known.names) if known else code


def _rows(detail: str | None) -> int | None:
    return int(detail) if detail and detail.isdigit() else None


def _document(viewer: Viewer, answer: Answer[Quality]) -> Document:
    t, place = viewer.t, Official(None, None, viewer.scope)
    who = Exporter(viewer.username, viewer.name, viewer.role, viewer.scope)
    made = stamp(
        who, place.name(t), t("As of {at}", at=t.moment(answer.as_of)), answer.version, answer.as_of, t, rule="–"
    )
    return Document(
        form="quality_codes", name=f"ma-ngoai-danh-muc_{t.local(answer.as_of):%Y-%m-%d}", number="",
        title=t("CODES THAT NO LIST HAS"), period=made.period, issuer=place.issuer(), parties=(),
        unit=t("{n} codes", n=t.number(len(answer.value.codes))),
        columns=(Head(t("Kind"), "text", 26), Head(t("Entity"), "text", 10), Head(t("Code"), "text", 30),
                 Head(t("Rows"), "count", 9), Head(t("First seen"), "moment", 12)),
        rows=tuple(_lines(answer.value, t)), count=len(answer.value.codes), stamp=made,
        signs=(t("Drawn up by"), t("Head of the unit")),
    )  # fmt: skip


def _lines(found: Quality, t: Texts) -> Iterator[Line]:
    for code in found.codes:
        yield Line((_kind(code["kind"], t), code["entity"], code["key"], _rows(code["detail"]), code["first_seen"]))
