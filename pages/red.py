"""Why a ward is red: the change of a figure since a day, as a sentence and as a waterfall that add up to it."""

from datetime import date
from html import escape

import streamlit as st

from config.i18n import mark
from data_access.queries.red import Change, What, why_changed
from data_access.red_words import reason, sentence
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
