"""The shipped proxy before two tiny upstreams: a viewer stays at one of them, and text travels compressed."""

import gzip
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.test_proxy import CONF, INSECURE, nginx
from tests.support.apps import free_port
from tests.support.processes import wait_for

TEXT = "hồ sơ một cửa " * 500


def upstream(number: int) -> ThreadingHTTPServer:
    class Tiny(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind = {"/page": "text/html", "/picture": "image/png"}.get(self.path, "text/plain")
            body = TEXT.encode()
            self.send_response(200)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("X-Number", str(number))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Tiny)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program, folder, plain, port = nginx(), tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-keyout", "key.pem", "-out", "fullchain.pem"],
        cwd=folder, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    servers = [upstream(number) for number in range(2)]
    changes = {"/etc/ops/tls": str(folder), "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
               "listen 80": f"listen 127.0.0.1:{plain}"}  # fmt: skip
    changes |= {f"127.0.0.1:{8501 + n}": f"127.0.0.1:{one.server_port}" for n, one in enumerate(servers)}
    text = CONF
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    kept = "".join(f"{one}_temp_path {folder}/{one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off;\nuser root;\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kept}{text}\n}}\n", encoding="utf-8",
    )  # fmt: skip
    for one in servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    process = subprocess.Popen([program, "-c", str(conf)], stderr=subprocess.DEVNULL)
    url = f"https://127.0.0.1:{port}"
    try:
        wait_for(lambda: _serves(url), "the proxy serves", 60)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        for one in servers:
            one.shutdown()
            one.server_close()


def get(url: str, **headers: str) -> tuple[dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with urllib.request.urlopen(request, timeout=60, context=INSECURE) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def _serves(url: str) -> bool:
    try:
        return bool(get(url)[1])
    except OSError:
        return False


def test_a_viewer_stays_at_one_and_viewers_are_shared_out(proxy: str) -> None:
    """The cookie alone decides. Some viewers until both have one: sixty at one of two don't happen by chance."""
    at: set[str] = set()
    for _ in range(60):
        headers, _ = get(proxy)
        cookie = headers["set-cookie"].split(";")[0]
        assert cookie.startswith("ops_route=")
        again = [get(proxy + path, Cookie=cookie)[0] for path in ("/", "/page")]
        assert [(one["x-number"], one.get("set-cookie")) for one in again] == [(headers["x-number"], None)] * 2
        at.add(headers["x-number"])
        if len(at) == 2:
            break
    assert at == {"0", "1"}


def test_text_travels_compressed_and_pictures_as_they_are(proxy: str) -> None:
    for path in ("/", "/page"):
        headers, body = get(proxy + path, Accept_Encoding="gzip")
        assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(body).decode() == TEXT
    headers, body = get(f"{proxy}/picture", Accept_Encoding="gzip")
    assert (headers.get("content-encoding"), body.decode()) == (None, TEXT)
    assert get(proxy)[1].decode() == TEXT, "who can't read it gets it plain"
