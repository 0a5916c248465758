"""Samples of every form, from the store that is configured or running (the demo city's), into a folder.

    python -m docs.forms.make [folder]

Written as a person of the operations centre would export them: under row-level security, noted in the book.
"""

import sys
from pathlib import Path

from sqlalchemy import text

from config.i18n import Texts
from config.problems import Problem
from config.registry import registry
from config.settings import settings
from data_access.cli.main import told_plainly
from data_access.cli.places import places
from data_access.exports.catalogue import make_ii06a, make_list, make_meeting, make_process
from data_access.exports.jobs import Exports, Make
from data_access.exports.log import About, Format
from data_access.exports.meeting import DISCUSSED, to_discuss
from data_access.exports.official import Exporter, Official
from data_access.queries.first_call import first_call
from data_access.queries.form_lists import ListKind
from data_access.queries.red import why_changed
from data_access.queries.ward import stuck_steps
from data_access.rules.period import comparable, periods
from data_access.store.engine import WHOLE_CITY, reader_engine, reading
from pages.first_call import reasons

DISTRICT = "268"
LISTS: tuple[ListKind, ...] = ("overdue", "apology", "due_24h")
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "pdf")
WHO = Exporter("make-forms", "Bản mẫu", "operations", WHOLE_CITY)


def main(folder: Path) -> None:
    """Write all samples and name them. Raises Problem: store_empty, and what `places` and a file may raise."""
    t = Texts("vi")
    with places(settings()) as urls:
        engine = reader_engine(urls.store_reader_url)
        with reading(engine, WHOLE_CITY) as connection:
            today = connection.execute(text("SELECT as_of_day FROM data_version")).scalar()
            if today is None:
                raise Problem("store_empty")
            late = connection.execute(
                text("SELECT dossier_code FROM open_dossier WHERE overdue ORDER BY legal_due_at, dossier_id LIMIT 1")
            ).scalar()
            period = periods("reporting_month", today)[1]
            before = comparable(period, today).last
            wards = [
                to_discuss(c.ward.ward_code, reasons(c, t),
                           why_changed(connection, c.ward.ward_code, "overdue", before),
                           stuck_steps(connection, c.ward.ward_code), t)
                for c in first_call(connection).top(DISCUSSED, district=DISTRICT)
            ]  # fmt: skip
        engine.dispose()
        folder.mkdir(parents=True, exist_ok=True)
        ward = registry().wards_of(DISTRICT)[0].code
        scopes = {"city": Official(None, None, WHOLE_CITY), "district": Official(DISTRICT, None, WHOLE_CITY),
                  "ward": Official(DISTRICT, ward, WHOLE_CITY)}  # fmt: skip
        made: dict[str, tuple[Make, Official, str]] = {
            f"ii06a_{name}": (make_ii06a(WHO, place, period, t), place, "ii06a") for name, place in scopes.items()
        }
        made |= {f"{kind}_{name}": (make_list(kind, WHO, scopes[name], t), scopes[name], kind)
                 for kind in LISTS for name in ("city", "district")}  # fmt: skip
        if late is not None:
            made["process"] = (make_process(late, WHO, t), scopes["city"], "process")
        made["meeting_district"] = (
            make_meeting(WHO, scopes["district"], period, wards, t),
            scopes["district"],
            "meeting",
        )
        desk = Exports(urls.store_reader_url)
        try:
            for name, (make, place, form) in made.items():
                for kind in FORMATS:
                    job = desk.order(WHO, About(form, kind, t.lang, place.district, place.ward), make, t)
                    job.ended.wait(600)
                    if job.path is None:
                        print(f"{name}.{kind}:", file=sys.stderr)
                        raise job.problem or Problem("export_failed")
                    (folder / f"{name}.{kind}").write_bytes(job.path.read_bytes())
                    print(folder / f"{name}.{kind}", f"{job.done} rows")
        finally:
            desk.close()


if __name__ == "__main__":
    with told_plainly():
        main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/forms"))
