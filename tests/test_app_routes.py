"""The plain routes of the application: health without secrets, the map's files with their validators."""

import gc
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from config.problems import Problem
from data_access import health as health_module
from data_access.demo.progress import Progress
from data_access.demo.runtime import Runtime
from data_access.queries.watch import Pulse
from tests.support.apps import AppServer, serving
from widgets.ward_map import assets

KEYS = ["status", "store", "source", "sync", "data_version", "data_age_seconds", "as_of", "wards", "now"]


@pytest.fixture(scope="module")
def still_server(small_city: Any) -> Iterator[AppServer]:
    """The application over the small city, without sync."""
    with serving(small_city, sync=False) as server:
        yield server


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (lower case) and body."""
    try:
        with urlopen(Request(url, headers=headers), timeout=20) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_health_over_http(still_server: AppServer) -> None:
    status, headers, body = get(f"{still_server.url}/healthz")
    document = json.loads(body)
    assert status == 200
    assert list(document) == KEYS
    assert (document["store"], document["source"], document["wards"]) == ("up", "up", 584)
    assert document["data_version"] >= 1
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "application/json"
    city = still_server.city
    secrets = [str(city.data_dir), "ops_reader", "ops_owner", "onestop", "postgresql", "127.0.0.1", "/tmp", "host"]
    assert [s for s in secrets if s in body.decode()] == []


def test_nobody_needs_to_sign_in_for_health_and_nothing_else_is_told(still_server: AppServer) -> None:
    for path in ("healthz/../runtime.json", "runtime.json", "accounts.yaml", "geo/../app.py", "geo/wards.json"):
        status, _, body = get(f"{still_server.url}/{path}")
        assert b"hosts" not in body
        assert b"bcrypt" not in body
        assert status in (200, 400, 404)  # Streamlit answers an unknown path with its empty page
        if status == 200:
            assert b"<title>Streamlit</title>" in body or b"<!doctype html>" in body.lower()[:200]


def test_a_look_without_an_open_desk_tells_nothing(still_server: AppServer) -> None:
    for query in ("", "?desk=", "?desk=0123456789abcdef"):
        status, _, body = get(f"{still_server.url}/look{query}")
        assert (status, body) == (404, b"")


@pytest.mark.parametrize("path", sorted(assets()))
def test_map_files_are_cached_by_their_validators(still_server: AppServer, path: str) -> None:
    asset = assets()[path]
    status, headers, body = get(f"{still_server.url}/{path}?v={asset.etag}")
    assert (status, body) == (200, asset.body)
    assert headers["etag"] == f'"{asset.etag}"'
    assert headers["content-type"].split(";")[0] == asset.media_type.split(";")[0]
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    status, headers, body = get(f"{still_server.url}/{path}", **{"If-None-Match": f'"{asset.etag}"'})
    assert (status, body, headers["etag"]) == (304, b"", f'"{asset.etag}"')
    assert get(f"{still_server.url}/{path}", **{"If-None-Match": '"older"'})[0] == 200


@pytest.mark.parametrize("path", ["healthz", "readyz", "metrics"])
def test_monitoring_is_for_its_networks_only(still_server: AppServer, path: str) -> None:
    assert get(f"{still_server.url}/{path}")[0] == 200
    for header in ({"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"},
                   {"X-Real-IP": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):  # fmt: skip
        status, _, body = get(f"{still_server.url}/{path}", **header)
        assert (status, body) == (404, b""), header


def test_metrics_over_http(still_server: AppServer) -> None:
    status, headers, body = get(f"{still_server.url}/metrics")
    told = body.decode()
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert headers["content-type"].startswith("text/plain")
    for line in ("ops_ready 1.0", "ops_store_up 1.0", "# TYPE ops_answers_total counter"):
        assert line in told
    for secret in (str(still_server.city.data_dir), "ops_reader", "ops_owner", "postgresql", "127.0.0.1", "SELECT"):
        assert secret not in told


def test_ready_without_figures_and_not_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "runtime", lambda: Runtime("starting", Progress("city")))
    assert health_module.ready() == (503, {"ready": False, "stage": "city"})
    monkeypatch.setattr(health_module, "runtime", lambda: Runtime("ready", Progress("ready")))
    assert health_module.ready() == (200, {"ready": True})


def good(**changed: Any) -> Pulse:
    """A pulse of this moment with nothing wrong, but for what is changed."""
    now = datetime.now(UTC)
    fine = {
        "version": 5, "as_of": now, "source_at": now, "heartbeat_at": now, "sync_state": "running", "sync_since": now,
        "store_ok": True, "store_since": now,
    }  # fmt: skip
    return Pulse(**(fine | changed))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, (200, "ok", "up", "up", "running")),
        ({"store_ok": False}, (503, "store", "down", "up", "running")),
        ({"version": 0}, (503, "loading", "up", "up", "running")),
        ({"sync_state": "source_down"}, (200, "source", "up", "down", "source_down")),
        ({"sync_state": "refused", "problem_facts": {"file": "secret.sql"}},
         (200, "refused", "up", "refused", "refused")),
        ({"heartbeat_at": datetime(2026, 1, 1, tzinfo=UTC)}, (200, "sync", "up", "up", "silent")),
    ],
)  # fmt: skip
def test_health_in_each_state(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], expected: tuple[int, str, str, str, str]
) -> None:
    class Desk:
        class watch:  # noqa: N801
            @staticmethod
            def pulse() -> Pulse:
                return good(**changed)

    class Ready:
        ready, store_reader_url = True, "postgresql://reader:hunter2@db/ops"

    monkeypatch.setattr(health_module, "runtime", Ready)
    monkeypatch.setattr(health_module, "desk", lambda _: Desk)
    status, document = health_module.health()
    assert (status, *(document[k] for k in ("status", "store", "source", "sync"))) == expected
    assert list(document) == KEYS
    assert "secret.sql" not in json.dumps(document)
    assert "hunter2" not in json.dumps(document)


def test_health_while_starting_and_with_a_bad_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "runtime", lambda: None)
    assert health_module.health() == (503, {"status": "starting", "stage": None})
    monkeypatch.setattr(health_module, "runtime", lambda: Runtime("starting", Progress("city")))
    assert health_module.health() == (503, {"status": "starting", "stage": "city"})

    def refused() -> None:
        raise Problem("registry_empty", path="x.csv")

    monkeypatch.setattr(health_module, "registry", refused)
    assert health_module._wards() is None


def test_what_stays_for_good_is_out_of_the_collectors_rounds() -> None:
    import app

    before = gc.get_threshold()
    try:
        app._keep_for_good()
        assert gc.get_freeze_count() > 100_000, "the libraries' functions, classes and constants"
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
