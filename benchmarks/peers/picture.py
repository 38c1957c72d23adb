"""The kills as a picture: for each system what was paid again, lost, doubled. SVG, in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABEL, ROW, TOP = 860, 170, 54, 64
BAR, GAP = 12, 3
SERIES = (("repeated", "calls paid again"), ("lost", "rows lost"), ("doubled", "rows doubled"))
STYLE = """
text{font:13px system-ui,sans-serif;fill:#1f2328}.small{font-size:11px;fill:#59636e}.repeated{fill:#0074d9}
.lost{fill:#d1242f}.doubled{fill:#bf8700}.line{stroke:#d1d9e0}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.small{fill:#9198a1}.line{stroke:#3d444d}.repeated{fill:#4dabff}}
"""


@dataclass(frozen=True)
class Line:
    """One system: the worst of its kills, and what its user had to do by hand."""

    name: str
    kills: int
    repeated: int
    lost: int
    doubled: int
    manual: int


def picture(lines: Sequence[Line], *, n_rows: int, in_flight: int) -> str:
    """The whole file; a bar's length is its share of all rows."""
    height = TOP + ROW * len(lines) + 30
    title = f"kill -9 at half of {n_rows:,} one-call rows, {in_flight} in flight, then resumed as documented"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}"><style>{STYLE}</style>',
        f'<text x="0" y="18">{escape(title)}</text>',
        *_legend(),
        *(part for number, line in enumerate(lines) for part in _row(line, TOP + number * ROW, n_rows)),
        f'<text class="small" x="0" y="{height - 8}">the worst of each system\'s kills; the whole width is all '
        f"{n_rows:,} rows</text></svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend() -> list[str]:
    parts: list[str] = []
    for number, (css, words) in enumerate(SERIES):
        x = LABEL + number * 150
        parts.append(f'<rect class="{css}" x="{x}" y="32" width="12" height="12"/>')
        parts.append(f'<text class="small" x="{x + 18}" y="42">{words}</text>')
    return parts


def _row(line: Line, y: int, n_rows: int) -> list[str]:
    kills = "kill" if line.kills == 1 else "kills"
    by_hand = f", {line.manual} by hand" if line.manual else ""
    parts = [
        f'<path class="line" d="M0 {y - 6}H{WIDTH}"/>',
        f'<text x="0" y="{y + 14}">{escape(line.name)}</text>',
        f'<text class="small" x="0" y="{y + 30}">{line.kills} {kills}{by_hand}</text>',
    ]
    for number, (css, words) in enumerate(SERIES):
        value = getattr(line, css)
        top = y + number * (BAR + GAP)
        width = min(1.0, value / n_rows) * (WIDTH - LABEL - 60)
        parts.append(
            f'<rect class="{css}" x="{LABEL}" y="{top}" width="{max(width, 1.0):.1f}" height="{BAR}">'
            f"<title>{escape(line.name)}: {value:,} {words}</title></rect>"
        )
        parts.append(f'<text class="small" x="{LABEL + width + 6:.1f}" y="{top + 10}">{value:,}</text>')
    return parts
