"""The search box: places, officers, procedures and dossiers whose names or codes fit what was typed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from config.registry import District, Ward, fold, registry
from data_access.queries.answers import rows

MOST = 6
"""Results of each kind."""
CODE_CHARS = 6
"""A dossier's code is looked for from so many characters on."""

OFFICERS = """
SELECT o.officer_id, o.display_name, o.role, o.tier, o.unit_code, u.name AS unit_name, u.ward_code
FROM officer o LEFT JOIN unit u USING (unit_code)
WHERE ' ' || o.folded LIKE ALL (CAST(:words AS text[]))
ORDER BY o.active DESC, position(:typed IN o.folded) = 0, o.folded, o.officer_id LIMIT :most
"""

PROCEDURES = """
SELECT procedure_code, name, field_name FROM procedure
WHERE ' ' || folded LIKE ALL (CAST(:words AS text[])) OR procedure_code LIKE :code
ORDER BY position(:typed IN folded) = 0, folded, procedure_code LIMIT :most
"""

# >= and <, since row-level security lets such comparisons use an index, and LIKE not
DOSSIERS = """
SELECT DISTINCT dossier_code FROM dossier
WHERE dossier_code >= :code AND dossier_code < :code_end ORDER BY dossier_code LIMIT :most
"""


@dataclass(frozen=True)
class Found:
    """What fits, the best first, at most MOST of each kind; dossiers: their codes."""

    districts: list[District]
    wards: list[Ward]
    officers: list[dict[str, Any]]
    procedures: list[dict[str, Any]]
    dossiers: list[str]

    @property
    def nothing(self) -> bool:
        """Whether nothing fits."""
        return not any((self.districts, self.wards, self.officers, self.procedures, self.dossiers))


def search(connection: Connection, typed: str) -> Found:
    """What `typed` may mean, in the viewer's scope: every word begins one of the name's, without diacritics.

    Called by pages/search.py. Procedures are the city's and known to all.
    """
    words = fold(typed)
    if not words:
        return Found([], [], [], [], [])
    asked = {"words": [f"% {_escaped(word)}%" for word in words.split()], "typed": words, "most": MOST}
    districts, wards = _places(connection, words)
    return Found(
        districts, wards, rows(connection, OFFICERS, **asked),
        rows(connection, PROCEDURES, **asked, code=f"{_escaped(typed.strip())}%"), _dossiers(connection, typed.strip()),
    )  # fmt: skip


def _places(connection: Connection, words: str) -> tuple[list[District], list[Ward]]:
    """Those with a unit that the viewer may see."""
    seen = {row["ward_code"] for row in rows(connection, "SELECT ward_code FROM unit WHERE ward_code IS NOT NULL")}
    known = registry()
    full = {code: fold(f"{ward.name}, {_district(ward)}") for code, ward in known.wards.items() if code in seen}
    wards = [known.wards[code] for code, name in full.items() if code == words or _fits(words, name)]
    wards.sort(key=lambda ward: (not _fits(words, fold(ward.name)), words not in full[ward.code], ward.rank))
    of = {known.wards[code].district_code for code in seen & known.wards.keys()}
    districts = [d for d in known.districts.values() if d.code in of and _fits(words, fold(d.name))]
    return districts[:MOST], wards[:MOST]


def _district(ward: Ward) -> str:
    return registry().districts[ward.district_code].name


def _fits(words: str, folded: str) -> bool:
    """Whether each word begins one of the name's; both folded."""
    return all(f" {word}" in " " + folded for word in words.split())


def _dossiers(connection: Connection, typed: str) -> list[str]:
    for code in (typed, typed.upper()) if len(typed) >= CODE_CHARS else ():
        found = rows(connection, DOSSIERS, code=code, code_end=code + "\U0010ffff", most=MOST)
        if found:
            return [row["dossier_code"] for row in found]
    return []


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
