"""Which screens each role sees, in order (screens.yaml). What a role may see at most is said here, not in the file."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from config.i18n import mark
from config.kept import Kept
from config.mistakes import MisplacedError, nearest
from config.models import Strict, reads
from config.settings import CONFIG_DIR

SCREENS_FILE = CONFIG_DIR / "screens.yaml"
Everyones = Literal[
    "overview", "alerts", "district", "ward", "compare", "coverage", "backlog", "dossiers", "process", "workload",
    "qd766", "forms", "quality",
]  # fmt: skip
ForIt = Literal["source", "boundaries", "users", "settings", "working_calendar", "audit", "health"]
OfIt = Literal[Everyones, ForIt]
TITLES = {
    "overview": mark("Overview"), "alerts": mark("Alerts"), "district": mark("My district"), "ward": mark("Ward"),
    "compare": mark("Compare"), "coverage": mark("Service coverage"), "backlog": mark("Backlog map"),
    "dossiers": mark("Dossiers"), "process": mark("Process"), "workload": mark("Officer workload"),
    "qd766": mark("Decision 766 score"), "forms": mark("Forms"), "quality": mark("Data quality"),
    "source": mark("Data source"), "boundaries": mark("Wards and boundaries"), "users": mark("Users and devices"),
    "settings": mark("Configuration"), "working_calendar": mark("Working calendar"), "audit": mark("Audit log"),
    "health": mark("System health"),
}  # fmt: skip
"""Address of each screen → its name as a source text; pages/screens.py draws each (a test holds both equal)."""
AT_MOST: dict[str, tuple[str, ...]] = {
    "operations": get_args(Everyones),
    "district": get_args(Everyones),
    "it": get_args(OfIt),
}
"""Role → what it may ever see. Role wall has walls only, whatever a file says."""
ALWAYS = "settings"
"""IT staff keep this one: else nobody could take an edit back on screen."""


def _at_most(role: str) -> BeforeValidator:
    """Only what the role may see, each once; IT keeps what it needs to undo an edit."""

    def checked(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        for n, path in enumerate(value):
            if not isinstance(path, str):
                continue  # pydantic says what it must be
            if path in TITLES and path not in AT_MOST[role]:
                raise MisplacedError(
                    (n,),
                    f"“{path}” là màn hình của bộ phận CNTT, không thể giao cho vai trò này; xoá dòng này",
                    f"“{path}” is a screen for IT staff and can't be given to this role; delete this line",
                )
            if path not in TITLES:
                raise MisplacedError((n,), *nearest(path, AT_MOST[role]))
            if path in value[:n]:
                raise MisplacedError(
                    (n,), f"màn hình “{path}” đã có ở trên; xoá một dòng", f"“{path}” stands above already; delete one"
                )
        if role == "it" and value and ALWAYS not in value:
            raise ValueError(
                f"bộ phận CNTT luôn phải có “{ALWAYS}” (Cấu hình), nếu không không ai sửa lại được; thêm dòng này",
                f"IT staff always keep “{ALWAYS}” (Configuration), or nobody could take this back; add it",
            )
        return tuple(value)

    return BeforeValidator(checked)


class ScreensOfRoles(Strict):
    """Role → its screens in the order of the bar; it lands on the first."""

    operations: Annotated[tuple[Everyones, ...], _at_most("operations")] = Field(min_length=1)
    district: Annotated[tuple[Everyones, ...], _at_most("district")] = Field(min_length=1)
    it: Annotated[tuple[OfIt, ...], _at_most("it")] = Field(min_length=1)


kept: Kept[ScreensOfRoles] = Kept(SCREENS_FILE.name, reads(ScreensOfRoles))


def role_screens() -> ScreensOfRoles:
    """What is in force."""
    return kept.value()


def seen(role: str) -> tuple[str, ...]:
    """The addresses of the screens that a role sees, in order; () for devices and unknown roles."""
    found: tuple[str, ...] = getattr(role_screens(), role) if role in AT_MOST else ()
    return found
