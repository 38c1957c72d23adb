"""The ten colours of a grid, for every place that shows one: terminal, page, report.

Source: `ARC` are the colours of arcprize.org's own pages. `COLOUR_BLIND` was searched for near them, so that the
nearest two are as far apart as can be for protan and deutan eyes too: 35 CIELAB units instead of 8 to 10 (tested).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Palette: TypeAlias = tuple[str, str, str, str, str, str, str, str, str, str]
ThemeName: TypeAlias = Literal["arc", "colour-blind"]

NAMES: Palette = ("black", "blue", "red", "green", "yellow", "grey", "magenta", "orange", "light blue", "maroon")
ARC: Palette = (
    "#000000",
    "#0074D9",
    "#FF4136",
    "#2ECC40",
    "#FFDC00",
    "#AAAAAA",
    "#F012BE",
    "#FF851B",
    "#7FDBFF",
    "#870C25",
)
COLOUR_BLIND: Palette = (
    "#000000",
    "#516DF8",
    "#AF1200",
    "#4FFF92",
    "#FFFF00",
    "#D3C3C9",
    "#B81D95",
    "#E68C05",
    "#1BBFFF",
    "#A3485A",
)
PALETTES: dict[str, Palette] = {"arc": ARC, "colour-blind": COLOUR_BLIND}


def ink(background: str) -> str:
    """Black or white, whichever can be read on the colour (`#RRGGBB`)."""
    red, green, blue = (int(background[i : i + 2], 16) for i in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#FFFFFF"
