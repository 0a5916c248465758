"""What can be exported, each as the function that makes its document under the exporter's scope."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from config.i18n import Texts
from config.settings import settings
from data_access.exports import ii06a, lists, meeting, process
from data_access.exports.document import Document
from data_access.exports.jobs import Make
from data_access.exports.meeting import Discuss
from data_access.exports.official import Exporter, Official, stamp
from data_access.period_words import period_words
from data_access.queries.form_ii06a import form_ii06a
from data_access.queries.form_lists import ListKind, all_rows, stock
from data_access.queries.form_meeting import meeting as meeting_of
from data_access.queries.form_process import ProcessSheet, process_sheets
from data_access.rules.period import Period, comparable


def make_ii06a(who: Exporter, place: Official, period: Period, t: Texts) -> Make:
    """Form II.06a of a place and period, from the figures of the moment it is made."""

    def make(connection: Connection, version: int, as_of: datetime) -> Document:
        form = form_ii06a(connection, period.first, period.last, place.district, place.ward)
        made = stamp(who, place.name(t), period_words(period, t), version, as_of, t)
        return ii06a.document(form, place, period, made, t)

    return make


def make_list(kind: ListKind, who: Exporter, place: Official, t: Texts) -> Make:
    """All rows of a list; they are read as they are written."""

    def make(connection: Connection, version: int, as_of: datetime) -> Document:
        there = stock(connection, place.district, place.ward)
        made = stamp(who, place.name(t), t("As of {at}", at=t.moment(as_of)), version, as_of, t)
        found = all_rows(connection, kind, place.district, place.ward)
        return lists.document(kind, found, there.of(kind), place, made, t)

    return make


def make_meeting(
    who: Exporter, place: Official, period: Period, discuss: Sequence[Discuss], t: Texts
) -> Make:  # fmt: skip
    """The meeting pack of a district; `discuss`: its wards to talk about, with reasons in words."""

    def make(connection: Connection, version: int, as_of: datetime) -> Document:
        assert place.district is not None
        before = comparable(period, as_of.astimezone(settings().tz).date())
        data = meeting_of(connection, place.district, period.first, period.last, before.first, before.last)
        made = stamp(who, place.name(t), period_words(period, t), version, as_of, t)
        return meeting.document(data, discuss, place, period, before, made, t)

    return make


def make_process(code: str, who: Exporter, t: Texts) -> Make:
    """The process control sheet of the first dossier of that code. KeyError: there is none in scope."""

    def make(connection: Connection, version: int, as_of: datetime) -> Document:
        sheets = process_sheets(connection, code)
        if not sheets:
            raise KeyError(code)
        return process_document(sheets[0], who, version, as_of, t)

    return make


def process_document(sheet: ProcessSheet, who: Exporter, version: int, as_of: datetime, t: Texts) -> Document:
    """The sheet as its unit issues it."""
    place = process.place_of(sheet, who.scope)
    made = stamp(who, place.name(t), t("As of {at}", at=t.moment(as_of)), version, as_of, t)
    return process.document(sheet, place, made, t)
