"""Where the store, its reader and the source are reached, and in what state: for app, health and pages.

Three cases, one answer:
1. real servers: the URLs come from the settings;
2. `make run`: the launcher writes `runtime.json` (mode 0600) and names it in OPS_RUNTIME_FILE, with
   OPS_STACK=external, so that nothing secret stands in a command line;
3. `streamlit run app.py` by itself: the stack lives in this process.
"""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from config.problems import Problem
from config.settings import Settings, settings
from data_access.demo.progress import Progress

EXTERNAL = "OPS_STACK"
RUNTIME_FILE = "OPS_RUNTIME_FILE"


@dataclass(frozen=True)
class Urls:
    """SQLAlchemy URLs. The owner writes; the reader is under row-level security; the source is read only."""

    store_owner_url: str = field(repr=False)
    store_reader_url: str = field(repr=False)
    source_url: str = field(repr=False)


@dataclass(frozen=True)
class Runtime:
    """State is starting, ready, failed or stopped; `urls` is None until PostgreSQL runs."""

    state: str
    progress: Progress = field(default_factory=Progress)
    urls: Urls | None = None
    problem: Problem | None = None
    embedded: bool = True
    address: str | None = None
    first_start: bool = False

    @property
    def ready(self) -> bool:
        """True when screens may ask the store."""
        return self.state == "ready"

    @property
    def store_owner_url(self) -> str:
        """The store's owner account."""
        return self._urls.store_owner_url

    @property
    def store_reader_url(self) -> str:
        """The store's reader account."""
        return self._urls.store_reader_url

    @property
    def source_url(self) -> str:
        """The one-stop database, read only."""
        return self._urls.source_url

    @property
    def _urls(self) -> Urls:
        if self.urls is None:
            raise RuntimeError(f"no URLs while the state is {self.state}")
        return self.urls


def configured_urls(conf: Settings) -> Urls | None:
    """The city's own servers, when they are set."""
    if conf.store_url is None or conf.store_reader_url is None or conf.source_url is None:
        return None
    return Urls(
        conf.store_url.get_secret_value(),
        conf.store_reader_url.get_secret_value(),
        conf.source_url.get_secret_value(),
    )


def write(path: Path, runtime: Runtime) -> None:
    """Replace the runtime file in one step, readable by its owner only."""
    problem = runtime.problem
    document: dict[str, Any] = {
        "state": runtime.state,
        "progress": asdict(runtime.progress),
        "urls": runtime.urls and asdict(runtime.urls),
        "problem": problem and {"code": problem.code, "facts": {k: str(v) for k, v in problem.facts.items()}},
        "embedded": runtime.embedded,
        "address": runtime.address,
        "first_start": runtime.first_start,
    }
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp makes it 0600
            json.dump(document, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path) -> Runtime:
    """The runtime file as written by the launcher. Raises OSError when it is gone."""
    document = json.loads(path.read_text(encoding="utf-8"))
    problem = document.pop("problem")
    urls = document.pop("urls")
    progress = document.pop("progress")
    return Runtime(
        **document,
        progress=Progress(**progress),
        urls=urls and Urls(**urls),
        problem=problem and Problem(problem["code"], **problem["facts"]),
    )


@lru_cache(maxsize=2)
def _read(path: str, *_: int) -> Runtime:
    """Once for each state of the file: it is replaced, never written into."""
    return read(Path(path))


def is_external() -> bool:
    """Whether a launcher brought the stack up and this process only uses it."""
    return os.environ.get(EXTERNAL) == "external"


_in_process: list[Callable[[], Runtime]] = []


def register(source: Callable[[], Runtime]) -> None:
    """The stack of this process answers from now on (case 3)."""
    _in_process[:] = [source]


def unregister() -> None:
    """No stack lives in this process any more."""
    _in_process.clear()


def runtime(conf: Settings | None = None) -> Runtime | None:
    """What is known now; None when nothing was started and nothing is configured. Costs a stat."""
    if _in_process:
        return _in_process[0]()
    conf = conf or settings()
    named = os.environ.get(RUNTIME_FILE)
    if named:
        try:
            state = os.stat(named)  # noqa: PTH116 - half of what Path.stat costs, ten times a screen
            return _read(named, state.st_mtime_ns, state.st_ino, state.st_size)
        except (OSError, ValueError):
            return Runtime("stopped", Progress("stopped"))
    urls = configured_urls(conf)
    if urls is not None:
        return Runtime("ready", Progress("ready"), urls, embedded=False)
    return None
