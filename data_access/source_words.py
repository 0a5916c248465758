"""What a check of the source says to people, on its screen and in the preview of another profile."""

from config.i18n import Texts, mark
from data_access.source.check import EntityCheck

ENTITY_NAMES = {
    "unit": mark("Units"), "procedure": mark("Procedures"), "offering": mark("Offerings"), "officer": mark("Officers"),
    "dossier": mark("Dossiers"), "step": mark("Steps"), "pause": mark("Pauses"), "link_check": mark("Line checks"),
    "observation": mark("Observations"),
}  # fmt: skip


def state_words(check: EntityCheck, t: Texts) -> str:
    """Whether the sync would read an entity."""
    if not check.provided:
        return t("no file (optional)")
    if check.error is not None:
        return t("does not run")
    return t("refused") if check.problem is not None else t("fits")


def troubles(check: EntityCheck, t: Texts) -> list[str]:
    """Each column that isn't simply there, in words."""
    said = [t("{column}: missing", column=name) for name in check.missing_required]
    said += [t("{column}: {found} instead of {kind}", column=w.column, found=w.found, kind=w.expected)
             for w in check.wrong_type]  # fmt: skip
    said += [t("{column}: unknown values {values}", column=name, values=", ".join(values))
             for name, values in check.unknown_values.items()]  # fmt: skip
    said += [t("{column}: empty values", column=name) for name in check.nulls]
    said += [t("{column}: missing (optional)", column=name) for name in check.missing_optional]
    return said + [t("{column}: beyond the contract, not read", column=name) for name in check.extra]
