"""An import on the map, and what was found in its file."""

from collections.abc import Sequence

from config.i18n import Texts, mark
from config.registry import registry
from config.shapes import Shapes
from data_access.geo.boundaries.books import Kept
from data_access.geo.boundaries.report import Report
from data_access.geo.boundaries.shaping import areas_km2
from pages.places import ward_name
from pages.viewer import Viewer
from widgets.figures import lines, panel_title
from widgets.table import Cell, Column, Row, table
from widgets.ward_map import ClassBreak, WardValue, ward_map

CLASSES = (0.1, 0.25, 0.5, 1.0)
"""How far an area may be from the registered one, as a share: within a tenth is calm, beyond double is urgent."""
MAP_HEIGHT = 560
KEYS = {"code": mark("GSO code"), "gid": mark("GADM id"), "name": mark("names of district and ward")}
KINDS = {"geojson": "GeoJSON", "shapefile": "shapefile", "gpkg": "GeoPackage"}


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
    rows = [row for kind, items in _lists(report, t) for row in _rows(kind, items)]
    table(
        [Column(t("Finding")), Column(t("Ward or area")), Column(t("District"))], rows, key="boundary-findings",
        label=t("Findings"), empty=t("Nothing needs a look."), height=360,
    )  # fmt: skip


def sentences(report: Report, t: Texts) -> list[str]:
    """The report in words."""
    wards = len(registry().wards)
    keys = "; ".join(
        t("{n} by {key} (columns: {columns})", n=t.number(n), key=t(KEYS[key]),
          columns=", ".join(report.columns.get(key, [])))
        for key, n in report.keys.items()
    )  # fmt: skip
    said = [
        t("Wards joined: {n} of {all}. {keys}.", n=t.number(report.joined), all=t.number(wards), keys=keys),
        t("{kind}, {n} areas; projection {projection}.", kind=KINDS.get(report.kind, report.kind),
          n=t.number(report.features), projection=report.projection),
    ]  # fmt: skip
    if report.guessed:
        said.append(t("The file names no projection; this is the one that puts the wards where the registry has them."))
    if report.swapped:
        said.append(t("The axes were swapped."))
    if report.renamed:
        said.append(t("The file's name says another format than its content; the content counts."))
    if report.skipped or report.without_area:
        said.append(t("Left out: {n} areas outside the city, {m} features that are no areas.",
                      n=t.number(report.skipped), m=t.number(report.without_area)))  # fmt: skip
    said.append(
        t("Missing {n}, unknown {m}, made of several areas {k}, repaired {r}, far from their registered place or size "
          "{f}.", n=t.number(len(report.missing)), m=t.number(report.unknown_count), k=t.number(len(report.duplicate)),
          r=t.number(len(report.repaired)), f=t.number(len(report.far)))
    )  # fmt: skip
    said.append(t("Closed between wards: {gaps} m² of hairline gaps, {overlaps} m² of overlaps.",
                  gaps=t.number(report.gaps_m2), overlaps=t.number(report.overlaps_m2)))  # fmt: skip
    said.append(t("Simplified by {metres} m from {before} to {after} corners: {kb} kB.",
                  metres=t.number(report.tolerance_m), before=t.number(report.corners_before),
                  after=t.number(report.corners), kb=t.number(report.kilobytes)))  # fmt: skip
    return said


def _lists(report: Report, t: Texts) -> list[tuple[str, Sequence[str]]]:
    return [
        (t("missing in the file"), report.missing),
        (t("unknown to the registry"), report.unknown),
        (t("made of several areas, united"), report.duplicate),
        (t("invalid shape, repaired"), report.repaired),
        (t("far from its registered place or size"), report.far),
    ]


def _rows(kind: str, items: Sequence[str]) -> list[Row]:
    found = []
    for n, item in enumerate(items):
        ward = registry().wards.get(item)
        name = f"{ward_name(item)} ({item})" if ward else item
        district = registry().districts[ward.district_code].name if ward else ""
        found.append(Row(f"{kind}-{n}", [Cell(kind, kind), Cell(name, float(ward.rank) if ward else 1e6, "strong"),
                                         Cell(district, district)]))  # fmt: skip
    return found
