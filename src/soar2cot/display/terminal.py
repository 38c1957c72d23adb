"""The terminal view: one calm picture that is drawn anew twice a second, above it whatever is logged."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, cast

import orjson
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.style import Style
from rich.table import Table
from rich.text import Text

from soar2cot.display import words
from soar2cot.display.tally import Tally
from soar2cot.display.theme import ARC, Palette
from soar2cot.events import Event, RunStarted
from soar2cot.records import Grid, Outcome

_N_REASONS = 4


class RichDisplay:
    """Draws the run on a terminal; the last picture stays there when the run is over."""

    draws = True

    def __init__(self, tally: Tally, console: Console, *, title: str) -> None:
        self._tally = tally
        self._title = title
        self._lock = threading.Lock()
        self._live = Live(console=console, get_renderable=self.picture, refresh_per_second=2, transient=False)

    def __enter__(self) -> RichDisplay:
        """Nothing is drawn before the run has started: until then the terminal belongs to questions."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def watch(self, event: Event) -> None:
        """Counts an event; the next drawing shows it."""
        with self._lock:
            self._tally.add(event)
        if isinstance(event, RunStarted):
            self._live.start(refresh=True)

    def picture(self) -> RenderableType:
        """The state of the run as of now."""
        with self._lock:
            return picture(self._tally, title=self._title)


def picture(tally: Tally, *, title: str, palette: Palette = ARC) -> RenderableType:
    """The whole view: progress, pace, calls, scores, failures, the sample just finished."""
    parts: list[RenderableType] = [_progress(tally), Text(), _facts(tally)]
    if tally.last is not None:
        parts += [Text(), last_sample(tally.last, palette)]
    subtitle = _state(tally)
    return Panel(Group(*parts), title=title, subtitle=subtitle, title_align="left", subtitle_align="left", padding=1)


def _progress(tally: Tally) -> RenderableType:
    done = tally.before + tally.done
    row = Table.grid(padding=(0, 2), expand=True)
    row.add_column(ratio=1)
    row.add_column(justify="right", no_wrap=True)
    bar = ProgressBar(total=tally.total or 1, completed=done, pulse=tally.total is None)
    share = "" if tally.total is None else f" of {tally.total:,} ({words.share(done, tally.total)})"
    row.add_row(bar, f"{done:,}{share}")
    return row


def _facts(tally: Tally) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in _pairs(tally):
        table.add_row(name, value)
    return table


def _pairs(tally: Tally) -> list[tuple[str, RenderableType]]:
    here = f"{tally.done:,} in this run, {words.count(tally.remaining)} left"
    round_index = "" if tally.round_index is None else f" · round {tally.round_index}"
    pairs: list[tuple[str, RenderableType]] = [
        ("samples", f"{here} · {len(tally.in_flight)} in flight{round_index}"),
        ("pace", f"{words.rate(tally.rate_per_s)} · {words.duration(tally.eta_s)} to go"),
    ]
    if tally.calls or tally.replayed_calls or tally.calls_out:
        pairs += [("calls", _calls(tally)), ("tokens", _tokens(tally))]
    if tally.mean_score is not None:
        pairs.append(("scores", _scores(tally)))
    if tally.failed:
        pairs.append(("failed", _failed(tally)))
    return pairs


def _calls(tally: Tally) -> str:
    now = "".join(f"{in_flight} of {limit} out · " for in_flight, limit in tally.calls_out.values())
    replayed = f", {tally.replayed_calls:,} from the journal" if tally.replayed_calls else ""
    return f"{now}{tally.calls:,} made{replayed}"


def _tokens(tally: Tally) -> str:
    cached = f" ({words.short(tally.cached_tokens)} cached)" if tally.cached_tokens else ""
    money = f" · ${tally.cost_usd:,.2f}" if tally.calls > tally.unpriced_calls else ""
    return f"{words.short(tally.prompt_tokens)} in{cached} · {words.short(tally.completion_tokens)} out{money}"


def _scores(tally: Tally) -> Text:
    text = Text("0 ", style="dim")
    text.append(words.sparkline(tally.bins), style="cyan")
    text.append(" 1", style="dim")
    text.append(f"  mean {tally.mean_score:.3f} · {words.share(tally.perfect, tally.done)} perfect", style="none")
    return text


def _failed(tally: Tally) -> str:
    shown = [f"{n:,} {reason}" for reason, n in tally.failures.most_common(_N_REASONS)]
    rest = len(tally.failures) - _N_REASONS
    return f"{tally.failed:,}: " + ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def _state(tally: Tally) -> str:
    if tally.finished is not None:
        return f"finished: {tally.finished.reason}"
    if tally.draining is not None:
        drain = tally.draining
        return f"stopping: up to {drain.grace_s:.0f} s for what is in flight ({drain.in_flight}); again to stop now"
    return f"waiting: {tally.waiting}" if tally.waiting else "Ctrl+C stops; nothing is lost"


def last_sample(outcome: Outcome, palette: Palette) -> RenderableType:
    """The first test answer of a sample beside what its program gives, as coloured grids."""
    record = outcome.record
    table = Table.grid(padding=(0, 3))
    wanted = _wanted(record.detail)
    guess = next((guess.grids[0] for guess in outcome.guesses if guess.grids), None)
    pictures = [("the text gives", guess), ("the program gives", wanted)]
    shown = [(name, grid_text(grid, palette)) for name, grid in pictures if grid is not None]
    table.add_row(*(Group(Text(name, style="dim"), text) for name, text in shown))
    head = Text.assemble(
        (f"{outcome.key.task_id} ", "bold"), f"round {outcome.key.round_index}, {outcome.key.data_type}"
    )
    head.append(f" · score {record.score:.3f}", style="green" if record.score >= 1 else "yellow")
    return Group(head, table)


def _wanted(detail: str) -> Grid | None:
    grids: Any = cast("dict[str, Any]", orjson.loads(detail)).get("test_outputs")
    return cast("Grid", grids[0]) if grids else None


def grid_text(grid: Grid, palette: Palette) -> Text:
    """A grid as half blocks: two rows a line, one character a cell."""
    lines = [
        _line(grid[row], grid[row + 1] if row + 1 < len(grid) else None, palette) for row in range(0, len(grid), 2)
    ]
    return Text("\n").join(lines)


def _line(top: list[int], bottom: list[int] | None, palette: Palette) -> Text:
    line = Text(no_wrap=True)
    for column, cell in enumerate(top):
        below = None if bottom is None else palette[bottom[column]]
        line.append("▀", Style(color=palette[cell], bgcolor=below))
    return line
