"""The screen of forms: the figures of the query, what the address may ask for, files ordered by their buttons."""

import html
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.indicators import indicator
from config.registry import registry
from data_access.exports import jobs
from data_access.queries.form_ii06a import form_ii06a
from data_access.queries.form_lists import all_rows
from data_access.rules.period import parse, periods
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.pages.conftest import HA_DONG, Run, Screen
from tests.support.cities import NOW

T = Texts("vi")
CAU_GIAY = "005"
LAST = periods("reporting_month", NOW.date())[1]


@pytest.fixture(autouse=True)
def _no_files_left() -> Iterator[None]:
    yield
    jobs.close()


def cells(shown: Screen) -> list[list[str]]:
    """Rows of the official table, as texts."""
    bodies = "".join(str(e.proto.body) for e in shown.app.get("html"))
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", bodies, re.DOTALL)
    rows = re.findall(r"<tr.*?>(.*?)</tr>", body, re.DOTALL)
    plain = re.compile(r"</?a\b[^>]*>")  # numbers and codes lead to their dossiers
    return [
        [html.unescape(plain.sub("", c)) for c in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows
    ]


@pytest.mark.parametrize(
    ("role", "query"),
    [("operations", {}), ("district", {}), ("operations", {"district": HA_DONG, "period": "2026-q3"}),
     ("district", {"ward": registry().wards_of(HA_DONG)[0].code, "period": "2026-10-03..2026-11-11"})],
)  # fmt: skip
def test_the_form_on_the_screen(run: Run, reader: Engine, role: str, query: dict[str, str]) -> None:
    period = parse(query.get("period", LAST.code), NOW.date())
    scope = WHOLE_CITY if role == "operations" else Scope((HA_DONG,))
    with reading(reader, scope) as connection:
        form = form_ii06a(connection, period.first, period.last, query.get("district"), query.get("ward"))
    shown = run("forms", role, **query)
    assert shown.banners == []
    assert cells(shown)[-1] == ["", T("Total"), *(T.number(n) for n in form.total.columns)]
    by_name = [(row[1], row[2:]) for row in cells(shown) if row[0].isdigit()]
    assert by_name == [(line.field_name, [T.number(n) for n in line.cells.columns]) for line in form.lines]
    value, context = shown.figures[indicator("form_on_time").name("vi")]
    assert value == T.percent(form.total.on_time_share)
    assert "R-A" in context


def test_another_district_in_the_address(run: Run) -> None:
    mine = run("forms", "district")
    theirs = registry().wards_of(CAU_GIAY)[0]
    for query in ({"district": CAU_GIAY}, {"ward": theirs.code}):
        shown = run("forms", "district", **query)
        assert len(shown.banners) == 1
        assert "không thuộc phạm vi" in shown.banners[0]
        assert (shown.figures, cells(shown)) == (mine.figures, cells(mine))
        assert theirs.name not in shown.words
        assert registry().districts[CAU_GIAY].name not in shown.words
    assert cells(run("forms", district=CAU_GIAY)) != cells(mine)


def test_lists_hold_the_dossiers_of_the_scope_only(run: Run, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        late = list(all_rows(connection, "overdue"))
    mine = [r["dossier_code"] for r in late if r["district_code"] == HA_DONG]
    assert len(mine) < len(late)
    shown = [r[1] for r in cells(run("forms", "district", form="overdue")) if len(r) > 1]
    assert shown == mine
    everything = [r[1] for r in cells(run("forms", form="overdue"))]
    assert everything == [r["dossier_code"] for r in late]
    theirs = next(r for r in late if r["district_code"] != HA_DONG)
    for role, seen in (("district", False), ("operations", True)):
        sheet = run("forms", role, form="process", dossier=theirs["dossier_code"])
        said = T("No dossier {code} in your scope.", code=theirs["dossier_code"])
        assert (said in sheet.banners) is not seen
        assert (theirs["procedure_name"] in sheet.words) is seen
        assert bool(sheet.app.get("button")) is seen, "nothing to export of a dossier that is not there"


@pytest.mark.parametrize(
    ("period", "said"),
    [("2026-11-20..2026-11-01", "kết thúc"), ("2027-01", "chưa bắt đầu"), ("2009-05", "01/01/2010"),
     ("2026-13", "không phải là một kỳ"), ("<b>", "không phải là một kỳ")],
)  # fmt: skip
def test_a_period_that_cannot_be_asked_for(run: Run, period: str, said: str) -> None:
    shown = run("forms", period=period)
    assert len(shown.banners) == 1
    assert said in shown.banners[0]
    assert "period" not in shown.app.query_params
    assert cells(shown) == cells(run("forms")), "the usual period instead"


def test_days_written_by_hand(run: Run) -> None:
    shown = run("forms", by="custom", period="2026-10-01..2026-10-31")
    app = shown.app
    first, last = app.text_input
    assert (first.value, last.value) == ("01/10/2026", "31/10/2026")
    last.set_value("15/10/2026").run()
    assert app.query_params["period"] == "2026-10-01..2026-10-15"
    app.text_input[0].set_value("20/10/2026").run()
    (banner,) = Screen(app).banners
    assert "trước khi bắt đầu" in banner
    app.text_input[0].set_value("hôm qua").run()
    (banner,) = Screen(app).banners
    assert "“hôm qua” không phải là một ngày" in banner


def test_a_place_and_time_without_dossiers(run: Run) -> None:
    ward = registry().wards_of(HA_DONG)[0]
    shown = run("forms", "district", ward=ward.code, period="2012-03")
    assert shown.banners == [T("Nothing arose at {place} in this period; a file would say so.", place=ward.name)]
    assert cells(shown) == [[T("nothing arose")]]
    assert shown.figures[indicator("form_on_time").name("vi")][0] == T("nothing arose")


def test_a_button_makes_the_file_of_what_is_seen(run: Run, reader: Engine) -> None:
    shown = run("forms", "district", period="2026-10")
    app = shown.app
    next(b for b in app.button if b.label == "Excel").click().run()
    assert [e.value for e in app.exception] == []
    (take,) = app.get("download_button")
    assert take.proto.label.startswith(T("Download {name} ({size} kB)", name="ii06a_268_2026-10.xlsx", size="")[:30])
    next(b for b in app.button if b.label == "Excel").click().run()
    (job,) = files()  # a double click is one file
    sheet = openpyxl.load_workbook(job.path).worksheets[0]
    (total,) = [row for row in sheet.iter_rows(values_only=True) if row[1] == T("Total") and row[0] == ""]
    assert [T.number(n) for n in total[2:]] == cells(shown)[-1][2:]
    with reading(reader, Scope((HA_DONG,))) as connection:
        row = connection.execute(text("SELECT username, period FROM export_log ORDER BY export_id DESC LIMIT 1")).one()
    assert tuple(row) == ("thu", "2026-10")


def files() -> list[Any]:
    return [job for _, desk in jobs._exports for job in desk._jobs.values()]
