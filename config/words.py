"""A text that configuration carries in both languages."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator


def _whole(words: dict[Literal["vi", "en"], str]) -> dict[Literal["vi", "en"], str]:
    if set(words) != {"vi", "en"} or not all(text.strip() for text in words.values()):
        raise ValueError("cần chữ bằng cả hai thứ tiếng (vi, en)", "a text is needed in both languages (vi, en)")
    return words


Words = Annotated[dict[Literal["vi", "en"], str], AfterValidator(_whole)]


def said(words: dict[Literal["vi", "en"], str], lang: str) -> str:
    """The text in `lang`; Vietnamese for any other language than English."""
    return words["en" if lang == "en" else "vi"]


def names_in(text: str) -> set[str]:
    """The {names} that a text wants filled in. ValueError (vi, en) where it can't be filled in at all."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ValueError(f"ngoặc nhọn không khớp: {text}", f"braces don't match: {text}") from None
    for _, name, form, conversion in parts:
        if form or conversion:
            raise ValueError(f"chỉ ghi {{{name}}}, không thêm gì", f"write {{{name}}} and nothing else")
    return {name for _, name, _, _ in parts if name is not None}
