"""Why a figure of a ward changed, in words: the change as a sentence, and what each of its parts stands for."""

from config.i18n import Texts
from config.indicators import indicator
from data_access.queries.red import Change
from data_access.rules.decompose import Part


def sentence(data: Change, t: Texts) -> str:
    """The change in one sentence: from, to, and each part with its number."""
    name = indicator(data.what).name(t.lang)
    values = {"figure": name, "day": t.day(data.day), "before": t.number(data.before), "after": t.number(data.after)}
    moved = data.after - data.before
    if not moved:
        said = t("{figure} stands at {after} as at the end of {day}", **values)
    else:
        words = (
            t("{figure} rose by {n} since the end of {day}, from {before} to {after}", n=t.number(abs(moved)), **values)
            if moved > 0
            else t(
                "{figure} fell by {n} since the end of {day}, from {before} to {after}",
                n=t.number(abs(moved)),
                **values,
            )
        )
        said = words
    parts = "; ".join(f"{t.change(part.amount)} {reason(part, data, t)}" for part in data.parts)
    received = t("{n} dossiers received since.", n=t.number(data.received))
    return f"{said}: {parts}. {received}" if parts else f"{said}. {received}"


def reason(part: Part, data: Change, t: Texts) -> str:
    """What one part stands for."""
    procedure = data.procedures.get(part.procedure or "", part.procedure)
    if part.kind == "officer":
        officer = data.officers[part.officer or ""]
        return t("waiting for {officer}, not seen since {since}", officer=officer["display_name"],
                 since=t.moment(officer["last_seen_at"]))  # fmt: skip
    if part.kind == "step":
        return t("waiting at the step “{step}” of “{procedure}”", step=part.step, procedure=procedure)
    if part.kind == "procedure":
        return t("of the procedure “{procedure}”", procedure=procedure)
    if part.kind == "suspended" and data.what == "overdue":
        return t("pauses ended past the due day") if part.amount > 0 else t("suspended, waiting for the citizen")
    words = {
        "suspended": t("newly received and suspended, waiting for the citizen"),
        "arrived": t("newly received"),
        "ran_out": t("other dossiers past their due day"),
        "closed": t("settled since then"),
        "other": t("changed in the source: dates moved, other units, reopened, deleted"),
    }
    return words[part.kind]
