"""Puts the record that README shows between its marks, as a run on the sample that ships writes it.

    python tools/make_readme.py

The picture above it is made by `tools/make_cast.py`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from soar2cot.config import RunConfig, Selection
from soar2cot.logs import configure_logs
from soar2cot.records import Outcome, SampleKey
from soar2cot.run import RunOptions, execute, opened_ledger

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "README.ko.md")
SHOWN = SampleKey("3618c87e", 0, "original")


def main() -> None:
    configure_logs(level="critical")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        config = RunConfig(select=Selection(task_ids=(SHOWN.task_id,)))
        asyncio.run(execute(config, RunOptions()))
        outcome = asyncio.run(read_outcome(config))
        os.chdir(ROOT)
    for page in PAGES:
        put_between_marks(page, "record", describe(outcome))


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


if __name__ == "__main__":
    main()
