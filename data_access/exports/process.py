"""The process control sheet of a dossier as a document."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from config.i18n import NOTHING, Texts
from config.registry import registry
from data_access.exports.document import Column, Document, Row, Stamp
from data_access.exports.official import Official
from data_access.queries.form_process import ProcessSheet
from data_access.status_words import pause_words, status_words
from data_access.store.engine import Scope


def document(sheet: ProcessSheet, place: Official, made: Stamp, t: Texts) -> Document:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ: handed over, due, finished, how each step ended, remarks."""
    d = sheet.dossier
    lines = tuple(_rows(sheet, t))
    return Document(
        form="process",
        name=f"phieu-kiem-soat_{d['dossier_code']}",
        number=t("Dossier {code}", code=d["dossier_code"]),
        title=t("PROCESS CONTROL SHEET OF A DOSSIER"),
        period=t("As of {at}", at=t.moment(made.as_of)),
        issuer=place.issuer(),
        parties=(),
        unit="",
        columns=(
            Column(t("Row"), "count", 4),
            Column(t("Step"), "text", 22),
            Column(t("Held by"), "text", 20),
            Column(t("Handed over"), "moment", 12),
            Column(t("Step due"), "moment", 12),
            Column(t("Finished"), "moment", 12),
            Column(t("Outcome"), "text", 12),
            Column(t("Remark"), "text", 16),
        ),
        rows=lines,
        count=len(lines),
        stamp=made,
        facts=_facts(d, t),
        notes=tuple(_notes(sheet, t)),
        signs=(t("Handed over by"), t("Received by")),
    )


def place_of(sheet: ProcessSheet, scope: Scope) -> Official:
    """The ward or district that handles it."""
    d = sheet.dossier
    ward = d["ward_code"] if d["ward_code"] in registry().wards else None
    return Official(d["district_code"] or None, ward, scope)


def _facts(d: dict[str, Any], t: Texts) -> list[tuple[str, str]]:
    facts = [
        (t("Procedure"), str(d["procedure_name"])),
        (t("Unit"), registry().ward_name(d["ward_code"], str(d["unit_name"]))),
        (t("Status"), status_words(d["status"], t)),
        (t("Received"), t.moment(d["received_at"])),
        (t("Due"), t.moment(d["legal_due_at"])),
    ]
    if d["due_original"] is not None and d["due_original"] != d["legal_due_at"]:
        facts.append((t("First due date"), t.moment(d["due_original"])))
    ended = d["finished_at"] or d["returned_at"]
    if ended is not None:
        facts.append((t("Finished"), t.moment(ended)))
    return facts


def _rows(sheet: ProcessSheet, t: Texts) -> Iterator[Row]:
    for n, step in enumerate(sheet.steps, 1):
        yield Row((
            n, step["step_name"], step["holders"] or t("nobody"), step["started_at"], step["due_at"],
            step["finished_at"], _outcome(step, sheet.as_of, t), None,
        ))  # fmt: skip


def _outcome(step: dict[str, Any], as_of: datetime, t: Texts) -> str:
    """Before, on or past the deadline: by the day for finished steps, to the second for open ones."""
    due, done = step["due_at"], step["finished_at"]
    if due is None:
        return NOTHING if done is not None else t("Running")
    if done is None:
        return t("Running, late") if due < as_of else t("Running")
    if done > due:
        return t("Late")
    return t("Early") if t.local(done).date() < t.local(due).date() else t("On time")


def _notes(sheet: ProcessSheet, t: Texts) -> Iterator[str]:
    for pause in sheet.pauses:
        reason = pause_words(pause["reason"], t)
        if pause["to_at"] is None:
            yield t("Paused since {start}: {reason}", start=t.moment(pause["from_at"]), reason=reason)
        else:
            yield t("Paused from {start} to {end}: {reason}", start=t.moment(pause["from_at"]),
                    end=t.moment(pause["to_at"]), reason=reason)  # fmt: skip
    if sheet.dossier["late_reason"]:
        yield t("Reason for being late: {reason}", reason=sheet.dossier["late_reason"])
    yield t("A step is late when it is finished after its own deadline; it stands with who held it.")
