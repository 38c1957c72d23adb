"""One budget for several workers: never above it, whoever dies; what one has not spent another may."""

from __future__ import annotations

import asyncio
import math
import random

import pytest

from soar2cot.errors import BudgetSpentError
from soar2cot.executor.purse import Amount, Purse, WaitError
from soar2cot.llm.base import Answer, Request
from soar2cot.llm.cost import Meter, Price, Prices, Share, Wish

PRICES = Prices({"m": Price(input=1.0, output=10.0)})


def purse(tokens: float, *, spent: int = 0) -> Purse:
    async def on_record() -> tuple[int, float]:
        return spent, 0.0

    return Purse(Amount(tokens, math.inf), on_record)


def wish(tokens: int, spent: int = 0) -> Wish:
    return Wish(tokens, 0.0, spent, 0.0)


async def test_each_gets_a_part_and_never_more_than_is_free() -> None:
    box = purse(1_000, spent=200)
    assert await box.share("a", wish(10), n_workers=2, busy=False) == Amount(200, math.inf)
    assert await box.share("b", wish(10), n_workers=2, busy=True) == Amount(150, math.inf)
    assert await box.share("c", wish(450), n_workers=2, busy=True) == Amount(450, math.inf)
    with pytest.raises(WaitError):
        await box.share("d", wish(1), n_workers=2, busy=True)
    assert await box.share("a", wish(100, spent=50), n_workers=2, busy=True) == Amount(150, math.inf)
    assert await box.share("d", wish(51), n_workers=2, busy=False) is None


async def test_what_a_dead_worker_had_not_spent_is_free_again_when_it_is_needed() -> None:
    spent = 0

    async def on_record() -> tuple[int, float]:
        return spent, 0.0

    box = Purse(Amount(1_000, math.inf), on_record)
    assert await box.share("a", wish(900), n_workers=1, busy=False) == Amount(900, math.inf)
    box.gone("a")
    spent = 300  # what the ledger knows of it
    assert await box.share("b", wish(600), n_workers=1, busy=False) == Amount(600, math.inf)
    assert await box.share("b", wish(101, spent=600), n_workers=1, busy=False) is None


def request() -> Request:
    return Request("m", "http://a/v1", "follow", b"x" * 50, {"max_tokens": 50})


@pytest.mark.parametrize("seed", range(5))
async def test_workers_that_share_a_budget_never_exceed_it(seed: int) -> None:
    chance, spent, n_calls = random.Random(seed), 0, 0
    box = purse(5_000)
    shares: dict[str, Share] = {}

    async def answer_wishes() -> None:
        while True:
            for name, share in shares.items():
                if share.wish is None:
                    continue
                busy = any(other.wish is None and not other.refused for key, other in shares.items() if key != name)
                try:
                    given = await box.share(name, share.wish, n_workers=3, busy=busy)
                except WaitError:
                    continue
                share.refuse() if given is None else share.grant(*given)
            await asyncio.sleep(0)

    async def work(name: str) -> None:
        nonlocal spent, n_calls
        shares[name] = Share(lambda: None)
        meter = Meter(PRICES, budget_tokens=5_000, share=shares[name])

        async def calls() -> None:
            nonlocal spent, n_calls
            while True:
                held = await meter.reserve(request())
                await asyncio.sleep(0)
                tokens = chance.randint(1, 100)
                spent += tokens
                n_calls += 1
                meter.settle(held, request(), Answer("", None, "stop", tokens, 0, 0, 0.1))

        with pytest.raises(BudgetSpentError):
            await asyncio.gather(*(calls() for _ in range(4)))

    answering = asyncio.create_task(answer_wishes())
    await asyncio.gather(*(work(name) for name in "abc"))
    answering.cancel()
    assert 5_000 - 3 * 100 < spent <= 5_000


async def test_a_refused_share_refuses_at_once() -> None:
    share = Share(lambda: None)
    share.refuse()
    assert not await share.ask(wish(1))
