"""The bars of `bars.toml`, and how their figures are found in what a benchmark prints."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).with_name("bars.toml")
_FIGURE = re.compile(r"^FIGURE (\S+) (-?[0-9.]+(?:e-?[0-9]+)?)\s*$")


@dataclass(frozen=True)
class Bar:
    """One promise: the figure `id` must be at least `least`, or at most `most`.

    `number`: its first group is the figure, in the benchmark's own output, times `scale`; None: only a FIGURE line.
    """

    id: str
    what: str
    command: str
    least: float | None = None
    most: float | None = None
    number: re.Pattern[str] | None = None
    scale: float = 1.0

    def met(self, figure: float) -> bool:
        """Whether the figure reaches it."""
        return figure >= self.least if self.least is not None else figure <= (self.most or 0)

    def worse(self, one: float, other: float) -> float:
        """The one that is further from the bar."""
        return min(one, other) if self.least is not None else max(one, other)

    @property
    def shown(self) -> str:
        """`≥ 0.6`"""
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


def bars() -> list[Bar]:
    """All, in the order of the file.

    Raises: ValueError: a bar that has no limit, or two.
    """
    found: list[Bar] = []
    for room, items in tomllib.loads(PATH.read_text()).items():
        for name, values in items.items():
            if ("least" in values) == ("most" in values):
                raise ValueError(f"{PATH.name}: {room}.{name} needs either `least` or `most`")
            pattern = values.pop("number", None)
            found.append(Bar(f"{room}.{name}", number=re.compile(pattern) if pattern else None, **values))
    return found


def figures_in(lines: Iterable[str]) -> dict[str, float]:
    """The figures among the lines of a benchmark; where one comes up several times, the worst."""
    known = bars()
    by_id = {bar.id: bar for bar in known}
    found: dict[str, float] = {}

    def take(name: str, value: float) -> None:
        bar = by_id.get(name)
        found[name] = bar.worse(found[name], value) if bar and name in found else value

    for line in lines:
        if match := _FIGURE.match(line):
            take(match[1], float(match[2]))
        for bar in known:
            if bar.number is not None and (match := bar.number.search(line)):
                take(bar.id, float(match[1].replace(",", "")) * bar.scale)
    return found
