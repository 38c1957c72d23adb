"""Many processes on one PostgreSQL ledger, each in a run directory of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from soar2cot.ledger import open_ledger
from tests.crash.kit import Job
from tests.postgres_server import fresh_database

N = 60
pytestmark = pytest.mark.postgres


def others(job: Job, root: Path, count: int) -> list[Job]:
    """The same job from other run directories."""
    jobs = [job]
    for n in range(1, count):
        other = Job.__new__(Job)
        other.__dict__.update(job.__dict__, run_dir=root / f"run{n}", said=root / f"said{n}.log")
        jobs.append(other)
    return jobs


async def state(url: str) -> tuple[int, int, list[Any]]:
    ledger = await open_ledger(url, read_only=True)
    try:
        counts = await ledger.counts()
        records = [record.key async for record, _ in ledger.records()]
        return counts.completed, len(records), await ledger.check()
    finally:
        await ledger.aclose()


async def test_three_directories_share_the_work_and_do_each_sample_once(quick_path: Path) -> None:
    async with fresh_database() as (url, _):
        jobs = others(Job(quick_path, N, ledger=url), quick_path, 3)
        children = [job.start(concurrency=4) for job in jobs]
        for child in children:
            await asyncio.to_thread(child.join, 120)
        assert [child.exitcode for child in children] == [0, 0, 0]
        assert await state(url) == (N, N, [])
        assert set(jobs[0].paid_calls().values()) == {1}
        assert sum(job.progress.exists() for job in jobs) == 1
        for job in jobs:  # no directory takes the others' work for entries that somebody removed
            assert (await asyncio.to_thread(job.run))[0] == 0
        assert await state(url) == (N, N, [])
        assert set(jobs[0].paid_calls().values()) == {1}
