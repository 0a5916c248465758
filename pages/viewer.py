"""Who looks: name, role, scope and language; handed to every page."""

from dataclasses import dataclass

from config.i18n import Texts
from data_access.store.engine import Scope


@dataclass(frozen=True)
class Viewer:
    """A signed-in person or device. `role`: operations, district, it or wall."""

    username: str
    name: str
    role: str
    scope: Scope
    t: Texts

    @property
    def reads(self) -> tuple[str, str]:
        """What the words and links made of an answer depend on besides its scope (`Answer.once`): language and role."""
        return self.t.lang, self.role

    @property
    def only_district(self) -> str | None:
        """The district code of a viewer with exactly one, else None."""
        codes = self.scope.districts
        return codes[0] if codes is not None and len(codes) == 1 else None
