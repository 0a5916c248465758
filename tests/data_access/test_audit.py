"""The audit: only added to, by whoever tries; one view over all books; pages by key; what leaks to nobody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data_access import audit
from data_access.audit import Entry, note
from data_access.queries.audit import (
    PAGE,
    AuditFilter,
    Place,
    audit_count,
    audit_page,
    audit_people,
    audit_rows,
)
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.data_access.sync.tiny import BA_DINH, STORE, Tiny
from tests.support.processes import wait_for

FIRST = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def superuser(tiny: Tiny) -> psycopg.Connection[Any]:
    return psycopg.connect(tiny.pg.dsn("postgres", STORE), autocommit=True)


@pytest.fixture
def books(tiny: Tiny) -> Tiny:
    """The tiny store; its audit is emptied by a superuser, since nobody else can."""
    with superuser(tiny) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE audit, export_log")
    return tiny


def fill(tiny: Tiny, many: int = 3 * PAGE) -> None:
    """Deeds a minute apart, and in the other books one each at the instant of the tenth."""
    with tiny.owner.begin() as connection:
        for n in range(many):
            kind = "signed_in" if n % 3 else "sign_in_failed"
            note(connection, Entry(kind, f"user{n % 7}", what=f"Đống Đa {n}", at=FIRST + timedelta(minutes=n)))
        at = FIRST + timedelta(minutes=9)
        connection.execute(
            text("""
                INSERT INTO export_log (at, username, role, scope, form, format, lang, district_code, rows, version,
                                        as_of, rule)
                VALUES (:at, 'user1', 'operations', '*', 'ii06a', 'pdf', 'vi', '', 7, 1, now(), 'R-A')"""),
            {"at": at},
        )
        connection.execute(
            text("""
                INSERT INTO alert_event (alert_id, district_code, at, kind, who, note)
                VALUES (5, '', :at, 'acknowledged', 'Trực ban', 'Đã gọi'), (5, '', :at, 'changed', NULL, NULL)"""),
            {"at": at},
        )


def test_the_application_can_only_add(books: Tiny) -> None:
    fill(books, 3)
    for engine in (books.owner, books.reader):
        for command in ("UPDATE audit SET who = 'x'", "DELETE FROM audit", "TRUNCATE audit", "TRUNCATE export_log",
                        "UPDATE export_log SET rows = 0", "DELETE FROM export_log"):  # fmt: skip
            with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(command))
    with books.reader.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text("INSERT INTO audit (kind, who) VALUES ('signed_in', 'x')"))
    with superuser(books) as connection:
        for command in ("UPDATE audit SET who = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
            with pytest.raises(Exception, match="only added to"):
                connection.execute(command)
    assert books.one("SELECT count(*) FROM audit") == 3


def test_one_view_over_all_books(books: Tiny) -> None:
    fill(books, 1)
    with reading(books.reader, WHOLE_CITY) as connection:
        found = list(audit_rows(connection, AuditFilter()))
    told = [(row["kind"], row["who"], row["what"], row["detail"]) for row in found]
    assert told == [
        ("exported", "user1", "ii06a", ""),
        ("alert_acknowledged", "Trực ban", "5", "Đã gọi"),
        ("sign_in_failed", "user0", "Đống Đa 0", ""),
    ]
    assert found[0]["facts"]["rows"] == 7


def pages(connection: Any, wish: AuditFilter) -> list[Any]:
    """All pages forwards, each found again from the one after it."""
    page = audit_page(connection, wish)
    found = [page]
    while page.older:
        last = page.rows[-1]
        page = audit_page(connection, wish, after=Place(last["at"], last["source"], last["id"]))
        first = page.rows[0]
        back = audit_page(connection, wish, before=Place(first["at"], first["source"], first["id"]))
        assert back.rows == found[-1].rows
        assert (back.older, back.newer) == (True, found[-1].newer)
        found.append(page)
    return found


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (AuditFilter(), 152),
        (AuditFilter(kinds=("sign_in_failed",)), 50),
        (AuditFilter(kinds=("exported", "alert_acknowledged")), 2),
        (AuditFilter(people=("user1",)), 23),
        (AuditFilter(search="dong da 14"), 12),  # 14, 114 and 140 … 149
        (AuditFilter(search="%"), 0),
        (AuditFilter(search="da goi truc"), 1),
        (AuditFilter(first=date(2026, 3, 2), last=date(2026, 3, 2)), 152),
        (AuditFilter(first=date(2026, 3, 3)), 0),
    ],
)
def test_pages_hold_every_row_once(books: Tiny, wish: AuditFilter, expected: int) -> None:
    fill(books)
    with reading(books.reader, WHOLE_CITY) as connection:
        everything = list(audit_rows(connection, wish))
        found = pages(connection, wish)
        assert audit_count(connection, wish) == expected
    assert [row for page in found for row in page.rows] == everything
    assert len(everything) == expected
    assert {page.total for page in found} == {expected}
    assert [page.newer for page in found] == [False, *[True] * (len(found) - 1)]


def test_a_day_ends_at_the_citys_midnight(books: Tiny) -> None:
    with books.owner.begin() as connection:
        for at in ("2026-03-02T16:59:59Z", "2026-03-02T17:00:00Z"):  # midnight in Hà Nội
            note(connection, Entry("signed_in", "a", at=datetime.fromisoformat(at)))
    with reading(books.reader, WHOLE_CITY) as connection:
        assert audit_count(connection, AuditFilter(last=date(2026, 3, 2))) == 1
        assert audit_count(connection, AuditFilter(first=date(2026, 3, 3))) == 1


def test_a_page_of_many_is_found_by_the_indexes(books: Tiny) -> None:
    with books.owner.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO audit (at, kind, who) SELECT timestamptz '2026-01-01' + n * interval '1 s', 'signed_in', 'u'
              FROM generate_series(1, 50000) n""")
        )
    with books.owner.begin() as connection:
        connection.execute(text("ANALYZE audit"))
    with reading(books.reader, WHOLE_CITY) as connection:
        plan = "\n".join(connection.execute(text(
            "EXPLAIN ANALYZE SELECT at, source, id, who, facts FROM audit_log WHERE at <= '2026-01-01 05:00+00' "
            "AND (at, -source, id) < (timestamptz '2026-01-01 05:00+00', 0, 9) "
            "ORDER BY at DESC, source, id DESC LIMIT 51")).scalars())  # fmt: skip
    assert "audit_at" in plan, plan
    assert "Seq Scan on audit" not in plan, plan


