"""A document as CSV for machines: UTF-8 with BOM, commas, ISO days; where it comes from stands below the rows."""

import csv
from datetime import date, datetime
from pathlib import Path

from config.i18n import Texts
from data_access.exports.document import Document, Value
from data_access.exports.excel import Told

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula; such text gets an apostrophe before it."""


def write_csv(document: Document, path: Path, t: Texts, told: Told) -> int:
    """Write `document` row by row and return how many rows; `told(n)` hears of progress."""
    row = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([f"{c.group} - {c.title}" if c.group else c.title for c in document.columns])
        for row, line in enumerate(document.rows, 1):
            out.writerow([_plain(value, t) for value in line.values])
            told(row)
        out.writerow([])
        out.writerows([_plain(part, t) for part in pair] for pair in [(t("Report"), document.title),
                                                                      *document.stamp.lines(t)])  # fmt: skip
    return row


def _plain(value: Value, t: Texts) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return t.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
