"""Each line of the health screen says what to do when it is not good, and /metrics tells the versions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.i18n import Texts
from data_access import metrics
from data_access.operations_done import Done
from data_access.queries.answers import Timing
from data_access.queries.watch import Pulse
from data_access.sync.reconcile_books import Finding
from data_access.vitals import StoreVitals, Vitals, versions
from pages import health

NOW = datetime.now(UTC)
LATE, SOON = NOW - timedelta(days=30), NOW + timedelta(days=1)  # however long after its collection a test runs
STORE = StoreVitals(
    postgres="16.4 (Debian)", schema="0018", bytes=2_000_000_000, connections=12, most_connections=100, sessions=3,
    looking=2, done={name: Done(NOW, True, {}) for name in ("backup", "rollup_check")}, rounds={}, findings=(),
)  # fmt: skip
FINE = Vitals(
    pulse=Pulse(version=7, as_of=NOW, source_at=SOON, heartbeat_at=SOON, sync_state="running", sync_since=NOW,
                store_ok=True, store_since=NOW),
    pool=(1, 8), given=100, asked=20, timings={"units": Timing(3, 0.3, 0.2)}, memory=400_000_000,
    disk_free=80, disk_total=100, up_seconds=60.0, store=STORE, versions=versions(),
)  # fmt: skip
WORST = Vitals(
    pulse=Pulse(heartbeat_at=LATE, sync_state="source_down"), pool=(7, 8), given=0, asked=0,
    timings={"units": Timing(1, 9.0, 9.0)}, memory=9_000_000_000, disk_free=1, disk_total=100, up_seconds=60.0,
    store=replace(STORE, connections=99, done={"backup": Done(LATE, False, {})},
                  findings=(Finding(NOW, "dossier", "stale", date(2026, 11, 20), 4),)),
)  # fmt: skip
INFORMATION = {"Sessions", "Size of the store", "Answers from memory"}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_not_good_says_what_to_do(lang: str) -> None:
    t = Texts(lang)
    worst = {check.what: check for check in health._checks(WORST, t)}
    assert {what for what, check in worst.items() if check.state == "told"} == {t(what) for what in INFORMATION}
    assert [what for what, check in worst.items() if check.state == "good"] == [], "none is left out"
    assert [what for what, check in worst.items() if len(check.advice) < 20] == []
    assert {what for what, check in worst.items() if check.state == "unknown"} == {t("Age of the figures")}


def test_when_all_is_good() -> None:
    found = {check.what: check.state for check in health._checks(FINE, Texts("en"))}
    assert {what for what, state in found.items() if state == "told"} == INFORMATION
    assert set(found.values()) == {"good", "told"}


def test_metrics_tell_the_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    own = versions()
    assert set(own) == {"application", "python", "streamlit", "sqlalchemy"}
    monkeypatch.setattr(metrics, "vitals", lambda: FINE)
    (told,) = [line for line in metrics.metrics().decode().splitlines() if line.startswith("ops_versions_info{")]
    for name, version in (own | {"postgres": "16.4", "schema": "0018"}).items():
        assert f'{name}="{version}"' in told
    monkeypatch.setattr(metrics, "vitals", lambda: replace(FINE, store=None))
    (told,) = [line for line in metrics.metrics().decode().splitlines() if line.startswith("ops_versions_info{")]
    assert f'application="{own["application"]}"' in told
    assert "schema=" not in told
