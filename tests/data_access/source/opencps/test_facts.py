"""The profile on a real MariaDB: what arrives in the store, whole rows, and what must never arrive."""

import re

import pymysql
import pytest

from config.settings import CONFIG_DIR
from data_access.source.check import check_source
from data_access.source.profile import load_profile
from tests.data_access.source.opencps import example, expected
from tests.data_access.source.opencps.conftest import DATABASE, Place
from tests.support import opencps
from tests.support.mariadb import PASSWORD

FOLDER = CONFIG_DIR / "profiles/opencps"


KNOWN_STATUSES = {
    "new", "receiving", "waiting", "processing", "interoperating", "pausing", "posting", "correcting", "cancelling",
    "releasing", "denied", "unresolved", "cancelled", "done", "collecting", "handover", "paying",
}  # fmt: skip
"""Every status of OpenCPS v2 (DOMAIN E)."""


def test_the_example_has_one_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statuses, channels, pauses, a reopened dossier, several officers: what the other tests say, they say of all."""
    rows: dict[str, list[dict[str, object]]] = {}
    monkeypatch.setattr(example, "insert", lambda _, table, given: rows.setdefault(table, []).extend(given))
    example.fill(None)
    ours = [r for r in rows["opencps_dossier"] if r["groupId"] == opencps.GROUP]
    assert {r["dossierStatus"] for r in ours} >= KNOWN_STATUSES
    assert {r["lockState"] for r in ours} >= {"", "PAUSE", "PAUSE_OVERDUE"}
    at = {name: n for n, name in enumerate(expected.DOSSIER)}
    assert {d[at["status"]] for d in expected.DOSSIERS} == set(range(11)), "1 to 10, and 0 for what nobody maps"
    assert {d[at["channel"]] for d in expected.DOSSIERS} == {1, 2, 3}
    assert {(p[3], p[2] is None) for p in expected.PAUSES} >= {
        ("supplement", True), ("supplement", False), ("fee", True), ("stopped", True),
    }  # fmt: skip
    assert max(d[at["supplement_count"]] for d in expected.DOSSIERS) > 1
    assert max(len(s[3]) for s in expected.STEPS) > 1, "a step of several officers"
    released = {s[1] for s in expected.STEPS if s[2] == "Bước KQ" and s[6] is not None}
    assert "24" in released & {d[0] for d in expected.DOSSIERS if d[at["bucket"]] == "running"}, "a reopened one"


def test_the_profile_fits_the_contract(place: Place) -> None:
    checks = check_source(place.source, load_profile("opencps"))
    assert [(c.entity, c.problem, c.wrong_type, c.extra) for c in checks if c.provided] == [
        (name, None, (), ()) for name in ("unit", "procedure", "offering", "officer", "dossier", "step", "pause")
    ]
    assert {c.entity: c.rows for c in checks if c.provided} == {
        "unit": 5, "procedure": 4, "offering": 4, "officer": 5, "dossier": 36, "step": 19, "pause": 9,
    }  # fmt: skip


def test_an_empty_database_fits_too(place: Place) -> None:
    with place.admin.cursor() as cursor:
        opencps.empty(cursor)
    assert [c.problem for c in check_source(place.source, load_profile("opencps"))] == [None] * 9


def test_everything_arrives_as_reckoned_by_hand(place: Place) -> None:
    place.sync(rows=7).first_load()
    columns = ", ".join(expected.DOSSIER)
    assert place.store(f"SELECT {columns} FROM dossier ORDER BY dossier_id::int") == expected.DOSSIERS
    assert (
        place.store("SELECT unit_code, name, tier, parent_code, ward_code, district_code FROM unit ORDER BY 1")
        == expected.UNITS
    )
    assert (
        place.store(
            "SELECT procedure_code, name, field_code, field_name, tier, limit_value, limit_unit, has_fee "
            "FROM procedure ORDER BY 1"
        )
        == expected.PROCEDURES
    )
    assert (
        place.store(
            "SELECT unit_code, procedure_code, level, active_from, active_to, district_code FROM offering ORDER BY 1, 2"
        )
        == expected.OFFERINGS
    )
    assert (
        place.store(
            "SELECT officer_id, display_name, unit_code, role, active, tier, district_code FROM officer ORDER BY 1"
        )
        == expected.OFFICERS
    )
    assert (
        place.store(
            "SELECT step_id, dossier_id, step_name, officer_ids, started_at, due_at, finished_at, updated_at, "
            "finished_day, unit_code, district_code FROM step ORDER BY step_id::int"
        )
        == expected.STEPS
    )
    assert (
        place.store(
            "SELECT dossier_id, from_at, to_at, reason, district_code FROM pause ORDER BY dossier_id::int, from_at"
        )
        == expected.PAUSES
    )
    assert place.differences() == []


def test_no_applicant_and_no_other_site_anywhere_in_the_store(place: Place) -> None:
    with place.admin.cursor() as cursor:  # they are there to leak
        cursor.execute("SELECT count(*), count(DISTINCT groupId) FROM opencps_dossier WHERE applicantName = %s",
                       [example.SECRETS[0]])  # fmt: skip
        assert cursor.fetchone() == (37, 2)
    place.sync().first_load()
    tables = [name for (name,) in place.store("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    everything = "\n".join(str(row) for t in tables for (row,) in place.store(f"SELECT t::text FROM {t} t"))
    assert "H26.41-0003" in everything
    foreign = ("uid-901", "H26.41-0901", "999999", "999998", "Của nơi khác", "nơi khác", "000.03.41.H26")
    assert [word for word in (*example.SECRETS, *foreign) if word in everything] == []


def test_every_select_names_the_site_for_every_table_that_has_one(place: Place) -> None:
    with_site = {name for name, columns in opencps.tables().items() if "groupId" in columns}
    selects = [f for f in FOLDER.glob("*.sql") if f.name != "for_the_dba.sql"]
    assert len(selects) == 11
    for file in selects:
        text = re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
        tables = [t for t in re.findall(r"(?:FROM|JOIN)\s+(opencps_\w+)", text) if t in with_site]
        assert len(re.findall(r"groupId = :group_id", text)) == len(tables), file.name


def test_the_account_can_neither_write_nor_see_an_applicant(place: Place) -> None:
    with place.server.connect(DATABASE, opencps.READER, PASSWORD) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT dossierNo FROM opencps_dossier")
        for statement in (
            "SELECT applicantName FROM opencps_dossier",
            "SELECT wardCode FROM opencps_dossier",
            "SELECT telNo FROM opencps_employee",
            "SELECT fullname FROM opencps_votingresult",
            "UPDATE opencps_dossier SET dossierStatus = 'done'",
            "DELETE FROM opencps_dossieraction",
        ):
            with pytest.raises(pymysql.OperationalError) as refused:
                cursor.execute(statement)
            assert refused.value.args[0] in (1142, 1143), statement


def test_a_session_writes_nothing_even_with_an_account_that_could(place: Place) -> None:
    from data_access.source.reader import source_engine

    engine = source_engine(place.server.url(DATABASE, "root", ""))
    with engine.connect() as connection, pytest.raises(Exception, match="READ ONLY"):
        connection.exec_driver_sql("DELETE FROM opencps_dossier")
    engine.dispose()
