"""Makes what README shows of a real run on the sample that ships, stopped by Ctrl+C and started again.

    python tools/make_readme.py

The picture docs/img/run.svg is the terminal view and the lines of the command line, nothing is drawn by hand. The
record between the marks in README.md and README.ko.md is the one that the run wrote.
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
from soar2cot.records import Outcome, SampleKey
from soar2cot.run import RunOptions, execute, opened_ledger

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "img" / "run.svg"
PAGES = (ROOT / "README.md", ROOT / "README.ko.md")
SHOWN = SampleKey("3618c87e", 0, "original")
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
        outcome = asyncio.run(read_outcome(RunConfig()))
        os.chdir(ROOT)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(without_remote_fonts(console.export_svg(title="soar2cot")))
    for page in PAGES:
        put_between_marks(page, "record", describe(outcome))


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


async def read_outcome(config: RunConfig) -> Outcome:
    async with opened_ledger(config, read_only=True) as ledger:
        outcome = await ledger.record(SHOWN)
    assert outcome is not None
    return outcome


def describe(outcome: Outcome) -> str:
    """The program that went in; analysis and method that came out; the end of the chain of thought."""
    record = outcome.record
    _, check, rest = record.chain_of_thought[0].partition("Check on")
    texts = [record.instructions.strip(), f"…\n\n{check}{rest.rstrip()}"]
    return "\n\n".join([f"```python\n{record.soar_code.strip()}\n```", *(f"```text\n{text}\n```" for text in texts)])


def put_between_marks(page: Path, name: str, text: str) -> None:
    """Replaces what stands between <!-- name --> and <!-- /name -->."""
    head, start, rest = page.read_text().partition(f"<!-- {name} -->")
    _, end, tail = rest.partition(f"<!-- /{name} -->")
    assert start and end, f"{page} has no marks for {name}"
    page.write_text(f"{head}{start}\n\n{text}\n\n{end}{tail}")


def without_remote_fonts(svg: str) -> str:
    """rich's SVG asks a font server; the picture must not."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main()
