"""How far a start has come: one table of stages, one board that threads write and screens read."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# stage → (Vietnamese, English, share of the whole first start)
STAGES: dict[str, tuple[str, str, float]] = {
    "waiting": ("Đang chờ", "Waiting", 0.0),
    "prepare": ("Kiểm tra thư mục dữ liệu", "Checking the data directory", 0.01),
    "postgres": ("Khởi động PostgreSQL", "Starting PostgreSQL", 0.04),
    "city": ("Tạo thành phố mẫu", "Generating the demo city", 0.55),
    "store": ("Chuẩn bị kho dữ liệu", "Preparing the store", 0.03),
    "first_load": ("Nạp dữ liệu lần đầu", "Loading the data for the first time", 0.33),
    "accounts": ("Kiểm tra tài khoản", "Checking the accounts", 0.02),
    "children": ("Bắt đầu đồng bộ", "Starting the sync", 0.02),
    "ready": ("Sẵn sàng", "Ready", 0.0),
    "stopped": ("Đã dừng", "Stopped", 0.0),
    "store_down": ("Kho dữ liệu chưa trả lời, đang thử lại", "The store does not answer yet, retrying", 0.0),
}
_ORDER = list(STAGES)


@dataclass(frozen=True)
class Progress:
    """A stage and how much of it is done (0..1)."""

    stage: str = "waiting"
    fraction: float = 0.0

    def text(self, lang: str = "vi") -> str:
        """The stage in words."""
        vi, en, _ = STAGES[self.stage]
        return en if lang == "en" else vi

    @property
    def overall(self) -> float:
        """Share of the whole start that is done (0..1)."""
        if self.stage in ("ready", "stopped"):
            return 1.0
        if self.stage == "store_down":
            return 0.0
        before = sum(STAGES[name][2] for name in _ORDER[: _ORDER.index(self.stage)])
        return min(1.0, before + STAGES[self.stage][2] * self.fraction)


class StoppedError(Exception):
    """Someone asked the start to end; not a fault."""


class Board:
    """The latest Progress, safe between threads; `watch` is called at every change."""

    def __init__(self, watch: Callable[[Progress], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._progress = Progress()
        self.watch = watch
        self.stopping = threading.Event()

    @property
    def progress(self) -> Progress:
        """What was reported last."""
        with self._lock:
            return self._progress

    def at(self, stage: str, fraction: float = 0.0) -> None:
        """Report; raises StoppedError when the start was told to end, so that long jobs end here."""
        progress = Progress(stage, max(0.0, min(1.0, fraction)))
        with self._lock:
            self._progress = progress
        if self.watch is not None:
            self.watch(progress)
        if self.stopping.is_set() and stage != "stopped":
            raise StoppedError

    def reporter(self, stage: str) -> Callable[..., None]:
        """A callback for jobs that report (…, fraction): the last number given is the fraction done."""

        def report(*args: Any, **_: Any) -> None:
            numbers = [a for a in args if isinstance(a, (int, float)) and not isinstance(a, bool)]
            self.at(stage, numbers[-1] if numbers else 0.0)

        return report
