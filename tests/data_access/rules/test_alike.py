"""Which wards are like a ward."""

from data_access.rules.alike import Traits, alike

WARDS = {
    "a": Traits("phường", 10_000, 500),
    "xã": Traits("xã", 10_000, 500),
    "near": Traits("phường", 11_000, 520),
    "busy": Traits("phường", 10_000, 5_000),
    "big": Traits("phường", 20_000, 500),
    "empty": Traits("phường", 10_000, 0),
}


def test_same_kind_then_nearest_in_people_and_demand() -> None:
    assert alike("a", WARDS, 4) == ["near", "big", "busy", "empty"]
    assert alike("a", WARDS, 1) == ["near"]
    assert alike("xã", WARDS, 4) == [], "no other of its kind"


def test_equals_come_in_order_of_their_codes() -> None:
    same = {code: Traits("xã", 1_000, 10) for code in ("c", "a", "b")}
    assert alike("b", same, 4) == ["a", "c"]
