"""How a wall's screen asks: always the whole city, so that all walls and the centre's desks share one answer."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from data_access.queries.answers import Answer
from data_access.store.engine import WHOLE_CITY
from pages.running import current_desk

T = TypeVar("T")
_given: ContextVar[list[Answer[Any]]] = ContextVar("given")


def ask(question: Callable[..., T], **filters: Hashable) -> Answer[T]:
    """The newest answer or the last good one. Raises NoAnswerError when there is none."""
    answer = current_desk().answers.ask(question, WHOLE_CITY, **filters)
    _given.get([]).append(answer)
    return answer


@contextmanager
def answers_given() -> Iterator[list[Answer[Any]]]:
    """All answers that `ask` gives within."""
    given: list[Answer[Any]] = []
    token = _given.set(given)
    try:
        yield given
    finally:
        _given.reset(token)
