"""The book of exports: a row a file, added by the screens' role, which can neither change nor remove one."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, text

from data_access.exports.document import Stamp
from data_access.exports.official import Exporter

Format = Literal["xlsx", "csv", "pdf"]
INSERT = text("""
INSERT INTO export_log (username, role, scope, form, format, lang, district_code, ward_code, dossier_code, period,
                        rows, version, as_of, rule)
VALUES (:username, :role, :scope, :form, :format, :lang, :district_code, :ward_code, :dossier_code, :period,
        :rows, :version, :as_of, :rule)
""")


@dataclass(frozen=True)
class About:
    """What is exported: the form, of which place and period (codes), in which language."""

    form: str
    format: Format
    lang: str
    district: str | None = None
    ward: str | None = None
    dossier: str | None = None
    period: str | None = None


def note_export(engine: Engine, who: Exporter, about: About, made: Stamp, rows: int) -> None:
    """Write the row under the exporter's own scope; the store refuses a place outside it."""
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('ops.scope', :s, true)"), {"s": who.scope.setting})
        connection.execute(
            INSERT,
            {
                "username": who.username, "role": who.role, "scope": who.scope.setting, "form": about.form,
                "format": about.format, "lang": about.lang, "district_code": about.district or "",
                "ward_code": about.ward, "dossier_code": about.dossier, "period": about.period, "rows": rows,
                "version": made.version, "as_of": made.as_of, "rule": made.rule,
            },
        )  # fmt: skip
