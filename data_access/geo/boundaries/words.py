"""What an import found and what maps draw, in words: for the screen and for the command."""

from collections.abc import Sequence

from config.i18n import Texts, mark
from config.registry import registry
from data_access.geo.boundaries.books import Live
from data_access.geo.boundaries.report import Report

KEYS = {"code": mark("GSO code"), "gid": mark("GADM id"), "name": mark("names of district and ward")}
KINDS = {"geojson": "GeoJSON", "shapefile": "shapefile", "gpkg": "GeoPackage"}


def live_words(decided: list[Live], t: Texts) -> str:
    """What maps draw now, since when, by whose decision."""
    if not decided:
        return t("Live: approximate cells, computed from centres and areas; nothing was imported yet.")
    now = decided[0]
    if now.import_id is None:
        return t("Live since {at}: approximate cells, computed from centres and areas ({who}).",
                 at=t.moment(now.at), who=now.who)  # fmt: skip
    return t("Live since {at}: import {n}, {file} ({who}).", at=t.moment(now.at), n=now.import_id,
             file=now.file_name or "", who=now.who)  # fmt: skip


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


def lists(report: Report, t: Texts) -> list[tuple[str, Sequence[str]]]:
    """(finding, wards by code or areas as the file words them) of everything that needs a look."""
    return [
        (t("missing in the file"), report.missing),
        (t("unknown to the registry"), report.unknown),
        (t("made of several areas, united"), report.duplicate),
        (t("invalid shape, repaired"), report.repaired),
        (t("far from its registered place or size"), report.far),
    ]
