"""What a person does, and what must be seen as it is this moment, carried out apart from the screen.

A store that hangs holds nobody up for long.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from data_access.store.engine import Scope, owner_engine, reader_engine, reading

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
PATIENCE_SECONDS = 5.0
LONG_SECONDS = 90.0
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="acting")
_engine = lru_cache(maxsize=2)(owner_engine)
_reader = lru_cache(maxsize=2)(reader_engine)


def act(owner_url: str, what: Callable[Concatenate[Engine, P], T], *arguments: P.args, **more: P.kwargs) -> T:
    """What `what(engine, …)` gives, run on the store by its owner.

    Raises the Problem that it raises; Problem("act_no_answer") when the store gives no answer within seconds.
    """
    return _answer(PATIENCE_SECONDS, what, _engine(owner_url), *arguments, **more)


def act_long(owner_url: str, what: Callable[Concatenate[Engine, P], T], *arguments: P.args, **more: P.kwargs) -> T:
    """As `act`, for what a person waits for knowingly: up to LONG_SECONDS."""
    return _answer(LONG_SECONDS, what, _engine(owner_url), *arguments, **more)


def look(
    reader_url: str, scope: Scope, question: Callable[Concatenate[Connection, P], T], *arguments: P.args,
    **more: P.kwargs,
) -> T:  # fmt: skip
    """What `question(connection, …)` gives this moment under `scope`; for what has no data version. Raises as `act`."""

    def asked() -> T:
        with reading(_reader(reader_url), scope) as connection:
            return question(connection, *arguments, **more)

    return _answer(PATIENCE_SECONDS, asked)


def _answer(patience: float, what: Callable[P, T], *arguments: P.args, **more: P.kwargs) -> T:
    context = copy_context()  # the log's: which request this belongs to
    try:
        return _pool.submit(lambda: context.run(what, *arguments, **more)).result(patience)
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("not done", what=getattr(what, "__qualname__", ""), error=str(error))
        raise Problem("act_no_answer") from error
