"""Why a figure changed: parts that add up exactly, each dossier in one of them."""

from hypothesis import given
from hypothesis import strategies as st

from data_access.rules.decompose import Fresh, Left, Part, decompose

FRESH = st.builds(
    Fresh,
    procedure=st.sampled_from(["tt1", "tt2", "tt3"]),
    arrived=st.booleans(),
    step=st.sampled_from([None, "Thẩm định", "Ký"]),
    officers=st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(tuple),
    suspended=st.booleans(),
)
LEFT = st.dictionaries(st.sampled_from(["closed", "suspended"]), st.integers(-50, 50))


@given(st.integers(0, 500), st.integers(0, 500), st.lists(FRESH, max_size=30), LEFT, st.sets(st.sampled_from("abc")),
       st.integers(1, 5))  # fmt: skip
def test_parts_add_up_to_the_change(
    before: int, after: int, fresh: list[Fresh], left: dict[Left, int], absent: set[str], alike: int
) -> None:
    parts = decompose(before, after, fresh, left, absent, alike)
    assert sum(part.amount for part in parts) == after - before
    assert all(part.amount for part in parts)
    assert len({part.kind for part in parts}) == len(parts)
    assert [p.amount for p in parts] == sorted((p.amount for p in parts), reverse=True)


@given(st.lists(FRESH, max_size=30), LEFT, st.sets(st.sampled_from("abc")), st.integers(1, 5))
def test_nothing_is_left_over_when_every_dossier_is_known(
    fresh: list[Fresh], left: dict[Left, int], absent: set[str], alike: int
) -> None:
    parts = decompose(100, 100 + len(fresh) + sum(left.values()), fresh, left, absent, alike)
    assert "other" not in {part.kind for part in parts}
    added = sum(part.amount for part in parts if part.kind not in ("closed", "suspended"))
    assert added == sum(not one.suspended for one in fresh)


@given(st.permutations([Fresh("tt1", True, "Ký", ("a",)), Fresh("tt1", False, "Ký", ("b",)), Fresh("tt2", True)]))
def test_the_order_of_dossiers_does_not_matter(fresh: list[Fresh]) -> None:
    assert decompose(0, 3, fresh, {}, {"a"}, 1) == decompose(0, 3, sorted(fresh, key=repr), {}, {"a"}, 1)


def test_each_dossier_falls_into_the_first_part_that_takes_it() -> None:
    away = [Fresh("tt1", False, "Thẩm định", ("vắng",)) for _ in range(3)]
    stuck = [Fresh("tt1", False, "Thẩm định", ("có mặt", "vắng")) for _ in range(4)]
    same = [Fresh("tt2", True), Fresh("tt2", False), Fresh("tt2", False, "Ký")]
    fresh = [*away, *stuck, *same, Fresh("tt3", True), Fresh("tt4", False), Fresh("tt1", True, suspended=True)]
    assert decompose(10, 17, fresh, {"closed": -6}, {"vắng"}, 2) == (
        Part("step", 4, "tt1", "Thẩm định"),
        Part("officer", 3, officer="vắng"),
        Part("procedure", 3, "tt2"),
        Part("suspended", 1),
        Part("arrived", 1),
        Part("ran_out", 1),
        Part("closed", -6),
    )


def test_few_of_a_kind_are_no_reason_of_their_own() -> None:
    fresh = [Fresh("tt1", True, "Ký", ("a",)), Fresh("tt2", False, "Ký", ("a",))]
    assert decompose(5, 7, fresh, {}, (), 2) == (Part("arrived", 1), Part("ran_out", 1))
    assert decompose(5, 7, fresh, {}, (), 1)[0] == Part("step", 1, "tt1", "Ký")


def test_no_change_has_no_parts_and_what_nobody_knows_is_said() -> None:
    assert decompose(4, 4, [], {"closed": 0}, (), 2) == ()
    assert decompose(4, 4, [Fresh("tt1", True)], {"closed": -1}, (), 2) == (Part("arrived", 1), Part("closed", -1))
    assert decompose(9, 4, [], {"closed": -3}, (), 2) == (Part("other", -2), Part("closed", -3))
    assert decompose(4, 6, [], {"suspended": 2}, (), 2) == (Part("suspended", 2),)
