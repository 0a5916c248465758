"""A SELECT tried from the screen: one, read only, for seconds, and never of applicants' columns."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from config.problems import Problem
from config.source import PROFILES
from data_access.source import trial
from data_access.source.profile import Profile, load_profile
from data_access.source.reader import source_engine
from data_access.source.trial import limited, refuse, try_select


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("onestop")


def refused(select: str) -> str:
    with pytest.raises(Problem) as caught:
        refuse(select)
    return caught.value.code


def test_the_profiles_own_selects_may_be_tried() -> None:
    for name in ("onestop", "opencps"):
        for file in (PROFILES / name).glob("*.sql"):
            if file.name != "for_the_dba.sql":
                refuse(file.read_text(encoding="utf-8").strip().rstrip(";"))


@pytest.mark.parametrize(
    "select",
    ["", "DELETE FROM onestop.ho_so", "SELECT 1; DROP TABLE x", "SELECT 1) q; COMMIT; SELECT (1", "x" * 30_000,
     "-- SELECT\nUPDATE x SET y = 1", "/* SELECT */ TRUNCATE x"],
)  # fmt: skip
def test_one_select_and_nothing_else(select: str) -> None:
    assert refused(select) == "source_select_one"


@pytest.mark.parametrize(
    "column", ["applicantName", "applicant_id_no", "chu_ho_so", "so_cccd", "dien_thoai", "dia_chi"]
)
def test_applicants_columns_under_whatever_name(column: str) -> None:
    assert refused(f"SELECT id_ho_so AS dossier_id, h.{column} AS late_reason FROM ho_so h") == "source_select_personal"
    refuse(f"SELECT id_ho_so AS dossier_id FROM ho_so -- not {column}")


def test_ten_rows_of_contract_columns(small_city: Any, profile: Profile) -> None:
    url = small_city.urls.source_url
    found = try_select(url, profile, "dossier", profile.sql["dossier"] + " WHERE trang_thai = 10")
    assert found.check.problem is None
    assert len(found.rows) == 10
    assert {row[found.columns.index("status")] for row in found.rows} == {10}
    extra = profile.sql["unit"].replace("SELECT ", "SELECT 'bí mật' AS secret_note, ", 1)
    unit = try_select(url, profile, "unit", extra)
    assert unit.check.extra == ("secret_note",)
    assert "secret_note" not in unit.columns
    assert "bí mật" not in str(unit.rows)


def test_a_broken_select_and_a_missing_column_are_told(small_city: Any, profile: Profile) -> None:
    url = small_city.urls.source_url
    broken = try_select(url, profile, "unit", "SELECT nothing_there FROM onestop.ho_so")
    assert broken.check.problem is not None
    assert broken.check.problem.code == "source_select_failed"
    assert "nothing_there" in broken.said
    assert "127.0.0.1" not in broken.said
    assert broken.rows == ()
    lacking = try_select(url, profile, "unit", "SELECT 'x' AS unit_code")
    assert lacking.check.problem is not None
    assert lacking.check.problem.code == "source_column_missing"
    assert lacking.rows == ()


def test_a_slow_select_is_stopped(small_city: Any, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SECONDS", 1)
    slow = "SELECT pg_sleep(60)::text AS unit_code, '' AS name, 'city' AS tier, '' AS parent_code, '' AS ward_code"
    with pytest.raises(Problem) as caught:
        try_select(small_city.urls.source_url, profile, "unit", slow)
    assert caught.value.code == "source_slow"


def test_nothing_can_be_written_whatever_the_account_may_do(small_city: Any) -> None:
    """Tried as the source's owner, who may write."""
    engine = source_engine(small_city.server.url("onestop"))
    try:
        with pytest.raises(Problem), limited(engine) as connection:
            connection.execute(sa.text("CREATE TABLE not_here (a int)"))
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT to_regclass('not_here')")).scalar_one() is None
    finally:
        engine.dispose()


def test_the_source_away_is_told(profile: Profile) -> None:
    away = replace(profile)
    with pytest.raises(Problem) as caught:
        try_select("postgresql://nobody@127.0.0.1:9/none", away, "unit", profile.sql["unit"])
    assert caught.value.code == "source_down"