def test_who_ever_did_something(books: Tiny) -> None:
    fill(books, 20)
    with reading(books.reader, WHOLE_CITY) as connection:
        assert audit_people(connection) == ("Trực ban", *(f"user{n}" for n in range(7)))
    with reading(books.reader, Scope((BA_DINH,))) as connection:
        assert audit_people(connection) == ()
        assert audit_page(connection, AuditFilter()).rows == ()


def test_a_note_falls_with_what_it_tells_of(books: Tiny) -> None:
    with books.owner.connect() as connection:
        note(connection, Entry("config_changed", "cntt", "targets.yaml"))
        connection.rollback()
    with books.owner.begin() as connection, pytest.raises(ValueError, match="no kind"):
        note(connection, Entry("eaten", "cntt"))
    assert books.one("SELECT count(*) FROM audit") == 0


def test_what_is_recorded_waits_for_a_silent_store(books: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "RETRY_SECONDS", 0.05)
    url = books.pg.url("ops_owner", STORE)
    try:
        with books.owner.connect() as holder:
            holder.execute(text("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE"))
            audit.record(url, Entry("signed_in", "chờ", at=FIRST))
            holder.rollback()
        wait_for(lambda: books.one("SELECT count(*) FROM audit WHERE who = 'chờ'") == 1, "the entry", 20)
        assert books.one("SELECT at FROM audit WHERE who = 'chờ'") == FIRST
    finally:
        audit.close()
