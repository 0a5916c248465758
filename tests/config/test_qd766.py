"""The score of Decision 766 as configured: all 23 components with their points, and mistakes refused."""

import pytest
from pydantic import ValidationError

from config.indicators import indicators
from config.qd766 import Component, Qd766, qd766

# id → (maximum, threshold in % where one is known), as reconstructed from the portal
PUBLISHED = {
    "1.1": (6, None), "1.2": (4, None), "1.3": (2, None), "1.4": (6, None), "2.1": (20, 100), "2.2": (0, None),
    "3.1": (2, 80), "3.2": (4, 100), "3.3": (6, 50), "3.5a": (2, 80), "3.5b": (2, 80), "3.6": (6, 30),
    "4.1": (6, 100), "4.2": (4, 80), "4.x": (2, None), "4.3": (2, 80), "4.4": (4, 100), "4.5a": (2, 100),
    "4.5b": (2, 100), "5.1": (0, None), "5.2": (6, None), "5.3": (6, None), "5.4": (6, 90),
}  # fmt: skip
NOT_AT_COMMUNE = {"1.1", "1.2", "1.3", "4.4", "4.5b"}


def test_components_points_and_thresholds() -> None:
    found = {c.id: (c.max_points, c.threshold and round(c.threshold * 100)) for c in qd766().components}
    assert found == PUBLISHED
    assert [g.max_points for g in qd766().groups] == [18, 20, 12, 10, 22, 18]
    assert {c.id for c in qd766().components if "commune" not in c.levels} == NOT_AT_COMMUNE


def test_every_component_says_what_it_needs_and_is_in_the_registry() -> None:
    for c in qd766().components:
        assert (c.why is None) is (c.contract == "full"), c.id
        assert indicators()[c.code].source == qd766().source
    assert "bên thứ ba" in qd766().source["vi"]
    assert "third-party" in qd766().source["en"]


GOOD = next(c for c in qd766().components if c.id == "4.3").model_dump()


@pytest.mark.parametrize(
    "bad",
    [
        {"why": None}, {"measure": None}, {"contract": "full"}, {"contract": "none"}, {"threshold": None},
        {"threshold": 80}, {"max_points": -1}, {"levels": ("village",)}, {"rule": "R-A"}, {"colour": "red"},
    ],
    ids=str,
)  # fmt: skip
def test_a_component_that_contradicts_itself_is_refused(bad: dict[str, object]) -> None:
    Component(**GOOD)
    with pytest.raises(ValidationError):
        Component(**(GOOD | bad))


def test_points_that_do_not_add_up_are_refused() -> None:
    whole = qd766().model_dump()
    Qd766(**whole)
    with pytest.raises(ValidationError, match="group 4"):
        Qd766(**(whole | {"components": [c for c in whole["components"] if c["id"] != "4.3"]}))
    with pytest.raises(ValidationError, match="unknown group"):
        Qd766(**(whole | {"components": [*whole["components"], whole["components"][0] | {"group": "9"}]}))
