"""Messages about alerts: a real webhook and a real mail on loopback, retries, two at work, quiet hours, silence."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import Engine, text

from config.alert_kinds import Quiet
from config.alerts import ALERTS_FILE
from config.settings import Settings, settings
from data_access import notifications as module
from data_access.alert_desk import resolve
from data_access.notifications import FIRST_WAIT, GIVE_UP, LONGEST_WAIT, after_quiet, announce, notifying, send_due
from tests.data_access.alert_rows import AlertStore, put
from tests.support.apps import free_port
from tests.support.processes import start, wait_for

WHAT = "Phường Văn Quán, Quận Hà Đông: mất kết nối WAN 40 phút"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
# Its alerts stay for an hour without a figure, so that a keeper at work does not end them.
KEPT_RULE = """
kept:
  kind: link
  service: wan
  severity: act
  limit: {opens: 30, closes: 1}
  minutes: {closes: 60}
  what: {vi: "{place} từ {since}", en: "{place} since {since}"}
  first_step: {vi: "gọi", en: "call"}
"""


class Hook:
    """A webhook that answers `answers` one after the other, then 200, and keeps what it took."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.taken: list[dict[str, Any]] = []
        self.asked = 0
        self.hold = threading.Event()
        self.hold.set()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.asked += 1
                hook.hold.wait(60)
                status = hook.answers.pop(0) if hook.answers else 200
                if status == 200:
                    hook.taken.append(body)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.hold.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def store(alert_store: AlertStore) -> Engine:
    return alert_store.owner


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_urls(*lines: str, language: str = "vi") -> None:
        conf = settings().model_copy(
            update={"notify_urls": SecretStr("\n".join(lines)) if lines else None, "notify_language": language}
        )
        monkeypatch.setattr(module, "settings", lambda: conf)

    set_urls()
    return set_urls


def opened(store: Engine, what: str = WHAT, severity: str = "act", at: datetime = NOW, rule: str = "r") -> int:
    """An alert with the event of its opening, announced; its id."""
    alert = put(store, what=what, severity=severity, opened_at=at, rule=rule)
    happened(store, alert, "opened", severity, at, rule)
    return alert


def happened(store: Engine, alert: int, kind: str, severity: str, at: datetime, rule: str = "r") -> None:
    with store.begin() as connection:
        event: int = connection.execute(
            text("""INSERT INTO alert_event (alert_id, district_code, at, kind)
                    SELECT alert_id, district_code, :at, :kind FROM alert WHERE alert_id = :id RETURNING event_id"""),
            {"id": alert, "at": at, "kind": kind},
        ).scalar_one()
        announce(connection, event, severity, rule, at)


def outbox(store: Engine, columns: str) -> list[tuple[Any, ...]]:
    with store.connect() as connection:
        query = text(f"SELECT {columns} FROM notification ORDER BY notification_id")
        return [tuple(row) for row in connection.execute(query)]


def test_without_configuration_nothing_is_sent_and_it_is_said(store: Engine, configured: Any) -> None:
    opened(store)
    assert (notifying().sends, notifying().targets, notifying().severities) == (False, (), ())
    assert outbox(store, "target") == []
    assert send_due(store, NOW) == 0


def test_a_webhook_that_fails_first_gets_it_once(store: Engine, hook: Hook, configured: Any) -> None:
    configured(f"truc={hook.url}")
    opened(store)
    hook.answers = [500, 503]
    assert send_due(store, NOW) == 0
    assert outbox(store, "attempts, next_at, sent_at, error") == [
        (1, NOW + FIRST_WAIT, None, "the target did not take it")
    ]
    assert send_due(store, NOW + FIRST_WAIT / 2) == 0
    assert hook.asked == 1, "not before its time"
    assert send_due(store, NOW + FIRST_WAIT) == 0
    assert outbox(store, "next_at") == [(NOW + FIRST_WAIT * 3,)]
    assert send_due(store, NOW + FIRST_WAIT * 3) == 1
    assert send_due(store, NOW + GIVE_UP) == 0
    assert outbox(store, "attempts, error, sent_at IS NOT NULL") == [(3, None, True)]
    (body,) = hook.taken
    assert body["title"] == "Một cửa: 1 cảnh báo mới, 0 đã hết"
    assert body["message"] == f"[Cần xử lý] {WHAT}\n→ {WHAT}"


def test_a_real_mail_with_its_vietnamese_whole(store: Engine, configured: Any) -> None:
    with mailbox() as (port, mails):
        configured(f"mailto://127.0.0.1:{port}?from=trung-tam@hanoi.test&to=truc@hanoi.test")
        opened(store)
        assert send_due(store, NOW) == 1
    (mail,) = mails
    assert (mail["To"], mail["Subject"]) == ("truc@hanoi.test", "Một cửa: 1 cảnh báo mới, 0 đã hết")
    body = mail.get_body(("plain", "html"))
    assert WHAT in body.get_content()


