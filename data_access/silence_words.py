"""A ward's silence in words: the reason, and the evidence for it; what isn't known is said to be unknown."""

from collections.abc import Mapping
from typing import Any

from config.i18n import Texts, mark
from config.quality import SilenceLimits

REASONS = {
    "not_offered": mark("Nothing is offered there"),
    "link_down": mark("Link down"),
    "no_demand": mark("Little demand"),
    "paper": mark("Probably logging on paper"),
    "not_syncing": mark("One-stop client not delivering"),
    "unknown": mark("Can't be told"),
}
PAPER = {
    "stopped": mark("{field} has stopped, other fields go on: probably logged on paper"),
    "never": mark("Hardly any {field} for its people, unlike its peers: probably logged on paper"),
}
NEEDS_A_HAND = ("link_down", "not_syncing")


def reason(row: Mapping[str, Any], t: Texts, limits: SilenceLimits) -> str:
    """Why, in a few words."""
    if row["silent"]:
        return t(REASONS[row["reason"]])
    return t(PAPER[row["paper"]], field=limits.paper_field.lower())


def evidence(row: Mapping[str, Any], t: Texts, limits: SilenceLimits) -> str:
    """What is known about the ward, in one line."""
    return " · ".join(_of_silence(row, t) if row["silent"] else _of_paper(row, t, limits))


def _of_silence(row: Mapping[str, Any], t: Texts) -> list[str]:
    said = []
    if row["offered"] == 0:
        said.append(t("no active offering"))
    if row["expected"] is not None:
        said.append(t("{n} dossiers would be usual in this time", n=t.short(row["expected"])))
    if row["down_since"] is not None:
        said.append(t("a link down since {since}", since=t.moment(row["down_since"])))
    else:
        said.append(t("links up") if row["links_up"] else t("links not checked lately"))
    if row["last_seen"] is None:
        said.append(t("when its officers were last signed in is not known"))
    else:
        said.append(t("an officer last signed in {at}", at=t.moment(row["last_seen"])))
    if row["moved"]:
        said.append(t("{n} steps and dossiers finished in these days", n=t.short(row["moved"])))
    else:
        said.append(t("nothing finished, {n} dossiers open", n=t.number(row["open"])))
    said.append(
        t("{n} received by the district's other wards", n=t.number(row["others"])) if row["others"]
        else t("the whole district received nothing")
    )  # fmt: skip
    return said


def _of_paper(row: Mapping[str, Any], t: Texts, limits: SilenceLimits) -> list[str]:
    return [
        t("{n} of {field} and {others} of other fields in {days} working days",
          n=t.number(row["paper_recent"]), field=limits.paper_field.lower(), others=t.number(row["other_recent"]),
          days=limits.paper_days),
        t("usual: {n} of {field} a working day", n=t.number(row["usual_paper"], 2), field=limits.paper_field.lower()),
    ]  # fmt: skip


def silence_line(row: Mapping[str, Any], t: Texts, limits: SilenceLimits) -> str:
    """One sentence for a ward's panel."""
    if not row["silent"]:
        return f"{reason(row, t, limits)}: {evidence(row, t, limits)}."
    day, days = row["last_received"], t.number(row["silent_days"])
    since = (
        t("This ward has logged nothing since {day} ({n} working days).", day=t.day(day), n=days) if day
        else t("This ward has never logged a dossier.")
    )  # fmt: skip
    return f"{since} {reason(row, t, limits)}: {evidence(row, t, limits)}."
