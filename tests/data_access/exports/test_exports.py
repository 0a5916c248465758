"""Files say what the figures say, whoever asks; each is noted in the book; what is not one's own stays out."""

import csv
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from config.files import FILES
from config.i18n import Texts
from config.problems import Problem
from config.registry import registry
from data_access.exports import ii06a, lists
from data_access.exports.catalogue import make_ii06a, make_list, make_process
from data_access.exports.document import Document, Row, shown
from data_access.exports.drawings import CLASSES
from data_access.exports.jobs import Exports, Job, Make
from data_access.exports.log import About, Format, note_export
from data_access.exports.official import Exporter, Official, stamp
from data_access.queries.form_ii06a import FormII06a, form_ii06a
from data_access.queries.form_lists import all_rows, first_rows
from data_access.rules.period import parse
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.support.cities import NOW
from tests.support.configured import configured
from tests.support.processes import wait_for
from widgets.palette import CLASSES_LIGHT

HA_DONG, CAU_GIAY = "268", "005"
T = Texts("vi")
CHAIR = Exporter("hadong", "Lãnh đạo quận", "district", Scope((HA_DONG,)))
CENTRE = Exporter("trungtam", "Trực ban", "operations", WHOLE_CITY)
PERIOD = parse("r2026-11", NOW.date())
WARD = registry().wards_of(HA_DONG)[0].code


@pytest.fixture
def desk(small_city: Any) -> Iterator[Exports]:
    made = Exports(small_city.urls.store_reader_url)
    yield made
    made.close()


def finished(desk: Exports, who: Exporter, about: About, make: Make, t: Texts = T) -> Job:
    job = desk.order(who, about, make, t)
    assert job.ended.wait(60)
    return job


def file_of(job: Job) -> Path:
    assert job.problem is None
    assert job.path is not None
    return job.path


