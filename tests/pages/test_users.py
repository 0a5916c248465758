"""Users and devices, and the audit log, as IT staff see them; what they hold of others' and of secrets."""

import re
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.settings import settings
from data_access import account_desk, accounts, acting, attempts, audit, devices, metrics, sessions, vitals
from data_access.audit import Entry
from data_access.operations_done import done
from pages import device_panel
from tests.pages.conftest import Run, Screen, english

T = Texts("vi")
TITLES = {"users": "Users and devices", "audit": "Audit log", "health": "System health"}


@pytest.fixture
def store(small_city: Any, owner: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Engine]:
    """The small city's store with accounts of this test's own; what can be undone is undone."""
    file = tmp_path / "accounts.yaml"
    shutil.copy(small_city.data_dir / "accounts.yaml", file)
    for name, value in (small_city.env | {"OPS_ACCOUNTS_FILE": str(file)}).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    vitals._last.clear()
    monkeypatch.setattr(acting, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(account_desk, "ROUNDS", 4)
    yield owner
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM session"))
        connection.execute(text("DELETE FROM wall_device"))
    settings.cache_clear()


def click(screen: Screen, key: str) -> Screen:
    screen.app.button(key=key).click().run()
    assert [e.value for e in screen.app.exception] == []
    return screen


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["users", "audit", "health"])
def test_the_screens_in_both_languages(store: Engine, run: Run, name: str, lang: str) -> None:
    with store.begin() as connection:
        for kind in audit.KINDS:
            if kind not in ("exported", "alert_acknowledged", "alert_ended"):
                audit.note(connection, Entry(kind, "thử", "người thử", role="it", facts={"reason": "password"}))
    devices.issue(store, "Màn 1", "cntt")
    shown = run(name, "it", lang)
    assert shown.banners == []
    assert shown.heading == Texts(lang)(TITLES[name])
    if lang == "vi":
        assert english(shown.texts) == []
    assert "$2b$" not in shown.words


def test_a_new_account_and_its_password_once(store: Engine, run: Run) -> None:
    shown = run("users", "it", user="new")
    app = shown.app
    app.text_input(key="user-new-0-username").set_value("tayho")
    app.text_input(key="user-new-0-name").set_value("Lãnh đạo UBND quận Tây Hồ")
    app.selectbox(key="user-new-0-role").set_value("district")
    app.multiselect(key="user-new-0-districts").set_value(["003"])
    next(b for b in app.button if b.label == T("Create")).click().run()
    assert [e.value for e in app.exception] == []
    (password,) = [code.value for code in app.get("code")]
    made = accounts.load_configured(settings()).users["tayho"]
    assert (made.role, made.districts, made.name) == ("district", ("003",), "Lãnh đạo UBND quận Tây Hồ")
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", password)
    click(shown, "users-noted")
    assert password not in shown.words
    assert [e.who for e in entries(store, "account_created")] == ["thu"]
    assert password not in str(store_text(store))


def entries(store: Engine, kind: str) -> list[Any]:
    with store.connect() as connection:
        return list(connection.execute(
            text("SELECT * FROM audit WHERE kind = :k ORDER BY audit_id DESC LIMIT 1"), {"k": kind}))  # fmt: skip


def store_text(store: Engine) -> list[str]:
    with store.connect() as connection:
        return list(connection.execute(text("SELECT a::text FROM audit a")).scalars())


def test_a_district_account_without_a_district_is_refused(store: Engine, run: Run) -> None:
    shown = run("users", "it", user="trungtam")
    shown.app.selectbox(key="user-trungtam-0-role").set_value("district")
    next(b for b in shown.app.button if b.label == T("Save")).click().run()
    assert "tài khoản cấp huyện phải ghi mã quận, huyện được xem" in " ".join(shown.banners)
    assert accounts.load_configured(settings()).users["trungtam"].role == "operations"


def test_what_a_person_would_see_is_told_before_it_is_saved(store: Engine, run: Run) -> None:
    shown = run("users", "it", user="trungtam")
    app = shown.app
    assert sight(shown) == [], "nothing changes yet"
    app.selectbox(key="user-trungtam-0-role").set_value("district").run()
    assert sight(shown) == ["Không còn thấy các màn hình: Màn hình tường.",
                            "Phạm vi được xem: không có quận, huyện; hiện nay: toàn thành phố."]  # fmt: skip
    app.multiselect(key="user-trungtam-0-districts").set_value(["268", "005"]).run()
    assert sight(shown)[1] == "Phạm vi được xem: Quận Cầu Giấy, Quận Hà Đông; hiện nay: toàn thành phố."
    app.selectbox(key="user-trungtam-0-role").set_value("it").run()
    (come,) = sight(shown)
    assert come == (
        "Thấy thêm các màn hình: Nguồn dữ liệu; Ranh giới xã, phường; Người dùng và thiết bị; Cấu hình; "
        "Lịch làm việc; Nhật ký kiểm tra; Tình trạng hệ thống."
    )
    assert accounts.load_configured(settings()).users["trungtam"].role == "operations"
    fresh = run("users", "it", "en", user="new")
    assert sight(fresh)[0].startswith("Screens that come: My district; Overview; Alerts; ")
    assert sight(fresh)[1] == "Sees no district."


