"""The search box: names without diacritics, codes by their beginning, in the viewer's scope only."""

import pytest

from config.registry import fold, registry
from data_access.queries.answers import rows
from data_access.queries.search import CODE_CHARS, MOST, Found, search
from tests.data_access.queries.conftest import At

HA_DONG, CAU_GIAY = "268", "005"


def ask(at: At, typed: str, scope: tuple[str, ...] | None = None) -> Found:
    return at.ask(search, scope, typed=typed)


@pytest.mark.parametrize("typed", ["ha dong", "Hà Đông", "HA DONG", "  ha   đông "])
def test_places_without_diacritics(now: At, typed: str) -> None:
    found = ask(now, typed)
    assert [d.name for d in found.districts] == [d.name for d in ask(now, "dong ha").districts] == ["Quận Hà Đông"]
    assert len(found.wards) == MOST
    assert {w.district_code for w in found.wards} == {HA_DONG}, "words that follow each other come first"


def test_a_ward_comes_before_the_wards_of_a_district_of_that_name(now: At) -> None:
    ward = next(w for w in registry().wards.values() if w.short_name == "Mộ Lao")
    assert ask(now, "mo lao").wards == [ward]
    assert ask(now, "mo la").wards == [ward], "a word may be half typed"
    assert ask(now, "o lao").wards == [], "a word is looked for from its beginning"
    assert ask(now, ward.code).wards == [ward]
    assert ask(now, "phường mộ lao quận hà đông").wards == [ward]


def test_the_store_folds_as_the_registry_does(now: At) -> None:
    for table, name in (("officer", "display_name"), ("procedure", "name")):
        with now.reading() as connection:
            found = rows(connection, f"SELECT {name} AS name, folded FROM {table}")
        assert len(found) > 50
        assert {row["name"]: row["folded"] for row in found} == {row["name"]: fold(row["name"]) for row in found}


def test_officers_of_the_scope(now: At) -> None:
    with now.reading() as connection:
        theirs = rows(
            connection,
            """SELECT o.officer_id, o.display_name FROM officer o
                WHERE district_code = '005' AND NOT EXISTS (SELECT FROM officer x WHERE x.folded = o.folded
                                                              AND x.officer_id <> o.officer_id) LIMIT 1""",
        )[0]
    typed = fold(theirs["display_name"])
    assert [o["officer_id"] for o in ask(now, typed).officers] == [theirs["officer_id"]], "there is one who could leak"
    assert ask(now, typed, (HA_DONG,)).officers == []
    assert ask(now, typed, (CAU_GIAY,)).officers != []


def test_codes_of_the_scope(now: At) -> None:
    (theirs,) = now.truth((CAU_GIAY,)).rows("SELECT min(ma_ho_so) AS code FROM o")
    code = theirs["code"]
    assert code in ask(now, code).dossiers
    assert code in ask(now, code.lower()).dossiers
    assert len(ask(now, code[:CODE_CHARS]).dossiers) <= MOST
    assert ask(now, code[: CODE_CHARS - 1]).dossiers == [], "too short to say anything"
    assert ask(now, code, (HA_DONG,)) == Found([], [], [], [], [])
    assert ask(now, registry().wards_of(CAU_GIAY)[0].name, (HA_DONG,)).wards == []


def test_procedures_by_name_and_code(now: At) -> None:
    with now.reading() as connection:
        code, name = (rows(connection, "SELECT procedure_code, name FROM procedure LIMIT 1")[0].values())  # fmt: skip
    assert code in [p["procedure_code"] for p in ask(now, code).procedures]
    assert code in [p["procedure_code"] for p in ask(now, name).procedures]


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "\\", "' OR 1=1 --", "́"])
def test_signs_mean_nothing(now: At, typed: str) -> None:
    assert ask(now, typed).nothing
