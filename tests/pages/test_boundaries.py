"""The screen of boundaries: what is live, imports with their reports, what may be done."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config import shapes as shapes_module
from config.i18n import Texts
from config.shapes import cells
from data_access.geo.boundaries import books
from data_access.geo.boundaries.importing import Imported
from data_access.geo.boundaries.report import Report
from data_access.geo.boundaries.words import sentences
from tests.pages.conftest import Run, english
from widgets.ward_map import asset
from widgets.ward_map.geometry import geometry, version

FULL = Report(
    features=590, skipped=6, projection="EPSG:3405 VN-2000 / UTM zone 48N", kind="shapefile",
    keys={"code": 580, "name": 4},
    columns={"code": ["ma_xa"], "name": ["huyen", "ten"]}, joined=584, duplicate=["00001"], repaired=["00004"],
    unknown=["Xã lạ"], unknown_count=1, corners_before=50_000, corners=11_900, tolerance_m=70.2, kilobytes=255.1,
    guessed=True, renamed=True, swapped=True,
)  # fmt: skip


@pytest.fixture
def books_of(owner: Engine) -> Iterator[Engine]:
    yield owner
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE boundary_live, boundary_import"))
    shapes_module.use(None)


def keep(engine: Engine, report: Report, by: float = 0.001) -> int:
    areas = {code: [[[[x + by, y] for x, y in ring] for ring in polygon] for polygon in area]
             for code, area in cells().areas.items()}  # fmt: skip
    return books.keep(engine, "cntt", "ranh giới.zip", Imported(areas, report))


def test_nothing_imported_yet(run: Run, books_of: Engine) -> None:
    shown = run("boundaries", "it")
    assert shown.heading == "Ranh giới xã, phường"
    assert "chưa nhập ranh giới nào" in shown.words
    assert english(shown.texts) == []
    buttons = {b.key: b.disabled for b in shown.app.button}
    assert buttons == {"boundary-go": True, "boundary-back": True, "boundary-cells": True}


def test_an_import_with_its_report_goes_live_with_a_reason(run: Run, books_of: Engine) -> None:
    number = keep(books_of, FULL)
    shown = run("boundaries", "it", **{"import": str(number)})
    assert english(shown.texts) == []
    assert "Xã lạ" in shown.words
    assert "Phường Phúc Xá (00001)" in shown.words
    app = shown.app
    assert not app.button(key="boundary-go").disabled
    app.button(key="boundary-go").click().run()
    assert "Viết lý do" in "".join(str(e.proto.body) for e in app.get("html"))
    app.text_input(key="boundary-why").input("ranh giới Sở Nội vụ gửi").run()
    app.button(key="boundary-go").click().run()
    with books_of.connect() as connection:
        (now,) = books.decisions(connection)
    assert (now.import_id, now.who, now.reason) == (number, "thu", "ranh giới Sở Nội vụ gửi")
    assert "Đang dùng từ" in "".join(str(e.proto.body) for e in app.get("html"))


def test_an_import_without_all_wards_can_not_go_live(run: Run, books_of: Engine) -> None:
    number = keep(books_of, Report(joined=583, missing=["00001"]))
    shown = run("boundaries", "it", "en", **{"import": str(number)})
    assert shown.app.button(key="boundary-go").disabled
    assert "1 wards have no area" in shown.words


def test_an_address_of_no_import_is_told(run: Run, books_of: Engine) -> None:
    assert any("import=999999" in sentence for sentence in run("boundaries", "it", **{"import": "999999"}).banners)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_report_in_sentences(lang: str) -> None:
    said = " ".join(sentences(FULL, Texts(lang)))
    for fact in ("584", "580", "ma_xa", "huyen, ten", "EPSG:3405", "590"):
        assert fact in said
    assert "{" not in said


def test_maps_lose_the_remark_and_are_served_by_version(run: Run, books_of: Engine) -> None:
    remark = "Ranh giới gần đúng"
    assert remark in run("backlog", view="cells").words
    before = version("cells")
    number = keep(books_of, FULL)
    books.go_live(books_of, "cntt", "thử", number)
    shapes_module.use(_shapes(books_of, number))
    words = run("backlog", view="cells").words
    assert remark not in words
    assert "Ranh giới do bộ phận CNTT nhập" in words
    assert version("cells") != before
    live = asset("geo/cells.json", version("cells"))
    assert live is not None
    assert (live.body, live.etag) == (geometry("cells"), version("cells"))
    older = asset("geo/cells.json", before)
    assert older is not None
    assert older.etag == before  # an open page still gets what it asked for
    unknown = asset("geo/cells.json", "0" * 12)
    assert unknown is not None
    assert unknown.etag == version("cells")


def _shapes(engine: Engine, number: int) -> Any:
    with engine.connect() as connection:
        return books.shapes(connection, number)
