"""Edits of workload.yaml, qd766.yaml and quality.yaml: what is said beside what then holds."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from config.i18n import Texts
from config.qd766 import qd766
from config.quality import quality_limits
from config.registry import registry
from config.workload import workload_limits
from data_access.previews import qd766 as score_preview
from data_access.previews import quality as quality_preview
from data_access.previews import workload as load_preview
from data_access.previews.table import Table
from data_access.queries import workload as loads
from data_access.queries.answers import local_day, rows
from data_access.queries.qd766 import Score, score
from data_access.queries.quality import quality
from data_access.queries.silence import silence
from data_access.rules.qd766 import points
from data_access.score_words import of_computable
from data_access.silence_words import reason as silence_reason
from data_access.store import quality_rollup
from data_access.store.engine import WHOLE_CITY, reading
from tests.data_access.sync.tiny import Tiny
from tests.support.edits import edited, in_force

T = Texts("en")


def cells(table: Table) -> list[tuple[str, ...]]:
    return [tuple(item.text for item in row) for row in table.rows]


def on_screen(connection: Connection) -> dict[str, str]:
    """Officer → the list of the screen it stands in, by what is in force."""
    limits = workload_limits()
    found = loads.workload(connection, limits.busy_index, limits.idle_index)
    lists = {row["officer_id"]: "busy" for row in found.busy} | {row["officer_id"]: "idle" for row in found.idle}
    assert found.whole.busy == len(found.busy), "the list is whole"
    return lists


def test_officers_who_come_into_a_list_are_those_listed_after_saving(
    reader: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "ROWS", 1_000_000)
    text, after = edited("workload", ("busy_index: 4", "busy_index: 1.5"), ("idle_index: 0.5", "idle_index: 0.2"))
    with reading(reader, WHOLE_CITY) as connection:
        before = on_screen(connection)
        found = load_preview.moves(connection, workload_limits(), after)
        told = load_preview.preview(connection, workload_limits(), after, T)
    with in_force(tmp_path, "workload", text), reading(reader, WHOLE_CITY) as connection:
        then = on_screen(connection)
    assert (found.before, found.after) == (before, then)
    changed = {who for who in before.keys() | then.keys() if before.get(who) != then.get(who)}
    assert {"busy", "idle"} <= {before.get(who, "") for who in changed} | {then.get(who, "") for who in changed}
    assert set(found.changed) == changed
    busy, idle = (
        [sum(name == one for name in of.values()) for of in (before, then)] for one in ("busy", "idle")
    )  # fmt: skip
    assert busy[0] < busy[1]
    assert idle[0] > idle[1]
    assert told.said[:3] == [
        (
            f"Overloaded now: {T.number(busy[0])} officers (load index of 4.00 and more); with the edit: "
            f"{T.number(busy[1])} (1.50 and more)."
        ),
        (
            f"With room now: {T.number(idle[0])} officers (load index of 0.50 and less); with the edit: "
            f"{T.number(idle[1])} (0.20 and less)."
        ),
        f"{T.number(len(changed))} officers come into a list or leave one.",
    ]
    words = {"busy": "Overloaded", "idle": "With room", "": "in neither list"}
    for table, name in zip(told.tables, ("busy", "idle"), strict=True):
        mine = {who for who in changed if name in (before.get(who), then.get(who))}
        shown = {row[0].small: (row[4].text, row[5].text) for row in table.rows}
        assert len(shown) == min(len(mine), 200)
        assert shown.keys() <= mine
        assert shown == {who: (words[before.get(who, "")], words[then.get(who, "")]) for who in shown}
        indices = [row[3].sort for row in table.rows]
        assert indices == sorted(indices, reverse=True)


def test_limits_that_move_nobody(reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        told = load_preview.preview(connection, workload_limits(), workload_limits(), T)
    assert told.said[-1] == "No officer comes into a list or leaves one by the steps held now."
    assert told.tables == []


def of_the_year(connection: Connection) -> Score:
    """The city's score as the screen asks for it, up to the figures' own month."""
    today = local_day(connection)
    return score(connection, today.replace(month=1, day=1), today.replace(day=1), "city")


def test_the_score_is_the_one_after_saving(reader: Engine, tmp_path: Path) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        before = of_the_year(connection)
        query = """SELECT procedure_code FROM qd766_district_year WHERE done > 0
                   GROUP BY 1 ORDER BY sum(done) DESC LIMIT 1"""
        unwritten = rows(connection, query)[0]["procedure_code"]
    settled = sorted(one.settled for one in before.within)
    text, after = edited(
        "qd766", ("threshold: 0.5\n", "threshold: 0.95\n"), (f"min_settled: {qd766().min_settled}",
                                                             f"min_settled: {settled[len(settled) // 2]}"),
        ("result: []", f'result: ["{unwritten}"]'),
    )  # fmt: skip
    with reading(reader, WHOLE_CITY) as connection:
        told = score_preview.preview(connection, qd766(), after, T)
    ranked = {one.code: n for n, one in enumerate(before.within, 1) if one.settled >= qd766().min_settled}
    with in_force(tmp_path, "qd766", text), reading(reader, WHOLE_CITY) as connection:
        then = of_the_year(connection)
        places = {one.code: n for n, one in enumerate(then.within, 1) if one.settled >= qd766().min_settled}
    was, will = points(before.outcomes), points(then.outcomes)
    assert was != will
    assert told.said[0] == (
        f"Score of the city, Year {then.until.year} so far: {of_computable(was, T)} points now, "
        f"{of_computable(will, T)} with the edit."
    )
    groups = told.tables[0]
    assert [row[0].sort for row in groups.rows] == [group.id for group in qd766().groups]
    for row in groups.rows:
        sums = [points(o for o in of.outcomes if o.component.group == row[0].sort) for of in (before, then)]
        assert [row[1].text, row[2].text] == [of_computable(one, T) for one in sums]
    old, new = ({o.component.id: o for o in of.outcomes} for of in (before, then))
    moved = {code for code in new if (old[code].ratio, old[code].points) != (new[code].ratio, new[code].points)}
    assert {"3.3", "4.1"} <= moved, "the threshold, and what has no written result"
    shown = {row[0].sort: (row[3].sort, row[4].sort) for row in told.tables[1].rows}
    assert shown == {code: (old[code].points, new[code].points) for code in moved}
    changed = {code for code in ranked.keys() | places.keys() if ranked.get(code) != places.get(code)}
    assert changed
    assert {row[0].sort: (row[1].sort, row[2].sort) for row in told.tables[2].rows} == {
        code: (ranked.get(code), places.get(code)) for code in changed
    }
    assert f"ranked are {len(ranked)} now, {len(places)} with the edit" in told.said[2]


def test_a_component_taken_out_and_a_new_wording_alone(reader: Engine) -> None:
    known = qd766()
    gone = known.model_copy(update={"components": tuple(c for c in known.components if c.id != "2.2")})
    words = known.components[4].model_copy(update={"names": {"vi": "Khác", "en": "Other"}})
    other = known.model_copy(update={"components": (*known.components[:4], words, *known.components[5:])})
    with reading(reader, WHOLE_CITY) as connection:
        told = score_preview.preview(connection, known, gone, T)
        same = score_preview.preview(connection, known, other, T)
    assert [(row[0].sort, row[0].small, row[2].text) for row in told.tables[1].rows] == [
        ("2.2", "taken out by this edit", "–")
    ]
    assert same.said[1:] == ["No component's ratio, maximum or points change."]


def listing(connection: Connection) -> dict[str, str]:
    """Ward → why it is listed, as the screen says it, by what is in force."""
    found = silence(connection)
    return {row["ward_code"]: silence_reason(row, T, found.limits) for row in found.wards}


def test_silent_wards_are_those_listed_after_saving(reader: Engine, tmp_path: Path) -> None:
    text, after = edited("quality", ("  days: 3 ", "  days: 1 "), ("likely: 0.05", "likely: 0.4"))
    with reading(reader, WHOLE_CITY) as connection:
        before = listing(connection)
        told = quality_preview.preview(connection, quality_limits(), after, T)
        quiet = silence(connection)
    with in_force(tmp_path, "quality", text), reading(reader, WHOLE_CITY) as connection:
        then, now = listing(connection), silence(connection)
    changed = {ward for ward in before.keys() | then.keys() if before.get(ward) != then.get(ward)}
    assert len(changed) > 3
    assert any(ward in before for ward in changed), "some were listed for another reason"
    assert told.said[1] == f"{len(changed)} wards are listed otherwise."
    silent = [sum(row["silent"] for row in of.wards) for of in (quiet, now)]
    assert told.said[0].startswith(f"Silent wards: {silent[0]} now (")
    assert f", {silent[1]} with the edit (" in told.said[0]
    ranks = {float(ward.rank): code for code, ward in registry().wards.items()}
    shown = {ranks[float(row[0].sort or 0)]: (row[1].text, row[2].text) for row in told.tables[0].rows}
    assert len(shown) == min(200, len(changed))
    assert shown == {ward: (before.get(ward, "not listed"), then.get(ward, "not listed")) for ward in shown}


def test_doubtful_dates_are_those_counted_after_saving(tiny: Tiny, tmp_path: Path) -> None:
    at = tiny.clock + timedelta(minutes=7)  # no full hour, which is given a day's grace
    tiny.dossier(1, submitted_at=at + timedelta(minutes=90), received_at=at)
    tiny.dossier(2, submitted_at=at + timedelta(minutes=200), received_at=at)
    tiny.dossier(3, received_at=at.replace(year=2009))
    tiny.dossier(4, received_at=at, updated_at=at - timedelta(minutes=100))
    tiny.dossier(5)
    tiny.dossier(6, status=9, received_at=at, finished_at=at + timedelta(minutes=100), updated_at=at)
    job = tiny.sync()
    job.once()
    text, after = edited("quality", ("clock_skew_minutes: 60", "clock_skew_minutes: 120"), ("2000-01-01", "2010-01-01"))
    kinds = ("out_of_range", "submitted_after_received", "received_in_future", "finished_in_future")

    def counted() -> list[int]:
        with tiny.owner.connect() as connection:
            found = quality(connection)
        return [found.total(kind) for kind in kinds]

    before = counted()
    with tiny.owner.connect() as connection:
        told = quality_preview.preview(connection, quality_limits(), after, T)
    try:
        with in_force(tmp_path, "quality", text):
            job.once()
            then = counted()
    finally:
        quality_rollup.adopt()
    assert (before, then) == ([0, 2, 1, 1], [1, 1, 0, 0])
    assert [(row[0].sort, row[1].sort, row[2].sort) for row in told.tables[0].rows] == list(
        zip(kinds, before, then, strict=True)
    )
    assert [row[2].tone for row in told.tables[0].rows] == ["bad", "good", "good", "good"]
    assert told.said == [
        (
            "Dossiers with doubtful dates of the kinds that these limits decide: 4 now, 2 with the edit. The "
            "synchronisation counts them anew in its next round."
        )
    ]


def test_limits_left_alone_say_so(reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        told = quality_preview.preview(connection, quality_limits(), quality_limits(), T)
    assert told.said == ["No limit changes: no ward and no dossier is counted otherwise."]
