"""How many wrong passwords an account may still be given: counted in the audit, so by all processes together.

While the store is silent, each process counts for itself.
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


def failed(owner_url: str, entry: Entry) -> int:
    """Note a wrong attempt (`entry.who`); how many are left."""
    _alone.hit(WINDOW, entry.who)
    try:
        return act(owner_url, _failed, entry)
    except Problem:
        audit.record(owner_url, entry)
        return int(_alone.get_window_stats(WINDOW, entry.who).remaining)


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
        return max(0, MOST - int(connection.execute(COUNT, {"who": name}).scalar_one()))


def _failed(engine: Engine, entry: Entry) -> int:
    with engine.begin() as connection:
        audit.note(connection, entry)
        return max(0, MOST - int(connection.execute(COUNT, {"who": entry.who}).scalar_one()))
