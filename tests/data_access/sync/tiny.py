"""A tiny one-stop database whose every row a test writes itself, and a store beside it; both real PostgreSQL.

Its tables have the contract's names, and the profile selects `*`: with it columns about the applicant.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, text

from data_access.demo.server import Server
from data_access.source.contract import ENTITIES, Kind
from data_access.source.profile import Profile, load_profile
from data_access.source.reader import source_engine
from data_access.store import books, rollups
from data_access.store.engine import owner_engine, reader_engine
from data_access.store.migrate import migrate
from data_access.sync import Sync

TZ = "Asia/Ho_Chi_Minh"
SOURCE, STORE = "tiny_source", "tiny_store"
TABLES = """SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND has_table_privilege(oid, 'TRUNCATE') AND NOT EXISTS (
              SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgtype & 34 = 34)"""  # what is only added to stays
SECRETS = ("Nguyễn Thị Bí Mật", "0912345678", "001199001234")
_TYPES: dict[Kind, str] = {
    "text": "text", "int": "integer", "float": "double precision", "bool": "boolean", "timestamp": "timestamptz",
    "date": "date", "text[]": "text[]",
}  # fmt: skip
UNITS = [
    # two districts of the registry, two wards each, a city department
    ("sở", "Sở Tư pháp", "city", None, None),
    ("q1", "UBND quận Ba Đình", "district", "sở", None),
    ("p1", "UBND phường Phúc Xá", "commune", "q1", "00001"),
    ("p2", "UBND phường Trúc Bạch", "commune", "q1", "00004"),
    ("q2", "UBND quận Hoàn Kiếm", "district", "sở", None),
    ("p3", "UBND phường Phúc Tân", "commune", "q2", "00037"),
]
BA_DINH, HOAN_KIEM = "001", "002"
PROCEDURES = [("tt1", "Chứng thực", "ct", "commune"), ("tt2", "Khai sinh", "ht", "commune")]
START = datetime.fromisoformat("2026-03-02T09:00:00+07:00")


def make_databases(pg: Server) -> None:
    """Both databases with their schemas, once a session."""
    with psycopg.connect(pg.dsn("postgres"), autocommit=True) as conn:
        for name, owner in ((SOURCE, "onestop"), (STORE, "ops_owner")):
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            conn.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
            conn.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
    with psycopg.connect(pg.dsn("onestop", SOURCE), autocommit=True) as conn:
        for entity in ENTITIES.values():
            columns = ", ".join(f"{c.name} {_TYPES[c.kind]}" for c in entity.columns)
            extra = ", applicant_name text, phone text, id_no text" if entity.name == "dossier" else ""
            conn.execute(f"CREATE TABLE {entity.name} ({columns}{extra}, PRIMARY KEY ({', '.join(entity.key)}))")
        conn.execute("GRANT USAGE ON SCHEMA public TO onestop_reader")
        conn.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO onestop_reader")
    engine = owner_engine(pg.url("ops_owner", STORE))
    migrate(engine, "ops_reader")
    engine.dispose()


@cache
def _engine(make: Callable[[str], Engine], url: str) -> Engine:
    """One a session: it has compiled the statements of earlier tests. A test leaves it without connections."""
    return make(url)


@dataclass
class Tiny:
    """One test's view of the two databases, both empty but for units, procedures and officers."""

    pg: Server
    folder: Path
    rows: int = 20_000
    clock: datetime = START
    syncs: list[Sync] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = psycopg.connect(self.pg.dsn("onestop", SOURCE), autocommit=True)
        self.source_engine: Engine = _engine(source_engine, self.pg.url("onestop_reader", SOURCE))
        self.owner: Engine = _engine(owner_engine, self.pg.url("ops_owner", STORE))
        self.reader: Engine = _engine(reader_engine, self.pg.url("ops_reader", STORE))
        tables = ", ".join(ENTITIES)
        self.source.execute(f"TRUNCATE {tables}")
        with self.owner.begin() as conn:
            stored = conn.execute(text(TABLES)).scalars()
            keep = ("alembic_version", "deferred_index")
            conn.execute(text("TRUNCATE " + ", ".join(t for t in stored if t not in keep)))
            books.restore_indexes(conn)  # an earlier test may have left a first load half-way
        self.write_profile()
        for code, name, tier, parent, ward in UNITS:
            self.put("unit", unit_code=code, name=name, tier=tier, parent_code=parent, ward_code=ward)
        for code, name, group, tier in PROCEDURES:
            self.put("procedure", procedure_code=code, name=name, field_code=group, field_name=name, tier=tier)
        for n in (1, 2, 3):
            self.put("officer", officer_id=f"cb{n}", display_name=f"Cán bộ {n}", unit_code=f"p{n}", role="xl",
                     active=True)  # fmt: skip

    def write_profile(self, **changed: str) -> None:
        """The profile's files; `changed` replaces an entity's SELECT."""
        folder = self.folder / "tiny"
        folder.mkdir(exist_ok=True)
        (folder / "profile.yaml").write_text("name: tiny\ntimezone: Asia/Ho_Chi_Minh\n", encoding="utf-8")
        for name in ENTITIES:
            (folder / f"{name}.sql").write_text(changed.get(name, f"SELECT * FROM {name}"), encoding="utf-8")

    @property
    def profile(self) -> Profile:
        """The profile as it is now."""
        return load_profile("tiny", self.folder)

    def sync(self, **options: Any) -> Sync:
        """A sync between the two; closed at the end of the test."""
        job = Sync(self.source_engine, self.owner, self.profile, TZ, rows=self.rows, **options)
        self.syncs.append(job)
        return job

    def tick(self, **delta: float) -> datetime:
        """Let time pass in the source's rows (a minute unless told); returns the new instant."""
        self.clock += timedelta(**(delta or {"minutes": 1}))
        return self.clock

    def put(self, entity: str, **values: Any) -> None:
        """Write one row into the source, replacing the one of the same key."""
        key = ENTITIES[entity].key
        names = ", ".join(values)
        sets = ", ".join(f"{n} = EXCLUDED.{n}" for n in values if n not in key)
        self.source.execute(
            f"INSERT INTO {entity} ({names}) VALUES ({', '.join(['%s'] * len(values))}) "
            f"ON CONFLICT ({', '.join(key)}) DO {'UPDATE SET ' + sets if sets else 'NOTHING'}",
            list(values.values()),
        )

    def dossier(self, number: int | str, **values: Any) -> None:
        """Write a dossier; what isn't given is an ordinary running one, received now, due in three days."""
        at = self.tick()
        row: dict[str, Any] = {
            "dossier_id": f"hs{number}", "dossier_code": f"H26-{number}", "procedure_code": "tt1",
            "unit_received": "p1", "unit_processing": "p1", "channel": 1, "status": 4, "received_at": at,
            "due_at": at + timedelta(days=3), "updated_at": at,
            "applicant_name": SECRETS[0], "phone": SECRETS[1], "id_no": SECRETS[2],
        }  # fmt: skip
        self.put("dossier", **(row | values))

    def change(self, number: int | str, **values: Any) -> None:
        """Change some columns of a dossier; `updated_at` follows unless given."""
        values = {"updated_at": self.tick()} | values
        sets = ", ".join(f"{n} = %s" for n in values)
        self.source.execute(f"UPDATE dossier SET {sets} WHERE dossier_id = %s", [*values.values(), f"hs{number}"])

    def step(self, number: int | str, dossier: int | str, officers: tuple[str, ...] = ("cb1",), **values: Any) -> None:
        """Write a step, open unless given `finished_at`."""
        at = self.tick()
        row: dict[str, Any] = {
            "step_id": f"b{number}", "dossier_id": f"hs{dossier}", "step_name": "Thẩm định",
            "officer_ids": list(officers), "started_at": at, "updated_at": at,
        }  # fmt: skip
        self.put("step", **(row | values))

    def store(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """Rows of the store, by its owner."""
        with self.owner.connect() as conn:
            return [tuple(r) for r in conn.execute(text(query), bound)]

    def one(self, query: str, **bound: Any) -> Any:
        """The single row; its value when it has only one."""
        (row,) = self.store(query, **bound)
        return row[0] if len(row) == 1 else row

    @property
    def version(self) -> int:
        """The store's data version."""
        return int(self.one("SELECT version FROM data_version"))

    def differences(self) -> list[rollups.Difference]:
        """What `rebuild --check` finds."""
        with self.owner.connect() as conn:
            return rollups.check(conn)

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All facts and rollups, for comparing two ways to the same state. Without books and first_seen."""
        tables = [
            "unit", "procedure", "offering", "officer", "dossier", "step", "pause", "link_check", "observation",
            "flow_day", "unit_day", "district_day", "field_day", "procedure_month", "officer_day", "unit_total",
            "link_state", "coverage_history", "unit_coverage", "procedure_coverage", "offer_span",
        ]  # fmt: skip
        found = {t: sorted(self.store(f"SELECT * FROM {t}"), key=repr) for t in tables}
        found["data_quality"] = sorted(self.store("SELECT kind, entity, key, detail FROM data_quality"), key=repr)
        return found

    def forget(self) -> None:
        """Empty the store's facts and figures, so that the next sync loads everything anew."""
        with self.owner.begin() as conn:
            kept = ("alembic_version", "reconcile_round", "reconcile_found", "backlog_snapshot", "snapshot_day",
                    "snapshot_start")  # fmt: skip
            stored = conn.execute(text(TABLES)).scalars()
            conn.execute(text("TRUNCATE " + ", ".join(t for t in stored if t not in kept)))

    def close(self) -> None:
        """Give all connections back."""
        for job in self.syncs:
            job.close()
        self.source.close()
        for engine in (self.source_engine, self.owner, self.reader):
            engine.dispose()


@contextmanager
def tiny_city(pg: Server, folder: Path) -> Iterator[Tiny]:
    """A Tiny for one test."""
    city = Tiny(pg, folder)
    try:
        yield city
    finally:
        city.close()
