"""The screen of the source: check, state, a mapping tried, reconciling asked for and followed, codes taken out."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from config.i18n import Texts
from data_access import source_desk
from data_access.exports import jobs
from data_access.queries.quality import quality
from data_access.store.engine import WHOLE_CITY, reading
from data_access.sync import reconcile_books
from tests.pages.conftest import Run, english


@pytest.fixture
def rounds(owner: Engine) -> Iterator[Engine]:
    yield owner
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM reconcile_round"))


def test_check_trial_and_reconcile(run: Run, rounds: Engine) -> None:
    shown = run("source", "it")
    app = shown.app
    assert shown.heading == "Nguồn dữ liệu"
    app.button(key="source-check").click().run()
    checked = source_desk.newest()
    assert checked is not None
    assert checked.ended.wait(120)
    app.run()
    words = "\n".join(shown.texts)
    for said in ("onestop/dossier.sql", "khớp", "Độ trễ", "Chưa đối soát lần nào"):
        assert said in words, said
    app.button(key="source-try").click().run()
    assert "Không ghi gì cả" in shown.words
    app.text_area(key="source-sql-dossier").input("SELECT chu_ho_so AS dossier_id FROM onestop.ho_so").run()
    app.button(key="source-try").click().run()
    assert any("chu_ho_so" in sentence for sentence in shown.banners)
    app.button(key="source-reconcile").click().run()
    assert any("Viết lý do" in sentence for sentence in shown.banners)
    app.text_input(key="source-since").input("31/02/2026").run()
    app.text_input(key="source-why").input("thử").run()
    app.button(key="source-reconcile").click().run()
    assert any("31/02/2026" in sentence for sentence in shown.banners)
    app.text_input(key="source-since").input("01/11/2026").run()
    app.button(key="source-reconcile").click().run()
    assert any("Đã gửi yêu cầu" in sentence for sentence in shown.banners)
    app.text_input(key="source-why").input("thử nữa").run()
    app.button(key="source-reconcile").click().run()
    assert any("Đang có một lần đối soát" in sentence for sentence in shown.banners)
    assert english(shown.texts) == []
    assert [e.value for e in app.exception] == []


def test_an_unknown_entity_is_put_aside(run: Run) -> None:
    assert any("entity=abc" in sentence for sentence in run("source", "it", entity="abc").banners)


def bars(app: AppTest) -> list[tuple[int, str]]:
    """(per cent, words) of the progress bars."""
    return [(bar.proto.value, bar.proto.text) for bar in app.get("progress")]


def test_a_round_that_was_asked_for_shows_how_far_it_is(run: Run, rounds: Engine) -> None:
    """From the request to its end; what is between is what the sync writes after each day (reconcile_books)."""
    t = Texts("vi")
    with rounds.connect() as connection:
        as_of = connection.execute(text("SELECT as_of FROM data_version")).scalar_one()
    since = t.local(as_of).date() - timedelta(days=19)
    source_desk.ask_reconcile(rounds, "thu", "thử", since, False)
    shown = run("source", "it")
    assert bars(shown.app) == [(0, t("Comparing: {n} days done", n="0"))]
    assert t("at work") in shown.texts
    for done, found in ((5, 2), (10, 0), (4, 1)):
        with rounds.begin() as connection:
            asked = reconcile_books.rounds(connection)["asked"]
            next_day = (asked.next_day or since) + timedelta(days=done)
            reconcile_books.advance(connection, asked, next_day, found, 0.1)
        shown.app.run()
        share = 5 * (next_day - since).days  # of twenty days, the first and the last counted
        with rounds.connect() as connection:
            repaired = reconcile_books.rounds(connection)["asked"].repaired
        words = t("Comparing: up to {day}, {n} rows repaired", day=t.day(next_day), n=t.number(repaired))
        assert bars(shown.app) == [(share, words)]
    with rounds.begin() as connection:
        reconcile_books.advance(connection, reconcile_books.rounds(connection)["asked"], None, 0, 0.1)
    shown.app.run()
    assert bars(shown.app) == []
    assert t("at work") not in shown.texts
    assert any(words.startswith(t("done {at}", at="")) for words in shown.texts)
    assert english(shown.texts) == []


def test_a_round_over_all_days_shows_how_far_it_is(run: Run, rounds: Engine) -> None:
    """Its first day is that of the oldest change that the store has."""
    t = Texts("vi")
    source_desk.ask_reconcile(rounds, "thu", "thử", None, False)
    with rounds.begin() as connection:
        oldest, as_of = connection.execute(
            text("SELECT min(updated_at), as_of FROM dossier, data_version GROUP BY 2")
        ).one()
        first, today = (t.local(at).date() for at in (oldest, as_of))
        half = first + (today - first) / 2
        reconcile_books.advance(connection, reconcile_books.rounds(connection)["asked"], half, 0, 0.1)
    shown = run("source", "it")
    assert (today - first).days > 300
    assert bars(shown.app) == [(49, t("Comparing: up to {day}, {n} rows repaired", day=t.day(half), n="0"))]


@pytest.fixture
def unknown_codes(owner: Engine) -> Iterator[None]:
    """Two codes that no list has, and none of the files ordered."""
    with owner.begin() as connection:
        connection.execute(
            text("INSERT INTO data_quality (kind, entity, key, detail, first_seen) VALUES "
                 "('unknown_procedure', 'dossier', 'preview-x', '12', now()), "
                 "('link_ward', 'link_check', 'preview-y', '3', now())")
        )  # fmt: skip
    yield
    jobs.close()
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM data_quality WHERE key LIKE 'preview-%'"))


@pytest.mark.usefixtures("unknown_codes")
def test_codes_that_no_list_has_are_taken_out_as_files(run: Run, owner: Engine, reader: Engine) -> None:
    app = run("source", "it").app
    for kind in ("csv", "xlsx", "pdf"):
        app.button(key=f"export-{kind}").click().run()
    made = {job.about.format: job for job in jobs.jobs_here()}
    assert [job.ended.wait(60) for job in made.values()] == [True, True, True]
    app.run()
    labels = [button.proto.label for button in app.get("download_button")]
    assert sorted(label.split(" ")[2].rsplit(".", 1)[1] for label in labels) == ["csv", "pdf", "xlsx"]
    with reading(reader, WHOLE_CITY) as connection:
        codes = quality(connection).codes
    expected = [(code["entity"], code["key"], int(code["detail"] or 0)) for code in codes]
    assert {("dossier", "preview-x", 12), ("link_check", "preview-y", 3)} <= set(expected)
    with path_of(made["csv"]).open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))[1 : 1 + len(expected)]
    assert [(row[1], row[2], int(row[3] or 0)) for row in written] == expected
    sheet = openpyxl.load_workbook(path_of(made["xlsx"])).worksheets[0]
    top = int(str(sheet.freeze_panes)[1:])
    cells = sheet.iter_rows(min_row=top, max_row=top + len(expected) - 1, values_only=True)
    assert [(row[1], row[2], row[3] or 0) for row in cells] == expected
    assert path_of(made["pdf"]).read_bytes().startswith(b"%PDF")
    with owner.connect() as connection:
        noted = connection.execute(
            text("SELECT format, rows FROM export_log WHERE form = 'quality_codes' ORDER BY at DESC LIMIT 3")
        )
        assert sorted(tuple(row) for row in noted) == [(kind, len(expected)) for kind in ("csv", "pdf", "xlsx")]


def path_of(job: jobs.Job) -> Any:
    assert job.problem is None
    assert job.path is not None
    return job.path
