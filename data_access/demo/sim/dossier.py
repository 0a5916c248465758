"""A dossier in the simulator's hands, its open step, and what a flush has to write."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from data_access.demo.city.settings import to_instant, to_local

Time = np.datetime64
# columns of ho_so an event may change, in the order of `Dossier` below
CHANGING = (
    "trang_thai", "ngay_tiep_nhan", "hen_tra", "hen_tra_goc", "ngay_ket_thuc", "ngay_tra", "so_lan_bo_sung",
    "so_lan_xin_loi", "ly_do_tre", "so_hoa_ket_qua", "ky_so", "diem_danh_gia",
)  # fmt: skip


@dataclass
class Step:
    """A row of buoc_xu_ly; times local."""

    id: str
    dossier: str
    name: str
    officers: list[str]
    start: Time
    due: Time | None
    end: Time | None = None
    new: bool = True


@dataclass
class Dossier:
    """What the simulator knows of a dossier that is not at rest; times local."""

    id: str
    unit: int
    received_by: int
    procedure: int
    trang_thai: int
    ngay_tiep_nhan: Time | None
    hen_tra: Time | None
    hen_tra_goc: Time | None
    ngay_ket_thuc: Time | None = None
    ngay_tra: Time | None = None
    so_lan_bo_sung: int = 0
    so_lan_xin_loi: int = 0
    ly_do_tre: str | None = None
    so_hoa_ket_qua: bool = False
    ky_so: bool = False
    diem_danh_gia: int | None = None
    # the plan: what comes next, at which template step, planned office seconds of the whole process
    at: Time | None = None
    what: str = ""
    family: str = ""
    index: int = 0
    span: int = 0
    paused_since: Time | None = None
    step: Step | None = None
    fixed: dict[str, Any] | None = None
    """Columns written once, for a new dossier only."""

    def changing(self) -> list[Any]:
        """Values of CHANGING, times as instants."""
        return [sql_value(getattr(self, name)) for name in CHANGING]

    def plan(self, at: Time, what: str) -> None:
        """Set what happens next."""
        self.at, self.what = at, what

    def rest(self) -> None:
        """Nothing more to come."""
        self.at, self.what = None, ""


@dataclass
class Changes:
    """Everything one chunk of simulated time has changed; written in one transaction."""

    dossiers: dict[str, Dossier] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    pauses_begun: list[tuple[str, Time, str]] = field(default_factory=list)
    pauses_over: list[tuple[str, Time]] = field(default_factory=list)
    moved: list[tuple[str, Time, Time, Time, str]] = field(default_factory=list)
    ratings: list[tuple[str, int, Time]] = field(default_factory=list)
    seen: dict[str, Time] = field(default_factory=dict)
    """Officer → last sign of life."""

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))


def sql_value(value: Any) -> Any:
    """Local times become instants; all else stays."""
    return to_instant(value) if isinstance(value, np.datetime64) else value


def local_or_none(value: Any) -> Time | None:
    """A timestamptz from the database as local time."""
    return None if value is None else to_local(value)
