"""Every number that is a link, on every screen: it is the count of the dossiers in its list, and no one else's."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Engine

from data_access.queries.dossiers import HELD, DossierFilter
from data_access.store.engine import WHOLE_CITY, reading
from tests.pages.conftest import HA_DONG, SCOPES, Run
from tests.pages.linked import busiest, counted, linked, wish_of

OTHER = "005"
PERIODS = {"operations": ("2026-q3", "r2026-11"), "district": ("2026-10", "2026-10-15..2026-11-14")}
"""By who looks; a whole month or quarter first, since the score knows only those."""


def screens(ward: str, periods: tuple[str, str]) -> Iterator[tuple[str, dict[str, str], int]]:
    """(screen, address, how many numbers must at least be links there)."""
    yield "overview", {}, 5
    yield "backlog", {}, 4
    yield "backlog", {"ward": ward, "days": "30"}, 4
    yield "backlog", {"view": "table", "channel": "1"}, 4
    yield "workload", {}, 1
    yield "quality", {}, 1
    yield "quality", {"ward": ward, "view": "table", "months": "12"}, 1
    yield "dossiers", {"what": "late", "ward": ward}, 3
    for form in ("overdue", "process"):
        yield "forms", {"form": form}, 3
    yield "qd766", {"period": periods[0]}, 10
    for period in periods:
        yield "district", {"district": HA_DONG, "period": period}, 10
        yield "ward", {"ward": ward, "period": period}, 10
        yield "forms", {"period": period}, 20
        yield "forms", {"period": period, "ward": ward}, 5
        yield "forms", {"period": period, "district": HA_DONG, "form": "meeting"}, 5


@pytest.mark.parametrize("role", PERIODS)
def test_each_linked_number_is_the_count_of_its_list(run: Run, reader: Engine, role: str) -> None:
    ward = busiest(reader, HA_DONG)
    known: dict[DossierFilter, float] = {}
    wrong, few = [], []
    for screen, query, least in screens(ward, PERIODS[role]):
        shown = [(one, wish) for one in linked(run(screen, role, **query)) if (wish := wish_of(one.href)) is not None]
        with reading(reader, SCOPES[role]) as connection:
            for one, wish in shown:
                if wish not in known:
                    known[wish] = counted(connection, wish)
                near = 0.051 if wish.what in HELD else 0
                if not any(abs(known[wish] - said) <= near for said in one.numbers):
                    wrong.append((screen, query, one, known[wish]))
        if len(shown) < least:
            few.append((screen, query, len(shown), least))
    assert not wrong, "\n".join(map(str, wrong))
    assert few == []


def test_nothing_of_another_district_behind_their_links(run: Run, reader: Engine) -> None:
    theirs = busiest(reader, OTHER)
    queries: list[tuple[str, Mapping[str, str]]] = [
        ("ward", {"ward": theirs, "period": "2026-q3"}), ("forms", {"ward": theirs, "period": "2026-q3"}),
        ("backlog", {"ward": theirs}), ("district", {"district": OTHER, "period": "2026-10"}),
    ]  # fmt: skip
    placed: set[DossierFilter] = set()
    for screen, query in queries:
        wishes = {wish for one in linked(run(screen, "operations", **query)) if (wish := wish_of(one.href)) is not None}
        placed |= {
            wish for wish in wishes if wish.ward == theirs or wish.district == OTHER or wish.unit or wish.officer
        }
    with reading(reader, WHOLE_CITY) as connection:
        there = {wish: counted(connection, wish) for wish in placed}
    assert sum(n > 0 for n in there.values()) > 40, "there are rows that could leak"
    with reading(reader, SCOPES["district"]) as connection:
        assert {wish: n for wish in placed if wish.district != HA_DONG and (n := counted(connection, wish))} == {}
