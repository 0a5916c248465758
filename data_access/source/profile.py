"""A mapping profile: config/profiles/<name>/ with profile.yaml and one SELECT per entity."""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from config.problems import Problem
from config.settings import CONFIG_DIR
from data_access.source.contract import ENTITIES

PROFILES = CONFIG_DIR / "profiles"
DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


class ProfileFile(BaseModel):
    """What profile.yaml may say; unknown keys are refused, since a typo would otherwise be silent."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: dict[str, str] = Field(default_factory=dict)
    dialect: str = "postgresql"
    """SQL dialect of the SELECTs, as SQLAlchemy calls it."""
    timezone: str = DEFAULT_ZONE
    """Zone in which times without a zone are read."""
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """Values for :name in the SELECTs (for example the tenant's group id)."""
    status_map: dict[str, int] = Field(default_factory=dict)
    """Source status → national code 1–10, where the SELECT doesn't map it itself."""

    @field_validator("status_map", mode="before")
    @classmethod
    def _keys_are_text(cls, value: object) -> object:
        return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value


@dataclass(frozen=True)
class Profile:
    """A profile as read: its settings, its SELECTs by entity, and what its files looked like then."""

    folder: Path
    conf: ProfileFile
    sql: dict[str, str]
    stamp: tuple[tuple[str, int, int], ...] = field(repr=False, default=())

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.conf.name

    @property
    def zone(self) -> ZoneInfo:
        """Zone in which times without a zone are read."""
        return ZoneInfo(self.conf.timezone)

    def file(self, entity: str) -> str:
        """The file that a person would mend for this entity, as they know it."""
        return f"{self.folder.name}/{entity}.sql"

    def changed(self) -> bool:
        """True when a file of the folder is no longer what was read. Costs a dozen stat calls."""
        return self.stamp != _stamp(self.folder)


def load_profile(name: str, base: Path = PROFILES) -> Profile:
    """Read `base`/`name`. Raises Problem (profile_missing, profile_invalid, profile_entity_missing)."""
    folder = base / name
    stamp = _stamp(folder)
    path = folder / "profile.yaml"
    try:
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        conf = ProfileFile.model_validate(document)
    except OSError as error:
        raise Problem("profile_missing", file=f"{name}/profile.yaml") from error
    except (YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise Problem("profile_invalid", file=f"{name}/profile.yaml", reason=_reason(error)) from error
    sql: dict[str, str] = {}
    for entity in ENTITIES.values():
        file = folder / f"{entity.name}.sql"
        if file.exists():
            sql[entity.name] = file.read_text(encoding="utf-8").strip().rstrip(";")
        elif entity.required:
            raise Problem("profile_entity_missing", file=f"{name}/{entity.name}.sql", entity=entity.name)
    return Profile(folder, conf, sql, stamp)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted(f for f in folder.glob("*") if f.suffix in (".sql", ".yaml"))
    return tuple((f.name, (s := f.stat()).st_mtime_ns, s.st_size) for f in files)


def _reason(error: Exception) -> str:
    """The first thing wrong, in one line."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}"
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    return where + str(getattr(error, "problem", None) or error).splitlines()[0]
