"""What each screen's questions cost together: of PostgreSQL (cold), from the cache (warm), on the raw rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, create_engine, text

from config.forms import forms
from config.workload import workload_limits
from data_access.queries.alert_detail import one_alert
from data_access.queries.alerts import alert_events, alert_history, alert_notices, open_alerts
from data_access.queries.answers import Answers, local_day
from data_access.queries.arrivals import arrivals
from data_access.queries.backlog import backlog, fields, ward_detail
from data_access.queries.compare import demand, two_periods
from data_access.queries.connections import connections
from data_access.queries.coverage import coverage, ward_gaps
from data_access.queries.district import district_figures, ward_figures
from data_access.queries.dossier import dossier
from data_access.queries.dossier_pages import dossiers
from data_access.queries.dossier_totals import stock
from data_access.queries.dossiers import DossierFilter, in_use, names
from data_access.queries.first_call import first_call
from data_access.queries.form_ii06a import form_ii06a
from data_access.queries.form_lists import first_rows
from data_access.queries.form_lists import stock as open_now
from data_access.queries.form_meeting import meeting
from data_access.queries.form_process import process_sheets
from data_access.queries.officer_roles import by_role
from data_access.queries.overview import overview
from data_access.queries.process import most_overdue, procedures, process
from data_access.queries.qd766 import score
from data_access.queries.quality import examples, quality
from data_access.queries.red import why_changed
from data_access.queries.search import search
from data_access.queries.silence import silence
from data_access.queries.wall_workload import wall_workload
from data_access.queries.ward import listed_then, stuck_steps, ward_officers
from data_access.queries.watch import Watch
from data_access.queries.workload import officer as one_officer
from data_access.queries.workload import officer_steps, roles, workload
from data_access.rules.period import comparable, periods
from data_access.store.engine import WHOLE_CITY, Scope, reader_engine, reading
from tests.bench.raw import RAW

Asked = tuple[Callable[..., Any], dict[str, Any]]
HA_DONG = "268"
WARD, DISTRICT = "09541", Scope((HA_DONG,))  # a ward of Hà Đông, and all of it
COPIES = "2.000815"  # a third of all dossiers
COMPARED = ("09541", "09544", "09547", "09550", "09553")
TIMES = 9
RAW_TIMES = 2
NOBODY = "?!"
NO_INDEX = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")


@dataclass
class Cost:
    """Milliseconds of one screen: median of several; `first`: the very first time, before any plan is known.

    district: None on walls, which show the whole city; raw, raw_indexed: None where the raw rows are not asked.
    """

    first: float
    city: float
    district: float | None
    warm: float
    raw: float | None
    raw_indexed: float | None
    """The raw rows with the store's own indexes to help, which are made for these very questions."""
    cpu: float
    """CPU milliseconds of one time, PostgreSQL's and ours: hardly moved by what else the machine does."""
    parts: dict[str, float] = field(default_factory=dict)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each time."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return took


