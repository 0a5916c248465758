"""Every colour of the screens, in one place. Lightness runs with the value, so maps read in grey too.

Blue-grey is normal and recedes, ochre to orange is attention, red only for what needs a hand now.
"""

from dataclasses import dataclass

CLASSES_DARK = ("#22324d", "#3d5a80", "#b08a3e", "#e08e2b", "#e5484d")
CLASSES_LIGHT = ("#e6edf5", "#b9cde3", "#f0cf8a", "#ea9a3e", "#c8322f")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme, as #rrggbb. `classes` go from calm to urgent."""

    ground: str
    panel: str
    line: str
    text: str
    quiet: str
    accent: str
    good: str
    attention: str
    urgent: str
    classes: tuple[str, ...]
    border: str
    """Between two wards."""
    district_border: str
    empty: str
    """Ground of a ward without data; hatched with `hatch`."""
    hatch: str
    mark: str
    """Disc of a numbered marker; its figure and rim have the colour `mark_text`."""
    mark_text: str
    mark_rim: str


DARK = Palette(
    ground="#0b1220",
    panel="#111a2b",
    line="#22304a",
    text="#e8eef7",
    quiet="#9fb2cd",
    accent="#5aa2f5",
    good="#7fd1a3",
    attention="#f2b84b",
    urgent="#ff6f73",
    classes=CLASSES_DARK,
    border="#0b1220",
    district_border="#060b14",
    empty="#141e31",
    hatch="#3a4a66",
    mark="#0b1220",
    mark_text="#ffffff",
    mark_rim="#ffffff",
)
LIGHT = Palette(
    ground="#f6f8fb",
    panel="#ffffff",
    line="#dfe6ef",
    text="#1b2738",
    quiet="#51627a",
    accent="#1463c4",
    good="#1f7a4d",
    attention="#9a5b00",
    urgent="#b3261e",
    classes=CLASSES_LIGHT,
    border="#ffffff",
    district_border="#5b6f8a",
    empty="#f6f8fb",
    hatch="#b4c0cf",
    mark="#1b2738",
    mark_text="#ffffff",
    mark_rim="#ffffff",
)


def palette(dark: bool) -> Palette:
    """The colours of the dark (wall) or light (desk) theme."""
    return DARK if dark else LIGHT


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#22324d" → (34, 50, 77)."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