@contextmanager
def mailbox() -> Iterator[tuple[int, list[Any]]]:
    """A mail server on loopback and the mails it took."""
    mails: list[Any] = []

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mails.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 OK"

    controller = Controller(Box(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port, mails
    finally:
        controller.stop()


def test_two_at_work_send_nothing_twice(alert_store: AlertStore, store: Engine, hook: Hook, configured: Any) -> None:
    from data_access.store.engine import owner_engine

    configured(hook.url)
    alerts = [opened(store, what=f"cảnh báo {n}") for n in range(120)]
    hook.hold.clear()  # everyone's first message is under way before any ends
    engines = [owner_engine(alert_store.owner_url) for _ in range(2)]
    sent: list[int] = []

    def work(engine: Engine) -> None:
        for _ in range(3):
            sent.append(send_due(engine, NOW))

    threads = [threading.Thread(target=work, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    until = threading.Event()
    while hook.asked < 2 and not until.wait(0.05):
        assert any(thread.is_alive() for thread in threads)
    hook.hold.set()
    for thread in threads:
        thread.join(30)
    for engine in engines:
        engine.dispose()
    told = [line for body in hook.taken for line in body["message"].splitlines() if line.startswith("[")]
    assert sorted(told) == sorted(f"[Cần xử lý] cảnh báo {n}" for n in range(120))
    assert sum(sent) == len(alerts)


def test_two_processes_send_nothing_twice(alert_store: AlertStore, store: Engine, hook: Hook, tmp_path: Path) -> None:
    """Two notifiers as a deployment starts them, both waiting for the same target at one moment."""
    rules = ALERTS_FILE.read_text(encoding="utf-8") + KEPT_RULE
    (tmp_path / "alerts.yaml").write_text(rules, encoding="utf-8")
    env = {
        "OPS_STORE_URL": alert_store.owner_url, "OPS_STORE_READER_URL": alert_store.owner_url,
        "OPS_SOURCE_URL": alert_store.owner_url, "OPS_COOKIE_KEY": "k" * 40, "OPS_DATA_DIR": str(tmp_path),
        "OPS_ALERTS_FILE": str(tmp_path / "alerts.yaml"), "OPS_NOTIFY_URLS": f"{hook.url}?rto=120&cto=60",
    }  # fmt: skip
    conf = settings().model_copy(update={"notify_urls": SecretStr(env["OPS_NOTIFY_URLS"])})
    wanted = [f"Phường số {n:03}" for n in range(120)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "settings", lambda: conf)
        for what in wanted:
            opened(store, what=what, at=datetime.now(UTC), rule="kept")
    hook.hold.clear()
    both = [start(["-m", "data_access", "alerts", "keep"], env, tmp_path / f"{n}.log") for n in range(2)]
    try:
        wait_for(lambda: hook.asked == 2, "both are sending", 120)
        hook.hold.set()
        ours = "alert_id IN (SELECT alert_id FROM alert WHERE rule = 'kept')"
        wait_for(lambda: outbox(store, f"sent_at IS NULL AND {ours}").count((True,)) == 0, "all of it is sent", 120)
    finally:
        for process in both:
            process.terminate()
        codes = [process.wait(30) for process in both]
    told = [line for body in hook.taken for line in body["message"].splitlines() if line.startswith("[")]
    assert sorted(told) == sorted(f"[Cần xử lý] {what}" for what in wanted)
    assert codes == [0, 0], "they end in order"


def test_a_process_that_dies_while_sending_sends_it_again(
    store: Engine, hook: Hook, configured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(hook.url)
    opened(store)
    deliver = module._deliver

    def dies(*arguments: Any) -> bool:
        deliver(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_deliver", dies)
    with pytest.raises(KeyboardInterrupt):
        send_due(store, NOW)
    monkeypatch.setattr(module, "_deliver", deliver)
    assert send_due(store, NOW) == 1
    assert len(hook.taken) == 2, "at least once: this is the price"


def test_an_end_is_told_where_its_opening_was(store: Engine, hook: Hook, configured: Any) -> None:
    configured(hook.url, language="en")
    alert = opened(store)
    send_due(store, NOW)
    resolve(store, alert, "Lan", "đã thay thiết bị", None)
    assert send_due(store, datetime.now(UTC) + timedelta(seconds=1)) == 1
    assert hook.taken[1]["title"] == "One-stop: 0 new alerts, 1 over"
    assert f"(Lan: đã thay thiết bị): {WHAT}" in hook.taken[1]["message"]
    assert hook.taken[1]["message"].startswith("[To act on] Over at ")


def test_what_was_over_before_it_was_sent_is_not_sent(store: Engine, hook: Hook, configured: Any) -> None:
    configured(hook.url)
    alert = opened(store)
    resolve(store, alert, "Lan", "nhầm", None)
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert (send_due(store, later), send_due(store, later), hook.asked) == (0, 0, 0)
    assert outbox(store, "error, dropped_at IS NOT NULL, sent_at") == [
        ("over before it was sent", True, None), ("its opening was not sent", True, None),
    ]  # fmt: skip


def test_it_waits_longer_each_time_and_gives_up_after_days(store: Engine, hook: Hook, configured: Any) -> None:
    configured(hook.url)
    opened(store)
    hook.answers = [500] * 99
    at, waits = NOW, []
    while True:
        send_due(store, at)
        ((next_at, dropped),) = outbox(store, "next_at, dropped_at")
        if dropped:
            break
        waits.append(next_at - at)
        at = next_at if len(waits) < 12 else NOW + GIVE_UP + timedelta(seconds=1)
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits[-1] == LONGEST_WAIT
    assert send_due(store, at + LONGEST_WAIT) == 0
    assert hook.asked == len(waits) + 1


def test_one_target_away_keeps_nothing_from_the_others(store: Engine, hook: Hook, configured: Any) -> None:
    configured("json://127.0.0.1:9/nobody", f"truc={hook.url}")
    opened(store)
    assert send_due(store, NOW) == 1
    assert sorted(outbox(store, "sent_at IS NOT NULL")) == [(False,), (True,)]
    configured(f"truc={hook.url}")
    send_due(store, NOW + LONGEST_WAIT)
    assert sorted(outbox(store, "coalesce(error, '')")) == [("",), ("target no longer configured",)]


def test_severities_say_who_hears_and_urls_stay_secret(hook: Hook, store: Engine, configured: Any) -> None:
    configured("# our own", "", f"truc,lanh-dao = {hook.url}?key=b1mat", "nonsense", "chat=nosuch://x")
    told = notifying()
    ((target),) = told.targets
    assert (target.names, target.service) == (frozenset({"truc", "lanh-dao"}), "JSON")
    assert "b1mat" not in repr(told)
    assert [p.facts["line"] for p in told.problems] == [4, 5]
    assert told.severities == ("urgent", "act"), "config/alerts.yaml: watch notifies nobody"
    opened(store, severity="watch")
    assert outbox(store, "target") == []
    opened(store, severity="act")
    assert [t for (t,) in outbox(store, "target")] == [target.id]
    assert target.hears(None)
    assert target.hears(["truc"])
    assert not target.hears(["x"])
    assert not target.hears([])


def test_urls_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Hook) -> None:
    file = tmp_path / "urls"
    file.write_text(f"# trực\n{hook.url}\n", encoding="utf-8")
    monkeypatch.setenv("OPS_NOTIFY_URLS_FILE", str(file))
    assert [t.service for t in notifying(Settings()).targets] == ["JSON"]
    assert hook.url not in repr(Settings())


def quiet(begins: str, ends: str, rest_days: bool = False) -> Quiet:
    return Quiet.model_validate({"from": begins, "to": ends, "rest_days": rest_days})


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        (None, "2026-11-20T23:00", "2026-11-20T23:00"),
        (quiet("20:00", "06:30"), "2026-11-20T19:59", "2026-11-20T19:59"),
        (quiet("20:00", "06:30"), "2026-11-20T20:00", "2026-11-21T06:30"),
        (quiet("20:00", "06:30"), "2026-11-21T03:00", "2026-11-21T06:30"),
        (quiet("20:00", "06:30"), "2026-11-21T06:30", "2026-11-21T06:30"),
        (quiet("11:30", "13:00"), "2026-11-20T12:00", "2026-11-20T13:00"),
        (quiet("11:30", "13:00"), "2026-11-20T13:00", "2026-11-20T13:00"),
        (quiet("20:00", "06:30", rest_days=True), "2026-11-20T22:00", "2026-11-23T06:30"),  # Friday → Monday
        (quiet("20:00", "06:30", rest_days=True), "2026-11-21T12:00", "2026-11-23T06:30"),
        (quiet("11:30", "13:00", rest_days=True), "2026-11-21T12:00", "2026-11-23T00:00"),
    ],
)
def test_quiet_hours(hours: Quiet | None, at: str, expected: str) -> None:
    instant, then = (datetime.fromisoformat(f"{x}:00+07:00") for x in (at, expected))
    assert after_quiet(hours, instant) == then


def test_quiet_hours_hold_the_message_back_never_the_alert(
    store: Engine, hook: Hook, configured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(hook.url)
    night = datetime.fromisoformat("2026-11-19T22:00:00+07:00")
    assert module.alert_rules().rules["link-down"].quiet is not None
    opened(store, at=night, rule="link-down")
    assert send_due(store, night + timedelta(hours=1)) == 0
    assert send_due(store, datetime.fromisoformat("2026-11-20T06:30:00+07:00")) == 1
