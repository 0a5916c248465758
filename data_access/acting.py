"""What a person does, carried out apart from the screen: a store that hangs holds nobody up for long."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Concatenate, ParamSpec

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from data_access.store.engine import owner_engine

log = structlog.get_logger(__name__)
P = ParamSpec("P")
PATIENCE_SECONDS = 5.0
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="acting")
_engine = lru_cache(maxsize=2)(owner_engine)


def act(owner_url: str, what: Callable[Concatenate[Engine, P], object], *arguments: P.args, **more: P.kwargs) -> None:
    """Run `what(engine, …)` on the store by its owner.

    Raises the Problem that it raises; Problem("act_no_answer") when the store gives no answer within seconds.
    """
    try:
        _pool.submit(what, _engine(owner_url), *arguments, **more).result(PATIENCE_SECONDS)
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("not done", what=getattr(what, "__qualname__", ""), error=str(error))
        raise Problem("act_no_answer") from error
