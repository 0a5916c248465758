"""Words for places and codes that several screens share: ward names, units, channels, steps, links."""

from collections.abc import Mapping
from typing import Any

from config.i18n import Texts, mark
from config.registry import registry

CHANNELS = {1: mark("At the counter"), 2: mark("Online"), 3: mark("By post")}
SERVICES = {"wan": mark("WAN link"), "onestop": mark("One-stop client"), "video": mark("Video meeting")}
SHORT_SERVICES = {"wan": mark("WAN"), "onestop": mark("One-stop"), "video": mark("Video")}
TIERS = {"city": mark("Departments"), "district": mark("Districts"), "commune": mark("Wards and communes")}


def ward_name(code: str | None, fallback: str = "") -> str:
    """ "Phường Mộ Lao"; the source's own name for a ward the registry does not know."""
    ward = registry().wards.get(code or "")
    return ward.name if ward else fallback


def district_of(code: str | None) -> str:
    """The name of the district a ward lies in."""
    ward = registry().wards.get(code or "")
    return registry().districts[ward.district_code].name if ward else ""


def district_name(code: str, t: Texts) -> str:
    """A district's name; departments of the city have none."""
    district = registry().districts.get(code)
    return district.name if district else t("City departments")


def unit_words(row: Mapping[str, Any], t: Texts) -> tuple[str, str]:
    """(unit, the district it lies in) of an officer's or dossier's row."""
    if row["ward_code"] in registry().wards:
        return ward_name(row["ward_code"]), district_of(row["ward_code"])
    return row["unit_name"] or row["unit_code"], t("City departments") if row["tier"] == "city" else ""
