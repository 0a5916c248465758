import json
from itertools import pairwise

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from config.registry import registry
from data_access.geo.cells import CELLS_FILE, Plane, fit, inputs_digest
from data_access.geo.power import area_and_centre, power_cells
from data_access.geo.tiles import TILES_FILE, compute


@pytest.fixture(scope="module")
def cells() -> dict[str, Polygon]:
    stored = json.loads(CELLS_FILE.read_text(encoding="utf-8"))
    corners = list(zip(stored["corners"][::2], stored["corners"][1::2], strict=True))
    return {code: Polygon([corners[k] for k in ring]) for code, ring in stored["cells"].items()}


def test_file_belongs_to_the_shipped_registry() -> None:
    stored = json.loads(CELLS_FILE.read_text(encoding="utf-8"))
    assert (stored["state"], stored["inputs"]) == ("2018", inputs_digest(registry()))
    assert list(stored["cells"]) == list(registry().wards)
    assert CELLS_FILE.stat().st_size < 150_000


def test_cells_cover_the_city_without_gap_or_overlap(cells: dict[str, Polygon]) -> None:
    shapes = np.array(list(cells.values()))
    assert len(shapes) == 584
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    city = shapely.union_all(shapes)
    assert (city.geom_type, len(city.interiors)) == ("Polygon", 0)
    assert city.area == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)


def test_areas_and_centres_are_near_the_registered(cells: dict[str, Polygon]) -> None:
    city = registry()
    plane = Plane(city)
    wards = list(city.wards.values())
    km = shapely.transform(np.array([cells[w.code] for w in wards]), plane.to_km)
    registered = np.array([w.area_km2 for w in wards])
    ratio = shapely.area(km) / registered
    assert np.median(np.abs(ratio - 1)) < 0.05
    assert ratio.min() > 0.5
    assert ratio.max() < 2
    assert shapely.area(km).sum() == pytest.approx(registered.sum(), rel=0.01)
    points = plane.to_km(np.array([(w.lon, w.lat) for w in wards]))
    away = np.linalg.norm(shapely.get_coordinates(shapely.centroid(km)) - points, axis=1)
    assert np.median(away / np.sqrt(registered / np.pi)) < 0.2


def test_power_cells_tile_the_box_and_obey_their_definition() -> None:
    generator = np.random.default_rng(7)
    sites, weights = generator.uniform(0, 10, (40, 2)), generator.uniform(0, 1, 40)
    cells = power_cells(sites, weights, (0.0, 0.0, 10.0, 10.0))
    areas = [area_and_centre(c)[0] if len(c) else 0.0 for c in cells]
    assert sum(areas) == pytest.approx(100)
    for p in generator.uniform(0, 10, (200, 2)):
        nearest = int(np.argmin(((sites - p) ** 2).sum(axis=1) - weights))
        assert Polygon(cells[nearest]).buffer(1e-9).contains(shapely.points(p))


def test_fit_gives_cells_the_wanted_areas() -> None:
    square = Polygon([(0, 0), (6, 0), (6, 6), (0, 6)])
    points = np.array([(1.5, 3), (4.5, 1.5), (4.5, 4.5)])
    wanted = np.array([18.0, 9.0, 9.0])
    found = [Polygon(c).intersection(square).area for c in fit(points, wanted, square)]
    assert found == pytest.approx(wanted, rel=0.05)


def test_committed_tiles_are_what_the_code_makes() -> None:
    assert json.loads(TILES_FILE.read_text(encoding="utf-8")) == json.loads(json.dumps(compute(registry())))


def test_tiles_are_equal_apart_and_grouped_by_district() -> None:
    layout = json.loads(TILES_FILE.read_text(encoding="utf-8"))
    wide, high = layout["tile"]
    spots = sorted(layout["tiles"].values())
    boxes = shapely.box(*(np.array([(x + 0.01, y + 0.01, x + wide - 0.01, y + high - 0.01) for x, y in spots]).T))
    assert len(boxes) == 584
    assert shapely.area(shapely.union_all(boxes)) == pytest.approx(shapely.area(boxes).sum())
    width, height = layout["size"]
    assert 1.45 < width / height < 1.75
    for code, district in registry().districts.items():
        left, top, across = layout["districts"][code]
        inside = [layout["tiles"][ward] for ward in district.ward_codes]
        assert min(x for x, _ in inside) == left
        assert all(left - 0.01 <= x <= left + across - wide + 0.01 and y > top for x, y in inside)
        # Reading order is Vietnamese order.
        assert all((a[1], a[0]) < (b[1], b[0]) for a, b in pairwise(inside))
