"""The screens' addresses, apart from the screens themselves: app.py must know them before Streamlit runs."""

from config.screens import TITLES

OVERVIEW, COVERAGE, BACKLOG, WORKLOAD = "overview", "coverage", "backlog", "workload"
DISTRICT, WARD = "district", "ward"
PROCESS, COMPARE = "process", "compare"
QUALITY, QD766, FORMS, ALERTS, DOSSIERS = "quality", "qd766", "forms", "alerts", "dossiers"
USERS, AUDIT, HEALTH = "users", "audit", "health"
BOUNDARIES, SOURCE = "boundaries", "source"
SETTINGS, WORKING_CALENDAR = "settings", "working_calendar"
SCREEN_PATHS = frozenset(TITLES)
