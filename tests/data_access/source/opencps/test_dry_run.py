"""check-source and its dry run on OpenCPS: what an IT officer sees before anything is written."""

from pathlib import Path

import pandas as pd
import pytest

from config.registry import registry
from config.settings import ROOT
from data_access.cli.dry_run import show
from data_access.cli.source import _show as show_check
from data_access.source.check import inspect
from data_access.source.profile import load_profile
from data_access.source.reader import Source
from data_access.sync.dry_run import DryRun, dry_run
from tests.data_access.source.opencps import example
from tests.data_access.source.opencps.conftest import DATABASE, TZ, Place
from tests.support import opencps
from tests.support.processes import command


def look(place: Place, days: int | None = None) -> DryRun:
    source = Source(place.source, load_profile("opencps"))
    inspect(source)
    return dry_run(source, registry(), TZ, days)


def test_counts_every_kind_of_doubtful_row(place: Place) -> None:
    dossier = example.Writer(place.admin.cursor()).dossier
    dossier(50, "done", releaseDate="2026-02-01 09:00:00", finishDate="2026-01-01 09:00:00", dossierNo="DOI")
    dossier(51, "processing", dueDate="1926-03-05 17:00:00", submitDate="2026-03-03 17:00:00", dossierNo="DOI")
    dossier(52, "processing", receiveDate=None)
    dossier(53, "done")
    found = look(place)
    assert {kind: n for kind, n in found.counts.items() if n} == {
        "unknown_unit": 2, "unknown_procedure": 1, "unknown_status": 2, "no_due": 1, "unknown_officer": 1,
        "orphan_step": 1, "unknown_tier": 1, "officer_unit": 1, "finished_before_received": 1,
        "returned_before_finished": 1, "due_before_received": 1, "submitted_after_received": 1, "out_of_range": 1,
        "no_receipt": 1, "no_end": 1, "duplicate_code": 2, "finished_in_future": 4,
    }  # fmt: skip
    assert found.named["unknown_unit"] == {example.NOWHERE: 1, example.UNMAPPED: 1}
    assert found.named["unknown_procedure"] == {"KHONG-CO": 1}
    assert found.named["unknown_officer"] == {"106": 1}
    assert (found.wards, found.wards_without_unit, found.wards_with_several) == (584, 582, 0)
    assert (found.received, found.received_at_night) == (34, 1)  # 23:59:59
    assert found.rows == {"unit": 5, "procedure": 4, "offering": 4, "officer": 5, "dossier": 38, "step": 19, "pause": 9}


def test_classifies_as_the_sync_would(place: Place) -> None:
    found = look(place)
    place.sync().first_load()
    assert {k: v for k, v in found.statuses.items() if k} == dict(
        place.store("SELECT status, count(*) FROM dossier WHERE status <> 0 GROUP BY 1")
    )
    stored = place.store(
        "SELECT coalesce(timeliness, CASE WHEN received_day IS NULL THEN 'excluded' "
        "WHEN overdue_from <= v.as_of_day THEN 'overdue' ELSE 'in_time' END), count(*) "
        "FROM dossier CROSS JOIN data_version v GROUP BY 1"
    )
    assert found.standings == dict(stored)


def test_shows_ten_rows_of_as_many_kinds_as_there_are(place: Place) -> None:
    found = look(place)
    sample = found.samples["dossier"]
    assert len(sample) == 10
    assert sample["status"].nunique(dropna=False) == 10
    row = sample[sample["dossier_id"] == "20"].iloc[0]
    assert (row["procedure_name"], row["field_name"], row["unit_place"], row["standing"]) == (
        "Chứng thực bản sao từ bản chính", "Chứng thực", "Phường Phúc Xá, Quận Ba Đình", "early",
    )  # fmt: skip
    assert pd.isna(found.samples["unit"].set_index("unit_code").loc[example.UNMAPPED, "unit_place"])
    assert set(found.samples) == {"unit", "procedure", "offering", "officer", "dossier", "step", "pause"}


def test_a_partial_look_counts_no_orphans(place: Place) -> None:
    place.run("UPDATE opencps_dossier SET modifiedDate = UTC_TIMESTAMP() WHERE dossierId IN (3, 28)")
    place.run("UPDATE opencps_dossieraction SET modifiedDate = UTC_TIMESTAMP() WHERE dossierActionId IN (301, 5555)")
    found = look(place, days=1)
    assert (found.rows["dossier"], found.rows["step"], found.counts["unknown_unit"]) == (2, 2, 1)
    assert "orphan_step" not in found.counts
    assert "orphan_pause" not in found.counts
    assert len(found.samples["pause"]) == 9


