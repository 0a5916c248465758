"""Settings that refuse: malformed values, half a deployment, a secret given twice."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import ROOT, Settings
from data_access.demo.stack import settings_problem

URL = "postgresql://ops:hunter2@db/ops"
WHOLE = {
    "OPS_STORE_URL": URL, "OPS_STORE_READER_URL": URL, "OPS_SOURCE_URL": URL, "OPS_COOKIE_KEY": "k" * 40,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPS_DATA_DIR", raising=False)


def test_without_anything_it_is_the_demo() -> None:
    conf = Settings()
    assert (conf.embedded, conf.data_dir, conf.demo_dossiers, conf.timezone) == (
        True, ROOT / ".data", 311_000, "Asia/Ho_Chi_Minh",
    )  # fmt: skip
    assert conf.accounts_path == ROOT / ".data" / "accounts.yaml"


def test_a_whole_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    conf = Settings()
    assert not conf.embedded
    assert conf.store_url is not None
    assert conf.store_url.get_secret_value() == URL


@pytest.mark.parametrize("missing", ["OPS_STORE_READER_URL", "OPS_SOURCE_URL", "OPS_COOKIE_KEY"])
def test_half_a_deployment_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in WHOLE.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert f"so these must be set too: {missing}" in str(refused.value)


def test_a_source_without_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_SOURCE_URL", URL)
    with pytest.raises(ValidationError, match="OPS_STORE_URL must be set too"):
        Settings()


def test_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s3cret-from-file\n", encoding="utf-8")
    monkeypatch.setenv("OPS_COOKIE_KEY_FILE", str(file))
    conf = Settings()
    assert conf.cookie_key is not None
    assert conf.cookie_key.get_secret_value() == "s3cret-from-file"
    monkeypatch.setenv("OPS_COOKIE_KEY", "other")
    with pytest.raises(ValidationError, match="OPS_COOKIE_KEY or OPS_COOKIE_KEY_FILE, not both"):
        Settings()


def test_a_file_of_a_secret_that_can_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    binary = tmp_path / "key"
    binary.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "nowhere", tmp_path, binary):
        monkeypatch.setenv("OPS_COOKIE_KEY_FILE", str(path))
        with pytest.raises(ValidationError) as refused:
            Settings()
        assert f"OPS_COOKIE_KEY_FILE: {path} can't be read" in str(refused.value)
        problem = settings_problem(refused.value)
        assert all(f"{path} can't be read" in problem.text(lang) for lang in ("vi", "en"))


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert "hunter2" not in repr(Settings()) + str(Settings().model_dump())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYNC_SECONDS", "0"), ("SYNC_SECONDS", "soon"), ("DEMO_DOSSIERS", "999"), ("DEMO_FACTOR", "0"),
        ("DEMO_FACTOR", "1001"), ("DEMO_NOW", "yesterday"), ("RUN_SYNC", "perhaps"),
    ],
)  # fmt: skip
def test_malformed_values_refuse_to_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"OPS_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert name.lower() in str(refused.value)
