from collections import Counter
from pathlib import Path

import pytest

from config.problems import Problem
from config.registry import REGISTRY_FILE, REGISTRY_STATE, fold, registry, vi_sort_key

HEADER = "ward_code,name,kind,district_code,district_name,lat,lon,area_km2,population_2019"
ROW = "00001,Phường Phúc Xá,Phường,001,Quận Ba Đình,21.04656,105.8497,1.085,21946"


def test_counts_of_the_state_of_2018() -> None:
    city = registry()
    assert city.state == REGISTRY_STATE == "2018"
    assert (len(city.wards), len(city.districts)) == (584, 30)
    assert Counter(w.kind for w in city.wards.values()) == {"xã": 386, "phường": 177, "thị trấn": 21}
    assert sum(d.is_urban for d in city.districts.values()) == 12
    assert sum(w.population for w in city.wards.values()) == 8_053_663
    assert sum(d.area_km2 for d in city.districts.values()) == pytest.approx(3351.93, abs=0.01)


def test_one_ward_and_its_district() -> None:
    city = registry()
    ward = city.ward("00001")
    assert (ward.name, ward.short_name, ward.kind) == ("Phường Phúc Xá", "Phúc Xá", "phường")
    assert (ward.lat, ward.lon, ward.area_km2, ward.population) == (21.04656, 105.8497, 1.085, 21946)
    district = city.district(ward.district_code)
    assert (district.name, district.short_name, district.is_urban) == ("Quận Ba Đình", "Ba Đình", True)
    assert len(city.wards_of("001")) == 14
    with pytest.raises(KeyError):
        city.ward("99999")


def test_order_is_vietnamese_by_district_then_ward() -> None:
    city = registry()
    names = [d.short_name for d in city.districts.values()]
    assert names[:5] == ["Ba Đình", "Ba Vì", "Bắc Từ Liêm", "Cầu Giấy", "Chương Mỹ"]
    assert names.index("Đan Phượng") > names.index("Chương Mỹ")
    assert names[-1] == "Ứng Hòa"
    assert [w.rank for w in city.wards.values()] == list(range(1, 585))
    assert [d.rank for d in city.districts.values()] == list(range(1, 31))
    listed = [w for d in city.districts for w in city.wards_of(d)]
    assert listed == list(city.wards.values())


@pytest.mark.parametrize(
    "ordered",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["an", "ăn", "ân", "bà", "ca", "da", "đa", "em", "êm", "om", "ôm", "ơm", "um", "ưm", "yên"],
        ["Dương Nội", "Đa Tốn", "Đại Áng", "Đại Mỗ"],
        ["Bà Triệu", "Ba Vì", "Bắc Hồng"],  # letters decide first: T before V, although à is after a
        ["An Khánh", "An Thượng", "Anh Sơn"],
    ],
)
def test_letters_before_tones(ordered: list[str]) -> None:
    assert sorted(set(ordered), key=vi_sort_key) == ordered


def test_composed_and_decomposed_text_sort_alike() -> None:
    assert vi_sort_key("Hà Đông")[:2] == vi_sort_key("Ha\u0300 Đông")[:2]


def test_fold_forgets_marks_and_case() -> None:
    assert fold("  Hà  Đông ") == "ha dong"
    assert fold("Ứng Hòa") == fold("Ứng Hoà") == "ung hoa"


def _bad(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Problem:
    path = tmp_path / "wards.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    with pytest.raises(Problem) as caught:
        registry(path)
    assert str(path) in caught.value.text("vi")
    assert str(path) in caught.value.text("en")
    return caught.value


def test_duplicate_code_names_both_lines(tmp_path: Path) -> None:
    problem = _bad(tmp_path, HEADER, ROW, ROW)
    assert problem.code == "registry_duplicate"
    facts = {k: problem.facts[k] for k in ("line", "first", "key")}
    assert facts == {"line": 3, "first": 2, "key": "00001"}
    assert "dòng 3" in problem.text("vi")


def test_missing_column(tmp_path: Path) -> None:
    problem = _bad(tmp_path, HEADER.replace(",area_km2", ""), ROW)
    assert (problem.code, problem.facts["key"], problem.facts["line"]) == ("registry_column", "area_km2", 1)


def test_not_utf8_names_the_line(tmp_path: Path) -> None:
    problem = _bad(tmp_path, HEADER, ROW.replace("Phường", "Phuong"), encoding="utf-16")
    assert problem.code == "registry_encoding"
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{HEADER}\n{ROW}\n".encode() + b"00004,Ph\xf4,x")
    with pytest.raises(Problem) as caught:
        registry(path)
    assert caught.value.facts["line"] == 3


@pytest.mark.parametrize(
    ("wrong", "code", "key"),
    [
        (ROW.replace("1.085", '"1,085"'), "registry_number", "area_km2"),
        (ROW.replace("21946", "21.946"), "registry_number", "population_2019"),
        (ROW.replace("21.04656", "210.4"), "registry_number", "lat"),
        (ROW.replace(",1.085,", ",0,"), "registry_number", "area_km2"),
        (ROW.replace(",1.085,", ",,"), "registry_number", "area_km2"),
        (ROW.replace("00001", "1"), "registry_value", "ward_code"),
        (ROW.replace(",Phường,", ",Làng,"), "registry_value", "kind"),
        (ROW.replace("Quận Ba Đình", "Ba Đình"), "registry_value", "district_name"),
    ],
)
def test_bad_values_name_line_and_column(tmp_path: Path, wrong: str, code: str, key: str) -> None:
    problem = _bad(tmp_path, HEADER, ROW.replace("00001", "00002"), wrong)
    assert (problem.code, problem.facts["key"], problem.facts["line"]) == (code, key, 3)


def test_one_district_code_with_two_names(tmp_path: Path) -> None:
    other = ROW.replace("00001", "00004").replace("Ba Đình", "Tây Hồ")
    problem = _bad(tmp_path, HEADER, ROW, other)
    assert (problem.code, problem.facts["key"], problem.facts["line"]) == ("registry_district", "001", 3)


def test_empty_and_absent_files(tmp_path: Path) -> None:
    assert _bad(tmp_path, HEADER).code == "registry_empty"
    with pytest.raises(Problem, match="can't be read"):
        registry(tmp_path / "absent.csv")


def test_environment_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8-sig")
    monkeypatch.setenv("OPS_WARD_REGISTRY", str(path))
    assert list(registry().wards) == ["00001"]
    monkeypatch.delenv("OPS_WARD_REGISTRY")
    assert registry() == registry(REGISTRY_FILE)
