"""What check_source finds: missing, of the wrong type, beyond the contract; in words a person can act on."""

from data_access.source.check import EntityCheck, WrongType, check_source
from data_access.source.contract import ENTITIES
from tests.data_access.sync.tiny import Tiny

ALL = ", ".join(c for c in ENTITIES["dossier"].names)


def check(tiny: Tiny, entity: str, select: str | None = None) -> EntityCheck:
    if select is not None:
        tiny.write_profile(**{entity: select})
    return {c.entity: c for c in check_source(tiny.source_engine, tiny.profile)}[entity]


def test_a_fitting_profile(tiny: Tiny) -> None:
    tiny.dossier(1)
    tiny.step(1, 1)
    for found in check_source(tiny.source_engine, tiny.profile):
        assert found.problem is None, found
        assert (found.missing_required, found.missing_optional, found.wrong_type) == ((), (), ())
        assert found.present == tuple(ENTITIES[found.entity].names)


def test_columns_beyond_the_contract_are_named_and_never_read(tiny: Tiny) -> None:
    tiny.dossier(1)
    found = check(tiny, "dossier")
    assert found.extra == ("applicant_name", "phone", "id_no")
    assert "applicant_name" in "\n".join(found.lines("vi"))
    assert found.shape is not None
    assert set(found.shape.present) == set(ENTITIES["dossier"].names)


def test_missing_required_column_is_refused_by_file_and_name(tiny: Tiny) -> None:
    found = check(tiny, "dossier", f"SELECT {ALL.replace('due_at, ', '')} FROM dossier")
    assert found.missing_required == ("due_at",)
    problem = found.problem
    assert problem is not None
    assert problem.code == "source_column_missing"
    assert "tiny/dossier.sql" in problem.text("vi")
    assert "due_at" in problem.text("en")


def test_missing_optional_column_is_reported_and_loads_as_null(tiny: Tiny) -> None:
    tiny.dossier(1, rating=3)
    found = check(tiny, "dossier", f"SELECT {ALL.replace(', rating', '')} FROM dossier")
    assert found.problem is None
    assert found.missing_optional == ("rating",)
    tiny.sync().once()
    assert tiny.one("SELECT rating FROM dossier") is None


def test_wrong_type_of_a_required_column(tiny: Tiny) -> None:
    select = f"SELECT {ALL.replace('received_at', 'received_at::text AS received_at')} FROM dossier"
    found = check(tiny, "dossier", select)  # judged by the description: there is no row yet
    assert found.wrong_type == (WrongType("received_at", "timestamp", "text/text[]"),)
    assert found.problem is not None
    assert found.problem.code == "source_column_type"
    tiny.dossier(1)
    found = check(tiny, "dossier", select)  # and by the rows
    assert found.wrong_type == (WrongType("received_at", "timestamp", "str"),)


def test_wrong_type_of_an_optional_column_is_left_out(tiny: Tiny) -> None:
    tiny.dossier(1, rating=3)
    found = check(tiny, "dossier", f"SELECT {ALL.replace(', rating', ', now() AS rating')} FROM dossier")
    assert found.problem is None
    assert [w.column for w in found.wrong_type] == ["rating"]
    tiny.sync().once()
    assert tiny.one("SELECT rating FROM dossier") is None


def test_a_select_that_does_not_run(tiny: Tiny) -> None:
    found = check(tiny, "pause", "SELECT nothing FROM nowhere")
    assert found.problem is not None
    assert found.problem.code == "source_select_failed"
    assert "nowhere" not in found.problem.text("en")


def test_an_optional_entity_may_be_absent(tiny: Tiny) -> None:
    (tiny.folder / "tiny" / "observation.sql").unlink()
    found = check(tiny, "observation")
    assert (found.provided, found.problem) == (False, None)
    tiny.dossier(1)
    tiny.sync().once()
    assert tiny.one("SELECT count(*) FROM dossier") == 1


def test_unknown_values_and_empty_required_ones_in_the_sample(tiny: Tiny) -> None:
    tiny.dossier(1, status=77, dossier_code=None)
    found = check(tiny, "dossier")
    assert found.unknown_values == {"status": ("77",)}
    assert found.nulls == ("dossier_code",)
    assert found.problem is None


def test_estimates_rows(tiny: Tiny) -> None:
    for n in range(30):
        tiny.dossier(n)
    tiny.source.execute("ANALYZE dossier")
    assert check(tiny, "dossier").rows == 30
