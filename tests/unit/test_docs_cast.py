"""The moving picture of README: what is committed is whole, small and alone; its tool draws what a terminal shows."""

from __future__ import annotations

import importlib.util
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pyte
import pytest

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "img" / "run.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def cast() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_cast", ROOT / "tools" / "make_cast.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_cast"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def committed() -> ET.Element:
    return ET.parse(PICTURE).getroot()


def test_it_is_small_and_asks_for_nothing_else(committed: ET.Element) -> None:
    assert PICTURE.stat().st_size < 300_000
    text = PICTURE.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|//|@import|url\(|data:", text)
    tags = {element.tag.removeprefix(SVG) for element in committed.iter()}
    assert tags <= {"svg", "title", "style", "defs", "g", "use", "rect", "circle", "text"}
    assert {element.get("href", "#")[0] for element in committed.iter()} == {"#"}


def test_it_moves_and_keeps_still_for_who_wants_that(committed: ET.Element) -> None:
    style, strip = committed.findtext(f"{SVG}style", ""), committed.find(f".//{SVG}g[@id='strip']")
    assert strip is not None
    shares = [float(share) for share in re.findall(r"([\d.]+)% \{", style)]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 100
    assert len(shares) == len(strip) + 1, "each frame has its time"
    assert 10 < len(strip) <= 60
    last = strip[-1].get("transform", "").removeprefix("translate(").removesuffix(")")
    calm = style.partition("prefers-reduced-motion: reduce")[2]
    assert "animation: none" in calm and f"translateX(-{last}px)" in calm


def test_it_shows_a_run_that_is_stopped_started_again_and_finishes(committed: ET.Element) -> None:
    lines = {g.get("id"): "".join(g.itertext()) for g in committed.findall(f"{SVG}defs/{SVG}g")}
    strip = committed.find(f".//{SVG}g[@id='strip']")
    assert strip is not None
    frames = [" ".join(lines[use.get("href", "")[1:]] for use in frame) for frame in strip]
    told = ["soar2cot run", "^C", "Stopped (interrupted)"]
    seen = [next(n for n, frame in enumerate(frames) if words in frame) for words in told]
    assert seen == sorted(seen)
    assert "Finished:" in frames[-1] and "Finished:" not in frames[0]
    again = [n for n, frame in enumerate(frames) if re.search(r"completed=[1-9]", frame)]
    assert again and again[0] > seen[-1], "the second run finds what the first one did"


def test_a_terminal_is_drawn_as_it_looks(cast: ModuleType) -> None:
    screen = cast.FaintScreen(cast.COLUMNS, cast.ROWS)
    pyte.ByteStream(screen).feed("\x1b[1ma < b\x1b[0m \x1b[38;2;255;65;54m▀▀\x1b[0m\x1b[2mfaint\x1b[0m".encode())
    line = cast.line_of(screen.buffer[0])
    assert [text for text, _ in line] == ["a < b", " ", "▀▀", "faint"]
    assert [style.ink for _, style in line] == [cast.INK, cast.INK, "ff4136", "868887"]
    drawn = list(cast.marks(line))
    assert drawn[0].endswith('class="b">a &lt; b</text>')
    assert 'fill="#ff4136"' in drawn[1] and f'height="{cast.CELL_H / 2 + 0.2:g}"' in drawn[1]
    assert len(drawn) == 3, "blanks are nothing"


def test_pauses_are_shortened_and_each_part_keeps_its_ends(cast: ModuleType) -> None:
    style = cast.Style(cast.INK, cast.GROUND, False)

    def picture(at_s: float, part: int, text: str) -> object:
        return cast.Picture(at_s, part, (((text, style),),))

    many = [picture(1 + n, 1, f"run {n}") for n in range(100)]
    frames = cast.chosen([picture(0, 0, "$ "), *many, picture(500, 2, "done")])
    shown = [frame.lines[0][0][0] for frame in frames]
    assert shown[:2] == ["$ ", "run 0"] and shown[-2:] == ["run 99", "done"]
    assert len(shown) == cast.FRAMES_A_RUN + 2
    assert [frames[n].seconds for n in (1, -2, -1)] == [cast.LONGEST_S, cast.HOLD_S, cast.END_S]
    ET.fromstring(cast.drawn(frames, real_s=500))
