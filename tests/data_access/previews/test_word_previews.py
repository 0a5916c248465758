"""Edits of forms.yaml and indicators.yaml: what is said beside what reports, lists, files and words then are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from config.alerts import alert_rules
from config.files import FILES
from config.forms import forms
from config.i18n import Texts
from config.indicators import indicator
from config.indicators import kept as words
from config.problems import Problem
from config.registry import registry
from config.targets import targets
from data_access.alert_figures import readings
from data_access.exports import jobs
from data_access.exports.catalogue import make_list
from data_access.exports.log import About
from data_access.exports.official import Exporter, Official
from data_access.previews import alerts, kinds
from data_access.previews import forms as form_preview
from data_access.previews import indicators as word_preview
from data_access.previews import targets as goal_preview
from data_access.queries.form_lists import stock
from data_access.store.engine import WHOLE_CITY, reading
from tests.support.edits import edited, in_force

T = Texts("en")
CENTRE = Exporter("preview-trungtam", "Trực ban", "operations", WHOLE_CITY)
DISTRICT = "269"


def test_every_file_has_a_preview_of_its_own() -> None:
    assert kinds.OF_FILE.keys() == FILES.keys()


def test_receivers_as_they_stand_on_reports_after_saving(reader: Engine, tmp_path: Path) -> None:
    written, after = edited("forms", ('"Ủy ban nhân dân {district}"', '"Chủ tịch {district}, {city}"'),
                         ('"Văn phòng Chính phủ"', '"Bộ Tư pháp"'))  # fmt: skip
    places = form_preview.examples()
    before = [place.receiver() for place in places]
    with reading(reader, WHOLE_CITY) as connection:
        told = form_preview.preview(connection, forms(), after, T)
    with in_force(tmp_path, "forms", written):
        then = [place.receiver() for place in places]
    assert [place.level for place in places] == ["city", "district", "commune"]
    assert sum(a != b for a, b in zip(before, then, strict=True)) == 2
    assert [(row[0].text, row[1].text, row[2].text) for row in told.tables[0].rows] == [
        (place.name(T), a, b) for place, a, b in zip(places, before, then, strict=True)
    ]
    assert len(told.tables) == 1


def too_long(connection: Connection) -> dict[tuple[str, str], int]:
    """(list, tier) → how many lists are longer than a PDF may be, by what is in force, place by place."""
    known = registry()
    places: dict[str, list[dict[str, str]]] = {
        "The whole city": [{}],
        "Districts": [{"district": code} for code in known.districts],
        "Wards and communes": [{"ward": code} for code in known.wards],
    }
    found = {}
    for tier, wheres in places.items():
        lengths = [stock(connection, **where) for where in wheres]
        found["Overdue", tier] = sum(one.overdue > forms().rows.pdf for one in lengths)
        found["Due within 24 hours", tier] = sum(one.due_24h > forms().rows.pdf for one in lengths)
    return found


@pytest.fixture
def many_overdue(owner: Engine) -> Iterator[None]:
    """Fifty overdue dossiers more in the sums of one ward, for this test alone."""
    change = """UPDATE open_stock SET open = open + :n, overdue = overdue + :n WHERE ctid = (
                  SELECT s.ctid FROM open_stock s JOIN unit u USING (unit_code)
                   WHERE u.ward_code IS NOT NULL ORDER BY s.unit_code, s.field_code, s.channel LIMIT 1)"""
    for n in (50, -50):
        with owner.begin() as connection:
            assert connection.execute(text(change), {"n": n}).rowcount == 1
        if n > 0:
            yield


@pytest.mark.usefixtures("many_overdue")
def test_lists_too_long_for_a_pdf_are_those_refused_after_saving(
    reader: Engine, small_city: Any, tmp_path: Path
) -> None:
    written, after = edited("forms", ("pdf: 1500", "pdf: 10"), ("screen: 200", "screen: 50"))
    with reading(reader, WHOLE_CITY) as connection:
        before = too_long(connection)
        told = form_preview.preview(connection, forms(), after, T)
    desk = jobs.Exports(small_city.urls.store_reader_url)
    try:
        with in_force(tmp_path, "forms", written), reading(reader, WHOLE_CITY) as connection:
            then = too_long(connection)
            made = desk.order(
                CENTRE,
                About("overdue", "pdf", "en"),
                make_list("overdue", CENTRE, Official(None, None, WHOLE_CITY), T),
                T,
            )
            assert made.ended.wait(60)
    finally:
        desk.close()
    assert [then["Overdue", tier] for tier in ("The whole city", "Districts", "Wards and communes")] == [1, 1, 1]
    assert isinstance(made.problem, Problem)
    assert made.problem.code == "export_too_large"
    assert set(before.values()) == {0}
    shown = {(row[0].text, row[1].text): (row[3].sort, row[4].sort) for row in told.tables[0].rows}
    assert shown == {key: (before[key], then[key]) for key in before}
    assert told.said == ["A list shows its first 50 rows on the screen, now 200.", "A PDF holds 10 rows, now 1,500."]
    assert len(told.tables) == 1


@pytest.fixture
def desk(small_city: Any) -> Iterator[jobs.Exports]:
    """This process's own exports, ended afterwards."""
    jobs.close()
    yield jobs.exports(small_city.urls.store_reader_url)
    jobs.close()


