"""Which role and districts groups of the city's own sign-in give (sign_in.yaml). Its address and secret: settings."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from config.kept import Kept
from config.mistakes import MisplacedError, nearest
from config.models import Strict, reads
from config.registry import registry
from config.settings import CONFIG_DIR

SIGN_IN_FILE = CONFIG_DIR / "sign_in.yaml"


class Claims(Strict):
    """Names of claims. person: by which the audit knows who it is; groups: a list, or one name."""

    person: str = Field(min_length=1)
    groups: str = Field(min_length=1)


class Group(Strict):
    """group: as the claim has it, to the letter; districts: GSO codes, of role district alone."""

    group: str = Field(min_length=1)
    role: Literal["operations", "district", "it", "wall"]
    districts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _districts_fit(self) -> "Group":
        known = registry().districts
        for n, code in enumerate(self.districts):
            if code not in known:
                raise MisplacedError(("districts", n), *nearest(code, known))
        if self.role == "district" and not self.districts:
            raise ValueError(
                'vai trò district phải có ít nhất một quận, huyện, ví dụ districts: ["268"]',
                'role district needs at least one district, for example districts: ["268"]',
            )
        if self.role != "district" and self.districts:
            raise MisplacedError(
                ("districts",),
                "chỉ vai trò district mới có quận, huyện; xoá mục này hoặc ghi role: district",
                "only role district has districts; delete this key or write role: district",
            )
        return self


class SignIn(Strict):
    """The first group that is a person's decides the role; districts of several groups add up."""

    claims: Claims
    groups: tuple[Group, ...]

    @field_validator("groups")
    @classmethod
    def _each_once(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        names = [one.group for one in groups]
        for n, name in enumerate(names):
            if name in names[:n]:
                raise MisplacedError(
                    (n, "group"),
                    f"nhóm “{name}” đã có ở trên; xoá một mục",
                    f"the group “{name}” stands above already; delete one",
                )
        return groups


kept: Kept[SignIn] = Kept(SIGN_IN_FILE.name, reads(SignIn))


def sign_in() -> SignIn:
    """What is in force."""
    return kept.value()
