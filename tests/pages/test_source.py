"""The screen of the source: check, state, a mapping tried, reconciling asked for."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from data_access import source_desk
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
