"""`python -m data_access indicators`: the registry of indicators as a page of documentation, in both languages."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from config.indicators import DIRECTIONS, Indicator
from config.indicators import indicators as registry
from config.words import said

Lang = Literal["vi", "en"]
LABELS: dict[str, dict[Lang, str]] = {
    "unit": {"vi": "Đơn vị tính", "en": "Unit"},
    "direction": {"vi": "Chiều", "en": "Direction"},
    "formula": {"vi": "Cách tính", "en": "Formula"},
    "numerator": {"vi": "Tử số", "en": "Numerator"},
    "denominator": {"vi": "Mẫu số", "en": "Denominator"},
    "rule": {"vi": "Quy tắc thời hạn", "en": "Timeliness rule"},
    "source": {"vi": "Nguồn", "en": "Source"},
}
HEAD = """\
<!-- Made by `python -m data_access indicators --write docs/indicators.md` from config/indicators.yaml and
     config/qd766.yaml. A test holds it equal to them: edit those, then write this anew. -->
# Chỉ số · Indicators

[Tiếng Việt](#tiếng-việt) · [English](#english)
"""
NO_RULE = {"vi": "không", "en": "none"}


def page() -> str:
    """The whole page as Markdown: every indicator in Vietnamese, then in English."""
    return "\n".join([HEAD, "## Tiếng Việt\n", *_entries("vi"), "## English\n", *_entries("en")])


def _entries(lang: Lang) -> list[str]:
    return [_entry(entry, lang) for entry in registry().values()]


def _entry(entry: Indicator, lang: Lang) -> str:
    lines = {
        "unit": entry.unit[lang],
        "direction": said(DIRECTIONS[entry.direction], lang),
        "formula": entry.formula[lang],
        "numerator": entry.numerator[lang],
        "denominator": entry.denominator[lang],
        "rule": NO_RULE[lang] if entry.rule == "none" else entry.rule,
        "source": entry.source[lang],
    }
    told = "\n".join(f"- {said(LABELS[key], lang)}: {text}" for key, text in lines.items())
    return f"### {entry.name(lang)} (`{entry.code}`)\n\n{told}\n"


def indicators(
    write: Annotated[Path | None, typer.Option(help="Write the page into this file instead of printing it.")] = None,
) -> None:
    """Print the page of all indicators: what each figure means, how it is reckoned and where it comes from."""
    if write is None:
        typer.echo(page())
    else:
        write.write_text(page(), encoding="utf-8")
