"""Row-level security, by the catalogue: a new table or view is covered or the test fails."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data_access.store.engine import WHOLE_CITY, Scope, reading
from data_access.sync import snapshots
from tests.data_access.sync.test_first_load import fill
from tests.data_access.sync.tiny import BA_DINH, HOAN_KIEM, SECRETS, TZ, Tiny

# Relations without a district: they must say nothing about a ward, a unit, a person or a dossier.
CITY_WIDE = {
    "procedure", "coverage_history", "data_version", "sync_watermark", "sync_status", "deferred_index",
    "alembic_version", "rollup_definition", "alert_state",
    "snapshot_day", "snapshot_start", "reconcile_round", "reconcile_found", "reconcile_known",
    "stage_now", "stage_history", "wall_device", "operation_done",
    "boundary_import", "boundary_live",
}  # fmt: skip
TELLING = {"ward_code", "unit_code", "officer_id", "officer_ids", "dossier_id", "display_name"}

ALERTS = """
WITH a AS (
  INSERT INTO alert (rule, kind, severity, subject_kind, subject_code, district_code, since, opened_at, updated_at,
                     value, told_value, facts, what, public, first_step, folded)
  VALUES ('r', 'ward', 'act', 'ward', :d, :d, now(), now(), now(), 1, 1, '{}', '{}', '{}', '{}', '') RETURNING alert_id
), p AS (
  INSERT INTO alert_pending VALUES ('r', 'ward', :d, :d, now())
), e AS (
  INSERT INTO alert_event (alert_id, district_code, at, kind) SELECT alert_id, :d, now(), 'opened' FROM a RETURNING *
)
INSERT INTO notification (alert_id, event_id, district_code, target, next_at) SELECT alert_id, event_id, :d, 't', now()
FROM e
"""

EXPORT = """
INSERT INTO export_log (username, role, scope, form, format, lang, district_code, rows, version, as_of, rule)
VALUES ('u', 'district', :d, 'ii06a', 'pdf', 'vi', :d, 1, 1, now(), 'R-A')
"""

PEOPLE = """
WITH s AS (
  INSERT INTO session (session_id, username, role, method, expires_at, district_code)
  VALUES (:d, 'u', 'district', 'password', now(), :d)
)
INSERT INTO audit (kind, who, district_code) VALUES ('signed_in', 'u', :d)
"""

CONFIG = """
INSERT INTO config_change (file, person, why, kind, before, after, district_code)
VALUES ('moon', 'u', 'w', 'saved', '', '', :d)
"""


@pytest.fixture
def filled(tiny: Tiny) -> Tiny:
    fill(tiny)
    tiny.dossier("lạ", unit_processing="lạ")
    tiny.put("link_check", ward_code="00037", service="wan", checked_at=tiny.clock, up=True, latency_ms=1.0)
    for n, ward in enumerate(("00001", "00037")):
        tiny.put("observation", indicator_code=f"y{n}", scope_kind="ward", scope_code=ward, at=tiny.clock, value=1)
    for unit in ("p1", "p3"):
        tiny.put("offering", unit_code=unit, procedure_code="tt2", level=4, active_from="2018-01-01")
    tiny.dossier("chờ", unit_processing="p3", status=5)
    tiny.put("pause", dossier_id="hschờ", from_at=tiny.clock, reason="fee")
    tiny.dossier("xong", unit_processing="p3")
    tiny.step("xong", "xong", ("cb3",), finished_at=tiny.clock)
    just = datetime.now(UTC)  # within the 28 days of what was done lately
    tiny.dossier("vừa xong", unit_processing="p3", status=9, received_at=just, finished_at=just)
    tiny.step("vừa xong", "vừa xong", ("cb3",), finished_at=just)
    for unit in ("p1", "p3"):  # doubtful ones: a code used twice, no due date, a step that ends before it begins
        tiny.dossier(f"ngờ-{unit}", unit_processing=unit, dossier_code="H26-trùng", due_at=None)
        tiny.step(f"ngờ-{unit}", f"ngờ-{unit}", started_at=tiny.clock, finished_at=tiny.clock - timedelta(minutes=5))
    tiny.dossier("xoá", unit_processing="p3", deleted=True)
    tiny.sync().once()
    with tiny.owner.begin() as conn:
        conn.execute(text("UPDATE snapshot_start SET day = day - 1"))
        assert snapshots.write(conn, tiny.one("SELECT as_of_day - 1 FROM data_version"), TZ)
        for district in (BA_DINH, HOAN_KIEM):
            conn.execute(text(ALERTS), {"d": district})
            conn.execute(text(EXPORT), {"d": district})
            conn.execute(text(PEOPLE), {"d": district})
            conn.execute(text(CONFIG), {"d": district})
    return tiny


def relations(tiny: Tiny) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in tiny.store("""
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
           AND a.attnum > 0 AND NOT a.attisdropped
    """):
        found.setdefault(table, set()).add(column)
    return found


def test_every_relation_is_scoped_or_says_nothing(filled: Tiny) -> None:
    for name, columns in relations(filled).items():
        if "district_code" not in columns:
            assert name in CITY_WIDE, f"{name}: scope it or add it to CITY_WIDE"
            assert not columns & TELLING, name


def test_a_district_sees_its_own_rows_only(filled: Tiny) -> None:
    with reading(filled.reader, Scope((BA_DINH,))) as own, reading(filled.reader, WHOLE_CITY) as city:
        for name, columns in relations(filled).items():
            if "district_code" not in columns:
                continue
            query = text(f"SELECT district_code FROM {name}")
            everywhere = set(city.execute(query).scalars())
            assert set(own.execute(query).scalars()) <= {BA_DINH}, name
            if name not in ("data_quality",):
                assert HOAN_KIEM in everywhere, f"{name}: the test must hold rows that could leak"


def test_two_districts_and_none(filled: Tiny) -> None:
    with reading(filled.reader, Scope((BA_DINH, HOAN_KIEM))) as both:
        assert set(both.execute(text("SELECT district_code FROM dossier")).scalars()) == {BA_DINH, HOAN_KIEM}
    with reading(filled.reader, Scope(())) as none:
        assert none.execute(text("SELECT count(*) FROM dossier")).scalar_one() == 0
    with filled.reader.connect() as unset:
        for name, columns in relations(filled).items():
            if "district_code" in columns:
                assert unset.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == 0, name


def test_the_reader_only_reads(filled: Tiny) -> None:
    for command in (
        "DELETE FROM dossier", "UPDATE unit SET name = ''", "INSERT INTO deferred_index VALUES ('a', 'b')",
        "CREATE TABLE mine (a int)", "TRUNCATE flow_day", "DELETE FROM export_log", "UPDATE export_log SET rows = 0",
    ):  # fmt: skip
        with filled.reader.connect() as connection:
            connection.execute(text("SELECT set_config('ops.scope', '*', true)"))
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(command))


def test_the_owner_is_under_row_level_security_too(filled: Tiny) -> None:
    for name, columns in relations(filled).items():
        forced = filled.one(
            "SELECT relkind <> 'r' OR (relrowsecurity AND relforcerowsecurity) FROM pg_class "
            "WHERE oid = CAST(:n AS regclass)",
            n=name,
        )
        assert forced or "district_code" not in columns, name
        invoker = filled.one(
            "SELECT relkind <> 'v' OR 'security_invoker=true' = ANY(reloptions) FROM pg_class "
            "WHERE oid = CAST(:n AS regclass)", n=name,
        )  # fmt: skip
        assert invoker, name


def test_no_applicant_in_the_store(filled: Tiny) -> None:
    for name in relations(filled):
        for (row,) in filled.store(f"SELECT t::text FROM {name} t"):
            assert not any(secret in (row or "") for secret in SECRETS), name
