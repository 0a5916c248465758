"""A failure is told with the id that stands in the log, in the reader's language, for screens and for fragments."""

import json
import logging
import re
from typing import Any

import pytest
import structlog
from streamlit.testing.v1 import AppTest

from config.i18n import Texts
from pages.requests import tell_failure


def _fails() -> None:  # its source runs by itself: no names of this file
    import structlog

    from pages.requests import begin_request, tell_failure

    begin_request()
    structlog.get_logger("test").warning("before")
    try:
        raise RuntimeError("SELECT secret FROM host-7")
    except RuntimeError as error:
        tell_failure(error)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_id_on_the_screen_is_in_the_log(lang: str) -> None:
    app = AppTest.from_function(_fails)
    app.query_params["lang"] = lang
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        app.run(timeout=60)
    shown = " ".join(str(e.proto.body) for e in app.get("html"))
    (key,) = re.findall(r"[0-9a-f]{8}", shown)
    words = Texts(lang)("Something failed on this screen. It was written to the log; the other screens keep working. "
                        "Request id: {id}", id=key)  # fmt: skip
    assert words in shown
    assert "secret" not in shown
    assert [(line["event"], line["request"]) for line in logged] == [("before", key), ("a run failed", key)]


def test_streamlit_shows_nothing_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)

    def script() -> None:
        from pages.requests import tell_failure

        assert tell_failure(ImportError("pages.backlog"))

    app = AppTest.from_function(script).run(timeout=60)
    assert [e.value for e in app.exception] == []
    assert "Màn hình này gặp lỗi" in " ".join(str(e.proto.body) for e in app.get("html"))


def test_the_application_uses_it() -> None:
    import app

    assert app.app._on_script_error is tell_failure


def test_a_line_of_the_log_is_one_json_object(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from config.logs import configure_logs

    before = structlog.get_config()
    try:
        configure_logs()
        with structlog.contextvars.bound_contextvars(request="ab12"):
            structlog.get_logger("test").warning("việc", n=1)
        line = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    finally:
        structlog.configure(**before)
    assert {k: line[k] for k in ("request", "event", "level", "n")} == {
        "request": "ab12", "event": "việc", "level": "warning", "n": 1,
    }  # fmt: skip
