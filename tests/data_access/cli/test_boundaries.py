"""`boundaries …`: the whole way of a file from a terminal, kept and noted as on the screen."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from config.problems import Problem
from data_access.audit import terminal_user
from data_access.cli.main import app
from data_access.geo.boundaries import books
from data_access.store.engine import owner_engine
from tests.data_access.geo.boundaries.files import wards, write
from tests.support.configured import configured


def command(*arguments: str) -> Result:
    told = CliRunner().invoke(app, ["boundaries", *arguments])
    if isinstance(told.exception, Problem):
        raise told.exception
    return told


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


def test_check_put_live_back_and_list(small_city: Any, tmp_path: Path) -> None:
    engine = owner_engine(small_city.urls.store_owner_url)
    whole = dict(wards())
    file = write(tmp_path / "xa.gpkg", whole)
    holed = write(tmp_path / "thieu.gpkg", {code: area for code, area in whole.items() if code != "00001"})
    with engine.connect() as connection:
        before, decided = books.imports(connection), books.decisions(connection)
    try:
        with configured(**small_city.env):
            told = command("check", str(holed))
            assert (told.exit_code, "missing in the file: 00001" in told.stdout) == (1, True)
            assert "Reading 100 %" in told.stderr.splitlines()
            assert command("check", str(file)).stdout.startswith("Wards joined: 584 of 584. 584 by GSO code")
            with engine.connect() as connection:
                assert books.imports(connection) == before, "checking stores nothing"
            with pytest.raises(Problem, match="1 wards have no area"):
                command("put-live", str(holed), "--why", "thử")
            with pytest.raises(Problem, match="There is no file"):
                command("check", str(tmp_path / "khong.gpkg"))
            with pytest.raises(Problem, match="There is no projection"):
                command("check", str(file), "--crs", "EPSG:1")
            assert "xa.gpkg" in command("put-live", str(file), "--why", "ranh giới mới").stdout
            assert "│ xa.gpkg" in command("list").stdout
            command("back", "--why", "nhầm")
        with engine.connect() as connection:
            newest = [(d.who, d.reason) for d in books.decisions(connection)[:2]]
            assert newest == [(terminal_user(), "nhầm"), (terminal_user(), "ranh giới mới")]
            assert [(k.file_name, k.live_at is not None) for k in books.imports(connection)[:2]] == [
                ("xa.gpkg", True), ("thieu.gpkg", False)
            ]  # fmt: skip
            noted = "SELECT detail FROM audit WHERE kind = 'boundaries_changed' AND who = :who ORDER BY at DESC LIMIT 2"
            assert list(connection.execute(text(noted), {"who": terminal_user()}).scalars()) == [
                "nhầm",
                "ranh giới mới",
            ]
    finally:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM boundary_live WHERE NOT live_id = ANY (:kept)"),
                               {"kept": [d.live_id for d in decided]})  # fmt: skip
            connection.execute(text("DELETE FROM boundary_import WHERE NOT import_id = ANY (:kept)"),
                               {"kept": [k.import_id for k in before]})  # fmt: skip
        engine.dispose()
