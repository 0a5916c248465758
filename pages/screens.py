"""The registry of screens: one line each. Navigation, roles and the docs page are drawn from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.i18n import mark
from config.screens import AT_MOST, TITLES, seen
from pages import (
    alerts,
    audit,
    backlog,
    boundaries,
    compare,
    coverage,
    district,
    dossiers,
    forms,
    health,
    overview,
    process,
    qd766,
    quality,
    settings,
    source,
    users,
    ward,
    working_calendar,
    workload,
)
from pages.paths import (
    ALERTS,
    AUDIT,
    BACKLOG,
    BOUNDARIES,
    COMPARE,
    COVERAGE,
    DISTRICT,
    DOSSIERS,
    FORMS,
    HEALTH,
    OVERVIEW,
    PROCESS,
    QD766,
    QUALITY,
    SETTINGS,
    SOURCE,
    USERS,
    WARD,
    WORKING_CALENDAR,
    WORKLOAD,
)
from pages.viewer import Viewer


@dataclass(frozen=True)
class Screen:
    """`path` is its URL; `group` its menu of the bar."""

    path: str
    group: str
    show: Callable[[Viewer], None]

    @property
    def title(self) -> str:
        """Its name, a source text for translation."""
        return TITLES[self.path]

    @property
    def roles(self) -> frozenset[str]:
        """Who may ever see it; who does now, configuration says (config/screens.py)."""
        return frozenset(role for role, paths in AT_MOST.items() if self.path in paths)


TODAY, PLACES, WORK, REPORTS = mark("Today"), mark("Places"), mark("Dossiers"), mark("Reports")
ADMIN = mark("Administration")
"""The menus of the bar, as source texts."""

SCREENS = (
    Screen(OVERVIEW, TODAY, overview.page),
    Screen(ALERTS, TODAY, alerts.page),
    Screen(DISTRICT, PLACES, district.page),
    Screen(WARD, PLACES, ward.page),
    Screen(COMPARE, PLACES, compare.page),
    Screen(COVERAGE, PLACES, coverage.page),
    Screen(BACKLOG, PLACES, backlog.page),
    Screen(DOSSIERS, WORK, dossiers.page),
    Screen(PROCESS, WORK, process.page),
    Screen(WORKLOAD, WORK, workload.page),
    Screen(QD766, REPORTS, qd766.page),
    Screen(FORMS, REPORTS, forms.page),
    Screen(QUALITY, REPORTS, quality.page),
    Screen(SOURCE, ADMIN, source.page),
    Screen(BOUNDARIES, ADMIN, boundaries.page),
    Screen(USERS, ADMIN, users.page),
    Screen(SETTINGS, ADMIN, settings.page),
    Screen(WORKING_CALENDAR, ADMIN, working_calendar.page),
    Screen(AUDIT, ADMIN, audit.page),
    Screen(HEALTH, ADMIN, health.page),
)


BY_PATH = {screen.path: screen for screen in SCREENS}


def screens_for(role: str) -> list[Screen]:
    """The screens a role sees now, in order; it lands on the first."""
    return [BY_PATH[path] for path in seen(role)]


def menus(screens: Sequence[Screen]) -> list[tuple[str, list[Screen]]]:
    """The bar's menus in order of their first screen: (group, its screens)."""
    groups: dict[str, list[Screen]] = {}
    for screen in screens:
        groups.setdefault(screen.group, []).append(screen)
    return list(groups.items())
