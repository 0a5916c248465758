"""What moves a dossier's dates: pauses, apologies with a new promise, reopenings."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_access.demo.city.arrivals import Arrivals
from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.processing import NAT, OFFICE_DAY, Lives, Steps, family_table
from data_access.demo.city.settings import clock, tunables
from data_access.demo.city.units import Ints, Objects

Times = npt.NDArray[np.datetime64]
PAUSE_REASON = {5: "bo_sung", 6: "nghia_vu_tai_chinh", 8: "dung_xu_ly"}


@dataclass(frozen=True)
class Pauses:
    """Pauses begun by now, one row each; times local."""

    dossier: Ints
    which: Ints
    """0 or 1: a dossier's first or second pause."""
    start: Times
    end: Times
    """May lie in the future: the pause lasts."""
    kind: Ints
    """5, 6 or 8, the dossier's status meanwhile."""

    @property
    def reason(self) -> Objects:
        """Reason codes of the one-stop product."""
        return np.array([PAUSE_REASON[int(k)] for k in self.kind], object)


@dataclass(frozen=True)
class Moved:
    """Rows of thay_doi_han: dossier (position), when, old and new due time, reason."""

    dossier: Ints
    at: Times
    old: Times
    new: Times
    reason: Objects


@dataclass(frozen=True)
class Reopened:
    """Dossiers opened again: position, when, end of the second round, its office seconds."""

    dossier: Ints
    at: Times
    until: Times
    length: Ints


def find_pauses(a: Arrivals, lives: Lives, now: np.datetime64) -> Pauses:
    """Pauses begun by `now`."""
    clk = clock()
    which = np.nonzero((lives.pause_kind > 0) & (lives.pause_x < lives.span[:, None]))
    begin_office = lives.office(np.minimum(lives.pause_x, lives.span[:, None]))[which]
    begin, end = clk.at(begin_office), clk.at(begin_office + lives.pause_len[which])
    keep = (begin <= now) & ~lives.refused[which[0]] & (a.received[which[0]] <= now)
    return Pauses(which[0][keep], which[1][keep], begin[keep], end[keep], lives.pause_kind[which][keep])


def move_after_pauses(lives: Lives, pauses: Pauses, due: Times, now: np.datetime64) -> list[Moved]:
    """When a pause is over its office time is added to `due` (changed in place)."""
    clk = clock()
    office = clk.worked(lives.due_original)
    moved = []
    for k in range(2):
        m = (pauses.end <= now) & (pauses.which == k)
        who = pauses.dossier[m]
        office[who] += lives.pause_len[who, k]
        new = clk.at(office[who])
        moved.append(Moved(who, pauses.end[m], due[who], new, pauses.reason[m]))
        due[who] = new
    return moved


def apologise(rng: np.random.Generator, a: Arrivals, lives: Lives, due: Times, *, now: np.datetime64) -> Moved:
    """About a day before the due date some say sorry and promise a new one; `due` changes in place.

    Never on dossiers with a supplement, whose dates move anyway.
    """
    clk = clock()
    could = lives.late & (lives.allowed > 2.5 * OFFICE_DAY) & (lives.pause_kind[:, 0] == 0) & ~lives.refused
    who = np.flatnonzero(could & (rng.random(len(due)) < tunables()["apology"]))
    ahead = (rng.uniform(0.2, 1.0, len(who)) * OFFICE_DAY).astype(np.int64)
    said = clk.at(lives.base[who] + lives.allowed[who] - ahead)
    ok = (said <= now) & (a.received[who] <= now)
    who, said = who[ok], said[ok]
    new = clk.closing(clk.add_working_days(due[who].astype("M8[D]"), rng.choice([3, 5, 10, 15], len(who))))
    moved = Moved(who, said, due[who], new, np.full(len(who), "xin_loi", object))
    due[who] = new
    return moved


def reopen(rng: np.random.Generator, lives: Lives, now: np.datetime64) -> Reopened:
    """A few finished dossiers are opened again days later."""
    clk = clock()
    could = (lives.finished < now - np.timedelta64(2, "D")) & (lives.allowed > 2.5 * OFFICE_DAY)
    could &= (lives.pause_kind[:, 0] == 0) & ~lives.withdrawn & ~lives.refused
    chance = tunables()["reopened"] * len(could) / max(int(could.sum()), 1)
    who = np.flatnonzero(could & (rng.random(len(could)) < chance))
    gap = (rng.uniform(2, 25, len(who)) * OFFICE_DAY).astype(np.int64)
    length = (rng.uniform(0.8, 6, len(who)) * OFFICE_DAY).astype(np.int64)
    begin = clk.worked(lives.finished[who]) + gap
    at, until = clk.at(begin, opening=True), clk.at(begin + length)
    keep = at <= now
    return Reopened(who[keep], at[keep], until[keep], length[keep])


def second_round(cat: Catalogue, a: Arrivals, again: Reopened, now: np.datetime64) -> tuple[Steps, Ints]:
    """The repeated steps of reopened dossiers, and the template step each stands at."""
    clk = clock()
    rows, name, function, share, count = family_table()
    r = rows["reopened"]
    m = int(count[r])
    edge = np.cumsum(share[r, :m])
    begin = clk.worked(again.at)[:, None]
    end = clk.at(begin + (edge[None, :] * again.length[:, None]).astype(np.int64))
    end[:, -1] = again.until
    start = np.concatenate([again.at[:, None], end[:, :-1]], 1)
    due = clk.at(begin + (edge[None, :] * 5 * OFFICE_DAY).astype(np.int64))
    # whoever appraised it appraises it again: land stays with the land officers
    family = np.array([rows[f] for f in cat.family])[a.procedure[again.dossier]]
    does = np.broadcast_to(function[r, :m][None, :], end.shape).copy()
    does[:, 0] = function[family, 1]
    which = np.nonzero(start <= now)
    steps = Steps(
        dossier=again.dossier[which[0]],
        index=which[1],
        name=np.broadcast_to(name[r, :m][None, :], end.shape)[which],
        function=does[which],
        start=start[which],
        due=due[which],
        end=np.where(end[which] <= now, end[which], NAT),
    )
    return steps, (start <= now).sum(1) - 1
