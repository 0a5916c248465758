"""The place a screen is about, chosen by district and ward; both stand in the address, inside the viewer's scope."""

from dataclasses import dataclass

import streamlit as st

from config.i18n import Texts
from config.qd766 import Level
from config.registry import registry
from pages.address import Address, choose
from pages.places import district_name, ward_name
from pages.viewer import Viewer

PARAMS = ("district", "ward")


@dataclass(frozen=True)
class Place:
    """What is looked at: a ward, a district, or all that the viewer may see."""

    level: Level
    district: str | None
    ward: str | None

    @property
    def filters(self) -> dict[str, str | None]:
        """As filters of a list of dossiers."""
        return {"ward": self.ward, "district": None if self.ward else self.district}

    def name(self, t: Texts) -> str:
        """In words."""
        if self.ward:
            return ward_name(self.ward)
        if self.district:
            return district_name(self.district, t)
        return t("Whole city") if self.level == "city" else t("My districts")


def choose_place(address: Address, viewer: Viewer) -> Place:
    """Two filters side by side: district, where there is a choice, and ward. Others' places are told and put aside."""
    t = viewer.t
    ward, codes = address.ward(viewer), [c for c in registry().districts if viewer.scope.allows(c)]
    district = address.district(viewer)
    columns = iter(st.columns([1.2, 1.2, 0.8], gap="small", vertical_alignment="bottom"))
    if len(codes) > 1:
        with next(columns):
            district = choose(t("District"), [None, *codes], param="district",
                              current=district or (registry().wards[ward].district_code if ward else None),
                              default=None, code=str,
                              shown=lambda c: district_name(c, t) if c else t("All districts"))  # fmt: skip
    else:
        district = codes[0] if codes else None
    if district is None or (ward is not None and registry().wards[ward].district_code != district):
        ward = None
        st.query_params.pop("ward", None)
        st.session_state.pop("choice-ward", None)
    if district is not None:
        wards = [w.code for w in sorted(registry().wards_of(district), key=lambda w: w.rank)]
        with next(columns):
            ward = choose(t("Ward"), [None, *wards], param="ward", current=ward, default=None, code=str,
                          shown=lambda c: ward_name(c) if c else t("All wards"))  # fmt: skip
    level: Level = "commune" if ward else "city" if district is None and viewer.scope.is_city else "district"
    return Place(level, district, ward)
