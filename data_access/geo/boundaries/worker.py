"""The process that reads one boundary file: memory and file formats limited, no secrets, nothing to write to.

`python -m data_access.geo.boundaries.worker FOLDER` reads FOLDER/order.json and FOLDER/file, tells its progress in
lines of JSON and leaves FOLDER/found.json.
"""

import json
import os
import resource
import sys
from pathlib import Path

MEMORY_BYTES = 1_200_000_000
"""What it may use; a file that needs more is refused, and nobody else notices."""
FORMATS = ("GeoJSON", "ESRI Shapefile", "GPKG")


def main(folder: Path) -> int:
    """1. limits; 2. the order; 3. read; 4. leave what was found, or which problem there was."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    os.nice(5)
    only_known_formats()

    from config.problems import Problem
    from config.registry import registry
    from data_access.geo.boundaries.importing import import_file

    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    work = folder / "work"
    work.mkdir()
    found = folder / "found.json"

    def told(stage: str, share: float) -> None:
        print(json.dumps({"stage": stage, "share": round(share, 3)}), flush=True)

    try:
        imported = import_file(
            folder / "file", order["name"], work, registry(), told, crs=order["crs"], swap=order["swap"],
            gids=order["gids"],
        )  # fmt: skip
        document: dict[str, object] = {"areas": imported.areas, "report": imported.report.document()}
    except Problem as problem:
        document = {"problem": problem.code, "facts": {k: str(v) for k, v in problem.facts.items()}}
    except MemoryError:
        document = {"problem": "boundary_memory", "facts": {"file": order["name"], "most": str(MEMORY_BYTES // 10**6)}}
    found.write_text(json.dumps(document), encoding="utf-8")
    return 0


def only_known_formats() -> None:
    """Before GDAL is loaded: it knows seventy formats, and some of them fetch or run what a file says."""
    os.environ["GDAL_SKIP"] = os.environ["OGR_SKIP"] = ",".join(d for d in OTHERS if d not in FORMATS)
    os.environ["GDAL_PAM_ENABLED"] = "NO"


OTHERS = (
    "GDALG", "OGR_VRT", "HTTP", "OGCAPI", "OAPIF", "WFS", "CSW", "EEDA", "PLSCENES", "Elasticsearch", "Carto", "NGW",
    "AmigoCloud", "ADBC", "TopoJSON", "ESRIJSON", "JSONFG", "GeoJSONSeq", "MVT", "MBTiles", "PMTiles", "GTFS", "SQLite",
    "OSM", "PDF", "XLSX", "ODS", "LIBKML", "KML", "GML", "GPX", "CSV", "OpenFileGDB", "MapInfo File", "MapML", "VDV",
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
