"""The stack as app.py, pages and health see it: started in the background, asked through `runtime()`."""

import signal
import threading
from collections.abc import Callable

from pydantic import ValidationError

from config.problems import Problem
from config.settings import settings
from data_access.demo import runtime as runtimes
from data_access.demo.children import watch_parent
from data_access.demo.progress import Progress
from data_access.demo.runtime import Runtime, runtime
from data_access.demo.supervisor import Stack

__all__ = ["Runtime", "Stack", "StackHandle", "ensure_in_background", "runtime", "watch_parent"]


class StackHandle:
    """What app.py holds: how far the start is, and how to end what it started."""

    def __init__(
        self,
        stack: Stack | None = None,
        problem: Problem | None = None,
        release: Callable[[], None] | None = None,
    ) -> None:
        self._stack = stack
        self._problem = problem
        self._release = release

    @property
    def runtime(self) -> Runtime:
        """State, URLs, problem."""
        if self._problem is not None:
            return Runtime("failed", Progress(), problem=self._problem)
        if self._stack is not None:
            return self._stack.runtime
        return runtime() or Runtime("stopped")

    @property
    def progress(self) -> Progress:
        """The stage and its share."""
        return self.runtime.progress

    @property
    def problem(self) -> Problem | None:
        """Why it didn't start, if it didn't."""
        return self.runtime.problem

    @property
    def ready(self) -> bool:
        """True when screens may ask the store."""
        return self.runtime.ready

    def start(self) -> None:
        """Run the steps in a thread, and another that tells the terminal what came of it."""
        assert self._stack is not None
        finished = self._stack.start()
        threading.Thread(target=self._tell, args=(finished,), name="stack-tell", daemon=True).start()

    def _tell(self, finished: threading.Event) -> None:
        from data_access.demo import terminal

        assert self._stack is not None
        finished.wait()
        if self._stack.problem is not None:
            terminal.say_problem(self._stack.problem)
        elif self._stack.new_passwords and self._stack.runtime.ready:
            terminal.show_accounts(self._stack.new_passwords)

    def stop(self) -> None:
        """End everything this process started (nothing, when a launcher did). Blocks for seconds."""
        if self._stack is not None:
            self._stack.shutdown()
        if self._release is not None:
            self._release()


_handle: StackHandle | None = None


def ensure_in_background(address: str | None = None) -> StackHandle:
    """For app.py's lifespan: the stack of this process, started at the first call.

    1. Started by a launcher (OPS_STACK=external): nothing to start; end when the launcher ends.
    2. Settings that can't be right: a handle that carries the problem.
    3. Otherwise the same steps as `make run`, in a thread. A closed terminal (SIGHUP) ends it in order.
    """
    global _handle  # noqa: PLW0603 - one stack a process is the point
    if _handle is not None:
        return _handle
    if runtimes.is_external():
        watch_parent()
        _handle = StackHandle()
        return _handle
    try:
        conf = settings()
    except ValidationError as error:
        broken = StackHandle(problem=settings_problem(error))
        runtimes.register(lambda: broken.runtime)
        return broken
    stack = Stack(conf, address)
    runtimes.register(lambda: stack.runtime)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    _handle = StackHandle(stack, release=_forget)
    _handle.start()
    return _handle


def _forget() -> None:
    global _handle  # noqa: PLW0603
    _handle = None
    runtimes.unregister()


def settings_problem(error: ValidationError) -> Problem:
    """The settings' mistakes, by variable name, never with their values (they may be secrets)."""
    mistakes = []
    for mistake in error.errors():
        name = "OPS_" + "_".join(str(part) for part in mistake["loc"]).upper() if mistake["loc"] else ""
        words = mistake["msg"].removeprefix("Value error, ")
        mistakes.append(f"{name}: {words}" if name else words)
    return Problem("settings_invalid", detail="; ".join(mistakes))
