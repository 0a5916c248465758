"""The contract says what DESIGN §4 says."""

from data_access.source.contract import DOSSIER, ENTITIES, PROCEDURE

PERSONAL = ("applicant", "phone", "address", "email", "identity", "id_no", "citizen", "contact")


def test_entities_and_keys() -> None:
    assert list(ENTITIES) == [
        "unit", "procedure", "offering", "officer", "dossier", "step", "pause", "link_check", "observation",
    ]  # fmt: skip
    for entity in ENTITIES.values():
        assert set(entity.key) <= set(entity.names)
        assert all(entity.column(k).required for k in entity.key)
    assert {e.name: e.watermark for e in ENTITIES.values() if e.watermark} == {
        "dossier": "updated_at", "step": "updated_at", "link_check": "checked_at", "observation": "at",
    }  # fmt: skip


def test_no_column_for_an_applicant() -> None:
    for entity in ENTITIES.values():
        for name in entity.names:
            assert not any(word in name for word in PERSONAL), name


def test_optional_and_allowed() -> None:
    optional = [c.name for c in DOSSIER.columns if not c.required]
    assert optional == [
        "submitted_at", "due_original", "matter_ward_code", "supplement_count", "apology_count", "late_reason",
        "fee_due", "paid_online", "digitised_in", "digitised_result", "signed_digitally", "self_submitted",
        "eid_verified", "rating", "deleted",
    ]  # fmt: skip
    assert DOSSIER.column("channel").allowed == (1, 2, 3)
    assert DOSSIER.column("rating").allowed == (1, 2, 3)
    assert PROCEDURE.column("limit_unit").allowed == ("hour", "day", "working_day", "month")
