"""Why a dossier is due when it is, on the small city: the arithmetic meets the one-stop system's own dates."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.problems import Problem
from data_access.cli.deadline import lines as told
from data_access.queries.deadline import Dated, dated
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.support.cities import City
from tests.support.processes import command


def ask(reader: Engine, code: str, scope: Scope = WHOLE_CITY) -> list[Dated]:
    with reading(reader, scope) as connection:
        return dated(connection, code)


@pytest.fixture(scope="module")
def picked(owner: Engine) -> list[Any]:
    """Every seventh received dossier and all that were paused."""
    with owner.connect() as store:
        return list(
            store.execute(
                text("""
                    SELECT d.dossier_code AS code, coalesce(d.apology_count, 0) AS apologies,
                           count(p.from_at) AS pauses, d.bucket = 'suspended' AS waits, d.district_code
                      FROM dossier d LEFT JOIN pause p USING (dossier_id) WHERE d.received_at IS NOT NULL
                     GROUP BY d.dossier_id HAVING count(p.from_at) > 0 OR hashtext(d.dossier_id) % 7 = 0
                     ORDER BY d.dossier_id
                """)
            )
        )


def test_the_arithmetic_meets_the_sources_due_dates(reader: Engine, picked: list[Any]) -> None:
    """The city's dates were made by the other clock, pause by pause."""
    t = Texts("en")
    lines = {row.code: told(ask(reader, row.code)[0], t) for row in picked}
    beside = {
        start: {code: next(line for line in made if line.startswith(start)) for code, made in lines.items()}
        for start in ("First due date in the source: ", "Due date in the source now: ")
    }
    first, now = beside.values()
    assert {code: line for code, line in first.items() if not line.endswith("; as reckoned.")} == {}
    moved = {row.code for row in picked if row.pauses and not row.apologies and not row.waits}
    assert {code: now[code] for code in moved if not now[code].endswith("; as reckoned.")} == {}
    assert len(first) > 300
    assert len(moved) > 30
    assert {row.code for row in picked if row.waits} == {
        code for code, made in lines.items() if any("while the pause lasts" in line for line in made)
    }


def test_the_command_tells_it_in_the_readers_language(small_city: City, picked: list[Any]) -> None:
    code = next(row.code for row in picked if row.pauses and not row.waits)
    for lang, received, due in (("vi_VN.UTF-8", "Tiếp nhận lúc", "Đến hạn"), ("en_US.UTF-8", "Received", "Due")):
        done = command("explain-deadline", code, env=small_city.env | {"LC_ALL": lang})
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert lines[0].startswith(f"{code} · ")
        assert "→" in lines[1]
        assert lines[2].strip().startswith(received)
        assert lines[-3].strip().startswith(due)


def test_an_unknown_code_is_said_plainly(small_city: City) -> None:
    done = command("explain-deadline", "H26.99-000000-0000", env=small_city.env)
    assert done.returncode == 2
    assert "H26.99-000000-0000" in done.stderr
    assert "Traceback" not in done.stderr


def test_dossiers_of_other_districts_are_not_told(reader: Engine, picked: list[Any]) -> None:
    theirs = next(row for row in picked if row.district_code not in ("", "268"))
    own = next(row for row in picked if row.district_code == "268")
    assert ask(reader, theirs.code, Scope(("268",))) == []
    assert [d.dossier_code for d in ask(reader, own.code, Scope(("268",)))] == [own.code]


DOSSIER = Dated("H26.1", "Chứng thực", "UBND phường", 2.0, "working_day", False, datetime(2026, 3, 2, 2, tzinfo=UTC),
                None, None, 0, [], datetime(2026, 3, 9, 5, tzinfo=UTC))  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"received_at": None}, "the dossier has no date of receipt"),
        ({"limit_value": None}, "its procedure has no time limit"),
        ({"limit_unit": None}, "its procedure has no time limit"),
        ({"limit_value": -1.0}, "its limit is not valid"),
        ({"limit_value": 9e5}, "beyond the working calendar"),
        ({"received_at": datetime(2036, 3, 2, 2, tzinfo=UTC)}, "beyond the working calendar"),
    ],
)
def test_what_cannot_be_counted_is_not_counted_silently(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Problem, match=r"H26\.1 can't be counted") as caught:
        told(replace(DOSSIER, **changed), Texts("en"))
    assert reason in caught.value.text("en")
    assert caught.value.text("vi") != caught.value.text("en")


def test_beside_the_sources_dates() -> None:
    promised = datetime(2026, 3, 6, 10, tzinfo=UTC)
    lines = told(replace(DOSSIER, due_at=promised, apologies=1), Texts("en"))
    assert lines[0] == "H26.1 · Chứng thực · UBND phường"
    assert lines[-3:] == [
        "First due date in the source: none.",
        "Due date in the source now: 17:00 Friday 06/03/2026; 2 working days later than reckoned.",
        "A new date was promised after an apology; that does not move the legal deadline.",
    ]
    same_day = replace(DOSSIER, limit_value=None, limit_unit=None, same_day=True)
    assert told(same_day, Texts("en"))[1] == "same day → due 17:00 Monday 02/03/2026"
