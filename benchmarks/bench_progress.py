"""What keeping progress.json costs a real run: seconds spent on it, as a share of the run's wall time.

    python benchmarks/bench_progress.py --data soar.parquet [--arc DIR] [--limit N]

The file is written in a thread of its own beside the work; the share counts every second from asking the ledger
what is new to the durable word that it was shown, waiting for the disk included. `cpu` counts the processor's part.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from soar2cot.config import RunConfig, Selection
from soar2cot.logs import configure_logs
from soar2cot.progress_tracker import ProgressTracker, ProgressWriter
from soar2cot.run import RunOptions, execute


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    spent = {"saves": 0.0, "seconds": 0.0, "cpu": 0.0}

    async def timed_save(self: ProgressWriter) -> float:
        started = time.perf_counter()
        seconds = await save(self)
        spent["saves"] += 1
        spent["seconds"] += time.perf_counter() - started
        return seconds

    def timed_write(self: ProgressTracker) -> None:
        started = time.thread_time()
        write(self)
        spent["cpu"] += time.thread_time() - started

    save, write = ProgressWriter.save, ProgressTracker.save
    ProgressWriter.save, ProgressTracker.save = timed_save, timed_write  # type: ignore[method-assign]
    configure_logs(level="error")
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(run_dir=Path(folder), data=options.data, select=Selection(limit=options.limit))
        started = time.perf_counter()
        summary = asyncio.run(execute(config, RunOptions()))
        wall = time.perf_counter() - started
    print(f"{summary.completed} samples in {wall:.1f} s; {spent['saves']:.0f} times written")
    print(f"wall: {spent['seconds']:.2f} s, {spent['seconds'] / wall:.2%} of the run (beside the work)")
    print(f"cpu:  {spent['cpu']:.2f} s, {spent['cpu'] / wall:.2%} of the run")


if __name__ == "__main__":
    main()