def test_files_that_go_are_those_gone_after_saving(desk: jobs.Exports, reader: Engine, tmp_path: Path) -> None:
    def order() -> jobs.Job:
        make = make_list("due_24h", CENTRE, Official(DISTRICT, None, WHOLE_CITY), T)
        job = desk.order(CENTRE, About("due_24h", "csv", "en", DISTRICT), make, T)
        assert job.ended.wait(60)
        assert job.problem is None
        return job

    made = [order(), order(), order()]
    made[0].since -= 10 * 60
    written, after = edited("forms", ("keep_minutes: 30", "keep_minutes: 5"), ("files_each: 6", "files_each: 2"),
                         ("at_a_time: 2", "at_a_time: 1"))  # fmt: skip
    with reading(reader, WHOLE_CITY) as connection:
        told = form_preview.preview(connection, forms(), after, T)
    assert told.said == [
        "Files lie ready for 5 minutes, now for 30: 1 of 3 that lie ready in this process go with the next order.",
        "Each person keeps 2 files, now 6: 1 people have more in this process; their oldest go with their next order.",
        "1 files are made at a time, now 2; 0 wait or are being made in this process, and those begun are finished.",
    ]
    with in_force(tmp_path, "forms", written):
        last = order()
    assert [job.job_id for job in jobs.jobs_here()] == [made[2].job_id, last.job_id]


def test_words_are_those_read_after_saving(reader: Engine, tmp_path: Path) -> None:
    written, after = edited(
        "indicators",
        ('names: {vi: "Tạm dừng", en: "Suspended"}', 'names: {vi: "Dừng", en: "Held"}'),
        ('{vi: "Hệ thống một cửa điện tử dùng chung 3 cấp", ', '{vi: "Hệ thống một cửa", '),
    )
    before = words.value()
    with reading(reader, WHOLE_CITY) as connection:
        told = word_preview.preview(connection, before, after, T)
    shown = [(row[0].small, row[1].text, row[1].small, row[2].text, row[3].text) for row in told.tables[0].rows]
    assert {one[0] for one in shown if one[1] != "Source"} == {"suspended"}
    assert [one[1:] for one in shown if one[0] == "suspended" and one[1] != "Source"] == [
        ("Name of the figure", "Tiếng Việt", "Tạm dừng", "Dừng"),
        ("Name of the figure", "English", "Suspended", "Held"),
        ("Name in the head of a table", "Tiếng Việt", "Tạm dừng", "Dừng"),
        ("Name in the head of a table", "English", "Suspended", "Held"),
    ]  # fmt: skip
    with in_force(tmp_path, "indicators", written):
        now = words.value()
        assert (indicator("suspended").name("vi"), indicator("suspended").short_name("en")) == ("Dừng", "Held")
    moved = {code for code in now if before[code].source != now[code].source}
    assert {one[0] for one in shown if one[1] == "Source"} == moved
    assert len(moved) > 5, "one text that many figures share"
    assert told.said[0].startswith(f"{len(shown)} texts of {len(moved | {'suspended'})} figures read otherwise")


def test_targets_turn_round_with_the_way_that_is_better(reader: Engine, tmp_path: Path) -> None:
    entry = words.value()["city_online"]
    written = FILES["indicators"].shipped.read_text(encoding="utf-8")
    head, tail = written.split("\ncity_online:\n", 1)
    assert entry.direction == "up"
    written = f"{head}\ncity_online:\n{tail.replace('direction: up', 'direction: down', 1)}"
    after = FILES["indicators"].check(written).value
    rule = alert_rules().rules["online-target-missed"]
    with reading(reader, WHOLE_CITY) as connection:
        told = word_preview.preview(connection, words.value(), after, T)
        at = goal_preview.local_day(connection)
        before = goal_preview.preview(connection, targets(), targets(), T)
        known = {**words.value(), **after}
        said = {r.subject: r.value for r in readings(connection, rule, at, None, known)}  # type: ignore[arg-type]
        alerts_said = alerts.effects(connection, alert_rules(), alert_rules(), None, known)
    with in_force(tmp_path, "indicators", written), reading(reader, WHOLE_CITY) as connection:
        then = goal_preview.preview(connection, targets(), targets(), T)
        found = {r.subject: r.value for r in readings(connection, rule, at)}  # type: ignore[arg-type]
    name = entry.name("en")
    assert told.said[1:3] == [f"{name}: lower is better, now higher is better.",
                              "Targets of these figures turn round with it."]  # fmt: skip
    standing = [[row[4].text for row in of.tables[0].rows] for of in (before, told, then)]
    assert standing[0] != standing[2]
    assert standing[1] == standing[2]
    assert said == found
    assert {e.rule for e in alerts_said} <= {"online-target-missed"}
