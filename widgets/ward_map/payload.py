"""What travels with every change: classes and texts of the wards, packed to a few kilobytes.

Texts of different wards differ in little but their numbers, so each distinct sentence goes once and the
numbers go beside it: 584 wards with three lines each take about 12 kB instead of 60.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from config.registry import registry

HOLE = "\x1f"  # stands in a template where a ward's number goes
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class WardValue:
    """A ward's figure. `klass` indexes the legend, None is "no data"; texts are formatted, translated."""

    code: str
    klass: int | None
    text: str
    lines: tuple[str, ...] = ()


class WardValues(tuple[WardValue, ...]):
    """Figures of many wards. Remembers its hash, which costs more than all else where many look at the same ones."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class ClassBreak:
    """A legend entry, calm to urgent. `tone` 0..4 picks the colour; None spreads the classes evenly."""

    label: str
    tone: int | None = None


def tones(classes: Sequence[ClassBreak]) -> list[int]:
    """The colour (0..4) of each class; few classes spread over the scale, ends included."""
    last = max(len(classes) - 1, 1)
    return [round(k * 4 / last) if c.tone is None else c.tone for k, c in enumerate(classes)]


def pack(values: Sequence[WardValue], classes: Sequence[ClassBreak]) -> dict[str, str | list[str]]:
    """{k: one character a ward in registry order, t: templates, v: "template|number|…;…"}.

    A character is the tone 0..4, "-" for no data, " " for a ward not in `values` (outside the scope).
    Unknown codes are passed over: figures may be newer than the registry. Costs about 5 ms once for the
    same figures, whatever the number of viewers.
    """
    values = values if isinstance(values, WardValues) else WardValues(values)
    marks, templates, texts = _pack(values, tuple(classes))
    return {"k": marks, "t": list(templates), "v": texts}


@lru_cache(maxsize=64)
def _pack(values: WardValues, classes: tuple[ClassBreak, ...]) -> tuple[str, tuple[str, ...], str]:
    colour = tones(classes)
    by_code = {v.code: v for v in values}
    marks, texts = [], []
    templates: dict[str, int] = {}
    for code in registry().wards:
        value = by_code.get(code)
        if value is None:
            marks.append(" ")
            texts.append("")
            continue
        marks.append("-" if value.klass is None else str(colour[value.klass]))
        whole = "\n".join((value.text, *value.lines))
        template = templates.setdefault(_NUMBER.sub(HOLE, whole), len(templates))
        texts.append("|".join((str(template), *_NUMBER.findall(whole))))
    return "".join(marks), tuple(templates), ";".join(texts)
