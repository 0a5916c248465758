"""`python -m data_access reconcile`: compare the store with the source now, and repair what differs."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Engine

    from data_access.sync import Sync
    from data_access.sync.reconcile_books import Finding, Round

_WORDS = {
    "asked": ("Tiến trình đồng bộ đang chạy sẽ đối soát; đang chờ.", "The sync at work will do it; waiting."),
    "agree": ("Kho khớp với nguồn.", "The store agrees with the source."),
    "compared": ("Đã đối soát {days} ngày có thay đổi, trong {seconds:.1f} giây.",
                 "{days} days of changes compared, in {seconds:.1f} seconds."),
    "repaired": ("Đã sửa {rows} dòng:", "{rows} rows repaired:"),
    "missing": ("kho thiếu", "missing in the store"),
    "stale": ("khác với nguồn", "different from the source"),
    "gone": ("nguồn đã xoá", "gone from the source"),
}  # fmt: skip


def reconcile(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of last change to look at; else all.")
    ] = None,
    every_row: Annotated[bool, typer.Option("--every-row", help="Compare row by row, not by sums.")] = False,
) -> None:
    """Compare the store with the source now, day by day, and repair what differs.

    Where a sync runs, it is asked to do it between its polls; the report is the same.
    """
    from config.settings import settings
    from data_access.cli.places import places
    from data_access.cli.store import owner
    from data_access.sync import open_sync

    conf = settings()
    with places(conf) as urls, owner(urls.store_owner_url) as engine:
        job = open_sync(conf, urls.source_url, urls.store_owner_url)
        try:
            done, found = _now(job, engine, since.date() if since else None, every_row)
        finally:
            job.close()
    _report(done, found)


def _now(job: "Sync", engine: "Engine", since: "date | None", every_row: bool) -> tuple["Round", list["Finding"]]:
    """Do it, or have it done by the process that holds the lock; goes on by itself when that one ends."""
    from config.problems import Problem
    from data_access.sync import reconcile_books

    asked = None
    while True:
        try:
            job.reconcile(since, every_row)
        except Problem as problem:
            if problem.code != "sync_busy":
                raise
        with engine.begin() as connection:
            last = reconcile_books.rounds(connection).get("asked")
            if job.session.is_open or (asked is not None and last is not None and last.ended_at is not None):
                assert last is not None
                return last, reconcile_books.findings(connection, last.started_at)
            if asked is None:
                asked = reconcile_books.begin(connection, "asked", since, every_row)
                typer.echo(_word("asked"))
        time.sleep(0.5)


def _report(done: "Round", found: list["Finding"]) -> None:
    """One line an entity and kind, with the days they lie in."""
    typer.echo(_word("compared", days=done.days, seconds=done.seconds))
    if not found:
        typer.echo(_word("agree"))
        return
    typer.echo(_word("repaired", rows=sum(f.rows for f in found)))
    for entity, kind in sorted({(f.entity, f.kind) for f in found}):
        some = [f for f in found if (f.entity, f.kind) == (entity, kind)]
        days = sorted({f.day for f in some})
        span = f"{days[0]}" if len(days) == 1 else f"{days[0]} – {days[-1]}"
        typer.echo(f"  {entity:<12} {sum(f.rows for f in some):>8}  {_word(kind)}  ({span})")


def _word(key: str, **facts: object) -> str:
    from data_access.demo.terminal import language

    return _WORDS[key][1 if language() == "en" else 0].format(**facts)
