"""Figures behind which no list of dossiers can stand, and why: said with their definition (widgets/figures.py).

Every other number of a screen is a link to what it counts (tests/pages/test_links.py).
"""

from config.i18n import mark
from config.qd766 import qd766

DERIVED = mark(
    "No list stands behind it: it is reckoned from many dossiers (a mean, a median, a share of time, a score)."
)
FINISHED = mark("Steps finished are kept as sums of each day and officer: they have no list.")
OFFERED = mark("It counts procedures and wards, not dossiers; which ones stand in the tables of Service coverage.")
BESIDE = mark("No single list of dossiers stands behind it; what it counts stands in the tables of the same screen.")
LINKED = mark("It counts wards by their connection, not dossiers; each ward's screen shows its own connections.")

REASONS = {
    DERIVED: (
        "work_days", "load_index", "call_points", "step_median", "step_p90", "step_share", "step_district", "step_city",
        "process_time", "usual_by_now", "against_usual", "usual_rate", "silent_days", "on_time_change",
        "overdue_course", "stock_change", "qd766_score", "quality_share", "quality_kind_share", "overdue_rate",
    ),
    FINISHED: ("throughput", "step_on_time", "throughput_period", "step_on_time_period"),
    OFFERED: (
        "coverage", "active_coverage", "city_online", "full_coverage", "level3", "level4", "services_used",
        "wards_offering", "wards_missing",
    ),
    BESIDE: ("alerts_open", "alerts_waiting", "alerts_today", "alerts_wards", "overloaded", "silent_wards",
             "paper_wards", "quality_rows", "quality_unknown", "quality_time"),
    LINKED: ("links_up", "links_onestop", "links_video"),
}  # fmt: skip
"""Reason → the codes of the indicators."""
NO_LIST = {code: reason for reason, codes in REASONS.items() for code in codes}


def unlisted(code: str) -> str:
    """Why no list stands behind an indicator (source text); "" where one must."""
    return NO_LIST.get(code) or (DERIVED if any(c.code == code for c in qd766().components) else "")
