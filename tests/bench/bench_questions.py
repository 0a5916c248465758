"""What each screen's questions cost on the full city: cold (asked of PostgreSQL), warm (from the cache).

    make bench

Compare within one run only; machines are noisy. Nothing is asserted about speed.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data_access.queries.answers import Answers
from data_access.queries.backlog import backlog, ward_detail
from data_access.queries.coverage import coverage, ward_gaps
from data_access.queries.overview import overview
from data_access.queries.watch import Watch
from data_access.queries.workload import workload
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.support.cities import City

pytestmark = pytest.mark.city


def timed(work: Callable[[], object], times: int = 7) -> float:
    """Median milliseconds."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return median(took)


def test_questions(full_city: City, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        day = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
        raw = timed(lambda: connection.execute(text("SELECT unit_code, count(*) FROM dossier GROUP BY 1")).all())
    questions: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
        ("overview", overview, {}),
        ("coverage", coverage, {"on": day}),
        ("ward gaps", ward_gaps, {"ward": "00289", "on": day}),
        ("backlog", backlog, {}),
        ("ward detail", ward_detail, {"ward": "00289"}),
        ("workload", workload, {}),
    ]
    watch = Watch(reader)
    answers = Answers(reader, watch)
    print(f"\n{'question':<14}{'city, cold':>14}{'district, cold':>16}{'warm':>10}   (ms, median of 7)")
    for name, question, filters in questions:
        cold = []
        for scope in (WHOLE_CITY, Scope(("268",))):

            def ask(scope: Scope = scope, question: Callable[..., Any] = question, f: dict[str, Any] = filters) -> None:
                with reading(reader, scope) as connection:
                    question(connection, **f)

            cold.append(timed(ask))
        answers.ask(question, WHOLE_CITY, **filters)
        warm = timed(lambda q=question, f=filters: answers.ask(q, WHOLE_CITY, **f), 51)  # type: ignore[misc]
        print(f"{name:<14}{cold[0]:>14.1f}{cold[1]:>16.1f}{warm:>10.3f}")
    print(f"{'raw group by unit of all dossiers':<30}{raw:>8.1f}")
    watch.stop()
    assert answers.asked == len(questions), "warm answers never reach PostgreSQL"
