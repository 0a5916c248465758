"""The screens' addresses, apart from the screens themselves: app.py must know them before Streamlit runs."""

OVERVIEW, COVERAGE, BACKLOG, WORKLOAD = "overview", "coverage", "backlog", "workload"
DISTRICT, WARD = "district", "ward"
PROCESS, COMPARE = "process", "compare"
QUALITY, QD766, FORMS, ALERTS, DOSSIERS = "quality", "qd766", "forms", "alerts", "dossiers"
SCREEN_PATHS = frozenset(
    {OVERVIEW, DISTRICT, WARD, COVERAGE, BACKLOG, WORKLOAD, QUALITY, QD766, FORMS, ALERTS, DOSSIERS}
)
