"""Random histories: whatever happens, in whatever order, rollups equal a rebuild and facts equal the source."""

from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.demo.server import Server
from tests.data_access.sync.tiny import Tiny, tiny_city

DOSSIERS, UNITS = range(5), ("p1", "p2", "p3", "q1", "lạ")
number = st.sampled_from(DOSSIERS)
edit = st.one_of(
    st.tuples(st.just("dossier"), number, st.sampled_from(UNITS), st.sampled_from(("tt1", "tt2", "lạ"))),
    st.tuples(st.just("status"), number, st.integers(0, 11), st.integers(-6, 3)),
    st.tuples(st.just("due"), number, st.one_of(st.none(), st.integers(-5, 5)), st.integers(0, 2)),
    st.tuples(st.just("delete"), number, st.booleans()),
    st.tuples(st.just("step"), st.integers(0, 9), number, st.lists(st.sampled_from("abc"), max_size=3, unique=True),
              st.one_of(st.none(), st.integers(-2, 2))),
    st.tuples(st.just("unit"), st.sampled_from(("p1", "p2", "lạ")), st.sampled_from(("00001", "00037", None))),
    st.tuples(st.just("link"), st.sampled_from(("00001", "00037")), st.integers(-30, 0), st.booleans()),
    st.tuples(st.just("offer"), st.sampled_from(("tt1", "tt2")), st.integers(2, 4), st.integers(0, 9),
              st.one_of(st.none(), st.integers(0, 9))),
    st.tuples(st.just("sync")),
)  # fmt: skip


def play(tiny: Tiny, what: tuple) -> None:  # type: ignore[type-arg]
    now = tiny.tick(seconds=20)
    day = timedelta(days=1)
    match what:
        case ("dossier", n, unit, procedure):
            tiny.dossier(n, unit_processing=unit, procedure_code=procedure, due_original=now, deleted=False)
        case ("status", n, status, days):
            at = now + days * day if status in (7, 9, 10) else None
            tiny.change(n, status=status, finished_at=at, rating=(status % 4) or None)
        case ("due", n, days, apologies):
            tiny.change(n, due_at=None if days is None else now + days * day, apology_count=apologies)
        case ("delete", n, deleted):
            tiny.change(n, deleted=deleted)
        case ("step", n, of, officers, days):
            tiny.step(n, of, tuple(officers), finished_at=None if days is None else now + days * day, due_at=now)
        case ("unit", code, ward):
            tiny.put("unit", unit_code=code, name=code, tier="commune", parent_code="q1", ward_code=ward)
        case ("link", ward, minutes, up):
            at = now + timedelta(minutes=minutes)
            tiny.put("link_check", ward_code=ward, service="wan", checked_at=at, up=up, latency_ms=None)
        case ("offer", procedure, level, start, end):
            tiny.put("offering", unit_code="p1", procedure_code=procedure, level=level,
                     active_from=(now + start * day).date(),
                     active_to=None if end is None else (now + end * day).date())  # fmt: skip


def poll(tiny: Tiny, job) -> None:  # type: ignore[no-untyped-def]
    job._dimensions_at = job._wide_at = float("-inf")
    job.once()
    assert tiny.differences() == []


def check_figures(tiny: Tiny) -> None:
    """The identities of DOMAIN C1, from the rollups against the facts."""
    flow = tiny.one("""
        SELECT coalesce(sum(received), 0), coalesce(sum(settled_early + settled_on_time + settled_late), 0),
               coalesce(sum(became_overdue) FILTER (WHERE day <= v.as_of_day), 0)
             - coalesce(sum(settled_late) FILTER (WHERE day <= v.as_of_day), 0)
          FROM data_version v LEFT JOIN flow_day ON true
    """)
    facts = tiny.one("""
        SELECT count(*) FILTER (WHERE received_day IS NOT NULL), count(*) FILTER (WHERE settled_day IS NOT NULL),
               count(*) FILTER (WHERE settled_day IS NULL AND received_day IS NOT NULL) FROM dossier
    """)
    still_open, overdue = tiny.one("SELECT count(*), count(*) FILTER (WHERE overdue) FROM open_dossier")
    assert flow[:2] == facts[:2]
    assert flow[0] == flow[1] + still_open
    assert still_open == facts[2]
    assert flow[2] == overdue + tiny.one(
        "SELECT count(*) FROM dossier, data_version WHERE timeliness = 'late' AND overdue_from <= as_of_day "
        "AND settled_day > as_of_day"
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(edit, min_size=5, max_size=40), first=st.integers(0, 10), rows=st.sampled_from((2, 3, 100)))
def test_random_histories(tiny_databases: Server, tmp_path: Path, history: list, first: int, rows: int) -> None:  # type: ignore[type-arg]
    with tiny_city(tiny_databases, tmp_path) as tiny:
        tiny.rows = rows
        for what in history[:first]:
            play(tiny, what)
        job = tiny.sync()
        job.first_load()
        assert tiny.differences() == []
        for what in history[first:]:
            if what[0] == "sync":
                poll(tiny, job)
            else:
                play(tiny, what)
        poll(tiny, job)
        check_figures(tiny)
        followed = tiny.content()
        (wanted,) = (
            tiny.source.execute("SELECT count(*) FROM dossier WHERE NOT coalesce(deleted, false)").fetchone() or ()
        )
        assert len(followed["dossier"]) == wanted
        job.close()
        # Loaded anew, the same source gives the same store: how it got there leaves no trace.
        with tiny.owner.begin() as conn:
            conn.exec_driver_sql("TRUNCATE " + ", ".join([*followed, "data_version", "sync_watermark", "tombstone"]))
        tiny.sync().first_load()
        anew = tiny.content()
        for name, rows_of in anew.items():
            assert followed[name] == rows_of, name
