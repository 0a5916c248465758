"""The registry of screens: one line each. Navigation, roles and the docs page are drawn from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.i18n import mark
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
    """`path` is its URL; `title` a source text for translation; `group` its menu of the bar.

    `roles` may open it, `home` of them land on it.
    """

    path: str
    title: str
    group: str
    roles: frozenset[str]
    show: Callable[[Viewer], None]
    home: frozenset[str] = frozenset()


PEOPLE = frozenset({"operations", "district", "it"})
"""Role wall has wall screens only (pages/wall)."""
IT = frozenset({"it"})

TODAY, PLACES, WORK, REPORTS = mark("Today"), mark("Places"), mark("Dossiers"), mark("Reports")
ADMIN = mark("Administration")
"""The menus of the bar, as source texts."""

SCREENS = (
    Screen(OVERVIEW, mark("Overview"), TODAY, PEOPLE, overview.page),
    Screen(ALERTS, mark("Alerts"), TODAY, PEOPLE, alerts.page),
    Screen(DISTRICT, mark("My district"), PLACES, PEOPLE, district.page, frozenset({"district"})),
    Screen(WARD, mark("Ward"), PLACES, PEOPLE, ward.page),
    Screen(COMPARE, mark("Compare"), PLACES, PEOPLE, compare.page),
    Screen(COVERAGE, mark("Service coverage"), PLACES, PEOPLE, coverage.page),
    Screen(BACKLOG, mark("Backlog map"), PLACES, PEOPLE, backlog.page),
    Screen(DOSSIERS, mark("Dossiers"), WORK, PEOPLE, dossiers.page),
    Screen(PROCESS, mark("Process"), WORK, PEOPLE, process.page),
    Screen(WORKLOAD, mark("Officer workload"), WORK, PEOPLE, workload.page),
    Screen(QD766, mark("Decision 766 score"), REPORTS, PEOPLE, qd766.page),
    Screen(FORMS, mark("Forms"), REPORTS, PEOPLE, forms.page),
    Screen(QUALITY, mark("Data quality"), REPORTS, PEOPLE, quality.page),
    Screen(SOURCE, mark("Data source"), ADMIN, IT, source.page),
    Screen(BOUNDARIES, mark("Wards and boundaries"), ADMIN, IT, boundaries.page),
    Screen(USERS, mark("Users and devices"), ADMIN, IT, users.page),
    Screen(SETTINGS, mark("Configuration"), ADMIN, IT, settings.page),
    Screen(WORKING_CALENDAR, mark("Working calendar"), ADMIN, IT, working_calendar.page),
    Screen(AUDIT, mark("Audit log"), ADMIN, IT, audit.page),
    Screen(HEALTH, mark("System health"), ADMIN, IT, health.page),
)


def screens_for(role: str) -> list[Screen]:
    """The screens a role may open, in order; it lands on the first."""
    return sorted((screen for screen in SCREENS if role in screen.roles), key=lambda screen: role not in screen.home)


def menus(screens: Sequence[Screen]) -> list[tuple[str, list[Screen]]]:
    """The bar's menus in order of their first screen: (group, its screens)."""
    groups: dict[str, list[Screen]] = {}
    for screen in screens:
        groups.setdefault(screen.group, []).append(screen)
    return list(groups.items())
