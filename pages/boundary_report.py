"""An import on the map, and what was found in its file."""

from collections.abc import Sequence

from config.i18n import Texts
from config.registry import registry
from config.shapes import Shapes
from data_access.geo.boundaries.books import Kept
from data_access.geo.boundaries.shaping import areas_km2
from data_access.geo.boundaries.words import lists, sentences
from pages.places import ward_name
from pages.viewer import Viewer
from widgets.figures import lines, panel_title
from widgets.table import Cell, Column, Row, table
from widgets.ward_map import ClassBreak, WardValue, ward_map

CLASSES = (0.1, 0.25, 0.5, 1.0)
"""How far an area may be from the registered one, as a share: within a tenth is calm, beyond double is urgent."""
MAP_HEIGHT = 560


def preview(drawn: Shapes, chosen: Kept | None, viewer: Viewer) -> None:
    """The map as it would be, each ward's area against the registered one."""
    t = viewer.t
    name = t("Preview of import {n}", n=chosen.import_id) if chosen else t("What maps draw now")
    panel_title(name, t("Colour: how far each ward's area is from the registered one. A ward joined to the wrong place "
                        "stands out."))  # fmt: skip
    values = []
    for code, km2 in areas_km2(drawn).items():
        ward = registry().wards[code]
        apart = abs(km2 / ward.area_km2 - 1)
        klass = sum(apart > limit for limit in CLASSES)
        sizes = (t("{n} km² drawn", n=t.number(km2, 2)), t("{n} km² registered", n=t.number(ward.area_km2, 2)))
        values.append(WardValue(code, klass, t.percent(apart, 0), sizes))
    labels = [t("within {share}", share=t.percent(limit, 0)) for limit in CLASSES]
    classes = [ClassBreak(label) for label in (*labels, t("over {share}", share=t.percent(CLASSES[-1], 0)))]
    ward_map(
        values, key="boundary-preview", layout="cells", classes=classes, lang=t.lang, selected=None, height=MAP_HEIGHT,
        empty_label=t("no area"), legend_title=t("Difference of area"), of=drawn,
    )  # fmt: skip


def show(chosen: Kept, t: Texts) -> None:
    """The join report: counts in sentences, then every ward or area that needs a look."""
    report = chosen.report
    panel_title(t("What was found in {file}", file=chosen.file_name))
    lines(sentences(report, t))
    rows = [row for kind, items in lists(report, t) for row in _rows(kind, items)]
    table(
        [Column(t("Finding")), Column(t("Ward or area")), Column(t("District"))], rows, key="boundary-findings",
        label=t("Findings"), empty=t("Nothing needs a look."), height=360,
    )  # fmt: skip


def _rows(kind: str, items: Sequence[str]) -> list[Row]:
    found = []
    for n, item in enumerate(items):
        ward = registry().wards.get(item)
        name = f"{ward_name(item)} ({item})" if ward else item
        district = registry().districts[ward.district_code].name if ward else ""
        found.append(Row(f"{kind}-{n}", [Cell(kind, kind), Cell(name, float(ward.rank) if ward else 1e6, "strong"),
                                         Cell(district, district)]))  # fmt: skip
    return found
