"""The mapping profile `onestop`, run as the dashboard's own read-only account."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.settings import CONFIG_DIR
from data_access.source.contract import ENTITIES
from tests.data_access.demo.conftest import rows

FOLDER = CONFIG_DIR / "profiles" / "onestop"
APPLICANT = ("chu_ho_so", "so_giay_to", "so_dien_thoai", "dia_chi")
KINDS = {
    "text": {"text"}, "text[]": {"text[]"}, "int": {"integer", "smallint", "bigint"}, "bool": {"boolean"},
    "float": {"integer", "double precision", "numeric"}, "timestamp": {"timestamp with time zone"}, "date": {"date"},
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(city_server: Any) -> str:
    return str(city_server.dsn("onestop_reader"))


def select(entity: str) -> str:
    return (FOLDER / f"{entity}.sql").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("entity", ENTITIES.values() if isinstance(ENTITIES, dict) else ENTITIES, ids=str)
def test_columns_are_the_contracts(reader: str, entity: Any) -> None:
    with psycopg.connect(reader) as conn:
        cursor = conn.execute(f"SELECT * FROM ({select(entity.name)}) q LIMIT 50")
        assert cursor.description is not None
        oids = {c.name: c.type_code for c in cursor.description}
        assert list(oids) == [c.name for c in entity.columns]
        assert len(cursor.fetchall()) == 50
        for column in entity.columns:
            [(kind,)] = conn.execute("SELECT format_type(%s, NULL)", (oids[column.name],)).fetchall()
            assert kind in KINDS[column.kind], f"{entity.name}.{column.name}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda p: p.stem)
def test_no_applicants_data_crosses(reader: str, owner: str, path: Path) -> None:
    leaks = rows(owner, f"SELECT {', '.join(APPLICANT)} FROM onestop.ho_so LIMIT 3000")
    secret = {str(value) for row in leaks for value in row[:3]}
    assert len(secret) > 1000
    officers = {r[0] for r in rows(owner, "SELECT ho_ten FROM onestop.can_bo")}  # names are few, so they coincide
    with psycopg.connect(reader) as conn:
        found = {str(v) for row in conn.execute(path.read_text(encoding="utf-8")) for v in row}
    assert found & (secret - officers) == set()


@pytest.mark.parametrize("column", APPLICANT)
def test_reader_cant_read_applicants(reader: str, column: str) -> None:
    with psycopg.connect(reader) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(f"SELECT {column} FROM onestop.ho_so LIMIT 1")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE onestop.ho_so SET kenh = 1", "DELETE FROM onestop.buoc_xu_ly", "CREATE TABLE onestop.x (i int)",
     "INSERT INTO onestop.chi_so VALUES ('a', 'b', 'c', now(), 1)", "TRUNCATE onestop.don_vi"],
)  # fmt: skip
def test_reader_cant_write(reader: str, statement: str) -> None:
    with psycopg.connect(reader) as conn:
        conn.execute("SET default_transaction_read_only = off")
        conn.execute("SET transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)


@pytest.mark.parametrize(("entity", "index"), [("dossier", "ho_so_cap_nhat"), ("step", "buoc_xu_ly_cap_nhat")])
def test_watermark_reads_use_the_index(reader: str, entity: str, index: str) -> None:
    key = f"{entity}_id"
    query = (
        f"EXPLAIN SELECT * FROM ({select(entity)}) q WHERE (updated_at, {key}) > ('2026-11-18', '') "
        f"ORDER BY updated_at, {key} LIMIT 500"
    )
    plan = "\n".join(r[0] for r in rows(reader, query))
    assert f"Index Scan using {index}" in plan
    assert "Sort" not in plan
