"""System health: what there is to know of store, source, sync and this server, and what to do when it is bad."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import streamlit as st

from config.i18n import Texts, mark
from data_access.operations_done import Done
from data_access.sync.reconcile_books import Round
from data_access.vitals import FINDINGS_DAYS, StoreVitals, Vitals, vitals
from pages.address import Address
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title, title
from widgets.table import Cell, Column, Row, Tone, table

State = Literal["good", "warn", "bad", "unknown", "told"]
"""told: for information, neither good nor bad by itself."""
WORDS: dict[State, tuple[str, Tone]] = {
    "good": (mark("Good"), ""),
    "warn": (mark("Watch"), "warn"),
    "bad": (mark("Bad"), "bad"),
    "unknown": (mark("Not known"), "quiet"),
    "told": (mark("For information"), "quiet"),
}
ORDER: dict[State, int] = {"bad": 0, "warn": 1, "unknown": 2, "good": 3, "told": 4}
OLD_SECONDS = 150
MEMORY = 1.5e9
"""Bytes: what five hundred viewers may need at most."""
TIGHT, LOW = 0.05, 0.15
"""Shares of a disk that are too little, and little."""
BACKUP_AGE, CHECK_AGE = timedelta(hours=26), timedelta(days=8)
SLOW_SECONDS = 1.0
ENTITIES = {"dossier": mark("dossiers"), "step": mark("steps"), "pause": mark("pauses")}
FOUND = {"missing": mark("missing in the store"), "stale": mark("out of date"), "gone": mark("gone from the source")}
ROUNDS = {"recent": mark("Recent days"), "full": mark("Everything"), "asked": mark("Asked for by a person")}


@dataclass(frozen=True)
class Check:
    """One line: what is looked at, how it stands, in numbers, and what to do, or to know, when it is not good."""

    what: str
    state: State
    value: str
    advice: str


def page(viewer: Viewer) -> None:
    """Draw the health of the system for IT staff."""
    t = viewer.t
    address = Address((), t)
    now = vitals()
    assert now is not None  # the shell has seen that the store runs
    checks = sorted(_checks(now, t), key=lambda check: ORDER[check.state])
    worst = [check for check in checks if check.state in ("bad", "warn")]
    judged = t.number(sum(check.state != "told" for check in checks))
    said = t("{n} of {all} need a look.", n=t.number(len(worst)), all=judged)
    title(t("System health"), said if worst else t("All {n} checks are good.", n=judged))
    address.complain()
    with st.container(key="panel-checks"):
        panel_title(t("Checks"), t("What is bad stands first. The same numbers go to monitoring at /metrics."))
        table(
            [Column(t("Check")), Column(t("State")), Column(t("Now")), Column(t("What to do"))],
            [
                Row(
                    check.what,
                    [
                        Cell(check.what, None, "strong"),
                        _state(check.state, t),
                        Cell(check.value),
                        Cell("" if check.state == "good" else check.advice),
                    ],
                )
                for check in checks
            ],
            key="checks",
            label=t("Checks"),
            empty="",
            height=640,
        )
    left, right = st.columns(2, gap="small")
    with left, st.container(key="panel-questions", height="stretch"):
        _questions(now, t)
    with right, st.container(key="panel-reconcile", height="stretch"):
        _reconcile(now.store, t)
    with st.container(key="panel-versions"):
        _versions(now, t)


def _state(state: State, t: Texts) -> Cell:
    words, tone = WORDS[state]
    return Cell(t(words), ORDER[state], tone)


def _checks(now: Vitals, t: Texts) -> Iterator[Check]:
    yield from _flow(now, t)
    yield from _process(now, t)
    if now.store is None:
        return
    yield _connections(now.store, t)
    yield Check(
        t("Sessions"),
        "told",
        t("{n} open, {alive} looking now", n=t.number(now.store.sessions), alive=t.number(now.store.looking)),
        t("They stand on the screen “Users and devices”, where each can be ended."),
    )
    yield Check(
        t("Size of the store"),
        "told",
        _size(now.store.bytes, t),
        t("It grows with the dossiers; see that the store's own disk has room for as much again."),
    )
    yield _work(
        now.store.done.get("rollup_check"),
        CHECK_AGE,
        t("Rollups compared with the facts"),
        t,
        t("Run “python -m data_access rebuild --check”; when it differs, “rebuild” makes them anew."),
    )
    yield _work(
        now.store.done.get("backup"),
        BACKUP_AGE,
        t("Backup"),
        t,
        t("Look at the backup's own log and timer (docs/operating.md); it notes each run here."),
    )
    yield _repairs(now.store, t)


def _flow(now: Vitals, t: Texts) -> Iterator[Check]:
    pulse = now.pulse
    yield Check(
        t("Store"),
        "good" if pulse.store_ok else "bad",
        _since(pulse.store_since, t),
        t("See whether PostgreSQL runs and has room; screens show the last good figures meanwhile."),
    )
    source: State = {"running": "good", "source_down": "bad", "refused": "bad"}.get(pulse.sync_state, "warn")  # type: ignore[assignment]
    yield Check(
        t("One-stop database"),
        source,
        _since(pulse.sync_since, t),
        t("See whether it answers the read-only account; “check-source” says which SELECT is refused."),
    )
    heard = pulse.heartbeat_at
    yield Check(
        t("Synchronisation"),
        "bad" if pulse.sync_silent else "good",
        t("heard {age} ago", age=t.span(_age(heard))) if heard else t("never"),
        t("Start the sync service again; its log says why it stopped."),
    )
    age = pulse.age_seconds
    yield Check(
        t("Age of the figures"),
        "unknown" if age is None else "warn" if age > OLD_SECONDS else "good",
        t.span(age) if age is not None else t("no figures yet"),
        t("When source and sync are good, look at the sync's log for a poll that takes too long."),
    )
    yield Check(
        t("Data version"),
        "good" if pulse.version else "bad",
        t.number(pulse.version),
        t("The first load is not done yet."),
    )


def _process(now: Vitals, t: Texts) -> Iterator[Check]:
    used, most = now.pool
    yield Check(
        t("Connections of this process"),
        "warn" if used >= most - 1 else "good",  # one is the watch's
        t("{n} of {all} in use", n=t.number(used), all=t.number(most)),
        t("Screens wait for the store: look at the slowest questions below, and at the store's load."),
    )
    yield Check(
        t("Answers from memory"),
        "told",
        t("{share} of {n} answers", share=t.percent(now.hits), n=t.number(now.given)) if now.given else t("none yet"),
        t("It rises with the number of viewers; whether the store is slow, the slowest question says."),
    )
    slowest = max((timing.slowest for timing in now.timings.values()), default=0.0)
    yield Check(
        t("Slowest question"),
        "warn" if slowest > SLOW_SECONDS else "good",
        _seconds(slowest, t),
        t("Once may be a cold start; when it comes back, look at the store's load and run ANALYZE."),
    )
    yield Check(
        t("Memory of this process"),
        "warn" if now.memory > MEMORY else "good",
        _size(now.memory, t),
        t("Share viewers among more processes (docs/scaling.md), or restart this one at night."),
    )
    share = now.disk_free / now.disk_total
    yield Check(
        t("Disk"),
        "bad" if share < TIGHT else "warn" if share < LOW else "good",
        t("{free} of {all} free", free=_size(now.disk_free, t), all=_size(now.disk_total, t)),
        t("Make room: old logs and backups first. The store stops when nothing is left."),
    )


def _connections(store: StoreVitals, t: Texts) -> Check:
    share = store.connections / store.most_connections
    return Check(
        t("Connections to the store"),
        "warn" if share > 0.8 else "good",
        t("{n} of {all} in use", n=t.number(store.connections), all=t.number(store.most_connections)),
        t("Fewer application processes, or a higher max_connections."),
    )


def _work(done: Done | None, old: timedelta, what: str, t: Texts, advice: str) -> Check:
    if done is None:
        return Check(what, "warn", t("never noted"), advice)
    late = datetime.now(UTC) - done.at > old
    words = t.moment(done.at) if done.ok else t("failed at {at}", at=t.moment(done.at))
    return Check(what, "bad" if not done.ok else "warn" if late else "good", words, advice)


def _repairs(store: StoreVitals, t: Texts) -> Check:
    rows = sum(store.repaired.values())
    return Check(
        t("Rows that differed from the source"),
        "warn" if rows else "good",
        t("{n} within {days} days, repaired", n=t.number(rows), days=t.number(FINDINGS_DAYS)),
        t("They were changed without a newer time of change; tell those who run the one-stop system."),
    )


def _questions(now: Vitals, t: Texts) -> None:
    panel_title(t("Slowest questions"), t("What screens asked of the store since this process began, by name."))
    slowest = sorted(now.timings.items(), key=lambda item: -item[1].slowest)[:12]
    table(
        [Column(t("Question")), Column(t("Times"), "right"), Column(t("Mean"), "right"), Column(t("Slowest"), "right")],
        [
            Row(
                name,
                [
                    Cell(name, name, "code"),
                    Cell(t.number(timing.times), timing.times),
                    Cell(_seconds(timing.seconds / timing.times, t), timing.seconds / timing.times),
                    Cell(_seconds(timing.slowest, t), timing.slowest, "warn" if timing.slowest > SLOW_SECONDS else ""),
                ],
            )
            for name, timing in slowest
        ],
        key="questions",
        label=t("Slowest questions"),
        empty=t("Nothing was asked yet."),
        height=330,
    )


def _reconcile(store: StoreVitals | None, t: Texts) -> None:
    panel_title(
        t("Comparison with the source"), t("Rows that no time of change showed, found day by day and repaired at once.")
    )
    if store is None:
        banner(t("The store gives no answer."), bad=True)
        return
    words = [_round(kind, store.rounds[kind], t) for kind in ROUNDS if kind in store.rounds]
    for line in words or [t("No comparison has begun yet.")]:
        note(line)
    table(
        [Column(t("Found")), Column(t("Day")), Column(t("What differed")), Column(t("Rows"), "right")],
        [
            Row(
                str(n),
                [
                    Cell(t.moment(f.found_at), f.found_at.isoformat()),
                    Cell(t.day(f.day), f.day.isoformat()),
                    Cell(_name(ENTITIES, f.entity, t), None, "", _name(FOUND, f.kind, t)),
                    Cell(t.number(f.rows), f.rows),
                ],
            )
            for n, f in enumerate(store.findings[:100])
        ],
        key="findings",
        label=t("Comparison with the source"),
        empty=t("Nothing differed within {n} days.", n=t.number(FINDINGS_DAYS)),
        height=260,
    )


def _round(kind: str, of: Round, t: Texts) -> str:
    name, days, rows = t(ROUNDS[kind]), t.number(of.days), t.number(of.repaired)
    if of.ended_at is None:
        return t(
            "{name}: running since {at}, {days} days compared, {rows} rows repaired",
            name=name,
            at=t.moment(of.started_at),
            days=days,
            rows=rows,
        )
    return t(
        "{name}: ended {at}, {days} days compared, {rows} rows repaired",
        name=name,
        at=t.moment(of.ended_at),
        days=days,
        rows=rows,
    )


def _versions(now: Vitals, t: Texts) -> None:
    known = {"application": t("Application"), "python": "Python", "streamlit": "Streamlit", "sqlalchemy": "SQLAlchemy"}
    parts = [f"{known[name]} {number}" for name, number in now.versions.items()]
    if now.store is not None:
        parts += [f"PostgreSQL {now.store.postgres.split()[0]}", t("schema {n}", n=now.store.schema)]
    panel_title(t("Versions"), " · ".join([*parts, t("this process runs since {span}", span=t.span(now.up_seconds))]))


def _name(words: dict[str, str], code: str, t: Texts) -> str:
    return t(words[code]) if code in words else code


def _age(at: datetime) -> float:
    return (datetime.now(UTC) - at).total_seconds()


def _since(at: datetime | None, t: Texts) -> str:
    return t("since {at}", at=t.moment(at)) if at else t("never")


def _seconds(value: float, t: Texts) -> str:
    return t("{n} ms", n=t.number(value * 1_000))


def _size(number: float, t: Texts) -> str:
    return f"{t.number(number / 1e9, 1)} GB" if number >= 1e9 else f"{t.number(number / 1e6)} MB"
