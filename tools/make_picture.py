"""Makes docs/img/run.svg: a real run on the sample that ships, stopped by Ctrl+C and started again.

    python tools/make_picture.py

Nothing in it is drawn by hand: the pictures are those of the terminal view, the lines those of the command line.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from soar2cot.cli.run import last_line
from soar2cot.config import RunConfig
from soar2cot.display.tally import Tally
from soar2cot.display.terminal import picture
from soar2cot.events import Event, SampleCompleted
from soar2cot.logs import configure_logs
from soar2cot.run import RunOptions, execute

TARGET = Path(__file__).parents[1] / "docs" / "img" / "run.svg"
STOP_AFTER = 70
WIDTH = 96


def main() -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    configure_logs(level="critical")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        console.print(Text("$ soar2cot run", style="bold"))
        show_run(console, stop_after=STOP_AFTER)
        console.print(Text("\n$ soar2cot run", style="bold"))
        show_run(console, stop_after=None)
        os.chdir(TARGET.parents[2])
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(without_remote_fonts(console.export_svg(title="soar2cot")))


def show_run(console: Console, *, stop_after: int | None) -> None:
    """Runs, pressing Ctrl+C after so many samples, and prints what a terminal shows at the end."""
    config, tally, options = RunConfig(), Tally(time.monotonic), RunOptions()

    def watch(event: Event) -> None:
        tally.add(event)
        if isinstance(event, SampleCompleted) and tally.done == stop_after:
            os.kill(os.getpid(), signal.SIGINT)

    options.events.subscribe(watch)
    summary = asyncio.run(execute(config, options))
    console.print(picture(tally, title=f"soar2cot · {config.run_dir} · {config.engine}"))
    if stop_after is not None:
        console.print(Text("^C", style="bold"))
    console.print(Text(last_line(summary, config, ["run"])))


def without_remote_fonts(svg: str) -> str:
    """rich's SVG asks a font server; the picture must not."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main()
