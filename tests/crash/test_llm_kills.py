"""kill -9 while models are asked: nothing finished is paid for again, as counted by the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.llm_campaign import Campaign


async def check(campaign: Campaign, root: Path) -> None:
    done = await campaign.run(root)
    assert done.n_kills >= campaign.kills // 2
    assert done.finished_repeated == 0
    assert done.repeated <= done.in_flight
    assert done.unknown == 0
    assert done.identical


async def test_a_few_kills(quick_path: Path) -> None:
    await check(Campaign(samples=8, kills=3, concurrency=8), quick_path)


@pytest.mark.slow
async def test_three_hundred_kills(quick_path: Path) -> None:
    await check(Campaign(samples=185, kills=300, concurrency=8), quick_path)