def questions(url: str) -> dict[str, list[Asked]]:
    """Each screen's questions with what a viewer has chosen: today, one ward, the busiest officer of Hà Đông."""
    limits = workload_limits()
    index: dict[str, Any] = {"busy_index": limits.busy_index, "idle_index": limits.idle_index}
    engine = reader_engine(url)
    with reading(engine, DISTRICT) as connection:
        day = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        officer = connection.execute(
            text("SELECT officer_id FROM officer_held ORDER BY steps DESC, officer_id LIMIT 1")
        ).scalar_one()
        code = connection.execute(
            text("SELECT dossier_code FROM open_dossier ORDER BY received_at, dossier_id LIMIT 1")
        ).scalar_one()
    engine.dispose()
    year_ago = day - timedelta(days=364)
    year = {"first": day.replace(month=1, day=1), "last": day.replace(day=1)}
    period = periods("reporting_month", day)[1]
    before = comparable(period, day)
    figures = {"district": HA_DONG, "first": period.first, "last": period.last,
               "before_first": before.first, "before_last": before.last, "few": 30}  # fmt: skip
    handed = DossierFilter("settled", procedure=COPIES, first=period.first, last=period.last, read="handed")
    ward = [  # as links open it
        (district_figures, figures),
        (ward_detail, {"ward": WARD}),
        (silence, {"district": HA_DONG}),
        (why_changed, {"ward": WARD, "what": "overdue", "day": before.last}),
        (stuck_steps, {"ward": WARD}),
        (form_ii06a, {"first": period.first, "last": period.last, "ward": WARD}),
        (ward_gaps, {"ward": WARD, "on": day}),
        (ward_officers, {"ward": WARD}),
        (listed_then, {"ward": WARD, "days": (day - timedelta(days=1), day - timedelta(days=7))}),
    ]
    return {
        "overview": [(overview, {}), (first_call, {}), (open_alerts, {})],
        "alerts": [(open_alerts, {}), (alert_history, {})],
        "alert": [(one_alert, {"alert_id": 1}), (alert_events, {"alert_id": 1}), (alert_notices, {"alert_id": 1})],
        "coverage": [(coverage, {"on": day}), (ward_gaps, {"ward": WARD, "on": day})],
        "backlog": [(backlog, {}), (ward_detail, {"ward": WARD})],
        "district": [
            (district_figures, figures),
            (first_call, {}),
            (open_alerts, {}),
            (why_changed, {"ward": WARD, "what": "overdue", "day": before.last}),
            (stuck_steps, {"ward": WARD}),
        ],
        "ward": ward,
        "ward_from_bar": [
            (first_call, {"district": HA_DONG}),
            *ward,
        ],  # which names no ward: the first to call is shown
        "process": [
            (procedures, {}),
            (most_overdue, {"ward": WARD}),
            (
                process,
                {
                    "procedure": COPIES,
                    "first": period.first,
                    "last": period.last,
                    "few": 30,
                    "ward": WARD,
                    "district_of": HA_DONG,
                },
            ),
        ],
        "process_city": [
            (
                process,
                {"procedure": COPIES, "first": period.first, "last": period.last, "few": 30, "beside_city": False},
            ),
        ],
        "process_year": [
            (procedures, {}),
            (most_overdue, {}),
            (process, {"procedure": COPIES, "first": year_ago, "last": day, "few": 30, "beside_city": False}),
        ],
        "compare": [
            (demand, {}),
            (ward_figures, {**{k: v for k, v in figures.items() if k != "district"}, "wards": COMPARED}),
            (first_call, {}),
            (open_alerts, {}),
        ],
        "compare_periods": [
            (
                two_periods,
                {
                    "district": HA_DONG,
                    "ward": None,
                    "few": 30,
                    "spans": ((period.first, period.last), (before.first, before.last)),
                },
            ),
        ],
        "forms_ii06a": [
            (form_ii06a, {"first": period.first, "last": period.last}),
            (form_ii06a, {"first": before.first, "last": before.last}),
        ],
        "forms_ii06a_year": [(form_ii06a, {"first": day.replace(month=1, day=1), "last": day})],
        "forms_list": [(first_rows, {"kind": "overdue", "most": forms().rows.screen})],
        "forms_meeting": [
            (
                meeting,
                {
                    "district": HA_DONG,
                    "first": period.first,
                    "last": period.last,
                    "earlier_first": before.first,
                    "earlier_last": before.last,
                },
            ),
        ],
        "forms_sheet": [(process_sheets, {"code": code}), (open_now, {})],
        "officers": [(by_role, {"district": HA_DONG, "first": period.first, "last": period.last})],
        "dossiers": [
            (dossiers, {"wish": DossierFilter("overdue")}),
            (stock, {"wish": DossierFilter("overdue")}),
            (fields, {}),
            (names, {"procedure": None, "officer": officer, "unit": None}),
        ],
        "dossiers_month": [(dossiers, {"wish": DossierFilter("settled", first=day - timedelta(days=29), last=day)})],
        "dossiers_late": [(dossiers, {"wish": DossierFilter("late", first=day - timedelta(days=29), last=day)})],
        "dossiers_unknown": [  # an old link: no dossier waits at such a step, nobody has such a role
            (dossiers, {"wish": DossierFilter("open", step=NOBODY, role=NOBODY)}),
            (in_use, {"step": NOBODY, "role": NOBODY}),
        ],
        "dossiers_handed": [(dossiers, {"wish": handed})],
        "dossier": [(dossier, {"code": code})],
        "search": [(search, {"typed": "nguyen thi"})],
        "workload": [
            (roles, {}),
            (workload, index),
            (one_officer, {"officer_id": officer}),
            (officer_steps, {"officer_id": officer}),
        ],
        "qd766": [(score, {**year, "level": "city"})],
        "quality": [(quality, {"months": None}), (quality, {"months": 3}), (silence, {})],
        "quality_examples": [(examples, {"kind": "no_due", "months": 3})],
        "wall_now": [(overview, {}), (arrivals, {}), (connections, {}), (open_alerts, {}), (first_call, {})],
        "wall_arrivals": [(arrivals, {})],
        "wall_backlog": [(backlog, {}), (overview, {})],
        "wall_connections": [(connections, {})],
        "wall_coverage": [(local_day, {}), (coverage, {"on": day})],
        "wall_workload": [(wall_workload, {"busy_index": limits.busy_index})],
    }


