"""The views of a run: what they show, to the character."""

from __future__ import annotations

import io
import math
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from soar2cot import events
from soar2cot.config import RunConfig
from soar2cot.display import open_display, words
from soar2cot.display.plain import PlainDisplay, line_of
from soar2cot.display.tally import Tally
from soar2cot.display.terminal import grid_text, picture
from soar2cot.display.theme import ARC, PALETTES
from soar2cot.records import Call, Failure, GuessRecord, InstructionRecord, Outcome, SampleKey

SNAPSHOTS = Path(__file__).parent / "snapshots"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def key(n: int, round_index: int = 2) -> SampleKey:
    return SampleKey(f"{n:08x}", round_index, "original")


def outcome(n: int, score: float) -> Outcome:
    detail = orjson.dumps({"test_outputs": [[[0, 1, 2], [3, 4, 5], [6, 7, 9]]]}).decode()
    record = InstructionRecord(
        f"r{n}", key(n), "h", "", "", "", (), "symbolic", (), score, "{}", "", "m", 0, False, detail
    )
    guess = GuessRecord(f"g{n}", f"r{n}", 1, ([[0, 1, 2], [3, 4, 5], [6, 7, 8]],), "symbolic", 0.9, (0.9,))
    return Outcome(key(n), record, (guess,))


def call(n: int) -> Call:
    return Call(f"c{n}", key(n), "0.write.1", "m", "e", "h", "{}", "a", None, "stop", 1200, 1000, 345, 0.5)


def a_run(clock: Clock) -> Tally:
    """Ten samples, one every 6 seconds, two of them parked, one still in flight."""
    tally = Tally(clock)
    tally.add(events.RunStarted("run", completed=90, remaining=110))
    for n in range(10):
        tally.add(events.SampleStarted(key(n)))
        clock.now += 6
        tally.add(events.CallFinished(call(n), from_journal=False))
        tally.add(events.CallsUnderWay("http://server", 3, 8))
        if n in (3, 4):
            tally.add(events.SampleFailed(Failure(key(n), 1, "ProgramError", "why", "")))
        else:
            tally.add(events.SampleCompleted(outcome(n, 1.0 if n % 2 else 0.45), 6.0))
    tally.add(events.SampleStarted(key(11)))
    return tally


def drawn(tally: Tally) -> str:
    console = Console(file=io.StringIO(), width=90, record=True, color_system=None, force_terminal=True)
    console.print(picture(tally, title="soar2cot · runs/default · llm"))
    return console.export_text()


def snapshot(name: str, text: str) -> None:
    """Compares with the file; a new picture is taken over by deleting the old file."""
    path = SNAPSHOTS / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def test_terminal_view_of_a_run_under_way() -> None:
    snapshot("display_under_way.txt", drawn(a_run(Clock())))


def test_terminal_view_while_stopping() -> None:
    tally = a_run(Clock())
    tally.add(events.Draining("interrupted", 1, 30))
    snapshot("display_stopping.txt", drawn(tally))


def test_terminal_view_before_the_first_sample_and_with_nothing_known() -> None:
    tally = Tally(Clock())
    tally.add(events.RunStarted("run", completed=0, remaining=None))
    tally.add(events.Waiting("the model server does not answer"))
    snapshot("display_empty.txt", drawn(tally))


def test_plain_lines() -> None:
    clock = Clock()
    tally = a_run(clock)
    assert line_of(tally) == (
        "98 of 200 done (49.0%) · 10.0/min · 10m 00s left · 1 in flight · mean score 0.725, 50.0% perfect · 2 failed"
    )
    tally.add(events.RunFinished("done", 98, 2))
    assert line_of(tally).startswith("98 of 200 done (49.0%) · in 1m 00s") and line_of(tally).endswith("finished: done")


def test_the_plain_view_writes_a_line_when_the_run_ends() -> None:
    stream = io.StringIO()
    with PlainDisplay(Tally(Clock()), stream, every_s=3600) as display:
        display.watch(events.RunStarted("run", 5, 0))
        assert stream.getvalue() == ""
        display.watch(events.RunFinished("done", 5, 0))
    assert stream.getvalue() == "5 of 5 done (100.0%) · in 0s · finished: done\n"


