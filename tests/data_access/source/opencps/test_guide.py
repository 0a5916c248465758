"""docs/mapping-a-source.md done as it says, step by step, with its own blocks, by a site of another number."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from config.registry import registry
from config.settings import ROOT
from config.source import wanted_profile
from data_access.source.check import inspect
from data_access.source.profile import load_profile
from data_access.source.reader import Source
from data_access.sync import Sync
from data_access.sync.dry_run import dry_run
from tests.data_access.source.opencps import example
from tests.data_access.source.opencps.conftest import DATABASE, TZ, Place
from tests.support import opencps
from tests.support.configured import configured
from tests.support.processes import clean_env

GUIDE = (ROOT / "docs/mapping-a-source.md").read_text(encoding="utf-8")
SITE = 70_007


def block(step: str, nth: int = 0) -> str:
    """A code block of a step, as the guide has it."""
    told = GUIDE.split(f"\n**{step}", 1)[1].split("\n**", 1)[0]
    return re.findall(r"```\n(.*?)```", told, re.DOTALL)[nth]


def test_the_steps_in_their_order(place: Place, tmp_path: Path) -> None:
    for table in (name for name, columns in opencps.tables().items() if "groupId" in columns):
        place.run(f"UPDATE {table} SET groupId = %s WHERE groupId = %s", SITE, opencps.GROUP)
    # 1. and 2.: a folder of one's own, one's site, one's agencies
    own = tmp_path / "ours"
    shutil.copytree(load_profile("opencps").folder, own)
    settings = (own / "profile.yaml").read_text(encoding="utf-8")
    (own / "profile.yaml").write_text(
        settings.replace("name: opencps", "name: ours").replace(f"group_id: {opencps.GROUP}", f"group_id: {SITE}"),
        encoding="utf-8",
    )
    (own / "agencies.csv").write_text(block("2. "), encoding="utf-8")
    # 6. and 7.: what its check and dry run say
    source = Source(place.source, load_profile("ours", tmp_path))
    assert [c.problem for c in inspect(source) if c.provided] == [None] * 7
    found = dry_run(source, registry(), TZ)
    # the two agencies of the guide's list are known, what was forgotten is listed by name
    assert found.wards_without_unit == len(registry().wards) - 1
    assert set(found.named["unknown_tier"]) == {example.CITY, example.TRUC_BACH, example.UNMAPPED}
    # 8.: the sync by it, and a later edit
    job = Sync(place.source, place.owner, load_profile("ours", tmp_path), TZ)
    place.syncs.append(job)
    job.first_load()
    placed = "SELECT district_code FROM dossier WHERE dossier_id IN ('3', '36') ORDER BY dossier_id::int"
    assert place.store(placed) == [("001",), ("",)]
    with (own / "agencies.csv").open("a", encoding="utf-8") as file:
        file.write(f"{example.TRUC_BACH},commune,00004,UBND Phường Trúc Bạch\n")
    job.once()
    assert place.store(placed) == [("001",), ("001",)]
    assert place.differences() == []


def test_its_commands_as_they_stand(place: Place) -> None:
    url = place.server.url(DATABASE, opencps.READER)
    lines = re.sub(r"OPS_SOURCE_URL='[^']*'", f"OPS_SOURCE_URL='{url}'", block("6. "))
    assert url in lines
    told = subprocess.run(
        ["bash", "-euc", lines.rstrip() + " --dry-run --days 30\n"], cwd=ROOT, env=clean_env({"LANG": "en_US.UTF-8"}),
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    assert "Nothing was written anywhere." in told.stdout


def test_source_yaml_as_the_last_step_has_it(tmp_path: Path) -> None:
    (tmp_path / "source.yaml").write_text(f"profile: opencps\nparameters: {{group_id: {SITE}}}\n", encoding="utf-8")
    assert "`profile: opencps`" in GUIDE
    assert "OPS_SOURCE_PROFILE" not in os.environ
    with configured(OPS_CONFIG_DIR=tmp_path):
        name, given = wanted_profile(None)
        assert (name, load_profile(name, parameters=given).conf.parameters["group_id"]) == ("opencps", SITE)
