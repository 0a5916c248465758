"""Doubtful dossiers in the store against the plain rules over the source's own rows, through random changes."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from config.files import FILES
from config.quality import quality_limits
from data_access.queries.quality import examples
from data_access.rules.quality import BY_CODE, KINDS, TIMES, Bounds, Known, dossier_problems, step_problems
from data_access.store import quality_rollup, rollups
from tests.data_access.sync.tiny import BA_DINH, HOAN_KIEM, START, Tiny
from tests.support.configured import configured

COLUMNS = (
    "dossier_id", "dossier_code", "procedure_code", "unit_received", "unit_processing", "status", "channel", "rating",
    *TIMES, "updated_at", "deleted",
)  # fmt: skip


def known(tiny: Tiny) -> Known:
    """The codes in the source's lists."""

    def codes(query: str) -> set[str]:
        return {row[0] for row in tiny.source.execute(query)}

    return Known(
        codes("SELECT unit_code FROM unit"), codes("SELECT procedure_code FROM procedure"),
        codes("SELECT procedure_code FROM procedure WHERE limit_value IS NOT NULL"),
        codes("SELECT officer_id FROM officer"), codes("SELECT dossier_id FROM dossier"), set(),
    )  # fmt: skip


def expected(tiny: Tiny) -> tuple[dict[str, int], int]:
    """(kind → dossiers, dossiers of any kind) by the plain rules over the source's rows."""
    found = tiny.source.execute(f"SELECT {', '.join(COLUMNS)} FROM dossier").fetchall()
    rows = pd.DataFrame(found, columns=list(COLUMNS))
    for name in (*TIMES, "updated_at"):
        rows[name] = pd.to_datetime(rows[name], utc=True)
    problems = dossier_problems(rows, known(tiny), Bounds.of(quality_limits()))
    return {kind: int(problems[kind].sum()) for kind in problems}, int(problems.any(axis=1).sum())


def stored(tiny: Tiny) -> tuple[dict[str, int], int]:
    """The same by the store's counts."""
    kinds = list(quality_rollup.TESTS)
    sums = tiny.one(f"SELECT {', '.join(f'coalesce(sum({k}), 0)' for k in ('troubled', *kinds))} FROM quality_month")
    limited = "procedure_code IN (SELECT procedure_code FROM procedure WHERE limit_value IS NOT NULL)"
    no_due, alone = tiny.one(
        f"SELECT coalesce(sum(dossiers), 0), coalesce(sum(alone), 0) FROM quality_no_due WHERE {limited}"
    )
    doubled, only = tiny.one(
        f"SELECT count(*), count(*) FILTER (WHERE NOT troubled AND NOT (no_due AND {limited})) FROM duplicate_code"
    )
    found = dict(zip(kinds, sums[1:], strict=True)) | {"no_due": no_due, "duplicate_code": doubled}
    return {k.code: int(found[k.code]) for k in KINDS if k.entity == "dossier"}, int(sums[0] + alone + only)


