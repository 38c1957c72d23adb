"""Makes docs/img/run.svg: `soar2cot run` on the sample that ships, recorded in a terminal, as an animated picture.

    python tools/make_cast.py

A shell runs in a real pseudo terminal. `soar2cot run` is typed, stopped with Ctrl+C, typed again, and finishes. What
the terminal got is replayed through a terminal emulator (pyte); nothing is drawn by hand. Pauses longer than
`LONGEST_S` are shortened and only a choice of the pictures is kept; the title of the picture says how long it really
took. The picture is one file that asks for no other: CSS moves a strip of frames; who wants no motion sees the last.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyte

TARGET = Path(__file__).parents[1] / "docs" / "img" / "run.svg"
COLUMNS, ROWS = 100, 30
STOP_AFTER = 70
"""Samples that are done when Ctrl+C is pressed."""
LONGEST_S = 0.7
"""What a picture stands at most, in the animation; the last of a part `HOLD_S`, the last of all `END_S`."""
HOLD_S, END_S = 1.6, 5.0
FRAMES_A_RUN = 18
LIMIT_S = 900

CELL_W, CELL_H, MARGIN, BAR = 8.4, 17, 14, 34
INK, GROUND = "c5c8c6", "292929"
FAINT_CODES = (38, 2, 0x86, 0x88, 0x87)
QUIET_S = 0.1
"""A drawing is whole when nothing came for so long."""
ANSI = {
    "black": "4b4e55", "red": "cc555a", "green": "98a84b", "brown": "d0b344", "blue": "608ab1",
    "magenta": "98729f", "cyan": "68a0b3", "white": "c5c8c6",
}  # fmt: skip


class Style(NamedTuple):
    ink: str
    ground: str
    bold: bool


PIECES = re.compile(r"▀+|│|([▁-█])\1*|[^\s▀│▁-█](?:[^▀│▁-█]*[^\s▀│▁-█])?")
"""What is drawn as one: equal blocks, an upright line, a text without the blanks around it."""

Run = tuple[str, Style]
Line = tuple[Run, ...]


class Picture(NamedTuple):
    """What the terminal shows from `at_s` on; `part` counts what was typed."""

    at_s: float
    part: int
    lines: tuple[Line, ...]


class Frame(NamedTuple):
    lines: tuple[Line, ...]
    seconds: float


class FaintScreen(pyte.Screen):
    """pyte does not know faint text (SGR 2): it is shown in grey."""

    def select_graphic_rendition(self, *attrs: int, private: bool = False) -> None:
        if attrs and attrs[0] == 2:
            attrs = (*FAINT_CODES, *attrs[1:])
        super().select_graphic_rendition(*attrs)


def main() -> None:
    pictures = recorded()
    frames = chosen(pictures)
    svg = drawn(frames, real_s=pictures[-1].at_s)
    TARGET.write_text(svg, encoding="utf-8")
    sys.stdout.write(f"{TARGET}: {len(frames)} frames, {len(svg) / 1000:.0f} kB\n")


def recorded() -> list[Picture]:
    """Every picture that the terminal showed, from the first prompt to the last."""
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(folder)
        try:
            terminal.until(terminal.at_prompt)
            for stop in (True, False):
                terminal.typed("soar2cot run")
                if stop:
                    terminal.until(lambda: terminal.samples_done() >= STOP_AFTER)
                    terminal.send("\x03")
                terminal.until(terminal.at_prompt)
        finally:
            terminal.close()
    return terminal.pictures


class Terminal:
    """A shell in a pseudo terminal, and what it showed."""

    def __init__(self, folder: str) -> None:
        self._screen = FaintScreen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._began, self._part = time.monotonic(), 0
        self.pictures: list[Picture] = []
        variables = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": folder, "PS1": "$ "}
        variables |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"], variables)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def close(self) -> None:
        os.close(self._fd)
        os.waitpid(self._pid, 0)

    def at_prompt(self) -> bool:
        return self._screen.cursor.x == 2 and self._screen.display[self._screen.cursor.y].rstrip() == "$"

    def samples_done(self) -> int:
        """Of the newest picture of the run; 0 before it is there."""
        found = re.findall(r"(\d+) in this run", "\n".join(self._screen.display))
        return int(found[-1]) if found else 0

    def typed(self, command: str) -> None:
        """The command, word by word as it is typed, then Return."""
        for word in re.findall(r"\S+\s*", command):
            self.send(word)
            self._read(0.5)
        self.send("\r")
        self.until(lambda: not self.at_prompt())

    def send(self, keys: str) -> None:
        self._part += 1
        os.write(self._fd, keys.encode())

    def until(self, seen: Callable[[], bool]) -> None:
        """Takes what comes until `seen` is true. Raises TimeoutError after `LIMIT_S`."""
        last = time.monotonic() + LIMIT_S
        while not seen():
            if time.monotonic() > last:
                raise TimeoutError("\n".join(self._screen.display))
            self._read(0.2)

    def _read(self, wait_s: float) -> None:
        """What comes within `wait_s` and while it comes, as one picture: half a drawing is none."""
        while select.select([self._fd], [], [], wait_s)[0]:
            self._stream.feed(os.read(self._fd, 1 << 16))
            wait_s = QUIET_S
        lines = tuple(line_of(self._screen.buffer[row]) for row in range(ROWS))
        if not self.pictures or self.pictures[-1].lines != lines:
            self.pictures.append(Picture(time.monotonic() - self._began, self._part, lines))


def line_of(row: Any) -> Line:
    """A row of the screen as runs of one style; blanks at its end are left out."""
    cells = [(row[x].data, style_of(row[x])) for x in range(COLUMNS)]
    while cells and cells[-1][0] == " " and cells[-1][1].ground == GROUND:
        cells.pop()
    return tuple(("".join(text for text, _ in run), style) for style, run in groupby(cells, key=lambda cell: cell[1]))


def style_of(cell: Any) -> Style:
    ink, ground = colour_of(cell.fg, INK), colour_of(cell.bg, GROUND)
    return Style(ground, ink, cell.bold) if cell.reverse else Style(ink, ground, cell.bold)


def colour_of(name: str, default: str) -> str:
    """What pyte calls `default`, `red`, `brightred` or `ff4136`, as six hexadecimal digits."""
    return default if name == "default" else ANSI.get(name.removeprefix("bright"), name)


def chosen(pictures: list[Picture]) -> list[Frame]:
    """Of each part the first, the last and evenly spaced ones between, and how long each is shown."""
    kept: list[Picture] = []
    last_ones: set[float] = set()
    for _, group in groupby(pictures, key=lambda picture: picture.part):
        part = list(group)
        n = min(FRAMES_A_RUN, len(part))
        kept += [part[round(i * (len(part) - 1) / max(1, n - 1))] for i in range(n)]
        last_ones.add(part[-1].at_s)
    frames: list[Frame] = []
    for here, after in zip(kept, [*kept[1:], None], strict=True):
        if after is None:
            frames.append(Frame(here.lines, END_S))
        else:
            most = HOLD_S if here.at_s in last_ones else LONGEST_S
            frames.append(Frame(here.lines, min(most, max(0.1, after.at_s - here.at_s))))
    return frames


def drawn(frames: list[Frame], *, real_s: float) -> str:
    """The frames side by side on a strip, each line written once however often it is seen."""
    names: dict[Line, str] = {}
    strip: list[str] = []
    width, height = COLUMNS * CELL_W + 2 * MARGIN, ROWS * CELL_H + BAR + MARGIN
    for n, frame in enumerate(frames):
        uses = [
            f'<use href="#{names.setdefault(line, f"l{len(names)}")}" y="{y * CELL_H}"/>'
            for y, line in enumerate(frame.lines)
            if line
        ]
        strip.append(f'<g transform="translate({n * width:g})">{"".join(uses)}</g>')
    shown_s = sum(frame.seconds for frame in frames)
    title = f"soar2cot run: {real_s:.0f} s, shown in {shown_s:.0f} s"
    still = f"transform: translateX({-(len(frames) - 1) * width:g}px)"
    buttons = zip((20, 40, 60), ("ff5f57", "febc2e", "28c840"), strict=True)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" fill="#{INK}">',
        f"<title>{title}</title>",
        "<style>",
        "text { font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre }",
        ".b { font-weight: bold }",
        f"#strip {{ animation: play {shown_s:.2f}s step-end infinite }}",
        f"@keyframes play {{ {' '.join(stops(frames, width, shown_s))} 100% {{ {still} }} }}",
        f"@media (prefers-reduced-motion: reduce) {{ #strip {{ animation: none; {still} }} }}",
        "</style>",
        "<defs>",
        *(f'<g id="{name}">{"".join(marks(line))}</g>' for line, name in names.items()),
        "</defs>",
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="#{GROUND}"/>',
        *(f'<circle cx="{x}" cy="17" r="6" fill="#{colour}"/>' for x, colour in buttons),
        f'<text x="{width / 2:g}" y="22" text-anchor="middle">{title}</text>',
        f'<svg x="{MARGIN}" y="{BAR}" width="{COLUMNS * CELL_W:g}" height="{ROWS * CELL_H}"><g id="strip">',
        *strip,
        "</g></svg>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def stops(frames: list[Frame], width: float, shown_s: float) -> Iterator[str]:
    """A keyframe for each frame: from that share of the time on, the strip stands so far to the left."""
    at_s = 0.0
    for n, frame in enumerate(frames):
        yield f"{100 * at_s / shown_s:.3f}% {{ transform: translateX({-n * width:g}px) }}"
        at_s += frame.seconds


def marks(line: Line) -> Iterator[str]:
    """Grounds, blocks and texts of a line; a text is as wide as its cells, whatever the font."""
    column = 0
    for run, style in line:
        if style.ground != GROUND:
            yield box(column, len(run), 0, CELL_H, style.ground)
        for found in PIECES.finditer(run):
            yield mark(column + found.start(), found[0], style)
        column += len(run)


def mark(column: int, text: str, style: Style) -> str:
    """Blocks and upright lines are drawn, for a font leaves gaps between rows; the rest is text."""
    if text[0] == "▀":
        return box(column, len(text), 0, CELL_H / 2, style.ink)
    if text[0] == "│":
        return box(column + 0.44, 0.12, 0, CELL_H, style.ink)
    if "▁" <= text[0] <= "█":
        high = CELL_H * (ord(text[0]) - ord("▁") + 1) / 8
        return box(column, len(text), CELL_H - high, high, style.ink)
    fill = "" if style.ink == INK else f' fill="#{style.ink}"'
    bold = ' class="b"' if style.bold else ""
    place = f'x="{column * CELL_W:g}" y="13" textLength="{len(text) * CELL_W:g}"'
    return f"<text {place}{fill}{bold}>{escape(text, quote=False)}</text>"


def box(column: float, n: float, y: float, high: float, colour: str) -> str:
    """A rectangle over `n` cells, a hair larger, so that neighbours leave no gap."""
    place = f'x="{column * CELL_W:g}" y="{y:g}" width="{n * CELL_W + 0.2:g}" height="{high + 0.2:g}"'
    return f'<rect {place} fill="#{colour}"/>'


if __name__ == "__main__":
    main()
