"""The audit taken out: every entry that the filters let through, and the taking out is an entry itself."""

import csv
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from config.i18n import Texts
from data_access import audit
from data_access.audit import Entry
from data_access.exports.audit import make_audit
from data_access.exports.jobs import Exports
from data_access.exports.log import About, Format
from data_access.exports.official import Exporter
from data_access.queries.audit import PAGE, AuditFilter, audit_rows
from data_access.store.engine import WHOLE_CITY, reading

T = Texts("vi")
FIRST = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(small_city: Any) -> Iterator[Exports]:
    made = Exports(small_city.urls.store_reader_url)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_all_that_the_filters_let_through(desk: Exports, owner: Engine, reader: Engine, kind: Format) -> None:
    mine = f"kt{secrets.token_hex(4)}"  # nothing is ever taken out of the audit
    with owner.begin() as connection:
        for n in range(PAGE + 5):
            for who, done in ((mine, "device_issued"), (mine, "device_revoked"), (f"{mine}x", "device_issued")):
                audit.note(connection, Entry(done, who, f"Màn {n:03}", at=FIRST + timedelta(minutes=n), address="::1"))
    it = Exporter(mine, "Quản trị", "it", WHOLE_CITY)
    wish = AuditFilter(("device_issued",), (mine,), None, None, "")
    job = desk.order(it, About("audit", kind, "vi"), make_audit(it, wish, T), T)
    assert job.ended.wait(60)
    assert job.problem is None
    assert job.path is not None
    if kind == "csv":
        with job.path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[tuple[Any, ...]] = [tuple(row) for row in csv.reader(file)]
    else:
        rows = list(openpyxl.load_workbook(job.path).worksheets[0].iter_rows(values_only=True))
    mid = [row for row in rows if len(row) > 4 and str(row[4]).startswith("Màn ")]
    newest = PAGE + 4
    assert [row[4] for row in mid] == [f"Màn {n:03}" for n in range(newest, -1, -1)], "not the page alone, newest first"
    at = T.local(FIRST + timedelta(minutes=newest))
    assert (mid[0][0], mid[0][1], mid[0][3]) == (f"{at:%d/%m/%Y %H:%M:%S}", mine, "Cấp mã màn hình tường")
    assert {row[1] for row in mid} == {mine}
    with reading(reader, WHOLE_CITY) as connection:
        (noted,) = audit_rows(connection, AuditFilter(("exported",), (mine,), None, None, ""))
    assert (noted["what"], noted["facts"]["format"], noted["facts"]["rows"]) == ("audit", kind, PAGE + 5)