def measure(reader_url: str) -> dict[str, Cost]:
    """Cost by screen. The raw rows are asked last, since reading them all pushes other pages out of memory."""
    engine = reader_engine(reader_url)
    watch = Watch(engine)
    found: dict[str, Cost] = {}
    asked = questions(reader_url)
    for screen, parts in asked.items():
        city: list[list[float]] = []
        cpu, of_district = 0.0, 0.0
        for question, filters in parts:

            def ask(scope: Scope, q: Callable[..., Any] = question, f: dict[str, Any] = filters) -> None:
                with reading(engine, scope) as connection:
                    q(connection, **f)

            city.append(timed(lambda a=ask: a(WHOLE_CITY), TIMES))  # type: ignore[misc]
            cpu += _cpu(engine, question, filters)
            if not screen.startswith("wall_"):
                of_district += median(timed(lambda a=ask: a(DISTRICT), TIMES))  # type: ignore[misc]
        answers = Answers(engine, watch)

        def again(parts: Any = parts, answers: Answers = answers) -> None:
            for question, filters in parts:
                answers.ask(question, WHOLE_CITY, **filters)

        again()
        warm = median(timed(again, 101))
        found[screen] = Cost(
            first=sum(took[0] for took in city),
            city=sum(median(took) for took in city),
            district=of_district or None,
            warm=warm,
            raw=None,
            raw_indexed=None,
            cpu=cpu,
            parts={f"{q.__name__} {n}": median(took) for n, ((q, _), took) in enumerate(zip(parts, city, strict=True))},
        )
    watch.stop()
    engine.dispose()
    chosen = asked["district"][0][1] | {
        "ward": WARD,
        "officer": asked["workload"][-1][1]["officer_id"],
        "year": asked["forms_ii06a_year"][0][1]["first"],
    }
    for screen, statements in RAW.items():
        found[screen].raw_indexed = _raw(reader_url, statements, chosen)
        found[screen].raw = _raw(reader_url, statements, chosen, *NO_INDEX)
    return found


def _cpu(engine: Engine, question: Callable[..., Any], filters: dict[str, Any]) -> float:
    with reading(engine, WHOLE_CITY) as connection:
        server = psutil.Process(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        before, own = sum(server.cpu_times()[:2]), time.process_time()
        for _ in range(TIMES):
            question(connection, **filters)
        return (sum(server.cpu_times()[:2]) - before + time.process_time() - own) / TIMES * 1000


def _raw(url: str, statements: list[str], chosen: dict[str, Any], *settings: str) -> float:
    """The same questions on raw rows, with PostgreSQL's own settings but for `settings`; the quickest time."""
    engine = create_engine(url)

    def ask(connection: Connection) -> None:
        for statement in statements:
            names = {n: v for n, v in bound.items() if f":{n}" in statement}
            connection.execute(text(statement), names).all()

    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('ops.scope', '*', false)"))
        for setting in settings:
            connection.execute(text(f"SET {setting} = off"))
        day = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        bound = chosen | {"today": day}
        took = timed(lambda: ask(connection), RAW_TIMES)
    engine.dispose()
    return min(took)
