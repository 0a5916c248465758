"""Two application processes and two syncs over one store, behind deploy/nginx: one address, one truth."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from tests.support.apps import AppServer, free_port, serving
from tests.support.browser import sign_in
from tests.support.cities import City
from tests.support.processes import wait_for

pytestmark = pytest.mark.browser
CONF = (Path(__file__).parents[2] / "deploy/nginx/ops.conf").read_text(encoding="utf-8")
# the certificate is the test's own
INSECURE = ssl._create_unverified_context()
MISSING = "nginx is missing: apt-get install nginx-light"


@dataclass(frozen=True)
class Site:
    """The proxy's address and what stands behind it."""

    url: str
    apps: tuple[AppServer, AppServer]
    city: City

    def get(self, path: str, cookie: str = "") -> tuple[int, Any]:
        request = urllib.request.Request(self.url + path, headers={"Cookie": cookie} if cookie else {})
        try:
            with urllib.request.urlopen(request, timeout=20, context=INSECURE) as answer:
                return answer.status, answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.headers


def nginx() -> str:
    """The program. Without one: a failure in CI, else a skip that says what to install."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found and os.environ.get("CI"):
        pytest.fail(MISSING, pytrace=False)
    if not found:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="module")
def site(live_city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    program, folder = nginx(), tmp_path_factory.mktemp("nginx")
    plain, port = free_port(), free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-keyout", "key.pem", "-out", "fullchain.pem"],
        cwd=folder, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    with serving(live_city) as first, serving(live_city) as second:
        text = CONF.replace("/etc/ops/tls", str(folder)).replace("ops.example.vn", "127.0.0.1")
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
            "listen 80", f"listen 127.0.0.1:{plain}"
        )
        for name, app in (("8501", first), ("8502", second)):
            assert f"127.0.0.1:{name}" in text
            text = text.replace(f"127.0.0.1:{name}", app.url.removeprefix("http://"))
        kept = "".join(
            f"{what}_temp_path {folder}/{what};\n" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off;\nuser root;\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
            f"events {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\naccess_log off;\n{kept}{text}\n}}\n",
            encoding="utf-8",
        )
        told = subprocess.run(
            [program, "-t", "-c", str(folder / "nginx.conf")], capture_output=True, text=True, timeout=60, check=False
        )
        assert told.returncode == 0, told.stderr
        process = subprocess.Popen([program, "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        made = Site(f"https://127.0.0.1:{port}", (first, second), live_city)
        try:
            wait_for(lambda: _serves(made), "the proxy serves", 60)
            yield made
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _serves(site: Site) -> bool:
    try:
        return site.get("/healthz")[0] in (200, 404)
    except OSError:
        return False


def test_headers_and_what_is_not_passed_on(site: Site) -> None:
    status, headers = site.get("/")
    assert status == 200
    assert {name: headers[name] for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")} == {
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "same-origin",
    }  # fmt: skip
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["Server"] == "nginx", "no version"
    kept = ("/metrics", "/readyz", "/healthz", "/_stcore/metrics")
    assert [site.get(path)[0] for path in kept] == [404] * len(kept)


def test_screens_work_behind_it_and_outlive_a_process(site: Site, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True, locale="vi-VN", viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        sign_in(page, site.url, "trungtam", path="/overview")
        expect(page.locator("h1.page-title")).to_be_visible(timeout=60_000)
        page.locator(".wm .w").first.wait_for(state="attached", timeout=60_000)
        (route,) = [c for c in context.cookies() if c["name"] == "ops_route"]
        assert (route["httpOnly"], route["secure"]) == (True, True)
        assert refused == [], "the policy lets the application work"
        for app in site.apps:  # whichever served it: the other one takes over, signed in as before
            app.stop()
            try:
                page.reload()
                expect(page.locator("h1.page-title")).to_be_visible(timeout=60_000)
                page.locator(".wm .w").first.wait_for(state="attached", timeout=60_000)
            finally:
                app.start()
    finally:
        context.close()


def test_two_syncs_keep_one_truth_and_one_takes_over(site: Site) -> None:
    first, second = (app.sync for app in site.apps)
    assert first is not None
    assert second is not None
    for gone in (None, first):
        if gone is not None:
            gone.terminate()
            gone.wait(20)
        before = _versions(site)
        _touch(site.city)
        wait_for(lambda old=before: all(now > was for now, was in zip(_versions(site), old, strict=True)),
                 "both processes show the change", 90)  # fmt: skip
        wait_for(lambda: len(set(_versions(site))) == 1, "both show the same version", 60)
    first.start()


def _versions(site: Site) -> list[int]:
    found = []
    for app in site.apps:
        with urllib.request.urlopen(f"{app.url}/healthz", timeout=20) as answer:
            found.append(int(json.load(answer)["data_version"]))
    return found


def _touch(city: City) -> None:
    with psycopg.connect(city.server.dsn("onestop"), autocommit=True) as conn:
        conn.execute("""
            UPDATE onestop.ho_so SET hen_tra = hen_tra + interval '1 second', cap_nhat = now()
             WHERE id_ho_so = (SELECT id_ho_so FROM onestop.ho_so WHERE trang_thai IN (2, 4) ORDER BY random()
                                LIMIT 1)""")
