"""The process that reads a file, what it may use, and the store's books of imports and decisions."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine, text

from config import shapes as shapes_module
from config.problems import Problem
from config.shapes import cells, shapes
from data_access.geo.boundaries import books, work
from data_access.geo.boundaries.importing import Imported
from data_access.geo.boundaries.report import Report
from data_access.geo.boundaries.worker import MEMORY_BYTES
from data_access.queries.watch import Watch
from tests.data_access.geo.boundaries.files import coded, plain_geojson, wards, write

MEGABYTES = int(os.environ.get("BOUNDARY_MB", "8"))
"""Size of the large file; `make soak-boundaries` takes 300."""


@pytest.fixture
def owner(small_city: Any, owner: Engine) -> Iterator[Engine]:
    """The store's owner; what was imported and decided goes again, and maps draw cells."""
    yield owner
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE boundary_live, boundary_import"))
    shapes_module.use(None)


def order(path: Path, name: str | None = None, **chosen: Any) -> work.Order:
    return work.Order(path, name or path.name, "cntt", **chosen)


def test_the_worker_gives_what_the_import_gives(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    path = write(tmp_path / "xa.zip", wards(), epsg=3405)
    imported = work.read(order(path), {}, lambda stage, share: told.append((stage, share)))
    assert (imported.report.joined, imported.report.kind, len(imported.areas)) == (584, "shapefile", 584)
    assert [stage for stage, _ in told] == sorted((s for s, _ in told), key=("read", "join", "shape").index)
    assert all(0 <= share <= 1 for _, share in told)


def test_the_worker_opens_no_format_that_runs_what_a_file_says(tmp_path: Path) -> None:
    secret = plain_geojson(tmp_path / "bi_mat.geojson", wards())
    trap = tmp_path / "xa.geojson"
    trap.write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector read {secret}"}))
    with pytest.raises(Problem) as caught:
        work.read(order(trap), {}, lambda *_: None)
    assert caught.value.code in ("boundary_damaged", "boundary_no_map")


def test_a_worker_that_takes_too_long_is_stopped_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(Problem, match="simplify the layer") as caught:
        work.read(order(write(tmp_path / "xa.gpkg", wards())), {}, lambda *_: None)
    assert caught.value.code == "boundary_slow"


def test_a_worker_that_dies_of_hunger_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = "import resource; resource.setrlimit(resource.RLIMIT_AS, (150_000_000, 150_000_000))"
    (tmp_path / "sitecustomize.py").write_text(few, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Problem, match=r"implify the layer") as caught:
        work.read(order(write(tmp_path / "xa.gpkg", wards())), {}, lambda *_: None)
    assert caught.value.code == "boundary_memory"


def test_a_large_file(tmp_path: Path, record_property: Any) -> None:
    path = tmp_path / "lon.geojson"
    size = _large(path, MEGABYTES)
    began = time.monotonic()
    imported = work.read(order(path), {}, lambda *_: None)
    seconds = time.monotonic() - began
    assert (imported.report.joined, imported.report.missing) == (584, [])
    load = os.getloadavg()[0]
    record_property(
        "told", f"boundaries: {size / 1e6:.0f} MB, {imported.report.corners_before:,} corners read in {seconds:.0f} s "
        f"within {MEMORY_BYTES / 1e6:.0f} MB (load {load:.0f})",
    )  # fmt: skip


def _large(path: Path, megabytes: int) -> int:
    """All wards with so many corners on their sides that the file has about this size."""
    all_wards = wards()
    around = sum(area.length for area in all_wards.values())
    step = around / (megabytes * 1e6 / 41)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for n, (code, area) in enumerate(all_wards.items()):
            fine = shapely.to_geojson(shapely.segmentize(area, step))
            properties = json.dumps(coded(code))
            file.write(f'{"," if n else ""}{{"type":"Feature","properties":{properties},"geometry":{fine}}}\n')
        file.write("]}")
    return path.stat().st_size


def shifted(by: float, missing: tuple[str, ...] = ()) -> Imported:
    areas = {code: [[[[x + by, y] for x, y in ring] for ring in polygon] for polygon in area]
             for code, area in cells().areas.items()}  # fmt: skip
    return Imported(areas, Report(joined=584, missing=list(missing), gids={f"VNM.{by}": "00001"}))


def test_live_back_and_cells_in_every_process_within_seconds(owner: Engine, reader: Engine) -> None:
    first = books.keep(owner, "cntt", "một.gpkg", shifted(0.001))
    second = books.keep(owner, "cntt", "hai.gpkg", shifted(0.002))
    watch = Watch(reader, lambda: 0.2)
    try:
        assert shapes().approximate
        versions = {}
        steps = (
            (first, lambda: books.go_live(owner, "cntt", "ranh giới chính thức", first)),
            (second, lambda: books.go_live(owner, "cntt", "bản mới", second)),
            (first, lambda: books.go_back(owner, "thu", "sai")),
            (second, lambda: books.go_back(owner, "thu", "nhầm")),
            (None, lambda: books.go_live(owner, "cntt", "bỏ", None)),
        )
        for n, (expected, step) in enumerate(steps, 1):
            before = watch.pulse().boundaries
            step()
            deadline = time.monotonic() + 30
            while watch.pulse().boundaries == before and time.monotonic() < deadline:
                time.sleep(0.05)
            assert shapes().approximate == (expected is None), n
            versions.setdefault(expected, shapes().version)
            assert shapes().version == versions[expected], n
        with owner.connect() as connection:
            decided = books.decisions(connection)
            assert [(d.import_id, d.who, d.reason) for d in decided] == [
                (None, "cntt", "bỏ"), (second, "thu", "nhầm"), (first, "thu", "sai"), (second, "cntt", "bản mới"),
                (first, "cntt", "ranh giới chính thức"),
            ]  # fmt: skip
            noted = connection.execute(
                text("SELECT who, what, detail FROM audit WHERE kind = 'boundaries_changed' ORDER BY at DESC LIMIT 1")
            ).one()
            assert tuple(noted) == ("cntt", "approximate cells", "bỏ")
            kept = books.imports(connection)
            assert [(k.import_id, k.live_at is not None) for k in kept] == [(second, True), (first, True)]
            assert books.shapes(connection, first).version == versions[first] == kept[1].digest
            assert books.gids(connection) == {"VNM.0.001": "00001", "VNM.0.002": "00001"}
    finally:
        watch.stop()


def test_what_may_not_go_live(owner: Engine) -> None:
    holed = books.keep(owner, "cntt", "thiếu.gpkg", shifted(0.001, missing=("00001",)))

    def code(*arguments: Any) -> str:
        with pytest.raises(Problem) as caught:
            books.go_live(owner, *arguments)
        return caught.value.code

    assert code("cntt", "lý do", holed) == "boundary_incomplete"
    assert code("cntt", " ", None) == "boundary_reason"
    assert code("cntt", "x" * 501, None) == "boundary_reason"
    assert code("cntt", "lý do", 10**9) == "boundary_gone"
    assert code("cntt", "lý do", None) == "boundary_is_live"
    with pytest.raises(Problem):
        books.go_back(owner, "cntt", "lý do")
    with owner.connect() as connection:
        assert books.decisions(connection) == []


def test_the_reader_can_neither_import_nor_decide(owner: Engine, reader: Engine) -> None:
    for statement in ("INSERT INTO boundary_live (who, reason) VALUES ('a', 'b')", "DELETE FROM boundary_import"):
        with pytest.raises(Exception, match="permission denied"), reader.begin() as connection:
            connection.execute(text(statement))
