"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int]) -> str:
    """A bar a count, the highest one full; a count of 0 is a blank, so that rare is not mistaken for none."""
    top = max(counts, default=0)
    return "".join(" " if n == 0 else _BARS[min(7, (n * 8 - 1) // top)] for n in counts)


def duration(seconds: float | None) -> str:
    """`3d 4h`, `2h 05m`, `7m 10s`, `12s`; `–` where unknown."""
    if seconds is None:
        return "–"
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    if days:
        return f"{days}d {h}h"
    if hours:
        return f"{h}h {m:02}m"
    return f"{m}m {s:02}s" if minutes else f"{s}s"


def rate(per_s: float | None) -> str:
    """`12.3/s`, `4.0/min` or `5.2/h`, the first unit in which it is at least 1."""
    if per_s is None:
        return "–"
    if per_s >= 1:
        return f"{per_s:,.1f}/s"
    return f"{per_s * 60:.1f}/min" if per_s * 60 >= 1 else f"{per_s * 3600:.1f}/h"


def count(number: int | None) -> str:
    """With thousands parted; `–` where unknown."""
    return "–" if number is None else f"{number:,}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 sample`, `1,200 samples`; `many` where an s at the end of `one` does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(n_bytes: int) -> str:
    """`950 bytes`, `20.3 kB`, `4.6 MB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(n_bytes) >= factor:
            return f"{n_bytes / factor:,.1f} {unit}"
    return counted(n_bytes, "byte")


def short(number: float) -> str:
    """`950`, `12.3k`, `4.6M`."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return f"{number:.0f}"


def share(part: int, whole: int) -> str:
    """Per cent with one decimal, rounded down: 100.0% means all."""
    return "–" if whole == 0 else f"{part * 1000 // whole / 10:.1f}%"
