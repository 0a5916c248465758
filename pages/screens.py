"""The registry of screens: one line each. Navigation, roles and the docs page are drawn from it."""

from collections.abc import Callable
from dataclasses import dataclass

from config.i18n import mark
from pages import alerts, backlog, coverage, district, dossiers, forms, overview, qd766, quality, ward, workload
from pages.paths import ALERTS, BACKLOG, COVERAGE, DISTRICT, DOSSIERS, FORMS, OVERVIEW, QD766, QUALITY, WARD, WORKLOAD
from pages.viewer import Viewer


@dataclass(frozen=True)
class Screen:
    """`path` is its URL; `title` a source text for translation; `roles` may open it, `home` of them land on it."""

    path: str
    title: str
    roles: frozenset[str]
    show: Callable[[Viewer], None]
    home: frozenset[str] = frozenset()


EVERYONE = frozenset({"operations", "district", "it", "wall"})
PEOPLE = EVERYONE - {"wall"}

SCREENS = (
    Screen(OVERVIEW, mark("Overview"), EVERYONE, overview.page),
    Screen(ALERTS, mark("Alerts"), PEOPLE, alerts.page),
    Screen(DISTRICT, mark("My district"), PEOPLE, district.page, frozenset({"district"})),
    Screen(WARD, mark("Ward"), PEOPLE, ward.page),
    Screen(COVERAGE, mark("Service coverage"), EVERYONE, coverage.page),
    Screen(BACKLOG, mark("Backlog map"), EVERYONE, backlog.page),
    Screen(DOSSIERS, mark("Dossiers"), PEOPLE, dossiers.page),
    Screen(WORKLOAD, mark("Officer workload"), PEOPLE, workload.page),
    Screen(QD766, mark("Decision 766 score"), PEOPLE, qd766.page),
    Screen(FORMS, mark("Forms"), PEOPLE, forms.page),
    Screen(QUALITY, mark("Data quality"), PEOPLE, quality.page),
)


def screens_for(role: str) -> list[Screen]:
    """The screens a role may open, in order; it lands on the first."""
    return sorted((screen for screen in SCREENS if role in screen.roles), key=lambda screen: role not in screen.home)
