"""Boundary files of every kind, from our own cells, and the real ones where they are at hand."""

import csv
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from config.problems import Problem
from config.registry import registry
from config.settings import ROOT
from data_access.geo.boundaries.importing import Imported, import_file
from data_access.geo.boundaries.shaping import MOST_CORNERS
from data_access.geo.cells import Plane
from tests.data_access.geo.boundaries.files import Wards, coded, named, plain_geojson, wards, write

REAL = ROOT.parent / "shared" / "geo"
real = pytest.mark.skipif(not REAL.exists(), reason="no real boundary files here: they are never committed")


@pytest.fixture(scope="module")
def all_wards() -> Wards:
    return wards()


@pytest.fixture(scope="module")
def some(all_wards: Wards) -> Wards:
    """The 18 wards of Hoàn Kiếm: enough for what goes wrong with files."""
    return {code: all_wards[code] for code in registry().districts["002"].ward_codes}


def read(path: Path, tmp_path: Path, name: str | None = None, **chosen: Any) -> Imported:
    work = tmp_path / "work"
    work.mkdir()
    return import_file(path, name or path.name, work, registry(), lambda *_: None, **chosen)


def polygons(imported: Imported) -> np.ndarray:
    return np.array([shapely.from_geojson(json.dumps({"type": "MultiPolygon", "coordinates": area}))
                     for area in imported.areas.values()])  # fmt: skip


def overlap(imported: Imported, of: Wards) -> float:
    """The worst ward's share of common area."""
    found = dict(zip(imported.areas, polygons(imported), strict=True))
    return min(
        found[code].intersection(area).area / found[code].union(area).area for code, area in of.items()
    )  # fmt: skip


