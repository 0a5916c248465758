"""Every list of dossiers as a file: its rows are the list's, those of the scope only, and memory stays flat."""

import csv
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection, Engine

from data_access.exports.document import Document, Row
from data_access.exports.dossiers import make_dossiers
from data_access.exports.excel import write_excel
from data_access.exports.jobs import Exports
from data_access.exports.log import About
from data_access.exports.official import Exporter, Official
from data_access.queries import dossier_pages
from data_access.queries.dossier_pages import all_dossiers, dossiers
from data_access.queries.dossiers import DossierFilter
from data_access.store.engine import WHOLE_CITY, reading
from pages.dossier_words import due_words
from tests.data_access.exports.test_exports import (
    CAU_GIAY,
    CENTRE,
    CHAIR,
    HA_DONG,
    PERIOD,
    T,
    blank,
    desk,
    file_of,
    finished,
)

__all__ = ["desk"]
FIRST, LAST = PERIOD.first, PERIOD.last
WISHES = [
    DossierFilter("open"),
    DossierFilter("overdue", district=HA_DONG),
    DossierFilter("received", first=FIRST, last=LAST),
    DossierFilter("late", first=FIRST, last=LAST, tier="commune"),
    DossierFilter("held", staff=HA_DONG, role="tham_dinh"),
    DossierFilter("overdue_at", district=HA_DONG, last=LAST),
    DossierFilter("any", code="khong-co"),
]


def standing(row: dict[str, Any]) -> str:
    return due_words(row, T)[0]


def listed(reader: Engine, who: Exporter, wish: DossierFilter) -> list[str]:
    """The codes of all pages."""
    with reading(reader, who.scope) as connection:
        first = dossiers(connection, wish)
        pages = [first, *(dossiers(connection, wish, page=n) for n in range(2, first.pages + 1))]
    return [row["dossier_code"] for page in pages for row in page.rows]


def in_csv(path: Path) -> list[list[str]]:
    """The rows between the head and the lines about the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return rows[1 : rows.index([])]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.what)
@pytest.mark.parametrize("who", [CENTRE, CHAIR], ids=["city", "chair"])
def test_a_file_holds_the_rows_of_all_pages(desk: Exports, reader: Engine, who: Exporter, wish: DossierFilter) -> None:
    make = make_dossiers(wish, ("một bộ lọc",), standing, who, Official(wish.district, None, who.scope), T)
    job = finished(desk, who, About("dossiers", "csv", "vi", wish.district), make)
    rows = in_csv(file_of(job))
    assert [row[1] for row in rows] == listed(reader, who, wish)
    assert [row[0] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    assert job.total == job.done == len(rows)
    assert rows or who is CHAIR or wish.code or wish.what in ("held", "overdue", "overdue_at", "late")


def test_excel_has_days_as_days_and_a_filter(desk: Exports, reader: Engine) -> None:
    wish = DossierFilter("settled", first=FIRST, last=LAST)
    make = make_dossiers(wish, (), standing, CENTRE, Official(None, None, WHOLE_CITY), T)
    book = openpyxl.load_workbook(file_of(finished(desk, CENTRE, About("dossiers", "xlsx", "vi"), make)))
    sheet = book.worksheets[0]
    head = int(str(sheet.freeze_panes)[1:]) - 1
    assert str(sheet.auto_filter.ref).startswith(f"A{head}:K")
    with reading(reader, WHOLE_CITY) as connection:
        count, found = all_dossiers(connection, wish)
        first = next(found)
    row = sheet[head + 1]
    assert count > 0
    assert [c.value for c in row[:4]][:2] == [1, first["dossier_code"]]
    assert row[4].value == T.local(first["received_at"]).replace(tzinfo=None, microsecond=0)
    assert row[6].value.date() == first["settled_day"]
    assert [row[i].number_format for i in (4, 6)] == ["dd/mm/yyyy hh:mm", "dd/mm/yyyy"]


def test_nothing_of_another_district_comes_out(desk: Exports, reader: Engine) -> None:
    for what in ("open", "received", "any"):
        wish = DossierFilter(what, district=CAU_GIAY)
        assert listed(reader, CENTRE, wish), "there are rows that could leak"
        place = Official(CAU_GIAY, None, CHAIR.scope)
        with reading(reader, CHAIR.scope) as connection:
            made = make_dossiers(wish, (), standing, CHAIR, place, T)(connection, 1, blank().stamp.as_of)
            assert (made.count, list(made.rows)) == (0, [])
        mine = make_dossiers(DossierFilter(what), (), standing, CHAIR, Official(None, None, CHAIR.scope), T)
        theirs = set(listed(reader, CENTRE, wish))
        rows = in_csv(file_of(finished(desk, CHAIR, About("dossiers", "csv", "vi"), mine)))
        assert rows
        assert {row[1] for row in rows} & theirs == set()


def test_rows_are_asked_for_a_batch_at_a_time(reader: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = dossier_pages.rows

    def counted(connection: Connection, query: str, **values: Any) -> list[dict[str, Any]]:
        asked.append(len(values["ids"]))
        return real(connection, query, **values)

    monkeypatch.setattr(dossier_pages, "BATCH", 100)
    with reading(reader, WHOLE_CITY) as connection:
        count, found = all_dossiers(connection, DossierFilter("received"))
        monkeypatch.setattr(dossier_pages, "rows", counted)
        next(found)
        assert asked == [100], "the first rows come before the others are read"
        assert len([*found]) == count - 1
    assert asked == [100] * (count // 100) + [count % 100] * bool(count % 100)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        def rows() -> Iterator[Row]:
            for n in range(count):
                yield Row((f"lĩnh vực {n}", "x" * 40, *(n,) * 11))

        made = Document(**{**vars(blank()), "rows": rows(), "count": count})
        tracemalloc.start()
        try:
            assert write_excel(made, tmp_path / f"{count}.xlsx", T, lambda _: None) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(8_000) < peak(1_000) + 1_000_000
