"""Many screens lose their connection at one moment and come back at once: all are served, each with its own."""

import os
from typing import Any

import pytest

from data_access import devices
from data_access.store.engine import owner_engine
from tests.bench.viewer_client import House
from tests.bench.viewers import DEVICE, MIX, WALL, looked_for, mixed_up, wards_outside
from tests.support.apps import AppServer
from tests.support.aside import aside

pytestmark = pytest.mark.browser
VIEWERS = 40


def test_all_who_come_back_at_once_are_served_and_nobody_gets_anothers_screens(app_server: AppServer) -> None:
    engine = owner_engine(app_server.city.urls.store_owner_url)
    token = devices.issue(engine, f"many {os.getpid()}")
    engine.dispose()

    async def storm() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        house = House([app_server.url])
        passwords = {name: app_server.passwords[name] for name in ("trungtam", "hadong", "caugiay", "cntt")}
        await house.sign_in(passwords, [DEVICE, WALL], [token], looked_for())
        looks = [[who, path, f"wall={WALL}" if who == DEVICE else ""] for who, path in (MIX * VIEWERS)[:VIEWERS]]
        try:
            return await house.fill(looks), await house.storm(VIEWERS, 0), await house.who()
        finally:
            await house.close()

    filled, came_back, seen = aside(storm())
    assert (filled["failed"], len(filled["took"])) == ([], VIEWERS)
    assert (came_back["failed"], len(came_back["served"])) == ([], VIEWERS)
    assert mixed_up(seen) == ([], [])
    assert set(wards_outside(("268",))) & set(seen["found"]["trungtam"]), "the search for others' words is blind"