def sight(screen: Screen) -> list[str]:
    begins = tuple(Texts(lang)(source).split("{")[0] for lang in ("vi", "en") for source in (
        "Screens that go: {names}.", "Screens that come: {names}.", "Sees {now}."))  # fmt: skip
    return [words for words in screen.texts if words.startswith(begins)]


def test_a_new_password_is_shown_once_and_the_old_one_is_no_longer_good(store: Engine, run: Run) -> None:
    before = accounts.load_configured(settings()).users["hadong"].password
    session = sessions.new("hadong", "district", "password", "", 3_600)
    with store.begin() as connection:
        connection.execute(sessions.BEGIN, session.__dict__)
    shown = click(run("users", "it", user="hadong"), "user-reset")
    (password,) = [code.value for code in shown.app.get("code")]
    after = accounts.load_configured(settings()).users["hadong"].password
    assert after != before
    assert bcrypt.checkpw(password.encode(), after.get_secret_value().encode())
    assert session.session_id not in shown.words, "its sessions are ended"
    click(shown, "users-noted")
    assert password not in shown.words


def test_a_session_is_ended_and_the_history_tells_who_signed_in(store: Engine, run: Run) -> None:
    who = f"kt{secrets.token_hex(4)}"  # nothing is ever taken out of the audit
    mine, other = (sessions.new(name, "operations", "password", "10.1.2.3", 3_600) for name in (who, "trungtam"))
    with store.begin() as connection:
        for session in (mine, other):
            sessions.begin(connection, session)
    shown = run("users", "it")
    at = shown.texts.index(who, shown.texts.index(T("Signing in lately")))
    assert T("Signed in") in shown.texts[at : at + 4]
    assert "10.1.2.3" in shown.texts[at : at + 4]
    shown.app.session_state["session-picked"] = mine.session_id
    shown.app.run()
    click(shown, "session-end-it")
    with store.connect() as connection:
        assert [s.session_id for s in sessions.open_sessions(connection)] == [other.session_id]
    assert T("The session is ended.") in shown.banners
    assert [(e.who, e.what) for e in entries(store, "session_ended")] == [("thu", who)]


def test_the_last_it_account_stays(store: Engine, run: Run) -> None:
    shown = click(run("users", "it", user="cntt"), "user-disable")
    assert "cuối cùng" in " ".join(shown.banners)
    assert not accounts.load_configured(settings()).users["cntt"].disabled


def test_disabling_ends_the_sessions(store: Engine, run: Run) -> None:
    session = sessions.new("hadong", "district", "password", "", 3_600)
    with store.begin() as connection:
        connection.execute(sessions.BEGIN, session.__dict__)
    shown = run("users", "it", user="hadong")
    assert session.session_id in shown.words
    click(shown, "user-disable")
    assert accounts.load_configured(settings()).users["hadong"].disabled
    with store.connect() as connection:
        assert sessions.open_sessions(connection) == ()
    click(shown, "user-disable")
    assert not accounts.load_configured(settings()).users["hadong"].disabled


def test_a_locked_account_is_unlocked(store: Engine, run: Run, small_city: Any) -> None:
    url = small_city.urls.store_owner_url
    for _ in range(attempts.MOST):
        attempts.failed(url, Entry("sign_in_failed", "caugiay"))
    try:
        assert attempts.left(url, "caugiay") == 0
        shown = run("users", "it", user="caugiay")
        assert T("Locked") in shown.words
        click(shown, "user-unlock")
        assert attempts.left(url, "caugiay") == attempts.MOST
    finally:
        attempts.forgive(store, "caugiay", "test")


def test_a_token_is_issued_shown_once_and_revoked(store: Engine, run: Run) -> None:
    shown = run("users", "it")
    shown.app.text_input(key="device-name").set_value("Phòng trực 7")
    next(b for b in shown.app.button if b.label == T("Issue a token")).click().run()
    (address,) = [code.value for code in shown.app.get("code")]
    token = address.split("token=")[1]
    click(shown, "device-noted")
    assert token not in shown.words
    device = devices.exchange(store, token)
    shown.app.session_state["device-picked"] = device
    shown.app.run()
    click(shown, "device-revoke")
    assert next(d for d in devices.all_devices(store) if d.device_id == device).revoked_at is not None
    assert [e.who for e in entries(store, "device_revoked")] == ["thu"]


