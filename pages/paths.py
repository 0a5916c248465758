"""The screens' addresses, apart from the screens themselves: app.py must know them before Streamlit runs."""

OVERVIEW, COVERAGE, BACKLOG, WORKLOAD = "overview", "coverage", "backlog", "workload"
DISTRICT, WARD = "district", "ward"
PROCESS, COMPARE = "process", "compare"
QUALITY, QD766, FORMS, ALERTS, DOSSIERS = "quality", "qd766", "forms", "alerts", "dossiers"
USERS, AUDIT, HEALTH = "users", "audit", "health"
BOUNDARIES, SOURCE = "boundaries", "source"
SETTINGS, WORKING_CALENDAR = "settings", "working_calendar"
SCREEN_PATHS = frozenset(
    {
        OVERVIEW,
        DISTRICT,
        WARD,
        COMPARE,
        COVERAGE,
        BACKLOG,
        PROCESS,
        WORKLOAD,
        QUALITY,
        QD766,
        FORMS,
        ALERTS,
        DOSSIERS,
        USERS,
        AUDIT,
        HEALTH,
        BOUNDARIES,
        SOURCE,
        SETTINGS,
        WORKING_CALENDAR,
    }
)