def anything(rng: random.Random, number: int) -> dict[str, Any]:
    """A dossier with about one mistake, by chance."""
    at = START + timedelta(hours=rng.randrange(0, 24 * 90), minutes=rng.randrange(60))
    if rng.random() < 0.3:
        at = at.replace(hour=7, minute=0)  # midnight UTC: a day without a time
    gap = [timedelta(0), timedelta(minutes=30), timedelta(hours=5), timedelta(days=1), timedelta(days=4)]

    def near() -> Any:
        if rng.random() < 0.25:
            return None
        if rng.random() < 0.03:
            return at.replace(year=rng.choice([1970, 1999, 2050, 2202]))
        return at + rng.choice([-1, 1, 1, 1]) * rng.choice(gap)

    return {
        "dossier_code": rng.choice([f"H26-{number}", f"H26-{number}", f"H26-{rng.randrange(20)}", None]),
        "procedure_code": rng.choice(["tt1", "tt1", "tt2", "tt9"]),
        "unit_received": "p1",
        "unit_processing": rng.choice(["p1", "p2", "p3", "p3", "p9", None]),
        "status": rng.choice([1, 2, 3, 4, 5, 7, 9, 10, 10, 42, None]),
        "channel": rng.choice([1, 1, 2, 2, 3, 3, 3, 9, None]),
        "rating": rng.choice([1, 2, 3, None, None, None, None, 4]),
        "received_at": rng.choice([at, at, at, None]),
        "due_at": near(), "finished_at": near(), "returned_at": near(), "submitted_at": near(),
        "due_original": near() or at, "updated_at": rng.choice([at + gap[-1], at + gap[-1], at - gap[2], at - gap[4]]),
        "deleted": rng.random() < 0.05,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_the_plain_rules(tiny: Tiny, seed: int) -> None:
    rng = random.Random(seed)
    tiny.put("procedure", procedure_code="tt1", name="Chứng thực", field_code="ct", field_name="Chứng thực",
             tier="commune", limit_value=3, limit_unit="day")  # fmt: skip
    for number in range(150):
        tiny.dossier(number, **anything(rng, number))
    job = tiny.sync()
    job.once()
    plain = expected(tiny)
    assert stored(tiny) == plain
    assert all(plain[0].values()), "every kind occurs"
    tiny.tick(days=120)  # beyond the watermark
    for _ in range(4):
        for number in rng.sample(range(150), 25):
            tiny.dossier(number, **(anything(rng, number) | {"updated_at": tiny.tick()}))
        job.once()
        assert stored(tiny) == expected(tiny)
        assert tiny.differences() == []


def test_a_limit_that_is_set_later(tiny: Tiny) -> None:
    tiny.dossier(1, due_at=None)
    job = tiny.sync()
    job.once()
    assert stored(tiny)[1] == 0
    tiny.put("procedure", procedure_code="tt1", name="Chứng thực", field_code="ct", field_name="Chứng thực",
             tier="commune", limit_value=3, limit_unit="day")  # fmt: skip
    job._dimensions_at = float("-inf")
    job.once()
    assert (stored(tiny)[0]["no_due"], stored(tiny)[1]) == (1, 1)


@pytest.fixture
def own_limits(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Edits of quality.yaml by hand: the shipped text with other values."""
    shipped = FILES["quality"].shipped.read_text(encoding="utf-8")

    def edit(**values: object) -> None:
        text = shipped
        for key, value in values.items():
            text = re.sub(rf"^{key}: \S+", f"{key}: {value}", text, flags=re.M)
        (tmp_path / "quality.yaml").write_text(text, encoding="utf-8")

    with configured(OPS_CONFIG_DIR=tmp_path):
        yield edit
    quality_rollup.adopt()


def test_limits_edited_while_the_sync_runs(
    tiny: Tiny, own_limits: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No restart: the next poll counts anew what hangs on them, and nothing else; lists follow at once."""
    at = tiny.clock + timedelta(minutes=7)  # no full hour, which is given a day's grace
    tiny.dossier(1, submitted_at=at + timedelta(minutes=90), received_at=at)
    tiny.dossier(2, received_at=at.replace(year=2009))
    tiny.dossier(3, dossier_code="a", submitted_at=at + timedelta(minutes=90), received_at=at)
    tiny.dossier(4, dossier_code="a")
    job = tiny.sync()
    job.once()

    def counted() -> tuple[int, int, int]:
        found = tiny.one("SELECT sum(submitted_after_received), sum(out_of_range), sum(troubled) FROM quality_month")
        with tiny.owner.connect() as connection:
            listed = {k: len(examples(connection, k)) for k in ("submitted_after_received", "out_of_range")}
        assert tuple(listed.values()) == found[:2]
        assert tiny.differences() == []
        assert stored(tiny) == expected(tiny)
        return tuple(int(n) for n in found)

    assert counted() == (2, 0, 2)
    monkeypatch.setattr(rollups, "rebuild", lambda _: pytest.fail("everything was counted anew"))
    version = tiny.one("SELECT version FROM data_version")
    own_limits(clock_skew_minutes=120)
    job.once()
    assert counted() == (0, 0, 0)
    assert tiny.one("SELECT bool_and(NOT troubled) FROM duplicate_code")
    assert tiny.one("SELECT version FROM data_version") == version + 1
    job.once()
    assert tiny.one("SELECT version FROM data_version") == version + 1, "once"
    own_limits(earliest="2010-01-01")
    tiny.change(4, status=5)  # a change in the same round is counted by one set of limits
    job.once()
    assert counted() == (2, 1, 3)
    own_limits(earliest="never")
    job.once()
    assert counted() == (2, 1, 3), "what is refused changes nothing"


def test_codes_used_twice_come_and_go(tiny: Tiny) -> None:
    for number, code in enumerate(["a", "a", "b", "c"]):
        tiny.dossier(number, dossier_code=code, unit_processing="p3" if number else "p1")
    job = tiny.sync()
    job.once()
    listed = "SELECT dossier_id, dossier_code, district_code FROM duplicate_code ORDER BY 1"
    assert tiny.store(listed) == [("hs0", "a", BA_DINH), ("hs1", "a", HOAN_KIEM)]
    tiny.change(1, dossier_code="b")
    job.once()
    assert tiny.store(listed) == [("hs1", "b", HOAN_KIEM), ("hs2", "b", HOAN_KIEM)]
    tiny.change(2, deleted=True)
    job.once()
    assert tiny.store(listed) == []
    assert tiny.differences() == []


def test_steps_that_end_before_they_begin(tiny: Tiny) -> None:
    tiny.dossier(1, unit_processing="p3")
    tiny.step(1, 1, started_at=tiny.clock, finished_at=tiny.clock - timedelta(minutes=7))
    tiny.step(2, 1, started_at=tiny.clock, finished_at=tiny.clock + timedelta(minutes=7))
    job = tiny.sync()
    job.once()
    assert tiny.store("SELECT unit_code, district_code, step_backwards FROM quality_step") == [("p3", HOAN_KIEM, 1)]
    columns = ["officer_ids", "dossier_id", "started_at", "finished_at"]
    rows = pd.DataFrame(
        tiny.source.execute("SELECT array_to_string(officer_ids, ','), dossier_id, started_at, finished_at FROM step"),
        columns=columns,
    )
    for name in columns[2:]:
        rows[name] = pd.to_datetime(rows[name], utc=True)
    assert step_problems(rows, known(tiny)).sum().to_dict() == {
        "unknown_officer": 0, "step_backwards": 1, "orphan_step": 0,
    }  # fmt: skip
    tiny.put("step", step_id="b1", dossier_id="hs1", finished_at=tiny.clock, updated_at=tiny.tick())
    job.once()
    assert tiny.store("SELECT * FROM quality_step") == []
    assert tiny.differences() == []


def test_an_unknown_officer_is_gone_with_the_last_step_that_names_it(tiny: Tiny) -> None:
    tiny.dossier(1)
    tiny.step(1, 1, ("cb9",))
    job = tiny.sync()
    job.once()
    assert tiny.store("SELECT kind, key FROM data_quality") == [("unknown_officer", "cb9")]
    tiny.put("step", step_id="b1", officer_ids=["cb1"], updated_at=tiny.tick())
    job.once()
    assert tiny.store("SELECT kind, key FROM data_quality") == []


def test_every_listed_kind_has_words(tiny: Tiny) -> None:
    tiny.put("unit", unit_code="p8", name="?", tier="commune", parent_code=None, ward_code="99999")
    tiny.put("unit", unit_code="p7", name="?", tier="làng", parent_code=None, ward_code=None)
    tiny.put("officer", officer_id="cb7", display_name="Cán bộ 7", unit_code="p6", role="xl", active=True)
    tiny.put("link_check", ward_code="99999", service="wan", checked_at=START, up=True)
    tiny.dossier(1, unit_processing="p6", procedure_code="tt9", status=42)
    tiny.step(1, 1, ("cb9",))
    tiny.step(2, 99)
    tiny.sync().once()
    found = {(kind, entity) for kind, entity in tiny.store("SELECT kind, entity FROM data_quality")}
    assert len(found) == 9
    assert found == {(k.code, k.entity) for k in KINDS if (k.code, k.entity) in found}
    assert all(BY_CODE[kind].names.keys() == {"vi", "en"} for kind, _ in found)
