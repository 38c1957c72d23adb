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


async def test_what_a_dead_worker_had_is_done_by_another_before_that_one_ends(quick_path: Path) -> None:
    async with fresh_database() as (url, pass_time):
        one, other = others(Job(quick_path, 200, ledger=url), quick_path, 2)
        child = other.start(concurrency=1)
        while (await state(url))[0] < 5:  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.05)
        dead = one.start("pipeline.solved:kill:3", concurrency=4)  # the other has started by now: it will not be told
        await asyncio.to_thread(dead.join, 60)
        while (await state(url))[0] < 200 - 4:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await asyncio.to_thread(child.join, 1)
        assert (dead.exitcode, child.exitcode) == (-9, None), "it must not call the run done while samples are missing"
        while child.exitcode is None:
            await pass_time(200)
            await asyncio.to_thread(child.join, 1)
        assert child.exitcode == 0
        assert await state(url) == (200, 200, [])
