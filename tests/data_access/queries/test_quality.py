"""Counts of doubtful rows against plain SQL on the source, their examples, and what a district may see."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest

from data_access.queries.quality import EXAMPLES, Quality, examples, months_back, quality
from data_access.rules.quality import KINDS
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.data_access.queries.test_scope import texts
from tests.data_access.sync.tiny import BA_DINH, SECRETS, Tiny

# Kind → the plain condition on the source's own rows, without the grace for times at the full hour: none has one.
PLAIN = {
    "unknown_unit": "unit_processing NOT IN (SELECT unit_code FROM unit)",
    "unknown_procedure": "procedure_code NOT IN (SELECT procedure_code FROM procedure)",
    "unknown_status": "status NOT BETWEEN 1 AND 10",
    "unknown_channel": "channel NOT IN (1, 2, 3)",
    "unknown_rating": "rating NOT IN (1, 2, 3)",
    "no_code": "dossier_code IS NULL",
    "duplicate_code": "dossier_code IN (SELECT dossier_code FROM dossier GROUP BY 1 HAVING count(*) > 1)",
    "no_receipt": "received_at IS NULL AND status NOT IN (1, 3)",
    "no_due": "due_at IS NULL AND received_at IS NOT NULL AND procedure_code = 'tt1' AND status NOT IN (1, 3)",
    "no_end": "status IN (7, 9, 10) AND coalesce(finished_at, returned_at) IS NULL",
    "finished_before_received": "finished_at < received_at",
    "due_before_received": "due_at < received_at",
    "returned_before_finished": "returned_at < finished_at",
    "submitted_after_received": "submitted_at > received_at + interval '1 hour'",
    "received_in_future": "received_at > updated_at + interval '1 hour'",
    "finished_in_future": "finished_at > updated_at + interval '1 hour'",
    "out_of_range": "due_at > '2050-01-01'",
}
BAD: list[dict[str, Any]] = [
    {"unit_processing": "p9"}, {"procedure_code": "tt9"}, {"status": 42}, {"channel": 7}, {"rating": 5},
    {"channel": None, "rating": None}, {"channel": 99_999}, {"rating": -99_999, "status": 42}, {"dossier_code": None},
    {"dossier_code": "H26-5"}, {"dossier_code": "H26-5"}, {"received_at": None}, {"due_at": None}, {"status": 9},
    {"finished_at": timedelta(minutes=-9), "status": 9}, {"due_at": timedelta(minutes=-9)},
    {"finished_at": timedelta(hours=3), "returned_at": timedelta(hours=2), "status": 10},
    {"submitted_at": timedelta(hours=2)}, {"updated_at": timedelta(hours=-2)}, {"due_at": timedelta(days=36500)},
    {"status": 42, "procedure_code": "tt9", "due_at": timedelta(minutes=-9)},
]  # fmt: skip


@pytest.fixture
def bad(tiny: Tiny) -> Tiny:
    """Every kind of bad dossier at each ward, in two months, and good ones; a bad step at each ward."""
    tiny.put("procedure", procedure_code="tt1", name="Chứng thực", field_code="ct", field_name="Chứng thực",
             tier="commune", limit_value=3, limit_unit="day")  # fmt: skip
    number = 100
    for unit in ("p1", "p2", "p3"):
        for change in [*BAD, {}, {}, {"status": 1, "received_at": None}]:
            number += 1
            at = tiny.tick(days=1, minutes=7)
            row = {k: at + v if isinstance(v, timedelta) else v for k, v in change.items()}
            plain = {"received_at": at, "due_at": at + timedelta(days=3), "updated_at": at + timedelta(minutes=1)}
            tiny.dossier(number, **({"unit_processing": unit} | plain | row))
        tiny.step(f"{unit}-bad", number, started_at=tiny.clock, finished_at=tiny.clock - timedelta(minutes=3))
    tiny.sync().first_load()
    return tiny


def ask(tiny: Tiny, districts: tuple[str, ...] | None = None, **filters: Any) -> Quality:
    with reading(tiny.reader, Scope(districts)) as connection:
        return quality(connection, **filters)


def plain(tiny: Tiny, where: str = "true") -> dict[str, int]:
    """Kind → rows of the source."""
    counts = ", ".join(f"count(*) FILTER (WHERE {test})" for test in PLAIN.values())
    (row,) = tiny.source.execute(f"SELECT {counts} FROM dossier WHERE {where}").fetchall()
    return dict(zip(PLAIN, row, strict=True))


def test_counts_by_kind_and_unit(bad: Tiny) -> None:
    found = ask(bad)
    kinds = [k.code for k in KINDS if k.entity == "dossier"]
    assert {kind: found.total(kind) for kind in kinds} == plain(bad)
    assert min(plain(bad).values()) > 0
    by_unit = {u["unit_code"]: {kind: u[kind] for kind in kinds} for u in found.units}
    assert by_unit == {unit: plain(bad, f"unit_processing = '{unit}'") for unit in ("p1", "p2", "p3", "p9")}
    any_of = " OR ".join(f"coalesce({test}, false)" for test in PLAIN.values())
    ((troubled, dossiers),) = bad.source.execute(f"SELECT count(*) FILTER (WHERE {any_of}), count(*) FROM dossier")
    assert sum(u["troubled"] for u in found.units) == troubled
    assert sum(u["dossiers"] for u in found.units) == dossiers
    assert found.total("step_backwards") == 3
    assert found.total("unknown_officer") == 0


def test_a_period_counts_what_was_received_in_it(bad: Tiny) -> None:
    today = bad.one("SELECT as_of_day FROM data_version")
    since = date(2026, 4, 1)
    months = (today.year - since.year) * 12 + today.month - since.month + 1
    assert months_back(today, months) == since
    found = ask(bad, months=months)
    day = "(received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= '2026-04-01'"
    expected = plain(bad, day)
    assert {kind: found.total(kind) for kind in expected} == expected | {"no_receipt": 0}
    assert 0 < sum(u["dossiers"] for u in found.units) < sum(u["dossiers"] for u in ask(bad).units)


def test_examples_are_of_the_kind_and_of_the_scope(bad: Tiny) -> None:
    def codes(kind: str, districts: tuple[str, ...] | None = None, **filters: Any) -> set[tuple[str, str]]:
        with reading(bad.reader, Scope(districts)) as connection:
            found = examples(connection, kind, **filters)
        assert not {SECRETS[0], SECRETS[1], SECRETS[2]} & texts(found)
        return {(row["dossier_id"], row["unit_code"]) for row in found}

    for kind, test in {**PLAIN, "step_backwards": "dossier_id IN (SELECT dossier_id FROM step)"}.items():
        rows = bad.source.execute(f"SELECT dossier_id, unit_processing FROM dossier WHERE {test}").fetchall()
        assert codes(kind) == {(i, u) for i, u in rows}, kind
        assert codes(kind, (BA_DINH,)) == {(i, u) for i, u in rows if u in ("p1", "p2")}, kind
        assert codes(kind, unit="p3") == {(i, u) for i, u in rows if u == "p3"}, kind
        assert codes(kind, (BA_DINH,), unit="p3") == set(), kind


def test_a_district_sees_its_own_part(bad: Tiny) -> None:
    city, mine = ask(bad), ask(bad, (BA_DINH,))
    assert mine.units == [u for u in city.units if u["district_code"] == BA_DINH]
    assert {u["unit_code"] for u in mine.units} == {"p1", "p2"}
    assert len(city.codes) > 2
    assert mine.codes == []
    assert not {"p3", "p9", "002"} & texts(asdict(mine))


def test_no_more_examples_than_a_person_reads(tiny: Tiny) -> None:
    for number in range(EXAMPLES * 2):
        tiny.dossier(number, status=42)
    tiny.sync().first_load()
    with reading(tiny.reader, WHOLE_CITY) as connection:
        found = examples(connection, "unknown_status")
    assert [row["dossier_id"] for row in found] == sorted(f"hs{n}" for n in range(EXAMPLES * 2))[:EXAMPLES]


def test_an_empty_store(tiny: Tiny) -> None:
    tiny.sync().first_load()
    assert (ask(tiny).units, ask(tiny).codes) == ([], [])
