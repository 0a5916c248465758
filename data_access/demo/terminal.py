"""What the terminal says, in the reader's language (Vietnamese unless LANG says English)."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.table import Table

from config.problems import Problem
from data_access.demo.accounts import DEMO
from data_access.demo.progress import Board
from data_access.demo.progress import Progress as Step

TEXTS = {
    "ready": ("Trung tâm điều hành Một cửa đang chạy tại", "The One-Stop Operations Centre runs at"),
    "stop": ("Nhấn Ctrl-C để dừng.", "Press Ctrl-C to stop."),
    "stopping": ("Đang dừng…", "Stopping…"),
    "accounts": (
        "Tài khoản mẫu (mật khẩu ngẫu nhiên, chỉ hiện lần này)",
        "Demo accounts (random passwords, shown this once)",
    ),
    "user": ("Tên đăng nhập", "User name"),
    "password": ("Mật khẩu", "Password"),
    "who": ("Ai", "Who"),
    "role": ("Vai trò", "Role"),
    "again": (
        "Quên mật khẩu mẫu? Tạo mới: `.venv/bin/python -m data_access demo passwords`",
        "Demo passwords lost? Make new ones: `.venv/bin/python -m data_access demo passwords`",
    ),
    "someone": ("một chương trình khác", "another program"),
    "privileged": (
        "hệ điều hành (cổng cần quyền quản trị)",
        "the system (this port needs administrator rights)",
    ),
    "cleaned": ("Đã xoá {path}.", "Removed {path}."),
    "nothing": ("Không có gì để xoá tại {path}.", "There is nothing to remove at {path}."),
    "city_there": (
        "Thành phố mẫu đã có đủ; thêm --force để tạo lại từ đầu.",
        "The demo city is complete already; add --force to generate it anew.",
    ),
    "wall_token": (
        "Mã chỉ hiện lần này, dùng cho một lần đăng nhập. Trên thiết bị, mở: http://…/?wall=<màn hình>&token={token}",
        "The token is shown this once, for one sign-in. On the device, open: http://…/?wall=<wall>&token={token}",
    ),
    "account_first": (
        "Mật khẩu của “{name}” chỉ hiện lần này. Đã ghi vào {path}; tạo tài khoản khác tại “Người dùng và thiết bị”.",
        "The password of “{name}” is shown this once. The account is in {path}; make others at “Users and devices”.",
    ),
    "wall_revoked": ("Đã thu hồi “{name}”.", "“{name}” is revoked."),
    "wall_none": (
        "Chưa có thiết bị nào. Cấp mã: `python -m data_access wall issue TÊN`",
        "There are no devices yet. Let one in: `python -m data_access wall issue NAME`",
    ),
    "wall_good": ("walls.yaml và stages.yaml đều dùng được.", "walls.yaml and stages.yaml can be used."),
    "config_good": ("Cấu hình đúng.", "The configuration can be used."),
    "config_name": ("Tên", "Name"),
    "config_title": ("Nội dung", "What"),
    "config_state": ("Tình trạng", "State"),
    "config_where": ("Tệp", "File"),
    "config_own": ("của thành phố", "the city's own"),
    "config_shipped": ("mặc định", "as shipped"),
    "config_refused": ("bị từ chối, dùng bản đúng gần nhất", "refused, the last good one stands"),
    "config_no_history": ("Chưa có thay đổi nào được ghi.", "No change has been kept yet."),
    "config_number": ("Số", "Number"),
    "config_at": ("Lúc", "When"),
    "config_person": ("Người", "Who"),
    "config_reason": ("Lý do", "Why"),
    "config_by_hand": ("sửa tay trên tệp", "edited by hand"),
    "config_restored": ("Đã đưa {file} trở lại (thay đổi số {number}).", "{file} is back (change number {number})."),
    "boundary_joined": ("Xã, phường khớp", "Wards joined"),
    "boundary_live": ("Được dùng từ", "Went live"),
    "boundary_read": ("Đang đọc", "Reading"),
    "boundary_join": ("Đang ghép", "Joining"),
    "boundary_shape": ("Đang sửa và đơn giản hoá", "Repairing and simplifying"),
    "alerts_would": ("{name}: {n} cảnh báo nếu mở ngay lúc này", "{name}: {n} alerts if it opened now"),
    "alerts_no_figures": (
        "Kho chưa có số liệu, nên chưa biết cảnh báo nào sẽ mở.",
        "The store holds no figures yet, so it can't be told what would open.",
    ),
    "alerts_silent": (
        "Chưa cấu hình nơi nhận tin (OPS_NOTIFY_URLS): không có tin nào được gửi đi.",
        "No place for messages is configured (OPS_NOTIFY_URLS): nothing is sent.",
    ),
    "alerts_none": ("Không có cảnh báo nào đang mở.", "No alert is open."),
    "alerts_severity": ("Mức", "Severity"),
    "alerts_since": ("Từ lúc", "Since"),
    "alerts_what": ("Nội dung", "What"),
    "alerts_acknowledged": ("Người tiếp nhận", "Acknowledged by"),
    "wall_device": ("Thiết bị", "Device"),
    "wall_state": ("Tình trạng", "State"),
    "wall_heard": ("Tín hiệu gần nhất", "Last heartbeat"),
    "wall_wall": ("Màn hình tường", "Wall"),
    "wall_size": ("Trình duyệt (điểm ảnh)", "Browser (pixels)"),
    "wall_state_lives": ("đang chạy", "live"),
    "wall_state_silent": ("im lặng", "silent"),
    "wall_state_waits": ("chưa đăng nhập", "not signed in yet"),
    "wall_state_revoked": ("thu hồi {at}", "revoked {at}"),
}


def language(environ: Mapping[str, str] = os.environ) -> str:
    """ "en" when the terminal's locale is English, else "vi"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "en" if environ[name].lower().startswith("en") else "vi"
    return "vi"


def text(key: str, **facts: object) -> str:
    """One of TEXTS in the reader's language."""
    vi, en = TEXTS[key]
    return (en if language() == "en" else vi).format(**facts)


def out() -> Console:
    """Where ordinary words go."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    """Where remarks go, apart from what programs read."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say_problem(problem: Problem) -> None:
    """The sentence in the reader's language first, then in the other one."""
    console = err()
    first = language()
    console.print(problem.text(first), style="bold red", markup=False)
    console.print(problem.text("vi" if first == "en" else "en"), style="dim", markup=False)


def show_accounts(passwords: Mapping[str, str], console: Console | None = None) -> None:
    """The demo accounts in a table."""
    table = Table(title=text("accounts"), title_justify="left")
    for column in ("user", "password", "role", "who"):
        table.add_column(text(column), no_wrap=column != "who")
    for name, password in passwords.items():
        title, role, _ = DEMO[name]
        table.add_row(name, f"[bold]{password}[/bold]", role, title)
    (console or out()).print(table)


@contextmanager
def bar(board: Board) -> Iterator[None]:
    """Show the board: a moving bar in a terminal, one line a stage elsewhere (logs, CI)."""
    lang = language()
    if not sys.stdout.isatty():
        seen: set[str] = set()

        def line(step: Step) -> None:
            if step.stage not in seen:
                seen.add(step.stage)
                print(f"{step.overall:4.0%} {step.text(lang)}", flush=True)

        board.watch = line
        try:
            yield
        finally:
            board.watch = None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        Elapsed(),
    )
    with Progress(*columns, console=out(), transient=True) as shown:
        task = shown.add_task("", total=1.0)
        board.watch = lambda step: shown.update(task, description=step.text(lang), completed=step.overall)
        try:
            yield
        finally:
            board.watch = None
