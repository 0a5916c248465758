"""The screens' addresses, apart from the screens themselves: app.py must know them before Streamlit runs."""

OVERVIEW, COVERAGE, BACKLOG, WORKLOAD = "overview", "coverage", "backlog", "workload"
SCREEN_PATHS = frozenset({OVERVIEW, COVERAGE, BACKLOG, WORKLOAD})
