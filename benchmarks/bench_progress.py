"""What keeping progress.json costs a run: wall time with the file against without it, in turns, in one run.

    python benchmarks/bench_progress.py [--data soar.parquet] [--limit 200] [--turns 5] [--folder DIR]
    python benchmarks/bench_progress.py --synthetic 2000 [--each-s 1.0] [--in-flight 64] [--already 18000]

The first form runs the product on the same samples, with the file and as a second run directory on the same ledger
would, which keeps none. The second form takes the solving out: samples that only wait, so that nothing but the
commits and the file use the disk; `--each-s 0` is the limit, where the disk is all there is.
`beside` is the time that the writer, a task of its own, was busy, waiting for the disk included.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import soar2cot.run
from bench_ledger import outcomes
from soar2cot.config import RunConfig, Selection
from soar2cot.events import Events
from soar2cot.ledger.base import Claim
from soar2cot.ledger.sqlite import SqliteLedger
from soar2cot.logs import configure_logs
from soar2cot.pipeline import Pipeline, Settings, Stop
from soar2cot.progress_tracker import ProgressTracker, ProgressWriter, open_face
from soar2cot.records import Outcome, Sample, SampleKey
from soar2cot.run import RunOptions, execute


@dataclass
class Turn:
    """One run: seconds of wall time, of which the writer was busy, of CPU for writing; how often it wrote."""

    wall: float = 0.0
    beside: float = 0.0
    cpu: float = 0.0
    saves: int = 0


def watch(turn: Turn) -> Callable[[], None]:
    """Counts what the writer does into `turn`; gives what ends the counting."""
    save, write = ProgressWriter.save, ProgressTracker.write

    async def timed_save(self: ProgressWriter) -> float:
        started = time.perf_counter()
        seconds = await save(self)
        turn.beside += time.perf_counter() - started
        turn.saves += 1
        return seconds

    def timed_write(self: ProgressTracker) -> None:
        started = time.thread_time()
        write(self)
        turn.cpu += time.thread_time() - started

    def end() -> None:
        ProgressWriter.save, ProgressTracker.write = save, write  # type: ignore[method-assign]

    ProgressWriter.save, ProgressTracker.write = timed_save, timed_write  # type: ignore[method-assign]
    return end


async def real(folder: Path, options: argparse.Namespace, *, kept: bool) -> Turn:
    """The product, from start to end."""
    config = RunConfig(run_dir=folder, data=options.data, select=Selection(limit=options.limit))
    turn = Turn()
    end, face = watch(turn), soar2cot.run.open_face
    soar2cot.run.open_face = lambda path, ledger, **_: face(path, ledger, kept=kept)  # type: ignore[assignment]
    started = time.perf_counter()
    try:
        await execute(config, RunOptions())
    finally:
        end()
        soar2cot.run.open_face = face
    turn.wall = time.perf_counter() - started
    return turn


async def synthetic(folder: Path, options: argparse.Namespace, *, kept: bool) -> Turn:
    """Pipeline, ledger and file; each sample waits `each_s` seconds."""
    made = {item.key: item for item in outcomes(0, options.synthetic)}
    samples = [Sample(key, "", "", -1, (), (), (), (), row) for row, key in enumerate(made)]
    turn = Turn()
    end = watch(turn)
    ledger = await SqliteLedger.open(folder / "ledger.db")
    run_id = await ledger.start_run(config={}, fingerprint="f", data_identity=None, engine_version="1")
    await ledger.adopt([SampleKey("aaaaaaaa", number, "original") for number in range(options.already)], run_id=run_id)
    writer = ProgressWriter(await open_face(folder / "progress.json", ledger, kept=kept))
    settings = Settings(run_id=run_id, max_in_flight=options.in_flight)

    async def solve(sample: Sample, claim: Claim) -> Outcome:
        await asyncio.sleep(options.each_s)
        return made[sample.key]

    shows: Callable[..., Awaitable[None]] = writer.shows
    pipeline = Pipeline(ledger, solve, events=Events(), settings=settings, shows=shows)
    started = time.perf_counter()
    keeping = asyncio.create_task(writer.keep())
    await pipeline.run(iter(samples), Stop())
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    await writer.save()
    turn.wall = time.perf_counter() - started
    end()
    await ledger.aclose()
    return turn


async def main() -> None:
    """Reads the command line, measures in turns, prints the median of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--synthetic", type=int, default=0)
    parser.add_argument("--each-s", type=float, default=1.0)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--already", type=int, default=0, help="entries in the file before")
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    options = parser.parse_args()
    configure_logs(level="error")
    run = synthetic if options.synthetic else real
    ratios: list[float] = []
    for number in range(options.turns):
        turns: dict[bool, Turn] = {}
        for kept in (True, False) if number % 2 else (False, True):
            with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                turns[kept] = await run(Path(folder), options, kept=kept)
        having, without = turns[True], turns[False]
        ratios.append(having.wall / without.wall)
        print(
            f"with {having.wall:.2f} s, without {without.wall:.2f} s: {ratios[-1] - 1:+.2%};  {having.saves} times "
            f"written, beside {having.beside / having.wall:.1%}, cpu {having.cpu / having.wall:.2%}",
            flush=True,
        )
    print(f"wall time with progress.json against without: median {statistics.median(ratios) - 1:+.2%}   (bar +2 %)")


if __name__ == "__main__":
    asyncio.run(main())
