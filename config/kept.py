"""Files in force: each is read again when it changes, and a text that can't be right leaves the last good one standing.

A city's own file lies in OPS_CONFIG_DIR and stands for the shipped one of that name. Beside a city's file lies a copy
of its last good text (`.last-good/`), so that a process that starts while the file is wrong shows what the others show.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog
from pydantic import ValidationError

from config.problems import Problem
from config.settings import CONFIG_DIR, Settings, settings

log = structlog.get_logger(__name__)
T = TypeVar("T")
Read = Callable[[Path, str | None, T | None], tuple[T | None, list[Problem]]]
"""(path, text instead of the file's, what stood before) → what is in force (None: nothing new), all that is wrong."""
LAST_GOOD = ".last-good"
LOOK_SECONDS = 1.0


class Kept(Generic[T]):
    """What one file says, for all threads of this process. `value()` costs a stat while the file stays as it is."""

    def __init__(
        self,
        file: str,
        read: Read[T],
        named: Callable[[Settings], Path | None] = lambda _: None,
        otherwise: T | None = None,
    ) -> None:
        """named: the setting that names a file of its own; otherwise: in force when there is nothing good at all."""
        self.file = file
        self.read = read
        self._named = named
        self._otherwise = otherwise
        self._guard = threading.Lock()
        self._stamp: tuple[object, ...] | None = None
        self._home: object = None
        self._tried: tuple[Settings | None, object, list[tuple[Path, str]]] | None = None
        self._value: T | None = None
        self._problems: list[Problem] = []
        _ALL[file] = self

    @property
    def shipped(self) -> Path:
        """The file that comes with the program."""
        return CONFIG_DIR / self.file

    @property
    def city_path(self) -> Path:
        """Where a city's own file lies, or would."""
        conf = _settings()
        return self.shipped if conf is None else self._named(conf) or conf.config_path / self.file

    @property
    def path(self) -> Path:
        """The file in force."""
        return self._stat()[1]

    def value(self) -> T:
        """What is in force. Raises Problem when neither the file nor anything before it can be right."""
        self.look()
        if self._value is None:
            raise Problem(self._problems[0].code, **self._problems[0].facts)
        return self._value

    def problems(self) -> list[Problem]:
        """Why the newest text is not, or not wholly, in force."""
        self.look()
        return self._problems

    def look(self) -> None:
        """Read the file when it is another one than last time."""
        home, path, stamp = self._stat()
        if stamp == self._stamp:
            self._home = home  # the shipped file is the same one wherever a city's own would lie
            return
        with self._guard:
            if stamp == self._stamp:
                return
            before = self._value if home == self._home else None
            if before is None and path != self.shipped and os.access(good := self._last_good(path), os.R_OK):
                before = self.read(good, None, None)[0]
            value, problems = self._read(path, before)
            if value is None:
                value = before if before is not None else self._fallback(path)
            elif not problems and path != self.shipped:
                self._remember(path)
            changed = not problems or value != self._value
            self._value, self._problems, self._home = value, problems, home
            self._stamp = stamp
        if changed:
            _count()
        for problem in problems:
            log.warning("configuration refused", file=str(path), line=problem.facts.get("line"),
                        key=problem.facts.get("key"), reason=problem.text("en"))  # fmt: skip

    def _read(self, path: Path, before: T | None) -> tuple[T | None, list[Problem]]:
        try:
            return self.read(path, None, before)
        except Exception as error:  # a mistake of ours must not stop a screen: the last good one stays
            log.exception("configuration not read", file=str(path))
            return None, [Problem("config_unreadable", file=path.name, line=1, reason=type(error).__name__)]

    def _stat(self) -> tuple[object, Path, tuple[object, ...]]:
        """(what names the place, the file in force, its state)."""
        conf = _settings()
        if self._tried is None or self._tried[0] is not conf:
            own = None if conf is None else self._named(conf)
            there = [own] if own else [conf.config_path / self.file, self.shipped] if conf else [self.shipped]
            self._tried = conf, own or (conf and conf.config_path), [(path, str(path)) for path in there]
        _, home, tried = self._tried
        for path, name in tried:
            try:
                stat = os.stat(name)  # noqa: PTH116 - half of what Path.stat costs, at every call
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:  # a folder that was shut: the file is there, and another must not stand for it
                return home, path, (name, error.errno)
            # st_ctime: rights taken or given change nothing else
            return home, path, (name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
        return home, tried[-1][0], (tried[-1][1],)

    def _fallback(self, path: Path) -> T | None:
        if self._otherwise is not None:
            return self._otherwise
        return None if path == self.shipped else self.read(self.shipped, None, None)[0]

    def _last_good(self, path: Path) -> Path:
        return path.parent / LAST_GOOD / path.name

    def _remember(self, path: Path) -> None:
        good = self._last_good(path)
        try:
            text = path.read_bytes()
            if good.exists() and good.read_bytes() == text:
                return
            good.parent.mkdir(exist_ok=True)
            write_whole(good, text)
        except OSError as error:
            log.warning("no copy of the last good configuration", file=str(path), reason=error.strerror)


_ALL: dict[str, Kept[Any]] = {}
_counting = threading.Lock()
_revision = 0
_looked = 0.0


def _settings() -> Settings | None:
    """None where the settings can't be right: the start says so, and until then the shipped files stand."""
    try:
        return settings()
    except ValidationError:
        return None


def _count() -> None:
    global _revision  # noqa: PLW0603 - one number a process is the point
    with _counting:
        _revision += 1


def look() -> int:
    """Look at all files now; the number moves whenever one of them changed what is in force."""
    global _looked  # noqa: PLW0603
    _looked = time.monotonic()
    for kept in list(_ALL.values()):
        kept.look()
    return _revision


def revision() -> int:
    """The number of `look`; looks at the files at most once a second, so that it can be asked at every turn."""
    if time.monotonic() - _looked >= LOOK_SECONDS:
        look()
    return _revision


def follows(*sources: Callable[[], object]) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """A function without arguments whose value is made anew when a source gives another object."""

    def of(make: Callable[[], T]) -> Callable[[], T]:
        kept: tuple[list[object], T] | None = None

        @wraps(make)
        def value() -> T:
            nonlocal kept
            given, known = [source() for source in sources], kept
            if known is not None and all(a is b for a, b in zip(known[0], given, strict=True)):
                return known[1]
            made = make()
            kept = (given, made)
            return made

        return value

    return of


def write_whole(path: Path, text: bytes) -> None:
    """Put a file in place whole or not at all: written beside it, brought to the disk, renamed. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with beside.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
