"""The dossiers as they stand at `now`: status, dates, reasons, and what comes next for the simulator."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_access.demo.city import redating
from data_access.demo.city.arrivals import Arrivals
from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.processing import NAT, Lives, Steps
from data_access.demo.city.redating import Moved, Pauses, Reopened
from data_access.demo.city.settings import clock
from data_access.demo.city.units import Bools, Ints, Objects

Times = npt.NDArray[np.datetime64]
LATE_REASONS = (
    "Chờ kết quả xác minh của cơ quan khác",
    "Hồ sơ nhiều, thiếu người thẩm định",
    "Vướng mắc về nguồn gốc đất",
    "Lỗi phần mềm, đường truyền",
    "Lãnh đạo đi công tác, chưa ký duyệt",
    "Công dân đề nghị lùi ngày đo đạc",
)


@dataclass
class State:
    """Parallel to Arrivals, as of now; times local, NaT where it has not happened."""

    status: Ints
    due: Times
    finished: Times
    returned: Times
    rating: Ints
    """0 = not rated."""
    rated_at: Times
    supplements: Ints
    apologies: Ints
    late_reason: Objects
    updated: Times
    step: Ints
    """Position within its process template the dossier stands at."""
    family: Objects
    span: Ints
    """Planned office seconds of the whole process."""
    next_at: Times
    """When something happens next; NaT for dossiers at rest."""
    next_what: Objects


@dataclass(frozen=True)
class Events:
    """Rows that hang on dossiers."""

    pauses: Pauses
    moved: list[Moved]
    steps: Steps


def settle(
    rng: np.random.Generator, cat: Catalogue, a: Arrivals, lives: Lives, steps: Steps, *, now: np.datetime64
) -> tuple[State, Events]:
    """Cut all lives at `now`.

    1. Pauses, 2. apologies and 3. reopenings move the due date. 4. The status follows from what has
    happened by now. 5. Reasons for lateness. 6. What the simulator has to do next.
    """
    n = len(a.unit)
    due = lives.due_original.copy()
    pauses = redating.find_pauses(a, lives, now)
    moved = redating.move_after_pauses(lives, pauses, due, now)
    moved.append(redating.apologise(rng, a, lives, due, now=now))
    apologies = np.zeros(n, np.int64)
    apologies[moved[-1].dossier] = 1

    again = redating.reopen(rng, lives, now)
    extra, stands = redating.second_round(cat, a, again, now)
    new_due = clock().closing(clock().add_working_days(again.at.astype("M8[D]"), 5))
    moved.append(Moved(again.dossier, again.at, due[again.dossier], new_due, np.full(len(new_due), "mo_lai", object)))
    due[again.dossier] = new_due
    _start_over(lives, again)

    step = np.full(n, -1, np.int64)
    np.maximum.at(step, steps.dossier, steps.index)
    family, span = cat.family[a.procedure].copy(), lives.planned.copy()
    step[again.dossier], family[again.dossier], span[again.dossier] = stands, "reopened", again.length
    fields = Steps.__dataclass_fields__
    steps = Steps(*(np.concatenate([getattr(steps, f), getattr(extra, f)]) for f in fields))

    begun = a.received <= now
    finished = np.where((lives.finished <= now) & begun, lives.finished, NAT)
    returned = np.where(lives.returned <= now, lives.returned, NAT)
    finished[begun & lives.refused] = a.received[begun & lives.refused]
    lasting = pauses.end > now
    status = _status(begun, lives, finished, returned, first=(step == 0) & (family != "reopened"))
    running = np.isin(status[pauses.dossier], (2, 4)) & lasting
    status[pauses.dossier[running]] = pauses.kind[running]
    rated = (lives.rating > 0) & (lives.rated_at <= now) & (status == 10)

    state = State(
        status=status,
        due=np.where(begun & ~lives.refused, due, NAT),
        finished=finished,
        returned=returned,
        rating=np.where(rated, lives.rating, 0),
        rated_at=np.where(rated, lives.rated_at, NAT),
        supplements=np.bincount(pauses.dossier[pauses.kind == 5], minlength=n),
        apologies=apologies,
        late_reason=_reasons(rng, cat, a, overdue=np.where(np.isnat(finished), now, finished) > due),
        updated=finished,
        step=np.maximum(step, 0),
        family=family,
        span=span,
        next_at=np.full(n, NAT),
        next_what=np.full(n, "", object),
    )
    state.late_reason[~begun | lives.refused] = None
    events = Events(pauses, moved, steps)
    state.updated = _latest(a, state, events, now)
    _plan(a, lives, state, events, now)
    return state, events


def _start_over(lives: Lives, again: Reopened) -> None:
    """A reopened dossier loses its end, its return and its rating; new ones follow."""
    lives.finished[again.dossier] = again.until
    lives.returned[again.dossier] = clock().at(clock().worked(again.until) + 3600)
    lives.rating[again.dossier] = 0
    lives.rated_at[again.dossier] = NAT


def _status(begun: Bools, lives: Lives, finished: Times, returned: Times, *, first: Bools) -> Ints:
    """National codes, pauses aside."""
    status = np.where(first, 2, 4)
    status[~np.isnat(finished)] = 9
    status[~np.isnat(returned)] = 10
    status[~np.isnat(finished) & lives.withdrawn] = 7
    status[begun & lives.refused] = 3
    status[~begun] = 1
    return np.asarray(status)


def _reasons(rng: np.random.Generator, cat: Catalogue, a: Arrivals, *, overdue: Bools) -> Objects:
    """A stated cause for 70 % of what is or was late; land has its own favourite."""
    n = len(overdue)
    land = cat.field[a.procedure] == "Đất đai"
    which = np.where(land & (rng.random(n) < 0.45), 2, rng.integers(0, len(LATE_REASONS), n))
    reason = np.array(LATE_REASONS, object)[which]
    reason[~(overdue & (rng.random(n) < 0.7))] = None
    return reason


def _latest(a: Arrivals, s: State, events: Events, now: np.datetime64) -> Times:
    """cap_nhat: the last thing that happened to each dossier up to now."""
    latest = np.where(a.received <= now, a.received, a.arrived)
    for t in (s.finished, s.returned, s.rated_at):
        latest = np.fmax(latest, t)
    pauses, steps = events.pauses, events.steps
    happened = [(steps.dossier, steps.start), (pauses.dossier, pauses.start), (pauses.dossier, pauses.end)]
    for who, when in happened + [(m.dossier, m.at) for m in events.moved]:
        past = when <= now
        np.maximum.at(latest, who[past], when[past])
    return np.asarray(latest)


def _plan(a: Arrivals, lives: Lives, s: State, events: Events, now: np.datetime64) -> None:
    """Fill next_at and next_what: later lines win over earlier ones."""
    clk, n = clock(), len(s.status)
    open_ = np.isin(s.status, (2, 4, 5, 6, 8))
    unfinished = np.isnat(events.steps.end)
    who = events.steps.dossier[unfinished]
    # the open step takes an even share of what is left of the dossier's life
    left = np.maximum(clk.worked(lives.finished[who]) - clk.worked(now), 60)
    share = np.maximum(left // np.maximum(5 - events.steps.index[unfinished], 1), 60)
    step_end = np.full(n, NAT)
    step_end[who] = clk.at(clk.worked(now) + share)
    pause_end = np.full(n, NAT)
    lasting = events.pauses.end > now
    pause_end[events.pauses.dossier[lasting]] = events.pauses.end[lasting]
    for mask, when, what in (
        (open_, step_end, "xong_buoc"),
        (open_ & lives.withdrawn, lives.finished, "rut"),
        (open_ & ~np.isnat(pause_end), pause_end, "tiep_tuc"),
        (s.status == 1, a.received, "tiep_nhan"),
        ((s.status == 1) & lives.refused, a.received, "tu_choi"),
        ((s.status == 9) & ~np.isnat(lives.returned), lives.returned, "tra"),
        ((s.status == 10) & ~np.isnat(lives.rated_at) & (s.rating == 0), lives.rated_at, "danh_gia"),
    ):
        s.next_at[mask], s.next_what[mask] = when[mask], what
