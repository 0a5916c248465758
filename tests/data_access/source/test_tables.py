"""A profile's own tables and lists inside its SELECTs, as PostgreSQL and as MySQL spell texts."""

from data_access.source.check import check_source
from data_access.source.reader import _literal
from tests.data_access.sync.tiny import Tiny

ODD = "ours,theirs\np1,Ea H'Leo\np2,a\\b\np3,50 %: x:y {z}\n"


def test_cells_arrive_as_they_are_written(tiny: Tiny) -> None:
    tiny.write_profile(unit="""
        SELECT u.unit_code, c.theirs AS name, u.tier, u.parent_code, u.ward_code
          FROM unit u JOIN {{codes}} c ON c.ours = u.unit_code WHERE u.unit_code IN :wanted
    """)  # fmt: skip
    folder = tiny.folder / "tiny"
    (folder / "codes.csv").write_text(ODD, encoding="utf-8")
    with (folder / "profile.yaml").open("a", encoding="utf-8") as file:
        file.write("tables: {codes: codes.csv}\nparameters: {wanted: [p1, p2, p3]}\n")
    assert [c.problem for c in check_source(tiny.source_engine, tiny.profile)] == [None] * 9
    tiny.dossier(1)
    tiny.sync().once()
    assert tiny.store("SELECT unit_code, name FROM unit ORDER BY 1") == [
        ("p1", "Ea H'Leo"), ("p2", "a\\b"), ("p3", "50 %: x:y {z}"),
    ]  # fmt: skip


def test_backslashes_are_doubled_where_they_escape() -> None:
    assert _literal("a\\b'c:d", backslash=True) == "'a\\\\b''c\\:d'"
    assert _literal("a\\b'c:d", backslash=False) == "'a\\b''c\\:d'"
    assert _literal(None, backslash=True) == "NULL"