def refused(code: str, path: Path, tmp_path: Path, name: str | None = None, **chosen: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        read(path, tmp_path, name, **chosen)
    assert caught.value.code == code
    assert "{" not in caught.value.text("vi") + caught.value.text("en")
    return caught.value


@pytest.mark.parametrize(
    ("name", "epsg", "says", "key"),
    [
        ("xa.geojson", 4326, coded, "code"),
        ("xa.geojson", 3405, named, "name"),
        ("xa.zip", 3405, coded, "code"),
        ("xa.zip", 9210, named, "name"),
        ("xa.gpkg", 32648, coded, "code"),
        ("xa.gpkg", 3857, named, "name"),
    ],
)
def test_all_wards_in_every_format_and_projection(
    all_wards: Wards, tmp_path: Path, name: str, epsg: int, says: Any, key: str
) -> None:
    imported = read(write(tmp_path / name, all_wards, says, epsg), tmp_path)
    report = imported.report
    assert (report.joined, report.keys, report.missing, report.unknown) == (584, {key: 584}, [], [])
    assert (report.duplicate, report.repaired, report.far, report.guessed) == ([], [], [], False)
    assert report.projection.startswith(f"EPSG:{epsg} ")
    assert list(imported.areas) == list(registry().wards)
    found = polygons(imported)
    assert shapely.is_valid(found).all()
    assert shapely.coverage_is_valid(found)
    assert overlap(imported, all_wards) > 0.95


def test_codes_that_lost_their_zeros_and_two_wards_of_one_name(some: Wards, all_wards: Wards, tmp_path: Path) -> None:
    numbers = read(write(tmp_path / "a.gpkg", some, lambda code: {"id": int(code)}), tmp_path)
    assert numbers.report.keys == {"code": 18}
    yen_vien = {code: all_wards[code] for code in registry().districts["018"].ward_codes}
    (tmp_path / "work").rmdir() if not any((tmp_path / "work").iterdir()) else None
    twins = import_file(
        write(tmp_path / "b.geojson", yen_vien, named), "b", _new(tmp_path), registry(), lambda *_: None
    )
    assert twins.report.keys == {"name": len(yen_vien)}
    assert overlap(twins, {code: all_wards[code] for code in ("00526", "00532")}) > 0.9


def _new(tmp_path: Path) -> Path:
    folder = tmp_path / "work2"
    folder.mkdir()
    return folder


def test_gadm_ids_join_alone_once_they_are_known(some: Wards, tmp_path: Path) -> None:
    ids = {code: f"VNM.27.14.{n}_1" for n, code in enumerate(some, 1)}

    def gadm(code: str) -> dict[str, Any]:
        ward = registry().wards[code]
        return {"GID_3": ids[code], "NAME_2": "Hoàn Kiếm", "NAME_3": ward.short_name}

    first = read(write(tmp_path / "gadm.gpkg", some, gadm), tmp_path)
    assert (first.report.keys, first.report.gids) == ({"name": 18}, {gid: code for code, gid in ids.items()})
    bare = write(tmp_path / "bare.gpkg", some, lambda code: {"GID_3": ids[code]})
    later = import_file(bare, "bare.gpkg", _new(tmp_path), registry(), lambda *_: None, gids=first.report.gids)
    assert later.report.keys == {"gid": 18}


def test_a_file_without_projection_is_put_where_the_city_is(some: Wards, tmp_path: Path) -> None:
    imported = read(write(tmp_path / "xa.zip", some, epsg=3405, crs=None), tmp_path)
    assert (imported.report.guessed, imported.report.joined) == (True, 18)
    assert imported.report.projection.startswith(("EPSG:3405 ", "EPSG:32648 "))  # 200 m apart; cells don't tell them


def test_a_wrong_projection_is_refused_with_the_right_one(some: Wards, tmp_path: Path) -> None:
    path = write(tmp_path / "xa.gpkg", some, epsg=3405, crs="EPSG:3857")
    problem = refused("boundary_projection", path, tmp_path)
    assert str(problem.facts["says"]).startswith("EPSG:3857 ")
    right = str(problem.facts["fits"]).split()[0]
    assert right in ("EPSG:3405", "EPSG:32648")
    chosen = import_file(path, "xa", _new(tmp_path), registry(), lambda *_: None, crs=right)
    assert chosen.report.joined == 18
    assert refused_again(path, tmp_path, crs="EPSG:99999") == "boundary_crs"


def refused_again(path: Path, tmp_path: Path, **chosen: Any) -> str:
    folder = tmp_path / "work3"
    folder.mkdir()
    with pytest.raises(Problem) as caught:
        import_file(path, path.name, folder, registry(), lambda *_: None, **chosen)
    return caught.value.code


def test_swapped_axes_are_refused_and_can_be_swapped(some: Wards, tmp_path: Path) -> None:
    path = write(tmp_path / "xa.geojson", some, swap=True)
    refused("boundary_swapped", path, tmp_path)
    right = import_file(path, path.name, _new(tmp_path), registry(), lambda *_: None, swap=True)
    assert (right.report.swapped, right.report.joined) == (True, 18)
    assert overlap(right, some) > 0.9


def test_elsewhere_in_the_world(some: Wards, tmp_path: Path) -> None:
    moved = {code: shapely.transform(area, lambda at: at + np.array([20, 20])) for code, area in some.items()}
    refused("boundary_elsewhere", plain_geojson(tmp_path / "xa.geojson", moved), tmp_path)


def test_duplicate_missing_unknown_and_foreign_areas(some: Wards, all_wards: Wards, tmp_path: Path) -> None:
    codes = list(some)
    halves = some[codes[0]]
    west, south, east, north = halves.bounds
    left = halves.intersection(shapely.box(west, south, (west + east) / 2, north))
    right = halves.intersection(shapely.box((west + east) / 2, south, east, north))
    rows = [(codes[0], left), (codes[0], right), *((c, some[c]) for c in codes[2:]), ("99999", some[codes[1]])]
    rows.append(("88888", shapely.box(100, 10, 100.1, 10.1)))
    features = [{"type": "Feature", "properties": {"ma": code}, "geometry": json.loads(shapely.to_geojson(area))}
                for code, area in rows]  # fmt: skip
    features.append({"type": "Feature", "properties": {"ma": codes[1]},
                     "geometry": {"type": "Point", "coordinates": [105.85, 21.03]}})  # fmt: skip
    path = tmp_path / "xa.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    imported = read(path, tmp_path)
    report = imported.report
    assert report.duplicate == [codes[0]]
    assert (report.joined, len(report.missing), codes[1] in report.missing) == (17, 567, True)
    assert (report.unknown, report.unknown_count, report.skipped, report.without_area) == (["99999"], 1, 1, 1)
    assert not report.complete
    assert overlap(imported, {codes[0]: halves}) > 0.9


def test_a_bow_tie_is_repaired_and_told(some: Wards, tmp_path: Path) -> None:
    code, area = next(iter(some.items()))
    ring = [list(p) for p in area.geoms[0].exterior.coords]
    ring[1], ring[2] = ring[2], ring[1]
    broken = shapely.multipolygons([shapely.Polygon(ring)])
    assert not broken.is_valid
    imported = read(plain_geojson(tmp_path / "xa.geojson", {**some, code: broken}), tmp_path)
    assert imported.report.repaired == [code]
    found = polygons(imported)
    assert shapely.is_valid(found).all()
    assert shapely.coverage_is_valid(found)


def test_hairline_gaps_and_overlaps_are_closed(some: Wards, tmp_path: Path) -> None:
    shaken = {code: shapely.transform(area, lambda at, k=k: at + np.array([0, (k % 3 - 1) * 2e-5]))
              for k, (code, area) in enumerate(some.items())}  # fmt: skip
    imported = read(plain_geojson(tmp_path / "xa.geojson", shaken), tmp_path)
    found = polygons(imported)
    assert shapely.coverage_is_valid(found)
    assert imported.report.overlaps_m2 > 0
    assert shapely.union_all(found).geom_type == "Polygon"


def test_a_fine_file_becomes_small_without_gaps(all_wards: Wards, tmp_path: Path) -> None:
    city = registry()
    plane = Plane(city)
    fine = {code: shapely.transform(shapely.segmentize(shapely.transform(area, plane.to_km), 0.05), _wavy(plane))
            for code, area in all_wards.items()}  # fmt: skip
    imported = read(write(tmp_path / "xa.gpkg", fine), tmp_path)
    report = imported.report
    assert report.corners_before > 100_000
    assert report.corners <= MOST_CORNERS
    assert report.kilobytes < 280
    assert report.tolerance_m > 0
    found = polygons(imported)
    assert shapely.coverage_is_valid(found)
    assert shapely.union_all(found).geom_type == "Polygon"
    assert overlap(imported, all_wards) > 0.6


def _wavy(plane: Plane) -> Any:
    return lambda km: plane.to_degrees(km + 0.03 * np.sin(40 * km[:, ::-1]))


def test_names_that_say_something_else(some: Wards, tmp_path: Path) -> None:
    package = write(tmp_path / "xa.gpkg", some)
    assert read(package, tmp_path, "xa.geojson").report.renamed
    picture = tmp_path / "anh.geojson"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert refused_again(picture, tmp_path) == "boundary_no_map"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "boundary_empty"),
        (b"  \n", "boundary_empty"),
        (b"<html></html>", "boundary_no_map"),
        (b'{"type": "FeatureCollection", "features": []}', "boundary_no_polygons"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Fea', "boundary_damaged"),
        (b'{"a": 1}', "boundary_damaged"),
        (b"SQLite format 3\x00" + bytes(500), "boundary_damaged"),
        (b"PK\x03\x04 broken", "boundary_no_map"),
        (struct.pack(">i", 9994) + bytes(100), "boundary_lone_shp"),
    ],
)
def test_contents_that_are_no_boundaries(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    refused(code, path, tmp_path, "xa.geojson")


def test_no_column_that_names_wards(some: Wards, tmp_path: Path) -> None:
    problem = refused("boundary_nothing_joined", write(tmp_path / "a.gpkg", some, lambda _: {"mau": "xanh"}), tmp_path)
    assert "mau" in str(problem.facts["columns"])


def test_zips_that_are_traps(some: Wards, tmp_path: Path) -> None:
    def made(name: str, members: dict[str, bytes]) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for member, content in members.items():
                packed.writestr(member, content)
        return tmp_path / name

    before = sorted(tmp_path.parent.iterdir())
    cases = {
        "boundary_zip_path": [{"../../thoat.shp": b"x"}, {"/etc/xa.geojson": b"{}"}, {"..\\xa.gpkg": b"x"}],
        "boundary_too_big": [{"xa.geojson": b" " * 60_000_000}, {f"{n}.txt": b"" for n in range(300)}],
        "boundary_zip_layers": [{"a.shp": b"", "b.shp": b""}, {"doc.txt": b"x"}],
        "boundary_lone_shp": [{"xa.shp": struct.pack(">i", 9994) + bytes(100)}],
        "boundary_empty": [{"xa.geojson": b""}],
    }
    for code, files in cases.items():
        for n, members in enumerate(files):
            folder = tmp_path / f"{code}-{n}"
            folder.mkdir()
            refused(code, made(f"{code}-{n}.zip", members), folder)
    assert sorted(tmp_path.parent.iterdir()) == before
    whole = made("goi.zip", {"sau/xa.geojson": plain_geojson(tmp_path / "x.geojson", some).read_bytes(),
                             "sau/doc.pdf": b"%PDF"})  # fmt: skip
    assert read(whole, tmp_path).report.joined == 18


@real
def test_the_real_wards_by_code_and_by_name(tmp_path: Path) -> None:
    path = REAL / "wards_584_boundaries.geojson"
    by_code = read(path, tmp_path)
    assert (by_code.report.joined, by_code.report.keys, by_code.report.far) == (584, {"code": 584}, [])
    document = json.loads(path.read_text(encoding="utf-8"))
    for feature in document["features"]:
        del feature["id"]
        feature["properties"] = {k: feature["properties"][k] for k in ("ward_name", "district_name", "area_km2")}
    bare = tmp_path / "ten.geojson"
    bare.write_text(json.dumps(document), encoding="utf-8")
    by_name = import_file(bare, bare.name, _new(tmp_path), registry(), lambda *_: None)
    assert (by_name.report.joined, by_name.report.keys) == (584, {"name": 584})
    assert by_name.areas == by_code.areas
    assert by_code.report.corners <= MOST_CORNERS
    found = polygons(by_code)
    assert shapely.coverage_is_valid(found)
    assert shapely.union_all(found).geom_type == "Polygon"


@real
def test_the_real_wards_as_gadm_has_them(tmp_path: Path) -> None:
    with (REAL / "gadm41_gid3_to_gso.csv").open(encoding="utf-8") as file:
        table = {row["ward_code"]: row for row in csv.DictReader(file)}
    document = json.loads((REAL / "wards_584_boundaries.geojson").read_text(encoding="utf-8"))
    for feature in document["features"]:
        row = table[feature["properties"]["ward_code"]]
        del feature["id"]
        feature["properties"] = {"GID_3": row["gid_3"], "NAME_2": row["gadm_name_2"], "NAME_3": row["gadm_name_3"]}
    path = tmp_path / "gadm41_VNM_3.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    named_too = read(path, tmp_path)
    assert named_too.report.keys == {"name": 584}
    assert named_too.report.gids == {row["gid_3"]: code for code, row in table.items()}
    for feature in document["features"]:
        feature["properties"] = {"GID_3": feature["properties"]["GID_3"]}
    path.write_text(json.dumps(document), encoding="utf-8")
    alone = import_file(path, path.name, _new(tmp_path), registry(), lambda *_: None, gids=named_too.report.gids)
    assert alone.report.keys == {"gid": 584}


@real
def test_wards_of_another_state_are_not_taken_for_these(tmp_path: Path) -> None:
    report = read(REAL / "wards_126_boundaries.geojson", tmp_path).report
    assert not report.complete
    assert (report.joined, len(report.missing)) == (126, 458)
    assert len(report.far) > 100
