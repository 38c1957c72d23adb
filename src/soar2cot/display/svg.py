"""Grids and curves as SVG text: no font server, no script, colours by class (`c0` to `c9`) so that a theme can change.

All of it is made of numbers and fixed words; whatever text is given is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from soar2cot.challenge import shape
from soar2cot.display.theme import NAMES
from soar2cot.records import Grid

CELL = 10
_WIDTH, _HEIGHT = 600, 160
_LEFT, _BOTTOM, _TOP = 46, 20, 10


def grid_svg(
    grid: Grid, *, label: str, rings: Iterable[tuple[int, int]] = (), symbols: bool = False, css: str = ""
) -> str:
    """A grid; cells in `rings` ((row, column)) are ringed.

    Args: label: what a screen reader says.
          symbols: writes the number into each cell too.
          css: more class names for the whole picture.
    """
    height, width = shape(grid)
    texts = _symbols(grid) if symbols else []
    box = f"0 0 {width * CELL} {height * CELL}"
    return (
        f'<svg class="grid {escape(css)}" viewBox="{box}" width="{_side(width, height)[0]}" '
        f'height="{_side(width, height)[1]}" role="img" aria-label="{escape(label)}, {height} by {width}">'
        f"{''.join(_runs(grid))}{_lines(height, width)}{''.join(texts)}{_rings(rings)}</svg>"
    )


def _side(width: int, height: int) -> tuple[int, int]:
    """Pixels: small grids are not blown up, large ones fit beside each other."""
    scale = min(16.0, 150 / max(width, height))
    return round(width * scale), round(height * scale)


def _runs(grid: Grid) -> Iterable[str]:
    """One rectangle for each run of equal cells in a row."""
    for r, row in enumerate(grid):
        start = 0
        for c in range(1, len(row) + 1):
            if c == len(row) or row[c] != row[start]:
                x, y, width = start * CELL, r * CELL, (c - start) * CELL
                yield f'<rect class="c{row[start]}" x="{x}" y="{y}" width="{width}" height="{CELL}"/>'
                start = c


def _lines(height: int, width: int) -> str:
    across = "".join(f"M0 {r * CELL}H{width * CELL}" for r in range(1, height))
    down = "".join(f"M{c * CELL} 0V{height * CELL}" for c in range(1, width))
    return f'<path class="lines" d="{across}{down}"/>' if across or down else ""


def _rings(cells: Iterable[tuple[int, int]]) -> str:
    """White on black, so that they are seen on every colour."""
    path = "".join(f"M{c * CELL + 1} {r * CELL + 1}h{CELL - 2}v{CELL - 2}h-{CELL - 2}z" for r, c in cells)
    return f'<path class="ring-edge" d="{path}"/><path class="ring" d="{path}"/>' if path else ""


def _symbols(grid: Grid) -> list[str]:
    return [
        f'<text class="t{cell}" x="{c * CELL + CELL / 2:g}" y="{r * CELL + CELL * 0.75:g}">{cell}</text>'
        for r, row in enumerate(grid)
        for c, cell in enumerate(row)
    ]


def legend_svg() -> str:
    """The ten colours with their numbers and names."""
    items = [
        f'<g><rect class="c{n}" x="{n * 60}" y="0" width="14" height="14"/>'
        f'<text class="axis" x="{n * 60 + 18}" y="11">{n} {escape(name)}</text></g>'
        for n, name in enumerate(NAMES)
    ]
    return f'<svg class="legend" viewBox="0 0 620 14" role="img" aria-label="colours">{"".join(items)}</svg>'


def line_chart(points: Sequence[tuple[float, float]], *, label: str, x_ends: tuple[str, str], y_unit: str = "") -> str:
    """A rising curve through (x, y), from the first x to the last, from 0 to the greatest y."""
    if not points:
        return _empty(label)
    first, last = points[0][0], points[-1][0]
    top = max(y for _, y in points) or 1
    span = (last - first) or 1
    places = [
        (_LEFT + (x - first) / span * (_WIDTH - _LEFT - 8), _HEIGHT - _BOTTOM - y / top * (_HEIGHT - _BOTTOM - _TOP))
        for x, y in points
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    area = f"{path}L{places[-1][0]:.1f} {_HEIGHT - _BOTTOM}L{places[0][0]:.1f} {_HEIGHT - _BOTTOM}Z"
    body = f'<path class="area" d="{area}"/><path class="line" d="{path}"/>'
    return _chart(body, label=label, x_ends=x_ends, top=f"{top:,.0f}{y_unit}")


def bar_chart(counts: Sequence[int], *, label: str, x_ends: tuple[str, str]) -> str:
    """A bar a count, side by side, from 0 to the greatest."""
    top = max(counts, default=0)
    if not top:
        return _empty(label)
    step = (_WIDTH - _LEFT - 8) / len(counts)
    scale = (_HEIGHT - _BOTTOM - _TOP) / top
    bars = [
        f'<rect class="bar" x="{_LEFT + i * step + 1:.1f}" y="{_HEIGHT - _BOTTOM - n * scale:.1f}" '
        f'width="{step - 2:.1f}" height="{n * scale:.1f}"><title>{n:,}</title></rect>'
        for i, n in enumerate(counts)
    ]
    return _chart("".join(bars), label=label, x_ends=x_ends, top=f"{top:,}")


def scatter_chart(points: Sequence[tuple[float, float]], *, label: str, x_name: str, y_name: str) -> str:
    """Dots for pairs of shares, both axes from 0 to 1; darker where many fall together."""
    if not points:
        return _empty(label)
    side, left, bottom = 260, 46, 34
    places = [(left + x * (side - left - 8), side - bottom - y * (side - bottom - 10)) for x, y in points]
    dots = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    axes = f'<path class="axes" d="M{left} 10V{side - bottom}H{side - 8}"/>'
    words = (
        f'<text class="axis" x="{left}" y="{side - bottom + 14}">0</text>'
        f'<text class="axis end" x="{side - 8}" y="{side - bottom + 14}">1</text>'
        f'<text class="axis" x="{left}" y="{side - 4}">{escape(x_name)}</text>'
        f'<text class="axis end" x="{left - 4}" y="18">1</text><text class="axis" x="2" y="{side - bottom}">0</text>'
        f'<text class="axis" x="2" y="8">{escape(y_name)}</text>'
    )
    box = f'viewBox="0 0 {side} {side}" role="img" aria-label="{escape(label)}"'
    return f'<svg class="chart square" {box}>{axes}{dots}{words}</svg>'


def _chart(body: str, *, label: str, x_ends: tuple[str, str], top: str) -> str:
    floor = _HEIGHT - _BOTTOM
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<path class="axes" d="M{_LEFT} {_TOP}V{floor}H{_WIDTH - 8}"/>{body}'
        f'<text class="axis end" x="{_LEFT - 4}" y="{_TOP + 8}">{escape(top)}</text>'
        f'<text class="axis end" x="{_LEFT - 4}" y="{floor}">0</text>'
        f'<text class="axis" x="{_LEFT}" y="{_HEIGHT - 5}">{escape(x_ends[0])}</text>'
        f'<text class="axis end" x="{_WIDTH - 8}" y="{_HEIGHT - 5}">{escape(x_ends[1])}</text></svg>'
    )


def _empty(label: str) -> str:
    return f'<p class="quiet">{escape(label)}: nothing yet</p>'
