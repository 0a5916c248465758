"""Documents as PDF in the official layout, set by typst with the fonts it carries (no font of the machine)."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from config.i18n import Texts
from data_access.exports.document import Document, shown
from data_access.exports.excel import Told

TEMPLATES = Path(__file__).parent / "templates"


def write_pdf(document: Document, path: Path, t: Texts, told: Told) -> int:
    """Set `document` and return how many rows; all of them are held in memory, so lists are cut before."""
    rows = list(document.rows)
    path.write_bytes(set_type(document.template, {"documents": [table_data(replace(document, rows=rows), t)]}))
    told(len(rows))
    return len(rows)


def table_data(document: Document, t: Texts) -> dict[str, Any]:
    """What the template draws a document of: texts as people read them."""
    columns = document.columns
    rows = [
        {"style": row.style, "cells": [shown(v, c.kind, t) for v, c in zip(row.values, columns, strict=True)]}
        for row in document.rows
    ]
    return {
        "number": document.number, "title": document.title, "period": document.period, "issuer": document.issuer,
        "parties": document.parties, "unit": document.unit, "facts": document.facts, "numbered": document.numbered,
        "columns": [{"title": c.title, "width": c.width, "right": c.kind in ("count", "decimal"),
                     "centre": c.kind in ("day", "moment") or c.width <= 5} for c in columns],
        "groups": document.groups if any(c.group for c in columns) else [],
        "rows": rows, "empty": t("nothing arose"), "notes": document.notes, "signs": document.signs,
        "signed": t("(signature, full name)"), "dated": t("Day … month … year …"), "footer": footer(document, t),
        "lang": t.lang, "pack": document.pack,
    }  # fmt: skip


def footer(document: Document, t: Texts) -> str:
    """Who, when, scope, version and rule in one line below each page."""
    stamp = document.stamp
    return t(
        "Exported by {by} at {at}, scope: {scope} · figures as of {as_of}, data version {version} · rule {rule}",
        by=stamp.by, at=t.moment(stamp.at), scope=stamp.scope, as_of=t.moment(stamp.as_of), version=stamp.version,
        rule=stamp.rule,
    )  # fmt: skip


def set_type(template: str, data: dict[str, Any]) -> bytes:
    """The PDF that a template makes of `data`."""
    made = typst.compile(
        TEMPLATES / template, root=TEMPLATES, font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts in the wheel: Libertinus Serif carries all of Vietnamese."""
    return typst.Fonts(include_system_fonts=False)
