"""Ways from a screen to the official reports of the same place and period."""

from config.i18n import mark
from pages.links import screen
from pages.paths import FORMS
from pages.viewer import Viewer
from widgets.figures import ways

TITLES = {
    "ii06a": mark("Form II.06a"),
    "overdue": mark("Overdue list"),
    "apology": mark("Letters of apology"),
    "due_24h": mark("Due within 24 hours"),
    "process": mark("Process control sheet"),
    "meeting": mark("Meeting pack"),
}
"""Code of each form of the screen Forms → its name as a source text, in the order they are offered."""
OF_A_PERIOD = {"ii06a", "meeting"}
OF_A_DOSSIER = {"process"}
OF_A_DISTRICT = {"meeting"}


def to_form(viewer: Viewer, form: str, period: str = "", **where: str) -> str:
    """The address of a form; "" for who does not see the screen. `period`: its code; where: ward, district, dossier."""
    asked = {"form": form} | where | ({"period": period} if period and form in OF_A_PERIOD else {})
    return screen(viewer, FORMS, **asked)


def report_ways(viewer: Viewer, period: str, **where: str) -> None:
    """A line of links to every form that a district or a ward has, of the period with that code."""
    left_out = OF_A_DOSSIER | (OF_A_DISTRICT if "ward" in where else set())
    ways(viewer.t("Reports to sign"), [
        (viewer.t(name), to_form(viewer, form, period, **where))
        for form, name in TITLES.items() if form not in left_out
    ])  # fmt: skip
