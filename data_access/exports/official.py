"""How a place signs its reports: the authorities in the head, who receives them, and the stamp of a file."""

from dataclasses import dataclass
from datetime import UTC, datetime

from config.city import city
from config.forms import Receivers, forms
from config.i18n import Texts
from config.registry import registry
from data_access.exports.document import Place, Stamp
from data_access.rules.timeliness import RULE
from data_access.store.engine import Scope


@dataclass(frozen=True)
class Exporter:
    """Who takes a file out."""

    username: str
    name: str
    role: str
    scope: Scope


@dataclass(frozen=True)
class Official:
    """A place as reports name it: a ward, a district, or all that a scope lets be seen."""

    district: str | None
    ward: str | None
    scope: Scope

    @property
    def level(self) -> Place:
        """Which of the three tiers reports."""
        if self.ward:
            return "commune"
        return "district" if self.district or not self.scope.is_city else "city"

    def name(self, t: Texts) -> str:
        """Phường Mộ Lao, Quận Hà Đông, Thành phố Hà Nội; several districts by their names."""
        if self.ward:
            return registry().wards[self.ward].name
        if self.district:
            return registry().districts[self.district].name
        return city().name if self.scope.is_city else scope_words(self.scope, t)

    def issuer(self) -> tuple[str, str]:
        """(the authority above, the own one) in capitals, as the head of a letter has them."""
        own = "ỦY BAN NHÂN DÂN"
        whole = f"{own} {city().name.upper()}"
        if self.ward:
            ward = registry().wards[self.ward]
            above = f"{own} {registry().districts[ward.district_code].name.upper()}"
            return above, f"{own} {ward.name.upper()}"
        if self.district:
            return whole, f"{own} {registry().districts[self.district].name.upper()}"
        return "", whole

    def receiver(self, receivers: Receivers | None = None) -> str:
        """Who gets this place's reports, by the wording given (None: what is in force)."""
        code = registry().wards[self.ward].district_code if self.ward else None
        district = registry().districts[code].name if code else ""
        own = city().name
        # Quận Hà Đông → quận Hà Đông within a sentence
        names = {"district": district[:1].lower() + district[1:], "city": own[:1].lower() + own[1:]}
        return str(getattr(receivers or forms().receivers, self.level)).format(**names)


def scope_words(scope: Scope, t: Texts) -> str:
    """Whole city, or the districts' names."""
    if scope.districts is None:
        return t("Whole city")
    return ", ".join(registry().districts[c].name for c in scope.districts if c in registry().districts)


def stamp(
    who: Exporter, place: str, period: str, version: int, as_of: datetime, t: Texts, rule: str = RULE
) -> Stamp:  # fmt: skip
    """The stamp of a file made now."""
    by = f"{who.name} ({who.username})"
    return Stamp(by, datetime.now(UTC), scope_words(who.scope, t), place, period, version, as_of, rule)
