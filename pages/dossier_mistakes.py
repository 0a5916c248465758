"""Addresses of a list that hold together badly: told in a sentence, and put aside where they would mislead."""

from typing import Any

import streamlit as st

from config.i18n import Texts
from config.problems import Problem
from data_access.queries.dossier_pages import Dossiers
from data_access.queries.dossiers import DossierFilter, in_use, names
from data_access.rules.period import custom
from pages.address import Address
from pages.ask import ask, figures_day
from pages.places import role_name
from pages.viewer import Viewer

TOGETHER = {"first": ("first", "last"), "read": ("read", "gone", "gone_to", "giver", "taker")}
"""Filters that one button takes away."""


def sensible(said: dict[str, Any], address: Address, t: Texts) -> None:
    """Days that make no period, and a number of Process without what it counts in, are told and put aside."""
    today, wrong = figures_day(t), []
    if said["first"] is not None:
        try:
            custom(said["first"], said["last"] or max(said["first"], today), today)
        except Problem as problem:
            address.complaints.append(problem.text(t.lang))
            wrong.append("first")
    elif said["last"] is not None and said["last"] > today:
        address.complaints.append(t("{day} lies ahead; there are figures up to {today}. This day was ignored.",
                                    day=t.day(said["last"]), today=t.day(today)))  # fmt: skip
        wrong.append("first")
    if said["read"] is not None and not all(said[name] for name in ("procedure", "first", "last")):
        address.complaints.append(t("The address leads to a number of Process, but without its procedure or its days; "
                                    "this was ignored."))  # fmt: skip
        wrong.append("read")
    for name in (name for group in wrong for name in TOGETHER[group]):
        said[name] = None
        st.query_params.pop(name, None)


def unknown(wish: DossierFilter, data: Dossiers, address: Address, viewer: Viewer) -> None:
    """Tell codes and names of an empty list that nothing goes by; what no list has may still have dossiers."""
    if data.total or data.off:
        return
    t, named = viewer.t, ask(names, viewer, procedure=wish.procedure, officer=wish.officer, unit=wish.unit).value
    if wish.procedure and "procedure" not in named:
        address.complaints.append(t("No procedure has the code “{code}”. Find it by name in the search box, or take "
                                    "this filter away.", code=wish.procedure))  # fmt: skip
    if wish.unit and "unit" not in named:
        address.complaints.append(t("There is no unit with the code “{code}” in your scope. Take this filter away, or "
                                    "choose a ward.", code=wish.unit))  # fmt: skip
    if not (wish.step or wish.role):
        return
    used = ask(in_use, viewer, step=wish.step, role=wish.role).value
    if wish.step and "step" not in used:
        address.complaints.append(t("No dossier in your scope waits at a step named “{step}” now; its name may have "
                                    "changed since. Take this filter away, or choose the step on Process.",
                                    step=wish.step))  # fmt: skip
    if wish.role and "role" not in used:
        address.complaints.append(t("No officer in your scope has the role “{role}”. Take this filter away, or choose "
                                    "an officer on Workload.", role=role_name(wish.role, t)))  # fmt: skip