def test_an_empty_source(place: Place) -> None:
    with place.admin.cursor() as cursor:
        opencps.empty(cursor)
    found = look(place)
    assert (sum(found.counts.values()), found.rows["dossier"], found.rows["step"]) == (0, 0, 0)


def test_the_command_needs_no_store_and_writes_nothing(place: Place, tmp_path: Path) -> None:
    env = {
        "OPS_SOURCE_URL": place.server.url(DATABASE, opencps.READER), "OPS_SOURCE_PROFILE": "opencps",
        "OPS_DATA_DIR": str(tmp_path / "data"), "LANG": "vi_VN.UTF-8",
    }  # fmt: skip
    before = checksums(place)
    told = command("check-source", "--dry-run", env=env)
    assert (told.returncode, told.stderr) == (0, "")
    shown = told.stdout + _unfolded(told.stdout)
    words = ("dossier: 10 trong 34 dòng", "Phường Phúc Xá, Quận Ba Đình", "5 Yêu cầu bổ sung giấy tờ → tạm dừng",
             "trước hạn", "Đơn vị giải quyết không có trong danh mục", example.NOWHERE, "KHONG-CO",
             "Chưa ghi gì vào đâu cả.")  # fmt: skip
    assert [w for w in words if w not in shown] == []
    assert [w for w in example.SECRETS if w in told.stdout] == []
    assert not (tmp_path / "data").exists()
    assert checksums(place) == before


def test_the_same_in_english(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {"LC_ALL": "en_US.UTF-8", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    show(look(place), TZ)
    shown = capsys.readouterr().out
    words = ("dossier: 10 of 34 rows", "5 Supplement requested → suspended", "open, overdue", "20 working hours",
             "Processing unit not in the list", "Nothing was written anywhere.")  # fmt: skip
    assert [w for w in words if w not in shown + _unfolded(shown)] == []


def test_the_command_repeats_the_database_s_own_words(place: Place, tmp_path: Path) -> None:
    env = {"OPS_SOURCE_URL": place.server.url(DATABASE, opencps.READER), "OPS_SOURCE_PROFILE": "opencps"}
    place.run("ALTER TABLE opencps_voting RENAME COLUMN className TO klass")
    try:
        told = command("check-source", "--dry-run", env=env)
    finally:
        place.run("ALTER TABLE opencps_voting RENAME COLUMN klass TO className")
    assert told.returncode == 1
    assert "✗ dossier (opencps/dossier.sql)" in told.stdout
    assert "v.className" in told.stdout
    assert "✓ step" in told.stdout
    assert "Traceback" not in told.stderr


def checksums(place: Place) -> list[tuple[str, int]]:
    """What each table of the source holds."""
    with place.admin.cursor() as cursor:
        cursor.execute("CHECKSUM TABLE " + ", ".join(opencps.tables()))
        return list(cursor.fetchall())


def _unfolded(shown: str) -> str:
    """Each column's folded cells read downwards."""
    lines = [line.split("│") for line in shown.splitlines() if "│" in line]
    width = max(len(line) for line in lines)
    return "\n".join(" ".join(line[i].strip() for line in lines if len(line) > i) for i in range(width))


def test_the_guide_shows_what_is_really_printed(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"LC_ALL": "en_US.UTF-8", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    source = Source(place.source, load_profile("opencps"))
    for check in inspect(source):
        show_check(check)
    show(dry_run(source, registry(), TZ), TZ)
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    guide = (ROOT / "docs/mapping-a-source.md").read_text(encoding="utf-8")
    blocks = [b.strip("\n").splitlines() for b in guide.split("```\n")[1::2]]
    outputs = [b for b in blocks if b[0].startswith(("✓", "pause:", "Wards:"))]
    assert len(outputs) == 3
    for block in outputs:
        at = printed.index(block[0])
        assert printed[at : at + len(block)] == block


def test_the_guide_names_every_file_of_the_profile() -> None:
    guide = (ROOT / "docs/mapping-a-source.md").read_text(encoding="utf-8")
    folder = load_profile("opencps").folder
    assert [f.name for f in sorted(folder.iterdir()) if f.name not in guide] == []
