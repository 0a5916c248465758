"""Classes of the maps: where limits lie, which way is worse, what is refused."""

import math

import pytest
from pydantic import ValidationError

from config.measures import Measure, measures

RISING = (1.0, 2.0, 3.0, 4.0)


def measure(**changed: object) -> Measure:
    return Measure(**({"code": "m", "indicator": "open", "kind": "count", "limits": RISING} | changed))  # type: ignore[arg-type]


def test_a_limit_belongs_to_the_class_below() -> None:
    assert [measure().klass(v) for v in (0, 1, 1.01, 2, 3, 4, 4.5, 1e9)] == [0, 0, 1, 1, 2, 3, 4, 4]


def test_where_less_is_worse_the_classes_turn_round() -> None:
    turned = measure(more_is_worse=False)
    assert [turned.klass(v) for v in (0, 1.5, 2.5, 3.5, 5)] == [4, 3, 2, 1, 0]


def test_no_value_no_class() -> None:
    assert (measure().klass(None), measure().klass(math.nan)) == (None, None)


@pytest.mark.parametrize("limits", [(1, 2, 3), (1, 2, 3, 4, 5), (1, 3, 2, 4), (1, 2, 2, 3)])
def test_limits_must_be_four_and_rise(limits: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        measure(limits=limits)


def test_unknown_keys_and_kinds_are_refused() -> None:
    for bad in ({"kind": "colour"}, {"colour": "red"}):
        with pytest.raises(ValidationError):
            measure(**bad)


def test_the_shipped_ones() -> None:
    known = measures()
    assert {"open", "due_24h", "overdue", "overdue_rate", "suspended", "work_days", "coverage", "active_coverage"} <= (
        set(known)
    )
    assert {code for code, m in known.items() if not m.more_is_worse} == {"coverage", "active_coverage"}
    assert all(0 <= limit <= 1 for m in known.values() if m.kind == "percent" for limit in m.limits)
    assert known["overdue_rate"].min_n > 0, "a share of a handful says little"
