import json

from config.registry import registry
from widgets.geo_map import build, fill
from widgets.palette import CLASSES_DARK, DARK, LIGHT, rgb
from widgets.ward_map import ClassBreak, WardValue, assets
from widgets.ward_map.geometry import district_borders, geometry
from widgets.ward_map.payload import HOLE, pack, tones

FIVE = [ClassBreak(t) for t in ("≤ 1,5 %", "2,5", "4", "6", "> 6 %")]


def _values() -> list[WardValue]:
    made = []
    for i, ward in enumerate(registry().wards.values()):
        lines = (f"{i * 7} quá hạn trong {1_000 + i} hồ sơ", f"Đến hạn trong 24 giờ: {i}")
        made.append(WardValue(ward.code, i % 5, f"{i % 90},{i % 10} %", lines))
    return made


def test_geometry_holds_all_wards_in_registry_order_and_no_figures() -> None:
    cells, tiles = json.loads(geometry("cells")), json.loads(geometry("tiles"))
    codes = list(registry().wards)
    assert [f["properties"]["code"] for f in cells["features"]] == codes
    assert [w["code"] for w in tiles["wards"]] == codes
    assert [w["i"] for w in tiles["wards"]] == list(range(584))
    names = {"i", "code", "name", "short", "district", "area"}
    assert set(cells["features"][0]["properties"]) == names
    assert set(tiles["wards"][0]) == names | {"x", "y"}
    assert cells["features"][0]["properties"]["area"] == "Quận Ba Đình"


def test_borders_between_districts_are_fewer_than_all_edges() -> None:
    lines = json.loads(district_borders())["coordinates"]
    edges = sum(len(f["geometry"]["coordinates"][0][0]) - 1 for f in json.loads(geometry("cells"))["features"])
    assert 300 < len(lines) < edges / 2
    assert len({tuple(map(tuple, line)) for line in lines}) == len(lines)


def test_pack_marks_classes_no_data_and_outside() -> None:
    first, second, third = list(registry().wards)[:3]
    packed = pack([WardValue(first, 4, "9,3 %", ("41 hồ sơ",)), WardValue(third, None, "", ())], FIVE)
    assert packed["k"] == "4 -" + " " * 581
    assert packed["t"] == [f"{HOLE} %\n{HOLE} hồ sơ", ""]
    assert str(packed["v"]).split(";")[:4] == ["0|9,3|41", "", "1", ""]
    assert pack([WardValue("99999", 1, "x")], FIVE)["k"] == " " * 584
    assert second not in str(packed)


def test_a_change_of_all_wards_stays_small() -> None:
    packed = pack(_values(), FIVE)
    assert packed["t"] == [f"{HOLE} %\n{HOLE} quá hạn trong {HOLE} hồ sơ\nĐến hạn trong {HOLE} giờ: {HOLE}"]
    assert len(json.dumps(packed, ensure_ascii=False).encode()) < 20_000


def test_few_classes_spread_over_the_scale() -> None:
    assert tones(FIVE) == [0, 1, 2, 3, 4]
    assert tones([ClassBreak("a"), ClassBreak("b"), ClassBreak("c")]) == [0, 2, 4]
    assert tones([ClassBreak("a", 3), ClassBreak("b")]) == [3, 4]


def test_assets_carry_code_and_shapes_with_digests() -> None:
    made = assets()
    assert set(made) == {"geo/ward_map.js", "geo/cells.json", "geo/tiles.json", "geo/borders.json"}
    code = made["geo/ward_map.js"].body.decode()
    assert "export default function" in code
    assert all(colour in code for colour in CLASSES_DARK)
    assert len({a.etag for a in made.values()}) == 4


def test_text_colours_meet_wcag_aa_on_their_panel() -> None:
    def luminance(colour: str) -> float:
        linear = [(c / 255 / 12.92 if c < 11 else ((c / 255 + 0.055) / 1.055) ** 2.4) for c in rgb(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for theme in (DARK, LIGHT):
        for text in (theme.text, theme.quiet, theme.urgent, theme.good, theme.attention):
            light, dark = sorted((luminance(text), luminance(theme.panel)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5
        assert len(set(theme.classes)) == 5


def test_geo_map_sends_figures_and_addresses_but_no_shapes() -> None:
    deck = build(_values(), classes=FIVE, lang="vi", selected=None, height=600, dark=True)
    sent = deck.to_json()
    assert "coordinates" not in sent
    assert "http" not in sent
    assert "mapStyle" not in sent or '"mapStyle":"__MAP_STYLE__"' in sent
    assert len(sent.encode()) < 4_000
    assert len(json.dumps(deck._tooltip).encode()) < 30_000
    layers = {layer["id"]: layer for layer in json.loads(sent)["layers"]}
    assert list(layers) == ["wards", "ward-borders", "district-borders"]
    assert (layers["wards"]["stroked"], layers["wards"]["pickable"]) == (False, True)
    assert layers["wards"]["data"].startswith("geo/cells.json?v=")


def test_geo_map_draws_the_chosen_ward_inline() -> None:
    deck = build([], classes=FIVE, lang="vi", selected="00001", height=600, dark=False)
    chosen = json.loads(deck.to_json())["layers"][-1]
    assert (chosen["id"], chosen["data"]["properties"]["code"]) == ("selected", "00001")


def test_fill_changes_its_trigger_with_the_figures() -> None:
    expression, trigger = fill("0" * 584, DARK)
    assert expression.startswith("([[34,50,77],")
    assert expression.endswith("')[properties.i]]")
    assert fill("1" + "0" * 583, DARK)[1] != trigger
    assert fill("0" * 584, LIGHT)[1] != trigger