def test_the_plain_view_writes_while_nothing_happens() -> None:
    class Stream(io.StringIO):
        def flush(self) -> None:
            wrote.set()

    import threading

    wrote = threading.Event()
    with PlainDisplay(Tally(Clock()), Stream(), every_s=0.001):
        assert wrote.wait(10)


def test_samples_answered_by_the_journal_alone_do_not_make_the_run_look_faster() -> None:
    clock = Clock()
    tally = Tally(clock)
    tally.add(events.RunStarted("run", completed=1_000_000, remaining=1_000))
    for n in range(50):
        tally.add(events.CallFinished(call(n), from_journal=True))
        tally.add(events.SampleCompleted(outcome(n, 1), 0.0))
    clock.now = 10
    assert tally.rate_per_s is None and tally.eta_s is None
    for n in range(50, 60):
        tally.add(events.CallFinished(call(n), from_journal=True))
        tally.add(events.CallFinished(call(n), from_journal=False))
        tally.add(events.SampleCompleted(outcome(n, 1), 1.0))
    assert tally.rate_per_s == pytest.approx(1.0) and tally.remaining == 940


def test_the_rate_follows_the_last_quarter_of_an_hour() -> None:
    clock = Clock()
    tally = Tally(clock)
    tally.add(events.RunStarted("run", 0, 10_000))
    for n in range(1_000):
        clock.now += 1
        tally.add(events.SampleCompleted(outcome(n, 1), 1.0))
    clock.now += 10_000
    for n in range(90):
        clock.now += 10
        tally.add(events.SampleCompleted(outcome(n, 1), 1.0))
    assert tally.rate_per_s == pytest.approx(0.1, rel=0.02)


def test_quiet_shows_nothing_and_auto_is_plain_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("quiet", "auto"):
        with open_display(kind, config=RunConfig()) as display:
            display.watch(events.RunStarted("run", 0, 0))
            display.watch(events.RunFinished("done", 0, 0))
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (12, "12s"), (430, "7m 10s"), (7500, "2h 05m"), (273_600, "3d 4h")]
)
def test_durations(seconds: float | None, text: str) -> None:
    assert words.duration(seconds) == text


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert words.share(99_999, 100_000) == "99.9%" and words.share(5, 5) == "100.0%" and words.share(0, 0) == "–"


def test_a_grid_is_drawn_in_its_colours_two_rows_a_line() -> None:
    text = grid_text([[1, 2], [3, 4], [5, 9]], ARC)
    assert text.plain == "▀▀\n▀▀"
    console = Console(width=10, color_system="truecolor", force_terminal=True)
    colours = [(s.style.color, s.style.bgcolor) for s in text.render(console) if s.style and s.text == "▀"]  # type: ignore[union-attr]
    named = [(a and a.name, b and b.name) for a, b in colours]
    low = [name.lower() for name in ARC]
    assert named == [(low[1], low[3]), (low[2], low[4]), (low[5], None), (low[9], None)]


def test_colours_for_colour_blind_eyes_stay_further_apart_than_arcs() -> None:
    for matrix in (PROTAN, DEUTAN):
        assert nearest(PALETTES["arc"], matrix) < 12
        assert nearest(PALETTES["colour-blind"], matrix) > 30


# How a protanope and a deuteranope see linear RGB (Viénot, Brettel and Mollon 1999).
PROTAN = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
DEUTAN = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))


def nearest(palette: tuple[str, ...], matrix: tuple[tuple[float, float, float], ...]) -> float:
    """The least CIELAB distance of two colours as such eyes see them."""
    seen = [lab(colour, matrix) for colour in palette]
    return min(math.dist(a, b) for i, a in enumerate(seen) for b in seen[:i])


def lab(colour: str, matrix: tuple[tuple[float, float, float], ...]) -> tuple[float, float, float]:
    linear = [((int(colour[i : i + 2], 16) / 255 + 0.055) / 1.055) ** 2.4 for i in (1, 3, 5)]
    r, g, b = (max(0.0, sum(m * c for m, c in zip(row, linear, strict=True))) for row in matrix)
    x, y, z = (
        0.4124 * r + 0.3576 * g + 0.1805 * b,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        0.0193 * r + 0.1192 * g + 0.9505 * b,
    )
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x / 0.9505, y, z / 1.089))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
