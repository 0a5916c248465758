"""A document as an Excel workbook: numbers and dates as such, frozen head, filters, ready to print on A4."""

import warnings
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from config.i18n import Texts
from data_access.exports.document import Document, Kind, Style, Value, shown

FORMATS: dict[Kind, str] = {
    "text": "@", "count": "#,##0", "decimal": "#,##0.0", "day": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm"
}  # fmt: skip
LONGEST_CELL = 32_767
Told = Callable[[int], None]


def write_excel(document: Document, path: Path, t: Texts, told: Told) -> int:
    """Write `document` row by row (memory stays flat) and return how many rows; `told(n)` hears of progress."""
    # strings stay text: no formulas or links are made of what people typed
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": document.title, "comments": document.stamp.by})
        sheet = book.add_worksheet(t("Table"))
        about = book.add_worksheet(t("About this file"))
        written = _table(book, sheet, document, t, told)
        _about(book, about, document, t)
    return written


def _table(book: Workbook, sheet: Worksheet, document: Document, t: Texts, told: Told) -> int:
    styles = _Styles(book)
    last = len(document.columns) - 1
    for i, column in enumerate(document.columns):
        sheet.set_column(i, i, max(6, column.width * 1.15))
    top = _heading(sheet, document, styles, last)
    # constant_memory writes in order of rows, so each row of the head is finished before the next
    tall = any(group for group, _ in document.groups)
    at = 0
    for group, wide in document.groups if tall else []:
        if group:
            sheet.merge_range(top, at, top, at + wide - 1, group, styles.head)
        else:
            sheet.write_string(top, at, "", styles.head)
        at += wide
    top += tall
    sheet.set_row(top, 42)
    for i, column in enumerate(document.columns):
        sheet.write_string(top, i, column.title, styles.head)
    if document.numbered:
        top += 1
        for i in range(last + 1):
            sheet.write_string(top, i, f"({i + 1})", styles.head)
    first = head = top
    row = 0
    for row, line in enumerate(document.rows, 1):
        for i, (value, column) in enumerate(zip(line.values, document.columns, strict=True)):
            _write(sheet, head + row, i, value, styles.of(column.kind, line.style), t)
        told(row)
    if not row:
        sheet.merge_range(head + 1, 0, head + 1, last, t("nothing arose"), styles.of("text", ""))
    sheet.freeze_panes(head + 1, 0)
    sheet.autofilter(head, 0, head + max(row, 1), last)
    _print(sheet, document, first - tall - document.numbered, head, t)
    _notes(sheet, document, head + max(row, 1) + 2, styles, last)
    return row


def _heading(sheet: Worksheet, document: Document, styles: "_Styles", last: int) -> int:
    """What stands above the table; the table's first row."""
    half = max(1, last // 2)
    above, own = document.issuer
    nation = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    for i, (left, right) in enumerate(zip((above, own), nation, strict=True)):
        sheet.merge_range(i, 0, i, half, left, styles.strong if i else styles.centre)
        sheet.merge_range(i, half + 1, i, last, right, styles.strong)
    lines = [(document.title, styles.title), (document.period, styles.centre)]
    head = " · ".join(part for part in (document.number, *document.parties) if part)
    lines += [(text, styles.left) for text in (head, document.unit) if text]
    lines += [(f"{what}: {value}", styles.left) for what, value in document.facts]
    for i, (text, style) in enumerate(lines, 2):
        sheet.merge_range(i, 0, i, last, text, style)
    return 2 + len(lines)


def _write(sheet: Worksheet, row: int, column: int, value: Value, style: Format, t: Texts) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, t.local(value).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_CELL], style)
    else:
        sheet.write_number(row, column, value, style)


def _print(sheet: Worksheet, document: Document, first: int, head: int, t: Texts) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first, head)
    stamp = document.stamp
    words = t("{by}, {at} · figures as of {as_of}, version {version} · rule {rule}", by=stamp.by,
              at=t.moment(stamp.at), as_of=t.moment(stamp.as_of), version=stamp.version, rule=stamp.rule)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a footer too long is cut, not refused
        sheet.set_footer(f"&L&8{words.replace('&', '&&')[:200]}&R&8&P/&N")


def _notes(sheet: Worksheet, document: Document, row: int, styles: "_Styles", last: int) -> None:
    for i, text in enumerate(document.notes):
        sheet.merge_range(row + i, 0, row + i, last, text, styles.quiet)
    row += len(document.notes) + 1
    if not document.signs:
        return
    wide = (last + 1) / len(document.signs)
    for i, who in enumerate(document.signs):
        left, right = round(i * wide), round((i + 1) * wide) - 1
        sheet.merge_range(row, left, row, right, who, styles.strong)


def _about(book: Workbook, sheet: Worksheet, document: Document, t: Texts) -> None:
    strong = book.add_format({"bold": True, "font_name": "Times New Roman"})
    plain = book.add_format({"font_name": "Times New Roman", "text_wrap": True})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    for row, (what, value) in enumerate([(t("Report"), document.title), *document.stamp.lines(t)]):
        sheet.write_string(row, 0, what, strong)
        sheet.write_string(row, 1, shown(value, "text", t), plain)


class _Styles:
    """Formats of one workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._cells: dict[tuple[Kind, Style], Format] = {}
        self.title = self._make(bold=True, size=14, align="center")
        self.strong = self._make(bold=True, align="center")
        self.centre = self._make(align="center")
        self.left = self._make()
        self.quiet = self._make(italic=True, text_wrap=True)
        self.head = self._make(bold=True, align="center", text_wrap=True, border=1, bg_color="#E6EDF5")

    def of(self, kind: Kind, style: Style) -> Format:
        """The format of a cell."""
        if (kind, style) not in self._cells:
            tint: dict[str, Any] = {"bg_color": "#F6F8FB"} if style else {}
            self._cells[kind, style] = self._make(
                border=1, num_format=FORMATS[kind], text_wrap=kind == "text", bold=bool(style), **tint
            )
        return self._cells[kind, style]

    def _make(self, size: int = 11, **properties: Any) -> Format:
        return self._book.add_format(
            {"font_name": "Times New Roman", "font_size": size, "valign": "vcenter", **properties}
        )
