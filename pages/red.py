"""Why a ward is red: the change of a figure since a day, as a sentence and as a waterfall that add up to it."""

from datetime import date
from html import escape

import streamlit as st

from config.i18n import Texts, mark
from config.indicators import indicator
from data_access.queries.red import Change, What, why_changed
from data_access.rules.decompose import Part
from pages.ask import ask
from pages.links import list_of
from pages.places import ward_name
from pages.viewer import Viewer
from widgets.figures import explained, note, panel_title
from widgets.waterfall import Bar, waterfall

NET = mark("A part without a link is what came less what went, so it has no list.")
NO_LIST = mark("A number without a link was counted on that evening. Corrections and pauses since then hide which "
               "dossiers it counted, so it has no list.")  # fmt: skip


def why(viewer: Viewer, ward: str, what: What, day: date) -> None:
    """The panel about `ward`: what changed in `what` since the end of `day`."""
    t = viewer.t
    data = ask(why_changed, viewer, ward=ward, what=what, day=day).value
    told = "" if data.counted else t("{day} was not counted at its end; it is reckoned back from now.", day=t.day(day))
    lists = [_list(part, data, ward, viewer) for part in data.parts]
    notes = [told, "" if data.listed else t(NO_LIST), "" if all(lists) else t(NET)]
    panel_title(
        t("Why is {ward} red?", ward=ward_name(ward)) if what == "overdue" and data.after else
        t("What changed at {ward}", ward=ward_name(ward)),
        " ".join(part for part in notes if part),
        explained(t, "stock_change", what),
    )  # fmt: skip
    st.html(f'<div class="why-sentence">{escape(sentence(data, t))}</div>')
    if data.parts:
        waterfall(
            Bar(data.before, t.number(data.before), t("end of {day}", day=t.day(day)),
                list_of(viewer, f"{what}_at", ward=ward, last=day) if data.listed and data.before else ""),
            [Bar(part.amount, t.change(part.amount), reason(part, data, t), link)
             for part, link in zip(data.parts, lists, strict=True)],
            Bar(data.after, t.number(data.after), t("at present"),
                list_of(viewer, what, ward=ward) if data.after else ""),
        )  # fmt: skip
    elif data.before:
        note(t("The same dossiers are open as then."))


def _list(part: Part, data: Change, ward: str, viewer: Viewer) -> str:
    """The address of the dossiers that a part adds, where all of them are known, or that were settled."""
    kind = f"{part.kind} {data.day.isoformat()}"
    if part.kind == "closed" and part.amount < 0:
        return list_of(viewer, "late" if data.what == "overdue" else "settled", ward=ward, part=kind)
    if not part.amount or len(part.dossiers) != part.amount:
        return ""
    return list_of(viewer, data.what, ward=ward, part=kind)


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
