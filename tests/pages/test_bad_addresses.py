"""Addresses that can't be answered, on every screen of a chair: a sentence for each mistake, never an empty page."""

import re

import pytest
from sqlalchemy import Engine, text

from config.registry import registry
from data_access.store.engine import WHOLE_CITY, reading
from tests.pages.conftest import HA_DONG, Run, Screen, english

OTHER = "005"
THEIRS = registry().wards_of(OTHER)[0].code
BACKWARDS, AHEAD, OLD = "2026-11-20..2026-11-01", "2999-01", "lọc_cũ"
SCREENS: list[tuple[str, dict[str, str]]] = [
    ("overview", {OLD: "1"}),
    ("alerts", {"alert": "999999", "severity": "x", "rule": "x", "state": "x", "first": "x", OLD: "1"}),
    ("alerts", {"first": "2999-01-01"}),
    ("coverage", {"ward": "99999", "on": "2999-01-01", "measure": "x", "view": "x", OLD: "1"}),
    ("backlog", {"ward": "99999", "field": "x", "channel": "9", "view": "x", OLD: "1"}),
    ("district", {"district": "x", "period": BACKWARDS, OLD: "1"}),
    ("district", {"by": "x", "period": AHEAD}),
    ("ward", {"ward": "99999", "since": "x", "of": "x", "period": BACKWARDS, OLD: "1"}),
    ("ward", {"district": "x", "period": AHEAD}),
    ("process", {"procedure": "9.999999", "ward": "99999", "period": BACKWARDS, OLD: "1"}),
    ("process", {"district": "x", "period": AHEAD}),
    ("compare", {"wards": "99999,09541,09556", "period": BACKWARDS, OLD: "1"}),
    ("compare", {"mode": "x", "wards": "09541,09556", "period": AHEAD}),
    ("compare", {"mode": "periods", "district": HA_DONG, "other": BACKWARDS, "period": AHEAD, "ward": "x", OLD: "1"}),
    ("workload", {"officer": "x", "tier": "x", "role": "x", "district": "x", OLD: "1"}),
    ("workload", {"district": HA_DONG, "period": BACKWARDS}),
    ("workload", {"district": HA_DONG, "period": AHEAD}),
    ("dossiers", {"field": "x", "last": "2999-01-01"}),
    ("dossiers", {"what": "x", "ward": "99999", "age": "x", "first": "x", "page": "0", "order": "x", OLD: "1"}),
    ("forms", {"form": "x", "ward": "99999", "period": BACKWARDS, OLD: "1"}),
    ("forms", {"district": HA_DONG, "period": AHEAD}),
    ("qd766", {"ward": "99999", "period": AHEAD, OLD: "1"}),
    ("qd766", {"period": BACKWARDS}),
    ("quality", {"ward": "99999", "view": "x", "months": "x", OLD: "1"}),
]
FINE = {("district", HA_DONG), ("mode", "periods"), ("wards", "09541,09556")}


def something(shown: Screen) -> bool:
    """Whether there is more than a title: figures, or an official form."""
    bodies = "".join(str(e.proto.body) for e in shown.app.get("html"))
    return bool(shown.figures) or "<tbody>" in bodies


@pytest.mark.parametrize(("role", "lang"), [("district", "vi"), ("operations", "en")])
@pytest.mark.parametrize(("screen", "query"), SCREENS, ids=lambda part: part if isinstance(part, str) else "")
def test_each_mistake_is_a_sentence_and_the_screen_stands(
    run: Run, screen: str, query: dict[str, str], role: str, lang: str
) -> None:
    shown = run(screen, role, lang, **query)
    wrong = {name: value for name, value in query.items() if (name, value) not in FINE}
    assert len(shown.banners) == len(wrong), shown.banners
    for sentence in shown.banners:
        assert re.fullmatch(r"\S.{15,}[.!]", re.sub(r"<[^>]*>", "", sentence), re.DOTALL), "a whole sentence"
    assert something(shown)
    for name, value in wrong.items():
        assert name == "wards" or value not in shown.app.query_params.get(name, ""), "it leaves the address"
    if lang == "vi":
        assert english(shown.texts) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_code_that_is_no_dossiers(run: Run, lang: str) -> None:
    for screen, query in (("dossiers", {"dossier": "H26.khong-co"}), ("forms", {"form": "process", "dossier": "x"})):
        shown = run(screen, "district", lang, **query)
        assert len(shown.banners) == 1
        assert "scope" in shown.banners[0] or "phạm vi" in shown.banners[0]
        if lang == "vi":
            assert english(shown.texts) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_ward_without_dossiers_is_told(run: Run, reader: Engine, lang: str) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        empty = str(
            connection.execute(
                text("""SELECT ward_code FROM unit u WHERE ward_code IS NOT NULL AND district_code = :d
                         ORDER BY (SELECT coalesce(sum(received), 0) FROM unit_total t WHERE t.unit_code = u.unit_code),
                                  ward_code LIMIT 1"""),
                {"d": OTHER},
            ).scalar_one()
        )
    says = {"vi": "không phát sinh|[Kk]hông có hồ sơ", "en": "nothing arose|[Nn]o dossier|Nothing arose"}[lang]
    quiet = {"ward": empty, "period": "2011-05"}
    for screen, query in (
        ("ward", quiet), ("process", quiet), ("forms", quiet), ("qd766", quiet),
        ("compare", {"mode": "periods", "other": "2011-04", **quiet}),
        ("compare", {"wards": f"{empty},09556", "period": "2011-05"}),
        ("dossiers", {"what": "received", "ward": empty, "first": "2011-05-01", "last": "2011-05-31"}),
    ):  # fmt: skip
        shown = run(screen, "operations", lang, **query)
        assert something(shown)
        told = [*shown.banners, *shown.texts]
        assert any(re.search(says, words) for words in told), "nothing arose, in words"
        if lang == "vi":
            assert english(shown.texts) == []


@pytest.mark.parametrize("screen", ["backlog", "coverage", "ward", "process", "forms", "dossiers", "quality", "qd766"])
def test_anothers_ward_is_told_on_every_screen_and_nothing_of_it_shown(run: Run, screen: str) -> None:
    name = registry().wards[THEIRS].name
    shown = run(screen, "district", ward=THEIRS)
    assert [b for b in shown.banners if "không thuộc phạm vi" in b]
    assert name not in shown.words
    assert registry().districts[OTHER].name not in shown.words
    assert "ward" not in shown.app.query_params or shown.app.query_params["ward"] != THEIRS
    assert name in run(screen, "operations", ward=THEIRS).words, "there is something that could leak"
