"""The city's wards and districts: codes, names, centres, areas, people, and Vietnamese order.

The file is `wards_584.csv` (state "2018"; GSO list of 6 October 2019, census of 1 April 2019). Codes are
reused across reforms, so a code means a ward only together with `REGISTRY_STATE`.
"""

import csv
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from config.problems import Problem

REGISTRY_STATE = "2018"
REGISTRY_FILE = Path(__file__).resolve().parent / "wards_584.csv"
COLUMNS = ("ward_code", "name", "kind", "district_code", "district_name")
NUMBERS = ("lat", "lon", "area_km2", "population_2019")
WARD_KINDS = ("phường", "xã", "thị trấn")
DISTRICT_KINDS = ("quận", "huyện", "thị xã")

_ALPHABET = {letter: i for i, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=100)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng
_TONE_MARKS = re.compile("[" + "".join(_TONES) + "]")

SortKey = tuple[tuple[int, ...], tuple[int, ...], str]


@dataclass(frozen=True, slots=True)
class Ward:
    """A phường, xã or thị trấn. `rank` is 1..n by district, then ward, in Vietnamese order."""

    code: str
    name: str
    short_name: str
    kind: str
    district_code: str
    lat: float
    lon: float
    area_km2: float
    population: int
    rank: int


@dataclass(frozen=True, slots=True)
class District:
    """A quận, huyện or thị xã. `rank` is 1..n by short name; centre weighted by area, WGS84 degrees."""

    code: str
    name: str
    short_name: str
    kind: str
    is_urban: bool
    lat: float
    lon: float
    area_km2: float
    population: int
    rank: int
    ward_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """All units of one state; both dicts are in Vietnamese alphabetical order."""

    state: str
    wards: dict[str, Ward]
    districts: dict[str, District]

    def ward(self, code: str) -> Ward:
        """The ward with this code; KeyError if there is none."""
        return self.wards[code]

    def district(self, code: str) -> District:
        """The district with this code; KeyError if there is none."""
        return self.districts[code]

    def ward_name(self, code: str | None, fallback: str = "") -> str:
        """Phường Văn Quán; `fallback`, the source's own name, for what is none of these wards."""
        ward = self.wards.get(code or "")
        return ward.name if ward else fallback

    def full_name(self, code: str | None, fallback: str = "") -> str:
        """Phường Văn Quán, Quận Hà Đông; `fallback` for what is none of these wards."""
        ward = self.wards.get(code or "")
        return f"{ward.name}, {self.districts[ward.district_code].name}" if ward else fallback

    def wards_of(self, district_code: str) -> tuple[Ward, ...]:
        """The wards of a district, in Vietnamese order."""
        return tuple(self.wards[code] for code in self.districts[district_code].ward_codes)


def vi_sort_key(text: str) -> SortKey:
    """Key that sorts as a Vietnamese dictionary: letters (ă after a, đ after d) first, then tones.

    Tones order ngang, huyền, hỏi, ngã, sắc, nặng and matter only between equal letters; capitals last.
    """
    letters: list[int] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", text.strip()):
        parts = unicodedata.normalize("NFD", char.casefold())
        tone = next((_TONES[c] for c in parts if c in _TONES), 0)
        base = unicodedata.normalize("NFC", _TONE_MARKS.sub("", parts))
        for letter in base:
            # Spaces, digits and punctuation come before letters; foreign letters after them.
            letters.append(_ALPHABET.get(letter, ord(letter) if ord(letter) < 97 else 1000 + ord(letter)))
            tones.append(tone)
    return tuple(letters), tuple(tones), text.swapcase()