def numbers_in_excel(path: Path, columns: int) -> list[tuple[Any, ...]]:
    """Rows below the head, up to the first that is not of the table."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    top = int(str(sheet.freeze_panes)[1:])
    found = []
    for row in sheet.iter_rows(min_row=top, max_col=columns, values_only=True):
        if row[-1] is None:
            break
        found.append(row)
    return found


def words_in_pdf(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize(
    ("who", "place"),
    [
        (CENTRE, Official(None, None, WHOLE_CITY)),
        (CHAIR, Official(HA_DONG, None, CHAIR.scope)),
        (CHAIR, Official(HA_DONG, WARD, CHAIR.scope)),
    ],
    ids=["city", "district", "ward"],
)
def test_the_form_says_the_same_everywhere(desk: Exports, reader: Engine, who: Exporter, place: Official) -> None:
    make = make_ii06a(who, place, PERIOD, T)
    with reading(reader, who.scope) as connection:
        form = form_ii06a(connection, PERIOD.first, PERIOD.last, place.district, place.ward)
        document = make(connection, 1, NOW)
    assert form.total.received > 0
    expected = [row.values for row in document.rows]
    assert expected[-1][2:] == form.total.columns
    about = {kind: About("ii06a", kind, "vi", place.district, place.ward, period=PERIOD.code) for kind in KINDS}

    assert numbers_in_excel(file_of(finished(desk, who, about["xlsx"], make)), 13) == expected
    with file_of(finished(desk, who, about["csv"], make)).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [tuple(r) for r in rows[1 : 1 + len(expected)]] == [tuple(map(str, v)) for v in expected]
    words = words_in_pdf(file_of(finished(desk, who, about["pdf"], make)))
    lines = [" ".join(line.split()) for line in words.splitlines()]
    for values in expected:
        assert " ".join(shown(v, "count", T) for v in values).strip() in lines
    for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Biểu số II.06a/VPCP/KSTT",
                 place.name(T), "Quy tắc thời hạn R-A", who.name, "15/10/2026", "Thủ trưởng đơn vị"):  # fmt: skip
        assert said in words, said


KINDS: tuple[Format, ...] = ("xlsx", "csv", "pdf")


def test_a_closed_period_says_what_its_overdue_column_cannot_know() -> None:
    closed, present = (ii06a.notes(FormII06a((), date(2026, 11, 14), n), Texts("en")) for n in (None, 7))
    assert "reckoned back" in closed[-1]
    assert present[-1] == "Of (12), 7 dossiers are suspended."


def test_excel_holds_numbers_and_dates_and_is_ready_to_print(desk: Exports, reader: Engine) -> None:
    place = Official(None, None, WHOLE_CITY)
    job = finished(desk, CENTRE, About("overdue", "xlsx", "vi"), make_list("overdue", CENTRE, place, T))
    book = openpyxl.load_workbook(file_of(job))
    sheet, about = book.worksheets
    head = int(str(sheet.freeze_panes)[1:]) - 1
    assert [c.value for c in sheet[head]][:6] == ["STT", "Mã hồ sơ", "Thủ tục", "Đơn vị", "Tiếp nhận", "Hạn trả"]
    with reading(reader, WHOLE_CITY) as connection:
        listed = list(all_rows(connection, "overdue"))
    assert len(listed) == job.done > 5
    for row, said in zip(sheet.iter_rows(min_row=head + 1, max_row=head + len(listed)), listed, strict=True):
        assert row[1].value == said["dossier_code"]
        assert row[4].value == datetime.combine(said["received_day"], datetime.min.time())
        assert row[5].value == T.local(said["legal_due_at"]).replace(tzinfo=None)
        assert row[6].value == said["days_late"]
        assert {row[4].number_format, row[5].number_format} == {"dd/mm/yyyy", "dd/mm/yyyy hh:mm"}
    assert str(sheet.auto_filter.ref).startswith(f"A{head}:")
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.print_title_rows == f"${head}:${head}"
    told = {row[0]: row[1] for row in about.iter_rows(values_only=True)}
    assert told["Người xuất"] == "Trực ban (trungtam)"
    assert told["Phạm vi được xem"] == "Toàn thành phố"
    assert told["Quy tắc thời hạn"] == "R-A"
    assert told["Phiên bản số liệu"].isdigit()


def test_text_is_never_a_formula(tmp_path: Path, desk: Exports) -> None:
    evil = Row(("=1+1", "A") + (1,) * 11)

    def make(*_: Any) -> Document:
        return replace(blank(), rows=(evil,), count=1)

    path = file_of(finished(desk, CENTRE, About("ii06a", "xlsx", "vi"), make))
    assert numbers_in_excel(path, 13)[0][0] == "=1+1"
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [c.data_type for row in sheet.iter_rows() for c in row if c.value == "=1+1"] == ["s"]
    text_file = file_of(finished(desk, CENTRE, About("ii06a", "csv", "vi"), make)).read_text(encoding="utf-8-sig")
    assert text_file.splitlines()[1].startswith("'=1+1,")


def blank() -> Document:
    from data_access.queries.form_ii06a import FormII06a

    place = Official(None, None, WHOLE_CITY)
    made = stamp(CENTRE, place.name(T), "kỳ", 7, NOW, T)
    return ii06a.document(FormII06a((), date(2026, 11, 14), None), place, PERIOD, made, T)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_tell_is_told(desk: Exports, kind: Format) -> None:
    path = file_of(finished(desk, CENTRE, About("ii06a", kind, "vi"), lambda *_: blank()))
    if kind == "pdf":
        assert "không phát sinh" in words_in_pdf(path)
    elif kind == "xlsx":
        values = [c for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True) for c in row]
        assert "không phát sinh" in values
    else:
        assert path.read_bytes().startswith(b"\xef\xbb\xbfSTT,")


def test_each_file_is_noted(desk: Exports, reader: Engine) -> None:
    place = Official(HA_DONG, WARD, CHAIR.scope)
    job = finished(desk, CHAIR, About("ii06a", "csv", "vi", HA_DONG, WARD, period=PERIOD.code),
                   make_ii06a(CHAIR, place, PERIOD, T))  # fmt: skip
    with reading(reader, CHAIR.scope) as connection:
        row = connection.execute(text("SELECT * FROM export_log ORDER BY export_id DESC LIMIT 1")).mappings().one()
        version = connection.execute(text("SELECT version, as_of FROM data_version")).one()
    assert {k: row[k] for k in row if k not in ("export_id", "at")} == {
        "username": "hadong", "role": "district", "scope": HA_DONG, "form": "ii06a", "format": "csv", "lang": "vi",
        "district_code": HA_DONG, "ward_code": WARD, "dossier_code": None, "period": "r2026-11", "rows": job.done,
        "version": version.version, "as_of": version.as_of, "rule": "R-A",
    }  # fmt: skip
    with reading(reader, Scope((CAU_GIAY,))) as connection:
        seen = connection.execute(text("SELECT count(*) FROM export_log WHERE username = 'hadong'")).scalar_one()
    assert seen == 0


def test_each_file_says_where_it_comes_from(desk: Exports) -> None:
    """Who, when, scope, place, period, version, instant and rule."""
    place, said = Official(HA_DONG, WARD, CHAIR.scope), {}
    for kind in KINDS:
        path = file_of(finished(desk, CHAIR, About("ii06a", kind, "vi", HA_DONG, WARD, period=PERIOD.code),
                                make_ii06a(CHAIR, place, PERIOD, T)))  # fmt: skip
        if kind == "pdf":
            said[kind] = words_in_pdf(path)
        elif kind == "csv":
            said[kind] = path.read_text(encoding="utf-8-sig")
        else:
            cells = openpyxl.load_workbook(path).worksheets[1].iter_rows(values_only=True)
            said[kind] = "\n".join(str(cell) for row in cells for cell in row)
    for kind, words in said.items():
        for part in ("Lãnh đạo quận (hadong)", f"{NOW.year}", "Quận Hà Đông", registry().wards[WARD].name, "11/2026",
                     "15/10/2026", "R-A", "phiên bản"):  # fmt: skip
            assert part.lower() in " ".join(words.lower().split()), (kind, part)


def test_the_book_refuses_a_place_outside_the_scope(reader: Engine) -> None:
    made = blank().stamp
    with pytest.raises(DBAPIError, match="row-level security"):
        note_export(reader, CHAIR, About("ii06a", "pdf", "vi", CAU_GIAY), made, 1)


def test_no_file_without_a_note(desk: Exports) -> None:
    place = Official(CAU_GIAY, None, CHAIR.scope)
    job = finished(desk, CHAIR, About("ii06a", "csv", "vi", CAU_GIAY), make_ii06a(CHAIR, place, PERIOD, T))
    assert (job.state, job.path) == ("failed", None)
    assert job.problem is not None
    assert job.problem.code == "export_no_store"


def test_a_list_of_another_district_is_empty(desk: Exports, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        theirs = {r["dossier_code"] for r in all_rows(connection, "overdue") if r["district_code"] != HA_DONG}
        one = next(iter(theirs))
    assert theirs
    for place in (Official(CAU_GIAY, None, CHAIR.scope), Official(None, None, CHAIR.scope)):
        with reading(reader, CHAIR.scope) as connection:
            found = list(make_list("overdue", CHAIR, place, T)(connection, 1, NOW).rows)
        assert {row.values[1] for row in found} & theirs == set()
    with reading(reader, CHAIR.scope) as connection, pytest.raises(KeyError):
        make_process(one, CHAIR, T)(connection, 1, NOW)
    with reading(reader, WHOLE_CITY) as connection:
        assert make_process(one, CENTRE, T)(connection, 1, NOW).count > 0


def test_a_late_step_stands_with_who_held_it(reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        listed = first_rows(connection, "overdue", 500)
        assert listed.stock.overdue == len(listed.rows)
        for row in listed.rows:
            steps = connection.execute(
                text("""
                    SELECT s.step_name, s.finished_at > s.due_at AS late,
                           (SELECT string_agg(o.display_name, ', ' ORDER BY i.n) FROM unnest(s.officer_ids)
                              WITH ORDINALITY AS i(id, n) JOIN officer o ON o.officer_id = i.id) AS holders
                      FROM step s JOIN dossier d USING (dossier_id) WHERE d.dossier_code = :c
                     ORDER BY s.finished_at, s.step_id"""),
                {"c": row["dossier_code"]},
            ).all()
            late = [f"{s.step_name} ({s.holders})" for s in steps if s.late]
            assert row["late_steps"] == ("; ".join(late) or None)
            waits = [s for s in steps if s.late is None]
            assert (row["step_name"], row["holders"]) == (
                (waits[-1].step_name, waits[-1].holders) if waits else (None, None)
            )
        titles = [c.title for c in lists.document("overdue", (), 0, Official(None, None, WHOLE_CITY),
                                                  blank().stamp, T).columns]  # fmt: skip
    assert "Bước đã trễ (người giữ)" in titles


def test_a_large_file_tells_how_far_it_is_and_lets_others_through(desk: Exports) -> None:
    go = threading.Event()

    def rows() -> Iterator[Row]:
        for n in range(5_000):
            if n == 2_000:
                go.wait(30)
            yield Row((str(n), "x", *(n,) * 11))

    job = desk.order(CENTRE, About("ii06a", "csv", "vi"), lambda *_: replace(blank(), rows=rows(), count=5_000), T)
    for _ in range(300):
        if job.done == 2_000:
            break
        time.sleep(0.05)
    assert (job.state, job.share) == ("making", 0.4)
    small = finished(desk, CHAIR, About("ii06a", "csv", "vi"), lambda *_: blank())
    assert small.state == "ready"
    assert not job.ended.is_set()
    assert desk.job(job.job_id, "hadong") is None, "another's file"
    go.set()
    assert job.ended.wait(60)
    assert (job.state, job.done) == ("ready", 5_000)
    assert desk.job(job.job_id, "trungtam") is job


def test_what_is_too_large_is_refused_with_a_sentence(desk: Exports) -> None:
    job = finished(desk, CENTRE, About("ii06a", "pdf", "vi"), lambda *_: replace(blank(), count=1_501))
    assert job.problem is not None
    assert job.problem.text("vi").startswith("Danh sách có 1.501 dòng, tệp này chứa nhiều nhất 1.500 dòng.")


def test_paper_has_the_colours_of_the_light_screens() -> None:
    assert CLASSES == CLASSES_LIGHT


def test_how_many_are_made_at_a_time_follows_the_file(desk: Exports, tmp_path: Path) -> None:
    shipped = FILES["forms"].shipped.read_text(encoding="utf-8")

    def at_a_time(n: int) -> None:
        (tmp_path / "forms.yaml").write_text(shipped.replace("at_a_time: 2", f"at_a_time: {n}"), encoding="utf-8")

    go = threading.Event()

    def slow(*_: Any) -> Document:
        assert go.wait(60)
        raise Problem("export_failed")

    with configured(OPS_CONFIG_DIR=tmp_path):
        at_a_time(1)
        jobs = [desk.order(CENTRE, About("ii06a", "csv", "vi"), slow, T) for _ in range(3)]
        wait_for(lambda: [j.state for j in jobs] == ["making", "waiting", "waiting"], "one at work")
        at_a_time(3)
        desk.job(jobs[0].job_id, CENTRE.username)  # as the panel looks, each second
        wait_for(lambda: [j.state for j in jobs] == ["making"] * 3, "three at work")
        at_a_time(1)
        last = [desk.order(CENTRE, About("ii06a", "csv", "vi"), slow, T) for _ in range(2)]
        go.set()
        assert all(j.ended.wait(60) for j in (*jobs, *last))
