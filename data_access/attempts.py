"""How many wrong passwords an account may still be given: counted in the audit, so by all processes together.

Passwords are checked side by side, but each answer waits its turn: however many are tried at once, five get one, and
what comes after the fifth wrong one is refused, right or wrong. While the store is silent, each process counts for
itself.
"""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Connection, Engine, text

from config.problems import Problem
from data_access import audit
from data_access.acting import act
from data_access.audit import Entry

MOST, MINUTES = 5, 15
LOCK = 7_200_623
WINDOW = parse(f"{MOST} per {MINUTES} minutes")
_alone = MovingWindowRateLimiter(MemoryStorage())

COUNT = text(f"""
SELECT count(*) FROM audit WHERE who = :who AND kind = 'sign_in_failed' AND at > now() - interval '{MINUTES} minutes'
   AND at > coalesce((SELECT max(at) FROM audit WHERE kind = 'sign_in_forgiven' AND what = :who
                         AND at > now() - interval '{MINUTES} minutes'), '-infinity')
""")


def left(owner_url: str, name: str) -> int:
    """How many attempts the account has; 0: it is locked for now."""
    try:
        return act(owner_url, _left, name)
    except Problem:
        return int(_alone.get_window_stats(WINDOW, name).remaining)


def passed(owner_url: str, name: str) -> bool:
    """Whether a right password may count: not when the account was locked while it was being checked."""
    try:
        return act(owner_url, _passed, name)
    except Problem:
        return _alone.test(WINDOW, name)


def failed(owner_url: str, entry: Entry) -> int | None:
    """Note a wrong attempt (`entry.who`); how many are left, None when others have used them all up meanwhile."""
    alone = _alone.hit(WINDOW, entry.who)
    try:
        return act(owner_url, _failed, entry)
    except Problem:
        audit.record(owner_url, entry)
        return int(_alone.get_window_stats(WINDOW, entry.who).remaining) if alone else None


def forgive(engine: Engine, name: str, by: str) -> None:
    """Let the account try again at once; the store's owner."""
    with engine.begin() as connection:
        audit.note(connection, Entry("sign_in_forgiven", by, name))


def locked(connection: Connection) -> dict[str, int]:
    """Name → wrong attempts within the window, of all that have any."""
    names = connection.execute(
        text(f"""SELECT DISTINCT who FROM audit
                  WHERE kind = 'sign_in_failed' AND at > now() - interval '{MINUTES} minutes'""")
    ).scalars()
    counts = {name: int(connection.execute(COUNT, {"who": name}).scalar_one()) for name in names}
    return {name: n for name, n in counts.items() if n}


def _left(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        return _remaining(connection, name)


def _passed(engine: Engine, name: str) -> bool:
    with engine.begin() as connection:
        _in_turn(connection, name)
        return _remaining(connection, name) > 0


def _failed(engine: Engine, entry: Entry) -> int | None:
    with engine.begin() as connection:
        _in_turn(connection, entry.who)
        left = _remaining(connection, entry.who)
        if not left:
            return None
        audit.note(connection, entry)
        return left - 1


def _in_turn(connection: Connection, name: str) -> None:
    """One answer after another for each name, over all processes, until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:k, hashtext(:name))"), {"k": LOCK, "name": name})


def _remaining(connection: Connection, name: str) -> int:
    return max(0, MOST - int(connection.execute(COUNT, {"who": name}).scalar_one()))