def fold(text: str) -> str:
    """Text without diacritics and case, single spaces: "Hà Đông" → "ha dong". For searching."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def registry(path: Path | None = None) -> Registry:
    """The registry at `path`, at OPS_WARD_REGISTRY, or the one shipped; each file is read once.

    Raises Problem (registry_…) naming file, line, key, what is wrong and what to do.
    """
    return _load(str(path or os.environ.get("OPS_WARD_REGISTRY") or REGISTRY_FILE))


@lru_cache(maxsize=4)
def _load(path: str) -> Registry:
    rows = sorted(_rows(Path(path)), key=_order)
    wards = {
        row["ward_code"]: Ward(
            code=row["ward_code"],
            name=row["name"],
            short_name=_short(row["name"], WARD_KINDS),
            kind=row["kind"].casefold(),
            district_code=row["district_code"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            area_km2=float(row["area_km2"]),
            population=int(row["population_2019"]),
            rank=rank,
        )
        for rank, row in enumerate(rows, start=1)
    }
    districts = {}
    names = {row["district_code"]: row["district_name"] for row in rows}
    groups = groupby(wards.values(), key=lambda w: w.district_code)
    for rank, (code, members) in enumerate(groups, start=1):
        districts[code] = _district(code, names[code], tuple(members), rank)
    return Registry(REGISTRY_STATE, wards, districts)


def _district(code: str, name: str, wards: tuple[Ward, ...], rank: int) -> District:
    kind = next(k for k in DISTRICT_KINDS if name.casefold().startswith(k + " "))
    area = sum(w.area_km2 for w in wards)
    return District(
        code=code,
        name=name,
        short_name=_short(name, DISTRICT_KINDS),
        kind=kind,
        is_urban=kind == "quận",
        lat=sum(w.lat * w.area_km2 for w in wards) / area,
        lon=sum(w.lon * w.area_km2 for w in wards) / area,
        area_km2=area,
        population=sum(w.population for w in wards),
        rank=rank,
        ward_codes=tuple(w.code for w in wards),
    )


def _order(row: dict[str, str]) -> tuple[SortKey, str, SortKey, str]:
    district = _short(row["district_name"], DISTRICT_KINDS)
    ward = _short(row["name"], WARD_KINDS)
    return vi_sort_key(district), row["district_code"], vi_sort_key(ward), row["ward_code"]


def _short(name: str, kinds: tuple[str, ...]) -> str:
    """The name without "Phường", "Quận", …: what lists sort by and maps have room for."""
    return next((name[len(k) + 1 :] for k in kinds if name.casefold().startswith(k + " ")), name)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The file's rows as trimmed text, each one checked; the first fault stops with its line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Problem("registry_unreadable", path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Problem("registry_encoding", path=path, line=line) from error
    reader = csv.DictReader(text.splitlines())
    missing = [c for c in (*COLUMNS, *NUMBERS) if c not in (reader.fieldnames or ())]
    if missing:
        raise Problem("registry_column", path=path, line=1, key=", ".join(missing))
    seen: dict[str, int] = {}
    districts: dict[str, str] = {}
    for raw in reader:
        line = reader.line_num
        row = {c: (raw[c] or "").strip() for c in (*COLUMNS, *NUMBERS)}
        _check(path, line, row)
        if (first := seen.setdefault(row["ward_code"], line)) != line:
            raise Problem("registry_duplicate", path=path, line=line, key=row["ward_code"], first=first)
        if (name := districts.setdefault(row["district_code"], row["district_name"])) != row["district_name"]:
            found = row["district_name"]
            raise Problem("registry_district", path=path, line=line, key=row["district_code"], found=found, first=name)
        yield row
    if not seen:
        raise Problem("registry_empty", path=path)


def _check(path: Path, line: int, row: dict[str, str]) -> None:
    """Each value in its own form; raises registry_value or registry_number."""
    place = {"path": path, "line": line}
    codes = {"ward_code": r"\d{5}", "district_code": r"\d{3}"}
    for key, form in codes.items():
        if not re.fullmatch(form, row[key], re.ASCII):
            example = {"ward_code": "00001", "district_code": "001"}[key]
            raise Problem("registry_value", **place, key=key, found=row[key], expected=example)
    kinds = {"name": (row["kind"],), "district_name": DISTRICT_KINDS}
    if row["kind"].casefold() not in WARD_KINDS:
        expected = ", ".join(k.capitalize() for k in WARD_KINDS)
        raise Problem("registry_value", **place, key="kind", found=row["kind"], expected=expected)
    for key, allowed in kinds.items():
        if not any(row[key].casefold().startswith(k.casefold() + " ") for k in allowed):
            expected = " / ".join(f"{k.capitalize()} …" for k in allowed)
            raise Problem("registry_value", **place, key=key, found=row[key], expected=expected)
    limits = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "area_km2": (0.001, 1e5)}
    for key in NUMBERS:
        form = r"\d+" if key == "population_2019" else r"-?\d+(\.\d+)?"
        low, high = limits.get(key, (0.0, 1e8))
        if not re.fullmatch(form, row[key], re.ASCII) or not low <= float(row[key]) <= high:
            example = {"lat": "21.04656", "lon": "105.8497", "area_km2": "1.085"}.get(key, "21946")
            raise Problem("registry_number", **place, key=key, found=row[key], expected=example)
