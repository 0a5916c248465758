"""What a deployment may set, read from the environment (prefix OPS_), never from code.

A secret can be given as X or, better, as a file named by X_FILE.
"""

import os
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CONFIG_DIR = Path(__file__).resolve().parent
ROOT = CONFIG_DIR.parent


SECRETS = ("store_url", "store_reader_url", "source_url", "cookie_key", "notify_urls", "oidc_client_secret")
OIDC = ("oidc_metadata_url", "oidc_client_id", "oidc_client_secret", "oidc_redirect_uri")


class SourceSettings(BaseSettings):
    """The one-stop database alone: enough for trying a mapping profile, before there is a store."""

    model_config = SettingsConfigDict(env_prefix="OPS_", extra="ignore")

    source_url: SecretStr | None = None
    """The one-stop database, by a read-only account. Unset: the generated city."""
    source_profile: str | None = None
    """Folder under config/profiles with one SELECT per entity, for this process. Default: as source.yaml says."""
    timezone: str = "Asia/Ho_Chi_Minh"

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, values: dict[str, object]) -> dict[str, object]:
        """Read X from the file named by X_FILE; both at once, or a file that can't be read, is a mistake we refuse."""
        for name in SECRETS:
            path = os.environ.get(f"OPS_{name.upper()}_FILE")
            if not path or name not in cls.model_fields:
                continue
            if values.get(name):
                raise ValueError(f"set OPS_{name.upper()} or OPS_{name.upper()}_FILE, not both")
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
                raise ValueError(f"OPS_{name.upper()}_FILE: {path} can't be read: {reason}") from None
        return values


class Settings(SourceSettings):
    """One value per environment variable OPS_<NAME>; unknown or malformed values refuse to start."""

    data_dir: Path = ROOT / ".data"
    """Where the embedded PostgreSQL, accounts and logs live."""
    store_url: SecretStr | None = None
    """The store's owner account (SQLAlchemy URL). Unset: the embedded PostgreSQL."""
    store_reader_url: SecretStr | None = None
    """The store's reader account, subject to row-level security. Needed with store_url."""
    cookie_key: SecretStr | None = None
    """Signs the sign-in cookie. Required with store_url; made at random for the embedded demo."""
    accounts_file: Path | None = None
    """Accounts and password hashes (YAML). Default: data_dir/accounts.yaml."""
    sync_seconds: float | None = Field(default=None, gt=0)
    """Seconds between two looks at the source, for this process. Default: the city's (config/city.yaml)."""
    reconcile_share: float = Field(default=0.05, ge=0, le=1)
    """Share of the sync's time for comparing source and store in the background; 0: only when asked to."""
    reconcile_hours: float = Field(default=24.0, gt=0)
    """Hours from the start of one comparison of everything to the next; recent days are compared often."""
    run_sync: bool = True
    """False: this process brings nothing over; another one does (several application processes)."""
    config_dir: Path | None = None
    """The city's own configuration files; one there stands for the shipped one. Default: data_dir/config."""
    walls_file: Path | None = None
    """Walls (YAML). Default: config/walls.yaml."""
    keep_alerts: bool = True
    """False: this process opens no alerts and sends no messages, not even when no other one does."""
    alerts_file: Path | None = None
    """Rules of alerts (YAML). Default: config/alerts.yaml."""
    notify_urls: SecretStr | None = None
    """Where messages about alerts go: one Apprise URL a line, or `name,name=URL` (docs/alerts.md). Unset: nowhere."""
    notify_language: Literal["vi", "en"] | None = None
    """In which language they are written by this process. Default: the city's (config/city.yaml)."""
    wall_seconds: float | None = Field(default=None, ge=0.2, le=5)
    """Seconds between two looks of a wall of this process. Default: the city's (config/city.yaml)."""
    oidc_metadata_url: str | None = None
    """The city's OpenID Connect provider: its …/.well-known/openid-configuration. Unset: passwords only.

    Which role its groups give stands in sign_in.yaml.
    """
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_redirect_uri: str | None = None
    """This application's address as people know it, with /oauth2callback."""
    monitor_networks: str = "127.0.0.0/8,::1/128"
    """Who may ask /healthz, /readyz and /metrics: networks, comma-separated. Others are told that there is no page."""
    demo_dossiers: int = Field(default=311_000, ge=1_000)
    """Size of the generated city; 311,000 is the published figure."""
    demo_seed: int = 2018
    demo_now: datetime | None = None
    """Instant up to which the city is generated; default is the time of the first start."""
    demo_factor: float = Field(default=1.0, gt=0, le=1_000)
    """How many times faster than life the simulator lets events happen."""
    demo_simulator: bool = True
    """False keeps the generated city still (tests, screenshots)."""

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        """A real deployment names all of its doors; half of them would mix demo and real figures."""
        if self.store_url is not None:
            missing = [n for n in ("store_reader_url", "source_url", "cookie_key") if getattr(self, n) is None]
            if missing:
                names = ", ".join(f"OPS_{n.upper()}" for n in missing)
                raise ValueError(f"OPS_STORE_URL is set, so these must be set too: {names}")
        elif self.source_url is not None:
            raise ValueError("OPS_SOURCE_URL is set, so OPS_STORE_URL must be set too")
        missing = [name for name in OIDC if getattr(self, name) is None]
        if missing and len(missing) < len(OIDC):
            names = ", ".join(f"OPS_{n.upper()}" for n in missing)
            raise ValueError(f"for OpenID Connect these must be set too: {names}")
        return self

    @field_validator("monitor_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in value.split(","):
            ip_network(part.strip())
        return value

    def may_monitor(self, address: str) -> bool:
        """Whether a request from this address may ask how the application is."""
        try:
            at = ip_address(address)
        except ValueError:
            return False
        return any(at in ip_network(part.strip()) for part in self.monitor_networks.split(","))

    @property
    def embedded(self) -> bool:
        """True when the application runs a PostgreSQL and a generated city of its own."""
        return self.store_url is None

    @property
    def tz(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def config_path(self) -> Path:
        """Where the city's own configuration files lie."""
        return self.config_dir or self.data_dir / "config"

    @property
    def accounts_path(self) -> Path:
        """Where accounts and hashes lie, outside git."""
        return self.accounts_file or self.data_dir / "accounts.yaml"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
