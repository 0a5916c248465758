"""The dossiers as they stand at `now`: pauses, moved due dates, reopenings, status, what comes next."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_access.demo.city.arrivals import Arrivals
from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.processing import NAT, OFFICE_DAY, Lives, Steps, family_table
from data_access.demo.city.settings import clock, tunables
from data_access.demo.city.units import Ints, Units

Times = npt.NDArray[np.datetime64]
Objects = npt.NDArray[np.object_]
PAUSE_REASON = {5: "bo_sung", 6: "nghia_vu_tai_chinh", 8: "dung_xu_ly"}
LATE_REASONS = (
    "Chờ kết quả xác minh của cơ quan khác",
    "Hồ sơ nhiều, thiếu người thẩm định",
    "Vướng mắc về nguồn gốc đất",
    "Lỗi phần mềm, đường truyền",
    "Lãnh đạo đi công tác, chưa ký duyệt",
    "Công dân đề nghị lùi ngày đo đạc",
)


@dataclass
class Events:
    """Rows that hang on dossiers: position of the dossier first, times local."""

    pause: tuple[Ints, Times, Times, Objects]
    """dossier, from, to (NaT while it lasts), reason"""
    redated: tuple[Ints, Times, Times, Times, Objects]
    """dossier, when, old due, new due, reason"""


@dataclass
class State:
    """Parallel to Arrivals, as of now."""

    status: Ints
    due: Times
    finished: Times
    returned: Times
    rating: Ints
    rated_at: Times
    supplements: Ints
    apologies: Ints
    late_reason: Objects
    updated: Times
    next_at: Times
    """When something happens next; NaT for dossiers at rest."""
    next_what: Objects
    reopened: Ints
    """Positions of dossiers that were opened again."""


def _pauses(a: Arrivals, lives: Lives, now: np.datetime64) -> tuple[Ints, Ints, Times, Times, Ints]:
    """Pauses begun by now: dossier, which (0, 1), from, to, kind; in order of time."""
    clk = clock()
    which = np.nonzero((lives.pause_kind > 0) & (lives.pause_x < lives.span[:, None]))
    dossier, k = which
    begin_office = lives.office(np.minimum(lives.pause_x, lives.span[:, None]))[which]
    begin, end = clk.at(begin_office), clk.at(begin_office + lives.pause_len[which])
    keep = (begin <= now) & ~lives.refused[dossier] & (a.received[dossier] <= now)
    return dossier[keep], k[keep], begin[keep], end[keep], lives.pause_kind[which][keep]


def _reopen(
    rng: np.random.Generator, a: Arrivals, lives: Lives, now: np.datetime64
) -> tuple[Ints, Times, Times, Ints]:
    """Who is opened again: dossier, when, new finish, office seconds of the second round."""
    clk = clock()
    n = len(a.unit)
    could = (lives.finished < now - np.timedelta64(2, "D")) & (lives.allowed > 2.5 * OFFICE_DAY)
    could &= (lives.pause_kind[:, 0] == 0) & ~lives.withdrawn & ~lives.refused
    chance = tunables()["reopened"] * n / max(int(could.sum()), 1)
    who = np.flatnonzero(could & (rng.random(n) < chance))
    gap = (rng.uniform(2, 25, len(who)) * OFFICE_DAY).astype(np.int64)
    length = (rng.uniform(0.8, 6, len(who)) * OFFICE_DAY).astype(np.int64)
    begin = clk.worked(lives.finished[who]) + gap
    at, until = clk.at(begin, opening=True), clk.at(begin + length)
    keep = at <= now
    return who[keep], at[keep], until[keep], length[keep]


def _second_round(
    cat: Catalogue, a: Arrivals, who: Ints, at: Times, until: Times, length: Ints, now: np.datetime64
) -> tuple[Steps, Ints]:
    """The repeated steps of reopened dossiers, and the template step each stands at."""
    clk = clock()
    rows, name, function, share, count = family_table()
    r = rows["reopened"]
    m = int(count[r])
    edge = np.cumsum(share[r, :m])
    begin = clk.worked(at)[:, None]
    end = clk.at(begin + (edge[None, :] * length[:, None]).astype(np.int64))
    end[:, -1] = until
    start = np.concatenate([at[:, None], end[:, :-1]], 1)
    due = clk.at(begin + (edge[None, :] * 5 * OFFICE_DAY).astype(np.int64))
    # land stays with the land officers
    family = np.array([rows[f] for f in cat.family])[a.procedure[who]]
    owner = function[family, 1]
    who_does = np.broadcast_to(function[r, :m][None, :], end.shape).copy()
    who_does[:, 0] = owner
    which = np.nonzero(start <= now)
    steps = Steps(
        dossier=who[which[0]], index=which[1], name=np.broadcast_to(name[r, :m][None, :], end.shape)[which],
        function=who_does[which], start=start[which], due=due[which],
        end=np.where(end[which] <= now, end[which], NAT),
    )  # fmt: skip
    return steps, (start <= now).sum(1) - 1


def settle(
    rng: np.random.Generator, units: Units, cat: Catalogue, a: Arrivals, lives: Lives, steps: Steps,
    now: np.datetime64,
) -> tuple[State, Events, Steps, tuple[Ints, Objects, Ints]]:  # fmt: skip
    """Cut all lives at `now`.

    Returns the state, the events, the steps (with those repeated after a reopening) and, for the
    simulator, per dossier the template step it stands at, its template and its planned office seconds.
    """
    clk, n = clock(), len(a.unit)
    family = cat.family[a.procedure].copy()
    span = lives.planned.copy()
    here = np.full(n, -1, np.int64)
    np.maximum.at(here, steps.dossier, steps.index)

    # 1. pauses move the due date when they end
    p_dossier, p_k, p_from, p_to, p_kind = _pauses(a, lives, now)
    p_over = p_to <= now
    due_office = clk.worked(lives.due_original)
    due = lives.due_original.copy()
    redated: list[tuple[Ints, Times, Times, Times, Objects]] = []
    supplements = np.bincount(p_dossier[p_kind == 5], minlength=n)
    for k in range(2):
        m = p_over & (p_k == k)
        who = p_dossier[m]
        due_office[who] += lives.pause_len[who, k]
        new = clk.at(due_office[who])
        reason = np.array([PAUSE_REASON[int(x)] for x in p_kind[m]], object)
        redated.append((who, p_to[m], due[who], new, reason))
        due[who] = new

    # 2. a promise broken in advance: an apology with a new date, no supplement on those
    could = lives.late & (lives.allowed > 2.5 * OFFICE_DAY) & (lives.pause_kind[:, 0] == 0) & ~lives.refused
    who = np.flatnonzero(could & (rng.random(n) < tunables()["apology"]))
    said = clk.at(
        lives.base[who] + lives.allowed[who] - (rng.uniform(0.2, 1.0, len(who)) * OFFICE_DAY).astype(np.int64)
    )
    ok = (said <= now) & (a.received[who] <= now)
    who, said = who[ok], said[ok]
    new = clk.closing(clk.add_working_days(due[who].astype("M8[D]"), rng.choice([3, 5, 10, 15], len(who))))
    redated.append((who, said, due[who], new, np.full(len(who), "xin_loi", object)))
    due[who] = new
    apologies = np.zeros(n, np.int64)
    apologies[who] = 1

    # 3. finished ones that were opened again
    finished = np.where((lives.finished <= now) & (a.received <= now), lives.finished, NAT)
    returned = np.where(lives.returned <= now, lives.returned, NAT)
    again, at, until, length = _reopen(rng, a, lives, now)
    extra, stands = _second_round(cat, a, again, at, until, length, now)
    new = clk.closing(clk.add_working_days(at.astype("M8[D]"), 5))
    redated.append((again, at, due[again], new, np.full(len(again), "mo_lai", object)))
    due[again] = new
    finished[again] = np.where(until <= now, until, NAT)
    back = clk.at(clk.worked(until) + 3600)
    returned[again] = np.where(back <= now, back, NAT)
    lives.returned[again] = back
    family[again], span[again], here[again] = "reopened", length, stands
    lives.finished[again] = until
    rating = lives.rating.copy()
    rated_at = np.where(lives.rated_at <= now, lives.rated_at, NAT)
    rating[again], rated_at[again] = 0, NAT
    lives.rated_at[again] = NAT
    steps = Steps(
        *(np.concatenate([getattr(steps, f), getattr(extra, f)]) for f in Steps.__dataclass_fields__)
    )

    # 4. status now
    begun = a.received <= now
    open_ = begun & np.isnat(finished) & ~lives.refused
    paused = np.zeros(n, np.int64)
    paused[p_dossier[~p_over]] = p_kind[~p_over]
    status = np.full(n, 4)
    status[open_ & (here == 0) & (family != "reopened")] = 2
    status[open_ & (paused > 0)] = paused[open_ & (paused > 0)]
    status[~np.isnat(finished)] = 9
    status[~np.isnat(returned)] = 10
    status[~np.isnat(finished) & lives.withdrawn] = 7
    status[begun & lives.refused] = 3
    status[~begun] = 1
    finished[begun & lives.refused] = a.received[begun & lives.refused]
    rating = np.where(np.isnat(rated_at) | (status != 10), 0, rating)
    rated_at = np.where(rating > 0, rated_at, NAT)

    overdue = np.where(np.isnat(finished), now, finished) > due
    told = overdue & begun & ~lives.refused & (rng.random(n) < 0.7)
    land = cat.field[a.procedure] == "Đất đai"
    reason_at = np.where(land & (rng.random(n) < 0.45), 2, rng.integers(0, len(LATE_REASONS), n))
    late_reason = np.where(told, np.array(LATE_REASONS, object)[reason_at], None)

    # 5. what the simulator has to do next
    next_at, next_what = np.full(n, NAT), np.full(n, "", object)
    open_end = np.full(n, NAT)
    unfinished = np.isnat(steps.end)
    open_end[steps.dossier[unfinished]] = _planned_end(lives, steps, unfinished, now)
    pause_end = np.full(n, NAT)
    pause_end[p_dossier[~p_over]] = p_to[~p_over]
    for mask, when, what in (
        (open_, np.where(lives.withdrawn, lives.finished, open_end), "xong_buoc"),
        (open_ & lives.withdrawn, lives.finished, "rut"),
        (open_ & (paused > 0), pause_end, "tiep_tuc"),
        (status == 1, a.received, "tiep_nhan"),
        ((status == 1) & lives.refused, a.received, "tu_choi"),
        ((status == 9) & ~np.isnat(lives.returned), lives.returned, "tra"),
        ((status == 10) & ~np.isnat(lives.rated_at) & (rating == 0), lives.rated_at, "danh_gia"),
    ):
        next_at[mask], next_what[mask] = when[mask], what
    updated = _latest(now, a, steps, (finished, returned, rated_at), (p_dossier, p_from, p_to), redated)
    state = State(
        status=status, due=np.where(begun & ~lives.refused, due, NAT), finished=finished, returned=returned,
        rating=rating, rated_at=rated_at, supplements=supplements, apologies=apologies, late_reason=late_reason,
        updated=updated, next_at=next_at, next_what=next_what, reopened=again,
    )  # fmt: skip
    pauses = (
        p_dossier,
        p_from,
        np.where(p_over, p_to, NAT),
        np.array([PAUSE_REASON[int(x)] for x in p_kind], object),
    )
    moved = tuple(np.concatenate([r[i] for r in redated]) for i in range(5))
    return state, Events(pauses, moved), steps, (here, family, span)  # type: ignore[arg-type]


def _planned_end(lives: Lives, steps: Steps, unfinished: npt.NDArray[np.bool_], now: np.datetime64) -> Times:
    """When the open steps would end: an even share of what is left of the dossier's life."""
    clk = clock()
    who = steps.dossier[unfinished]
    left = np.maximum(clk.worked(lives.finished[who]) - clk.worked(now), 60)
    steps_left = np.maximum(5 - steps.index[unfinished], 1)
    return clk.at(clk.worked(now) + np.maximum(left // steps_left, 60))


def _latest(
    now: np.datetime64, a: Arrivals, steps: Steps, times: tuple[Times, ...],
    pause: tuple[Ints, Times, Times], redated: list[tuple[Ints, Times, Times, Times, Objects]],
) -> Times:  # fmt: skip
    """cap_nhat: the last thing that happened to each dossier up to now."""
    latest = np.where(a.received <= now, a.received, a.arrived)
    for t in times:
        latest = np.fmax(latest, t)
    np.maximum.at(latest, steps.dossier, steps.start)
    for who, when in ((pause[0], pause[1]), (pause[0], pause[2]), *((r[0], r[1]) for r in redated)):
        past = when <= now
        np.maximum.at(latest, who[past], when[past])
    return np.asarray(latest)
