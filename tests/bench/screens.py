"""What each screen's questions cost together: of PostgreSQL (cold), from the cache (warm), on the raw rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, create_engine, text

from data_access.queries.answers import Answers
from data_access.queries.backlog import backlog, ward_detail
from data_access.queries.coverage import coverage, ward_gaps
from data_access.queries.overview import overview
from data_access.queries.watch import Watch
from data_access.queries.workload import officer_steps, workload
from data_access.store.engine import WHOLE_CITY, Scope, reader_engine, reading
from tests.bench.raw import RAW

WARD, DISTRICT = "09541", Scope(("268",))  # a ward of Hà Đông, and all of it
TIMES = 9
RAW_TIMES = 2


@dataclass
class Cost:
    """Milliseconds of one screen: median of several; `first`: the very first time, before any plan is known."""

    first: float
    city: float
    district: float
    warm: float
    raw: float
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


def questions(url: str) -> dict[str, list[tuple[Callable[..., Any], dict[str, Any]]]]:
    """Each screen's questions with what a viewer has chosen: today, one ward, the busiest officer of Hà Đông."""
    engine = reader_engine(url)
    with reading(engine, DISTRICT) as connection:
        day = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        officer = max(workload(connection).officers, key=lambda r: r["steps"])["officer_id"]
    engine.dispose()
    return {
        "overview": [(overview, {})],
        "coverage": [(coverage, {"on": day}), (ward_gaps, {"ward": WARD, "on": day})],
        "backlog": [(backlog, {}), (ward_detail, {"ward": WARD})],
        "workload": [(workload, {}), (officer_steps, {"officer_id": officer})],
    }


def measure(reader_url: str) -> dict[str, Cost]:
    """Cost by screen. The raw rows are asked last, since reading them all pushes other pages out of memory."""
    engine = reader_engine(reader_url)
    watch = Watch(engine)
    found: dict[str, Cost] = {}
    asked = questions(reader_url)
    for screen, parts in asked.items():
        city: dict[str, list[float]] = {}
        district = cpu = 0.0
        for question, filters in parts:

            def ask(scope: Scope, q: Callable[..., Any] = question, f: dict[str, Any] = filters) -> None:
                with reading(engine, scope) as connection:
                    q(connection, **f)

            city[question.__name__] = timed(lambda a=ask: a(WHOLE_CITY), TIMES)  # type: ignore[misc]
            cpu += _cpu(engine, question, filters)
            district += median(timed(lambda a=ask: a(DISTRICT), TIMES))  # type: ignore[misc]
        answers = Answers(engine, watch)

        def again(parts: Any = parts, answers: Answers = answers) -> None:
            for question, filters in parts:
                answers.ask(question, WHOLE_CITY, **filters)

        again()
        warm = median(timed(again, 101))
        medians = {name: median(took) for name, took in city.items()}
        found[screen] = Cost(
            sum(took[0] for took in city.values()), sum(medians.values()), district, warm, 0.0, cpu, medians
        )
    watch.stop()
    engine.dispose()
    officer = asked["workload"][1][1]["officer_id"]
    for screen, cost in found.items():
        cost.raw = _raw(reader_url, RAW[screen], officer)
    return found


def _cpu(engine: Engine, question: Callable[..., Any], filters: dict[str, Any]) -> float:
    with reading(engine, WHOLE_CITY) as connection:
        server = psutil.Process(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        before, own = sum(server.cpu_times()[:2]), time.process_time()
        for _ in range(TIMES):
            question(connection, **filters)
        return (sum(server.cpu_times()[:2]) - before + time.process_time() - own) / TIMES * 1000


def _raw(url: str, statements: list[str], officer: str) -> float:
    """The same questions on raw rows, with PostgreSQL's own settings; the quickest time."""
    engine = create_engine(url)

    def ask(connection: Connection) -> None:
        for statement in statements:
            names = {n: v for n, v in bound.items() if f":{n}" in statement}
            connection.execute(text(statement), names).all()

    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('ops.scope', '*', false)"))
        day = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        bound = {"today": day, "ward": WARD, "officer": officer}
        took = timed(lambda: ask(connection), RAW_TIMES)
    engine.dispose()
    return min(took)
