"""Which alerts an edit of alerts.yaml or targets.yaml would open or end, by the keeper's own decision.

The figures, the memory and the instant are those of a look of the keeper now; it is taken once with the rules in
force and once with the edited ones, and what differs is told. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from config.alert_kinds import AlertRule
from config.alerts import AlertRules
from config.i18n import Texts, mark
from config.indicators import Indicator
from config.targets import Target
from data_access.alert_figures import Reading, readings
from data_access.alert_words import figure_words, say
from data_access.alerts import Memory, decided, remembered
from data_access.previews.table import Item, Preview, Table, Tone, shortened
from data_access.rules.alert import Subject

State = Literal["open", "waits", "clears", "none"]
Change = Literal["opens", "waits", "ends", "clears", "stays", "calm", "severity"]
CHANGES: dict[Change, str] = {
    "opens": mark("opens at once"),
    "waits": mark("opens after {n} minutes if it stays so"),
    "ends": mark("ends at once"),
    "clears": mark("ends after {n} minutes if it stays so"),
    "stays": mark("stays open instead of ending"),
    "calm": mark("will not open any more"),
    "severity": mark("other severity: {severity}"),
}
ORDER = list(CHANGES)


@dataclass(frozen=True)
class Outcome:
    """What one look makes of one subject of a rule."""

    state: State = "none"
    severity: str = ""
    reading: Reading | None = None


@dataclass(frozen=True)
class Effect:
    """One alert that an edit changes. what: its text by language; value: None where no figure is left."""

    rule: str
    subject: Subject
    change: Change
    minutes: float
    severity: str
    what: dict[str, str]
    value: float | None


def effects(
    connection: Connection, before: AlertRules, after: AlertRules, goals: Sequence[Target] | None = None,
    defined: Mapping[str, Indicator] | None = None,
) -> list[Effect]:  # fmt: skip
    """What the keeper's next look would do otherwise than with `before`.

    goals, defined: edited targets and indicators; None: those in force.
    connection: sees the whole city. Costs what two looks of the keeper cost.
    """
    at: datetime = connection.execute(text("SELECT now()")).scalar_one()
    memory = remembered(connection)
    then = _outcomes(connection, before, memory, at, None, None)
    now = _outcomes(connection, after, memory, at, goals, defined)
    found = []
    for rule, subject in dict.fromkeys((*now, *then)):
        old, new = then.get((rule, subject), Outcome()), now.get((rule, subject), Outcome())
        change = _change(old, new)
        if change is not None:
            known = after.rules.get(rule) or before.rules[rule]
            reading = new.reading or old.reading
            if reading is not None:
                what = say(rule, known, reading, reading.since or at).what
            else:
                what = memory.kept[rule, subject].words[0]
            minutes = known.minutes.opens if change == "waits" else known.minutes.closes
            value = reading.value if reading else None
            found.append(Effect(rule, subject, change, minutes, new.severity, what, value))
    return sorted(found, key=lambda e: (ORDER.index(e.change), e.rule, -(e.value or 0.0)))


def _outcomes(
    connection: Connection, known: AlertRules, memory: Memory, at: datetime, goals: Sequence[Target] | None,
    defined: Mapping[str, Indicator] | None,
) -> dict[tuple[str, Subject], Outcome]:  # fmt: skip
    found = {
        name: {r.subject: r for r in readings(connection, rule, at, goals, defined)}
        for name, rule in known.rules.items()
    }
    made: dict[tuple[str, Subject], Outcome] = {}
    for name, decision in decided(known.rules, found, memory, at).items():
        severity = known.rules[name].severity
        for subject in decision.pending:
            made[name, subject] = Outcome("waits", severity, found[name].get(subject))
        for step in decision.steps:
            held = memory.standing.get(name, {}).get(step.subject)
            if step.deed in ("resolved", "cleared") or (held is not None and held.hushed):
                continue
            state: State = "clears" if step.clearing_since else "open"
            made[name, step.subject] = Outcome(state, severity, found[name].get(step.subject))
    return made


def _change(old: Outcome, new: Outcome) -> Change | None:
    """None: the edit changes nothing for this one."""
    if old.state == new.state:
        return "severity" if old.severity != new.severity else None
    changes: dict[tuple[State, State], Change] = {("clears", "open"): "stays", ("waits", "none"): "calm"}
    by_end: dict[State, Change] = {"open": "opens", "waits": "waits", "clears": "clears", "none": "ends"}
    return changes.get((old.state, new.state), by_end[new.state])


def preview(connection: Connection, before: AlertRules, after: AlertRules, t: Texts) -> Preview:
    """How many alerts the edit opens and ends, and which."""
    return told(effects(connection, before, after), before, after, t)


def told(found: list[Effect], before: AlertRules, after: AlertRules, t: Texts) -> Preview:
    """The effects in words, one row an alert."""
    counts = {change: sum(e.change == change for e in found) for change in CHANGES}
    said = [
        t("{opens} alerts would open at once and {waits} more if their condition lasts; {ends} would end at once and "
          "{clears} more if it stays so.", opens=t.number(counts["opens"]), waits=t.number(counts["waits"]),
          ends=t.number(counts["ends"]), clears=t.number(counts["clears"])),
    ] if found else [t("No alert would open or end because of this edit, by the figures of this moment.")]  # fmt: skip
    for name in sorted(before.rules.keys() ^ after.rules.keys()):
        said.append(t("New rule: {name}", name=name) if name in after.rules else t("Rule taken out: {name}", name=name))
    rows = [_row(e, after.rules.get(e.rule) or before.rules[e.rule], after, t) for e in found]
    heads = [(t("What happens"), False), (t("Alert"), False), (t("Figure"), True), (t("Rule"), False)]
    table = Table(t("Alerts that the edit changes"), heads, shortened(rows, said, t), t("No alert changes."))
    return Preview(said, [table] if found else [])


def _row(effect: Effect, rule: AlertRule, after: AlertRules, t: Texts) -> list[Item]:
    severity = after.severities.get(effect.severity)
    words = t(CHANGES[effect.change], n=t.short(effect.minutes),
              severity=t.pick(**severity.word) if severity else effect.severity)  # fmt: skip
    worse = effect.change in ("opens", "waits")
    tone: Tone = "bad" if worse else "good" if effect.change in ("ends", "clears") else ""
    figure = Item(figure_words(rule, effect.value, t) if effect.value is not None else "", effect.value)
    return [Item(words, ORDER.index(effect.change), tone), Item(t.pick(**effect.what)), figure, Item(effect.rule)]
