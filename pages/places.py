"""Words for places and codes that several screens share: ward names, units, channels, steps, links."""

from collections.abc import Mapping
from typing import Any

from config.i18n import Texts, mark
from config.registry import registry
from config.shapes import shapes

CHANNELS = {1: mark("At the counter"), 2: mark("Online"), 3: mark("By post")}
SERVICES = {"wan": mark("WAN link"), "onestop": mark("One-stop client"), "video": mark("Video meeting")}
SHORT_SERVICES = {"wan": mark("WAN"), "onestop": mark("One-stop"), "video": mark("Video")}
TIERS = {"city": mark("Departments"), "district": mark("Districts"), "commune": mark("Wards and communes")}


def ward_name(code: str | None, fallback: str = "") -> str:
    """ "Phường Mộ Lao"; the source's own name for a ward the registry does not know."""
    return registry().ward_name(code, fallback)


def district_of(code: str | None) -> str:
    """The name of the district a ward lies in."""
    ward = registry().wards.get(code or "")
    return registry().districts[ward.district_code].name if ward else ""


def district_name(code: str, t: Texts) -> str:
    """A district's name; departments of the city have none."""
    district = registry().districts.get(code)
    return district.name if district else t("City departments")


def of_map(approximate: str, official: str) -> str:
    """What a map's note says: while it draws approximate cells, or once boundaries are live."""
    return approximate if shapes().approximate else official


def map_note(t: Texts) -> str:
    """Where the shapes on a map come from."""
    return of_map(
        t("Approximate boundaries, computed from centres and areas until official ones are imported."),
        t("Boundaries as the IT staff imported them, simplified for drawing."),
    )


def unit_words(row: Mapping[str, Any], t: Texts) -> tuple[str, str]:
    """(unit, the district it lies in) of an officer's or dossier's row."""
    if row["ward_code"] in registry().wards:
        return ward_name(row["ward_code"]), district_of(row["ward_code"])
    return row["unit_name"] or row["unit_code"], t("City departments") if row["tier"] == "city" else ""


def role_name(code: str, t: Texts) -> str:
    """An officer's role in words; roles the source invents are shown as they are."""
    names = {
        "tiep_nhan": t("Reception"),
        "tham_dinh": t("Appraisal"),
        "lanh_dao": t("Approval"),
        "van_thu": t("Records and return"),
        "theo_doi": t("Monitoring"),
        "quan_tri": t("Administration"),
    }
    return names.get(code, code)


def role_words(role: str, tier: str, t: Texts) -> str:
    """A role and the tier of its unit in words."""
    named = role_name(role, t) or t("officers not known")
    return f"{named} · {t(TIERS[tier])}" if tier in TIERS else named
