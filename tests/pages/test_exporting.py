"""Large files are made in the background: whoever looks at a screen meanwhile gets it."""

import csv
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

import openpyxl
import pytest

from config.i18n import Texts
from config.indicators import indicator
from data_access.exports import jobs
from data_access.exports.document import Row
from data_access.exports.log import About
from data_access.queries import desk
from tests.data_access.exports.test_exports import CENTRE, blank
from tests.pages.conftest import HA_DONG, Run, Screen

T = Texts("vi")


@pytest.fixture(autouse=True)
def _no_files_left() -> Iterator[None]:
    yield
    jobs.close()


def test_screens_of_others_come_while_large_files_are_written(run: Run, small_city: Any) -> None:
    seen = threading.Event()

    def rows() -> Iterator[Row]:
        """Rows without end, until another person has seen a screen."""
        n = 0
        while not seen.is_set():
            n += 1
            yield Row((str(n), "x", *(n,) * 11))

    orders = jobs.exports(small_city.urls.store_reader_url)
    making = [
        orders.order(CENTRE, About("ii06a", kind, "vi"), lambda *_: replace(blank(), rows=rows(), count=10**5), T)
        for kind in ("xlsx", "csv")
    ]
    try:
        for screen in ("overview", "dossiers"):
            before = [job.done for job in making]
            shown = run(screen, "district")
            assert shown.figures[indicator("open").name("vi")][0] != "0"
            assert not any(job.ended.is_set() for job in making)
            assert all(job.done > done for job, done in zip(making, before, strict=True)), "they go on meanwhile"
    finally:
        seen.set()
    for job in making:
        assert job.ended.wait(120)
        assert (job.state, job.problem) == ("ready", None)


def rows_done(shown: Screen, label: str) -> int:
    """How many rows of its file the panel says are done."""
    words = re.escape(f"{label}: " + T("{done} of {all} rows", done="DONE", all="ALL"))
    pattern = re.compile(words.replace("DONE", r"([\d.]+)").replace("ALL", r"[\d.]+"))
    (done,) = (found[1] for text in shown.texts if (found := pattern.fullmatch(text)))
    return int(done.replace(".", ""))


@pytest.mark.city
@pytest.mark.slow
def test_others_work_on_while_a_hundred_thousand_rows_are_written(run_full: Run) -> None:
    mine = run_full("dossiers", what="received", first="2010-01-01", last="2026-11-20").app
    for label in ("Excel", "CSV"):
        next(b for b in mine.button if b.label == label).click().run()
    making = [job for _, orders in jobs._exports for job in orders._jobs.values()]
    assert [job.about.format for job in making] == ["xlsx", "csv"]
    assert all(job.total > 100_000 for job in making)
    told = {label: [rows_done(Screen(mine), label)] for label in ("Excel", "CSV")}
    for role, screen, query in (
        ("district", "overview", {}), ("district", "district", {}), ("operations", "backlog", {}),
        ("operations", "dossiers", {"what": "overdue"}), ("district", "forms", {"period": "2026-q3"}),
        ("operations", "workload", {}), ("district", "quality", {}),
    ):  # fmt: skip
        asked = desk._desks[0].answers.asked
        assert run_full(screen, role, **query).banners == []
        assert desk._desks[0].answers.asked > asked, "it was asked of the store now"
        assert not any(job.ended.is_set() for job in making), screen
        mine.run()
        for label, counts in told.items():
            counts.append(rows_done(Screen(mine), label))
    for counts in told.values():
        assert counts == sorted(set(counts)), "progress moves with every look"
    csv_job = making[1]
    assert csv_job.ended.wait(600)
    assert csv_job.path is not None
    with csv_job.path.open(encoding="utf-8-sig", newline="") as file:
        numbers = [row[0] for row in takewhile(bool, csv.reader(file))][1:]
    assert numbers == [str(n) for n in range(1, csv_job.total + 1)]
    assert not making[0].ended.is_set() or making[0].problem is None


def test_a_button_below_a_list_makes_its_file(run: Run) -> None:
    shown = run("dossiers", "district", what="received", first="2026-10-01", last="2026-10-31")
    (count,) = [text for text in shown.texts if text.startswith(T("Received") + ": ")]
    next(b for b in shown.app.button if b.label == "Excel").click().run()
    assert [e.value for e in shown.app.exception] == []
    (job,) = (job for _, orders in jobs._exports for job in orders._jobs.values())
    assert job.ended.wait(60)
    sheet = openpyxl.load_workbook(job.path).worksheets[0]
    codes = [row[1] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert count == f"{T('Received')}: {T('{n} dossiers', n=T.number(len(codes)))}"
    assert codes
    assert (job.about.form, job.about.district, job.about.period) == (
        "dossiers received", HA_DONG, "2026-10-01..2026-10-31",
    )  # fmt: skip
    assert [e.value for e in Screen(shown.app).app.exception] == []


def test_a_list_without_rows_makes_a_file_that_says_so(run: Run) -> None:
    shown = run("dossiers", "district", what="received", first="2012-10-01", last="2012-10-31")
    assert T("No dossier matches these filters.") in shown.words
    next(b for b in shown.app.button if b.label == "Excel").click().run()
    (job,) = (job for _, orders in jobs._exports for job in orders._jobs.values())
    assert job.ended.wait(60)
    assert job.problem is None
    values = [c for row in openpyxl.load_workbook(job.path).worksheets[0].iter_rows(values_only=True) for c in row]
    assert T("nothing arose") in values
