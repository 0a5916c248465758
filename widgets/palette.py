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
    soft: str
    """Running text that is neither a figure nor a remark."""
    quiet: str
    accent: str
    hover: str
    good: str
    attention: str
    attention_ground: str
    urgent: str
    urgent_ground: str
    series: str
    """First line or bar of a chart."""
    series_second: str
    series_third: str
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
    soft="#cbd7e8",
    quiet="#9fb2cd",
    accent="#6db1ff",
    hover="#18243a",
    good="#7fd1a3",
    attention="#f2b84b",
    attention_ground="#33270f",
    urgent="#ff7f83",
    urgent_ground="#36161a",
    series="#5b9bd8",
    series_second="#e0a84a",
    series_third="#4fb286",
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
    soft="#33435a",
    quiet="#51627a",
    accent="#0b57b0",
    hover="#eef3f9",
    good="#1f7a4d",
    attention="#8a5200",
    attention_ground="#fdf3df",
    urgent="#b3261e",
    urgent_ground="#fdeceb",
    series="#2f6fb3",
    series_second="#c07a1c",
    series_third="#2f8f63",
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