def test_a_file_that_cannot_be_read_is_told(store: Engine, run: Run) -> None:
    run("users", "it")
    path = settings().accounts_path
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("role: it", "role: king"), encoding="utf-8")
    shown = run("users", "it", user="cntt")
    assert "vai trò phải là một trong" in " ".join(shown.banners)
    assert "cntt" in shown.words, "the last good ones stay in force"
    click(shown, "user-disable")
    assert path.read_text(encoding="utf-8") == good.replace("role: it", "role: king")


def test_the_audit_is_filtered_and_paged(store: Engine, run: Run) -> None:
    mine = [f"kt{secrets.token_hex(4)}" for _ in range(2)]  # nothing is ever taken out of the audit
    with store.begin() as connection:
        for n in range(120):
            audit.note(connection, Entry("device_issued", mine[n % 2], f"Màn {n:03}"))
    shown = run("audit", "it", kind="devices", who=mine[1], q="mán")
    assert "Màn 119" in shown.words
    assert "Màn 118" not in shown.words
    assert T("{n} entries", n="60") in shown.words
    click(shown, "audit-older")
    assert [w for w in shown.texts if w.startswith("Màn ")] == [f"Màn {n:03}" for n in range(19, 0, -2)]
    click(shown, "audit-newer")
    assert "Màn 119" in shown.words
    wrong = run("audit", "it", kind="x", after="1-2", days="2")
    assert len(wrong.banners) == 3


def test_health_says_what_to_do(store: Engine, run: Run, small_city: Any) -> None:
    with store.begin() as connection:
        done(connection, "backup", ok=False, size=12)
        connection.execute(
            text("INSERT INTO reconcile_found VALUES (clock_timestamp(), 'dossier', 'stale', '2026-11-20', 7)")
        )
    try:
        shown = run("health", "it")
        assert T("failed at {at}", at="").strip() in shown.words
        assert T("Look at the backup's own log and timer (docs/operating.md); it notes each run here.") in shown.words
        assert T("{n} within {days} days, repaired", n="7", days="7") in shown.words
        assert T("out of date") in shown.words
        for secret in (str(small_city.data_dir), "ops_reader", "ops_owner", "postgresql", "SELECT "):
            assert secret not in shown.words.replace("câu SELECT nào", "")
        told = vitals_of_prometheus(small_city)
        assert 'ops_done_ok{work="backup"} 0.0' in told
        assert 'ops_reconcile_repaired{entity="dossier",kind="stale"} 7.0' in told
        assert "ops_store_up 1.0" in told
        assert "ops_ready 1.0" in told
    finally:
        with store.begin() as connection:
            connection.execute(text("DELETE FROM reconcile_found WHERE rows = 7 AND kind = 'stale'"))
            connection.execute(text("DELETE FROM operation_done WHERE name = 'backup'"))


def vitals_of_prometheus(city: Any) -> str:
    told = metrics.metrics().decode()
    for secret in (str(city.data_dir), "ops_reader", "ops_owner", "postgresql", "SELECT", "127.0.0.1"):
        assert secret not in told
    return told


def test_the_list_of_devices_tells_who_is_heard() -> None:
    """State, last heartbeat, wall and size of each; two minutes without a heartbeat are silence."""
    issued = datetime(2026, 11, 20, 1, tzinfo=UTC)

    def told(heard: datetime | None, signed_in: datetime | None = issued, **more: Any) -> list[str]:
        plain = {"device_id": "ab", "name": "Màn 1", "issued_at": issued, "revoked_at": None, "wall": None,
                 "width": None, "height": None}  # fmt: skip
        device = devices.Device(**(plain | more), signed_in_at=signed_in, heartbeat_at=heard)
        return [cell.text for cell in device_panel._cells(device, T)]

    assert told(None, None) == ["Màn 1", T("Not signed in yet"), T("never"), "–", "–", "08:00 20/11/2026"]
    assert told(None)[1:3] == [T("Silent"), T("never")]
    assert told(issued)[1:3] == [T("Silent"), "08:00 20/11/2026"]
    now = datetime.now(UTC)
    assert told(now, wall="trung-tam", width=1920, height=1080)[1:5] == [
        T("Live"), T.moment(now), "trung-tam", "1920 × 1080",
    ]  # fmt: skip
    assert told(now, revoked_at=issued)[1] == T("Revoked")
