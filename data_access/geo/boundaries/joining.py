"""Which area is which ward: by GSO code, by GADM id, or by the names of district and ward."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.registry import DISTRICT_KINDS, WARD_KINDS, Registry, fold

GID = re.compile(r"VNM\.\d+\.\d+\.\d+_\d+")
_BRACKETS = re.compile(r"^(.*?)\s*\((.*?)\s*\)$")
# Other spellings than the registry's that folding doesn't make alike (registry/SOURCES.md names them).
ALIASES = {"chuong duong do": "chuong duong"}
KINDS = {fold(kind): kind for kind in WARD_KINDS}
Columns = Mapping[str, Sequence[Any]]


@dataclass
class Joined:
    """`wards`: for each area its ward's code, or None. `keys`: wards by the key that found them first."""

    wards: list[str | None]
    keys: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    gids: dict[str, str] = field(default_factory=dict)


def join(columns: Columns, inside: Sequence[bool], city: Registry, gids: Mapping[str, str]) -> Joined:
    """Each area's ward. `inside`: areas that may lie in the city; others are never joined by name alone.

    1. Each key is tried with the columns that fit it best, until one finds every ward. 2. The key that finds most
    wards goes first (codes before ids before names when equal); the others fill in wards that are still missing.
    """
    tried: list[Joined] = []
    for way in (
        lambda: _by_code(columns, city),
        lambda: _by_gid(columns, gids),
        lambda: _by_name(columns, inside, city),
    ):
        tried.append(way())
        if _found(tried[-1].wards) == len(city.wards):
            break
    tried.sort(key=lambda found: -_found(found.wards))
    best = tried[0]
    whole = Joined(list(best.wards))
    for found in tried:
        (key,) = found.columns or ("",)
        before = set(whole.wards) - {None}
        if found is not best:
            for i, ward in enumerate(found.wards):
                if whole.wards[i] is None and ward is not None and ward not in before:
                    whole.wards[i] = ward
        if new := len((set(found.wards) - {None}) if found is best else set(whole.wards) - {None} - before):
            whole.keys[key] = new
            whole.columns |= found.columns
    whole.gids = _gids(columns, whole.wards)
    return whole


def _found(wards: Sequence[str | None]) -> int:
    """How many different wards."""
    return len(set(wards) - {None})


def _best(columns: Columns, key: str, wards_of: Callable[[Sequence[Any]], list[str | None]]) -> Joined:
    """The column whose values are most wards."""
    best = Joined([None] * len(next(iter(columns.values()), ())))
    for name, values in columns.items():
        wards = wards_of(values)
        if _found(wards) > _found(best.wards):
            best = Joined(wards, columns={key: [name]})
    return best


def _by_code(columns: Columns, city: Registry) -> Joined:
    """GSO codes; numbers may have lost their leading zeros."""

    def wards(values: Sequence[Any]) -> list[str | None]:
        codes = [_digits(value) for value in values]
        return [code if code in city.wards else None for code in codes]

    return _best(columns, "code", wards)


def _digits(value: Any) -> str:
    if isinstance(value, float):
        value = int(value) if value.is_integer() else ""
    text = str(value if value is not None else "").strip()
    return text.zfill(5) if text.isascii() and text.isdigit() and len(text) <= 5 else ""


def _by_gid(columns: Columns, gids: Mapping[str, str]) -> Joined:
    return _best(columns, "gid", lambda values: [gids.get(str(value or "").strip()) for value in values])


def _by_name(columns: Columns, inside: Sequence[bool], city: Registry) -> Joined:
    """District and ward by name (or the district by its code), whatever columns they stand in."""
    districts = {fold(d.short_name): code for code, d in city.districts.items()}
    districts |= {code: code for code in city.districts}
    texts = {name: values for name, values in columns.items() if any(isinstance(v, (str, int)) for v in values)}
    kinds = {name: [KINDS.get(fold(str(v or ""))) for v in values] for name, values in texts.items()}
    kind_column = max(kinds, key=lambda n: sum(k is not None for k in kinds[n]), default=None)
    kind = kinds[kind_column] if kind_column else []
    found = Joined([None] * len(inside))
    for of, values in texts.items():
        at = [_district(v, districts) for v in values]
        if not any(at):
            continue
        for name, names in texts.items():
            wards = _named(names, at, kind, inside, city) if name != of else []
            if _found(wards) > _found(found.wards):
                found = Joined(wards, columns={"name": [of, name]})
    return found


def _district(value: Any, districts: Mapping[str, str]) -> str | None:
    """A district by its code (with or without zeros) or its name (with or without its kind)."""
    if code := districts.get(str(value or "").strip().zfill(3)):
        return code
    return next((districts[name] for name, _ in _readings(value, DISTRICT_KINDS) if name in districts), None)


def _named(
    names: Sequence[Any], at: Sequence[str | None], kind: Sequence[str | None], inside: Sequence[bool], city: Registry
) -> list[str | None]:
    """Each area's ward in its district: by the name alone, of two of one name by their kind."""
    known = _index(city)
    wards: list[str | None] = []
    for i, district in enumerate(at):
        found: tuple[str, ...] = ()
        for name, said in _readings(names[i], WARD_KINDS) if inside[i] and district else ():
            found = known.get((district, name), ())  # type: ignore[arg-type]
            if len(found) > 1:
                of = said or (kind[i] if kind else None)
                found = tuple(code for code in found if city.wards[code].kind == of)
            if found:
                break
        wards.append(found[0] if len(found) == 1 else None)
    return wards


def _index(city: Registry) -> dict[tuple[str, str], tuple[str, ...]]:
    """(district, folded name without its kind) → wards."""
    found: dict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
    for ward in city.wards.values():
        found[ward.district_code, fold(ward.short_name)] += (ward.code,)
    return found


def _readings(value: Any, kinds: Sequence[str]) -> list[tuple[str, str | None]]:
    """What a name may mean, folded, with the kind it carries, the likelier first.

    "Yên Viên (Thị trấn )" is "yen vien"; "Xà Cầu" is a name, "Xa Dong Hoi" (without diacritics) a kind and a name.
    """
    text = str(value or "").strip()
    bracketed = _BRACKETS.match(text)
    head, said = (bracketed[1], KINDS.get(fold(bracketed[2]))) if bracketed else (text, None)
    name = ALIASES.get(fold(head), fold(head))
    found = [(name, said)]
    for kind in kinds:
        if name.startswith(fold(kind) + " "):
            rest = name[len(fold(kind)) + 1 :]
            with_kind = (ALIASES.get(rest, rest), KINDS.get(fold(kind)))
            found.insert(0 if head.casefold().startswith(kind + " ") else 1, with_kind)
            break
    return found


def _gids(columns: Columns, wards: Sequence[str | None]) -> dict[str, str]:
    """The GADM ids that the file itself carries, with the wards they were joined to."""
    for values in columns.values():
        ids = [str(v) if v is not None and GID.fullmatch(str(v)) else None for v in values]
        if any(ids):
            return {gid: ward for gid, ward in zip(ids, wards, strict=True) if gid and ward}
    return {}
