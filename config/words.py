"""A text that configuration carries in both languages."""

from typing import Annotated, Literal

from pydantic import AfterValidator


def _whole(words: dict[Literal["vi", "en"], str]) -> dict[Literal["vi", "en"], str]:
    if set(words) != {"vi", "en"} or not all(text.strip() for text in words.values()):
        raise ValueError("a text is needed in vi and in en")
    return words


Words = Annotated[dict[Literal["vi", "en"], str], AfterValidator(_whole)]


def said(words: dict[Literal["vi", "en"], str], lang: str) -> str:
    """The text in `lang`; Vietnamese for any other language than English."""
    return words["en" if lang == "en" else "vi"]
