"""The city: how it and its application are called, in which languages, how often is looked (city.yaml)."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from config.kept import Kept
from config.mistakes import MisplacedError
from config.models import Strict, reads
from config.settings import CONFIG_DIR, settings
from config.words import Words

CITY_FILE = CONFIG_DIR / "city.yaml"
Language = Literal["vi", "en"]


def _line(most: int) -> Callable[[str], str]:
    """One line of text that has room where it stands."""

    def checked(text: str) -> str:
        if not 0 < len(text.strip()) <= most or not text.isprintable():
            raise ValueError(
                f"phải là một dòng chữ từ 1 đến {most} ký tự", f"must be one line of 1 to {most} characters"
            )
        return text

    return checked


def _lines(most: int) -> Callable[[dict[Language, str]], dict[Language, str]]:
    def checked(words: dict[Language, str]) -> dict[Language, str]:
        for text in words.values():
            _line(most)(text)
        return words

    return checked


class Languages(Strict):
    """offered: one alone leaves the switch out; default: for whom has chosen none; messages: those about alerts."""

    offered: tuple[Language, ...] = Field(min_length=1, max_length=2)
    default: Language
    messages: Language

    @model_validator(mode="after")
    def _default_is_offered(self) -> "Languages":
        if self.default not in self.offered:
            names = ", ".join(self.offered)
            raise MisplacedError(
                ("default",), f"phải là một ngôn ngữ trong offered: {names}", f"must be one of those offered: {names}"
            )
        return self


class Refresh(Strict):
    """Seconds. A page that hears nothing for 8 says that the server is gone; a sync silent for 30 counts as stopped."""

    desk: float = Field(ge=1, le=4)
    wall: float = Field(ge=0.2, le=4)
    source: float = Field(ge=0.1, le=15)
    stale: float = Field(ge=10, le=86_400)

    @field_validator("stale")
    @classmethod
    def _after_two_looks(cls, stale: float, info: ValidationInfo) -> float:
        source = info.data.get("source")
        if source is not None and stale < 2 * source:
            raise ValueError(
                f"phải từ {2 * source:g} trở lên (hai lần source), nếu không số liệu luôn bị coi là cũ",
                f"must be {2 * source:g} or more (twice source), or figures would always count as old",
            )
        return stale


class City(Strict):
    """name: as it signs, in both languages; application: in the bar and the browser's tab; centre: at the sign-in."""

    name: Annotated[str, AfterValidator(_line(60))]
    application: Annotated[Words, AfterValidator(_lines(30))]
    centre: Annotated[Words, AfterValidator(_lines(80))]
    languages: Languages
    refresh: Refresh


kept: Kept[City] = Kept(CITY_FILE.name, reads(City))


def city() -> City:
    """What is in force."""
    return kept.value()


def wall_seconds() -> float:
    """Seconds between two looks of a wall: OPS_WALL_SECONDS of this process, else the city's."""
    return settings().wall_seconds or city().refresh.wall


def source_seconds() -> float:
    """Seconds between two looks of the sync at the source: OPS_SYNC_SECONDS of this process, else the city's."""
    return settings().sync_seconds or city().refresh.source
