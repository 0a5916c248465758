"""Which mapping profile the sync reads by, and the values that the city gives its parameters (source.yaml)."""

from typing import Any

from pydantic import Field, field_validator, model_validator

from config.kept import Kept
from config.mistakes import MisplacedError, nearest
from config.models import Strict, reads
from config.problems import Problem
from config.settings import CONFIG_DIR
from config.yaml_lines import whole

SOURCE_FILE = CONFIG_DIR / "source.yaml"
PROFILES = CONFIG_DIR / "profiles"


class SourceProfile(Strict):
    """profile: a folder of config/profiles; parameters: values that stand for those in its profile.yaml."""

    profile: str
    parameters: dict[str, Any] = Field(default_factory=dict)

    @field_validator("profile")
    @classmethod
    def _there(cls, name: str) -> str:
        names = sorted(path.parent.name for path in PROFILES.glob("*/profile.yaml"))
        if name not in names:
            raise ValueError(*nearest(name, names))
        return name

    @model_validator(mode="after")
    def _known_parameters(self) -> "SourceProfile":
        known = parameters_of(self.profile)
        for name, value in self.parameters.items():
            if not known:
                raise MisplacedError(
                    ("parameters", name),
                    f"hồ sơ {self.profile} không có tham số nào; xoá dòng này",
                    f"the profile {self.profile} has no parameters; delete this line",
                )
            if name not in known:
                raise MisplacedError(("parameters", name), *nearest(name, known))
            if not _alike(value, known[name]):
                raise MisplacedError(
                    ("parameters", name),
                    f"phải cùng kiểu với giá trị trong profile.yaml: {known[name]}",
                    f"must be of the kind that profile.yaml has: {known[name]}",
                )
        return self

    def under(self, own: str | None) -> tuple[str, dict[str, Any]]:
        """(name, parameters) to read by where OPS_SOURCE_PROFILE says `own`, which goes before."""
        return (self.profile, self.parameters) if own in (None, self.profile) else (str(own), {})


def parameters_of(profile: str) -> dict[str, Any]:
    """The parameters in a profile's own file, with their values there; {} where it can't be read."""
    try:
        found = whole(PROFILES / profile / "profile.yaml").value["parameters"]
    except (Problem, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _alike(value: Any, known: Any) -> bool:
    """Whether a value is of the other's kind; lists: all that they hold."""
    if isinstance(known, list) and isinstance(value, list):
        return bool(value) and all(type(item) is type(known[0]) for item in value if known)
    return type(value) is type(known) and value != ""


kept: Kept[SourceProfile] = Kept(SOURCE_FILE.name, reads(SourceProfile))


def source_profile() -> SourceProfile:
    """What is in force."""
    return kept.value()


def wanted_profile(own: str | None) -> tuple[str, dict[str, Any]]:
    """(name, parameters) of the profile to read by now. own: OPS_SOURCE_PROFILE of this process."""
    return source_profile().under(own)
