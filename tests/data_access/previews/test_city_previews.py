"""What edits of screens, sign_in, city and source are said to change, held against what they then do."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from config.city import city
from config.i18n import Texts
from config.screens import role_screens
from config.settings import settings
from config.sign_in import Claims, Group, SignIn
from config.source import SourceProfile, source_profile
from data_access.previews import city as city_preview
from data_access.previews import screens, sign_in, source
from data_access.previews.table import Preview, Table
from data_access.source.contract import ENTITIES

T = Texts("en")
SIGNED_IN = """
INSERT INTO session (session_id, username, role, method, address, expires_at)
SELECT 'preview-' || n, 'u' || n, 'district', 'password', '', now() + interval '1 hour' FROM generate_series(1, 2) n
"""


@pytest.fixture
def connection(owner: Engine) -> Iterator[Connection]:
    """The small city with two more people of districts signed in, for this test alone."""
    with owner.connect() as connection:
        connection.execute(text("DELETE FROM session"))
        connection.execute(text(SIGNED_IN))
        yield connection
        connection.rollback()


def cells(table: Table) -> list[list[str]]:
    return [[item.text for item in row] for row in table.rows]


def test_a_role_loses_and_gets_back_screens(connection: Connection) -> None:
    whole = role_screens()
    less = whole.model_copy(update={"district": ("ward", "district")})
    found = screens.preview(connection, whole, less, T)
    read = "Who stands on one of them now reads that the role does not include it (2 people look now)."
    lost = "Overview · Alerts · Compare · Service coverage · Backlog map · Dossiers · Process · Officer workload · "
    lost += "Decision 766 score · Forms · Data quality"
    assert found.said == [
        f"District leadership no longer sees: {lost}. {read}",
        "District leadership lands on “Ward” instead of “My district”.",
    ]
    assert [row[0] + row[-1] for row in cells(found.tables[0])] == [
        "Operations centre0", "District leadership2", "IT administration0"
    ]  # fmt: skip
    assert cells(found.tables[0])[1] == ["District leadership", lost, "–", "Ward", "2", "2"]
    back = screens.preview(connection, less, whole, T).said
    assert back[0] == f"District leadership sees again: {lost}."
    turned = whole.model_copy(update={"operations": (whole.operations[0], *whole.operations[:0:-1])})
    assert screens.preview(connection, whole, turned, T).said == [
        "No role loses or gets back a screen; only their order changes."
    ]


def test_groups_that_come_go_and_change_their_role(connection: Connection) -> None:
    connection.execute(text("UPDATE session SET method = 'oidc' WHERE session_id = 'preview-1'"))
    claims = Claims(person="preferred_username", groups="groups")
    chair = Group(group="ha-dong", role="district", districts=("268",))
    before = SignIn(claims=claims, groups=(chair, Group(group="cntt", role="it")))
    after = SignIn(claims=Claims(person="upn", groups="ou"),
                   groups=(chair.model_copy(update={"role": "operations", "districts": ()}),
                           Group(group="truc", role="wall")))  # fmt: skip
    renamed = "The audit knows people by the claim “upn” instead of “preferred_username”; "
    renamed += "entries until now keep their names."
    found = sign_in.preview(connection, before, after, T)
    assert found.said == [
        "OPS_OIDC_METADATA_URL is not set here: nobody can use the city's sign-in yet.",
        "Groups are read from the claim “ou” instead of “groups”: who has none there is let in no more.",
        renamed,
        "Open sessions of the city's sign-in: 1. Each gets the role of this file at its next look.",
    ]
    assert cells(found.tables[0]) == [
        ["ha-dong", "District leadership: Quận Hà Đông", "Operations centre", "13"],
        ["truc", "no role here", "Wall screen", "0"],
        ["cntt", "IT administration", "no role here", "–"],
    ]
    assert [row[2].tone for row in found.tables[0].rows] == ["", "good", "bad"]
    nobody = before.model_copy(update={"groups": ()})
    assert (
        "No group is named: nobody is let in by the city's sign-in."
        in sign_in.preview(connection, before, nobody, T).said
    )
    assert sign_in.preview(connection, before, before, T).tables == []


def test_names_languages_and_looks_are_told(connection: Connection) -> None:
    now = city()
    after = now.model_copy(update={
        "name": "Thành phố Mẫu",
        "languages": now.languages.model_copy(update={"offered": ("vi",), "messages": "en"}),
        "refresh": now.refresh.model_copy(update={"desk": 4, "wall": 3, "source": 5, "stale": 86_400 * 365 * 100}),
    })  # fmt: skip
    found = city_preview.preview(connection, now, after, T)
    assert found.said[:5] == [
        "English is no longer offered: who reads it now goes on in Tiếng Việt.",
        "Messages about alerts are written in English.",
        "2 people look now: 1 looks a second become 0.5.",
        "Walls look every 3 s.",
        "The sync looks at the one-stop database every 5 s; figures may be as much older.",
    ]
    assert found.said[5].endswith("with the edit they are not marked as old.")
    assert [cells(table) for table in found.tables] == [[["On reports", "Thành phố Hà Nội", "Thành phố Mẫu"]]]
    at_once = now.model_copy(update={"refresh": now.refresh.model_copy(update={"stale": 0})})
    assert city_preview.preview(connection, now, at_once, T).said[0].endswith("with the edit they are marked as old.")
    assert city_preview.preview(connection, now, now, T).said == ["Nothing that people see changes."]


def test_another_profile_is_checked_against_the_source(
    small_city: Any, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(before: SourceProfile, after: SourceProfile) -> Preview:
        with owner.connect() as connection:
            return source.preview(connection, before, after, T)

    for name, value in small_city.env.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        now, other = source_profile(), SourceProfile(profile="opencps", parameters={"group_id": 1})
        assert said(now, now).said == ["The sync reads as before."]
        refused = said(now, other)
        assert refused.said[0].startswith("The sync would refuse this profile")
        assert all("opencps/" in words for words in refused.said[1:4]), refused.said
        assert refused.said[4:] == ["and 4 more"]
        assert (refused.stops, said(now, now).stops) == (True, False)
        fits = said(other, now)
        assert [words.split(".")[0] for words in fits.said] == ["The profile onestop fits"]
        rows = cells(fits.tables[0])
        assert len(rows) == len(ENTITIES)
        assert not fits.stops
        assert {row[1] for row in rows} == {"fits"}
        monkeypatch.setenv("OPS_SOURCE_PROFILE", "opencps")  # goes before, with what the file gives a profile so named
        settings.cache_clear()
        assert said(other, other.model_copy(update={"parameters": {"group_id": 2}})).said == refused.said
        bare = SourceProfile(profile="opencps")
        assert [words.split(":")[0] for words in said(bare, now).said] == [
            "OPS_SOURCE_PROFILE names the profile opencps here", "The sync reads as before."
        ]  # fmt: skip
    finally:
        monkeypatch.undo()
        settings.cache_clear()
