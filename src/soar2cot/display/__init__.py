"""What a person sees while a run goes on: a terminal view, a line a minute, or nothing.

    with open_display(config.display, config=config) as display:
        events.subscribe(display.watch)
        …

`watch` may be called from any thread. The `rich` view catches what is written to sys.stdout and sys.stderr
while it is open and shows it above itself: loggers must look sys.stderr up when they write, not when they are made.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Literal, Protocol, TypeAlias

from soar2cot.config import RunConfig
from soar2cot.display.tally import Tally
from soar2cot.events import Event

Kind: TypeAlias = Literal["auto", "rich", "plain", "quiet"]


class Display(Protocol):
    """Something that is shown for the length of a `with` block.

    `draws`: it holds a picture in place on the terminal, so log lines should be few.
    """

    draws: bool

    def __enter__(self) -> Display:
        """Starts to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the last picture or line."""
        ...

    def watch(self, event: Event) -> None:
        """Takes an event; give this to `Events.subscribe`."""
        ...


class QuietDisplay:
    """Shows nothing."""

    draws = False

    def __enter__(self) -> QuietDisplay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def watch(self, event: Event) -> None:
        """Ignores it."""


def open_display(kind: Kind = "auto", *, config: RunConfig) -> Display:
    """The view of a run, on stderr; data alone goes to stdout.

    Args: kind: `auto` is `rich` on a terminal and `plain` elsewhere.
    """
    from rich.console import Console

    from soar2cot.display.plain import PlainDisplay
    from soar2cot.display.terminal import RichDisplay

    if kind == "quiet":
        return QuietDisplay()
    console, tally = Console(stderr=True), Tally(time.monotonic)
    if kind == "rich" or (kind == "auto" and console.is_terminal and not console.is_dumb_terminal):
        return RichDisplay(tally, console, title=f"soar2cot · {config.run_dir} · {config.engine}")
    return PlainDisplay(tally, sys.stderr)
