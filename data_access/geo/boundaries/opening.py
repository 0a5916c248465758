"""What kind of file this is, by its content, and where its layer lies once unpacked; nothing is trusted."""

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from config.problems import Problem

MOST_BYTES = 1_000_000_000
"""Of a file, and of everything in a zip when unpacked."""
MOST_MEMBERS = 200
MOST_RATIO = 400
"""A member packed more tightly than this is no map: shapes hardly shrink to a tenth."""
SUFFIXES = {"geojson": (".geojson", ".json"), "shapefile": (".zip",), "gpkg": (".gpkg",)}
DRIVERS = {"geojson": "GeoJSON", "shapefile": "ESRI Shapefile", "gpkg": "GPKG"}
LAYERS = (".shp", ".geojson", ".json", ".gpkg")
PARTS = (*LAYERS, ".shx", ".dbf", ".prj", ".cpg")
BLOCK = 1 << 20


@dataclass(frozen=True)
class Opened:
    """A layer's path, its kind by content, and whether the name said another kind."""

    path: Path
    kind: str
    renamed: bool


def open_file(path: Path, name: str, work: Path) -> Opened:
    """Look at `path` (its user's name for it: `name`); a zip's parts go to the empty folder `work`.

    Raises Problem: boundary_empty, boundary_too_big, boundary_no_map, boundary_zip_…, boundary_lone_shp.
    """
    size = path.stat().st_size
    if size == 0:
        raise Problem("boundary_empty", file=name)
    if size > MOST_BYTES:
        raise Problem("boundary_too_big", file=name, most=MOST_BYTES // 1_000_000)
    if zipfile.is_zipfile(path):
        layer = _unzipped(path, name, work)
        kind = _kind(layer, name)
        return Opened(layer, kind, not name.lower().endswith(".zip"))
    kind = _kind(path, name)
    if kind == "shapefile":
        raise Problem("boundary_lone_shp", file=name)
    layer = work / f"layer{SUFFIXES[kind][0]}"  # GDAL goes by suffixes too
    layer.symlink_to(path.resolve())
    return Opened(layer, kind, not name.lower().endswith(SUFFIXES[kind]))


def _kind(path: Path, name: str) -> str:
    """By the first bytes."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if head.startswith(b"\x00\x00\x27\x0a"):
        return "shapefile"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise Problem("boundary_empty", file=name)
    if text.startswith(b"{"):
        return "geojson"
    raise Problem("boundary_no_map", file=name)


def _unzipped(path: Path, name: str, work: Path) -> Path:
    """The one layer of a zip, unpacked under names of our own; its path."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = [m for m in packed.infolist() if not m.is_dir()]
            _check(members, name)
            layers = [m for m in members if _suffix(m) in LAYERS]
            if len(layers) != 1:
                found = ", ".join(sorted(m.filename for m in (layers or members))[:5])
                raise Problem("boundary_zip_layers", file=name, found=found or "–")
            stem = PurePosixPath(layers[0].filename).with_suffix("")
            wanted = [m for m in members if PurePosixPath(m.filename).with_suffix("") == stem and _suffix(m) in PARTS]
            left = MOST_BYTES
            for member in wanted:
                left -= _unpack(packed, member, work / f"layer{_suffix(member)}", left, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Problem("boundary_zip_broken", file=name) from error
    layer = work / f"layer{_suffix(layers[0])}"
    if layer.suffix == ".shp" and not (work / "layer.dbf").exists():
        raise Problem("boundary_lone_shp", file=name)
    return layer


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    """No path out of the folder, no bomb, no password."""
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in member.filename:
            raise Problem("boundary_zip_path", file=name, member=member.filename[:80])
        if member.flag_bits & 1:
            raise Problem("boundary_zip_locked", file=name)
        if member.file_size > MOST_RATIO * max(member.compress_size, 1024):
            raise Problem("boundary_too_big", file=name, most=MOST_BYTES // 1_000_000)
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_BYTES:
        raise Problem("boundary_too_big", file=name, most=MOST_BYTES // 1_000_000)


def _unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, most: int, name: str) -> int:
    """Write one member, whatever size it claims; how many bytes it had."""
    written = 0
    with packed.open(member) as source, to.open("wb") as target:
        while block := source.read(BLOCK):
            written += len(block)
            if written > most:
                raise Problem("boundary_too_big", file=name, most=MOST_BYTES // 1_000_000)
            target.write(block)
    return written
