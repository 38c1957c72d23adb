"""Prices, and a budget that holds whatever comes back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from soar2cot.errors import BudgetSpentError, ConfigError
from soar2cot.llm.base import Answer, Request
from soar2cot.llm.cost import Meter, Price, Prices, load_prices

PRICES = Prices({"m": Price(input=1.0, output=10.0, cached_input=0.1)})


def request(size: int = 100, max_tokens: int = 100) -> Request:
    return Request("m", "http://a/v1", "follow", b"x" * size, {"max_tokens": max_tokens})


def answer(prompt: int = 50, completion: int = 20, cached: int = 0) -> Answer:
    return Answer("{}", None, "stop", prompt, cached, completion, 0.1)


def test_cached_tokens_are_cheaper() -> None:
    assert PRICES.cost("m", answer(prompt=1_000_000, completion=0)) == pytest.approx(1.0)
    assert PRICES.cost("m", answer(prompt=1_000_000, completion=0, cached=1_000_000)) == pytest.approx(0.1)
    assert PRICES.cost("somebody/m", answer()) == PRICES.cost("m", answer())
    assert PRICES.cost("unknown", answer()) is None


async def test_calls_under_way_count_at_their_worst() -> None:
    meter = Meter(PRICES, budget_tokens=480)
    first = await meter.reserve(request())
    second = await meter.reserve(request())
    third = asyncio.ensure_future(meter.reserve(request()))
    await asyncio.sleep(0)
    assert not third.done(), "two worst cases of 200 leave 80: the third call waits"
    meter.settle(first, request(), answer())
    held = await third
    assert meter.tokens == 70
    meter.settle(second, request(), answer(prompt=100, completion=100))
    meter.settle(held, request(), answer(prompt=100, completion=80))
    with pytest.raises(BudgetSpentError, match="480 tokens"):
        await meter.reserve(request())


async def test_what_earlier_runs_spent_counts() -> None:
    async def already() -> tuple[int, float]:
        return 10, 0.9999

    meter = Meter(PRICES, budget_usd=1.0, already=already)
    with pytest.raises(BudgetSpentError, match=r"\$0.9999 of \$1.0000"):
        await meter.reserve(request())


async def test_without_a_budget_nothing_is_asked() -> None:
    async def already() -> tuple[int, float]:
        raise AssertionError("nobody needs to know")

    await Meter(PRICES, already=already).reserve(request())


def test_the_table_that_ships_and_a_table_that_is_wrong(tmp_path: Path) -> None:
    assert load_prices().price("openai/gpt-5-mini") is not None
    wrong = tmp_path / "prices.toml"
    wrong.write_text('[models]\n"a" = { input = 1 }\n"b" = { input = 1, output = 2 }\n')
    with pytest.raises(ConfigError, match=r"a: each model needs"):
        load_prices(wrong)
