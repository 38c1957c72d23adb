"""The estimate of a plan against what the scripted server is really asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from soar2cot.config import RunConfig
from soar2cot.engines.llm.estimate import THOUGHT_TOKENS, estimate
from soar2cot.testing import Oracle, ScriptedServer
from tests.llm_kit import PUZZLE, bench, config, sample

STEPS = [
    {"kind": "write", "times": 2},
    {"kind": "revise", "top_scores_used": 2, "times_per_top_score": 2},
    {"kind": "pool", "top_scores_used": 3},
]


async def asked(wrong: float, **settings: object) -> tuple[RunConfig, int, int]:
    """(configuration, calls that a sample took, bytes of their prompts)"""
    sizes: list[int] = []
    oracle = Oracle(wrong=wrong)

    def model(schema_name: str, prompt: str) -> str:
        sizes.append(len(prompt))
        return oracle(schema_name, prompt)

    async with ScriptedServer(model) as server:
        given = config(server, **settings)
        async with bench(given) as at_work:
            await at_work.solve()
    return given, len(sizes), sum(sizes)


@pytest.mark.parametrize("lift", [False, True])
@pytest.mark.parametrize("final_follow_times", [1, 3])
async def test_the_two_cases_are_the_calls_that_are_made(lift: bool, final_follow_times: int) -> None:
    settings = {"steps": STEPS, "lift": lift, "final_follow_times": final_follow_times}
    given, n_least, _ = await asked(0.0, **settings)
    _, n_most, n_bytes = await asked(1.0, **settings)
    found = estimate(given, [(sample(), PUZZLE)], 10)
    assert (found.least.calls, found.most.calls) == (10 * n_least, 10 * n_most)
    assert n_bytes / 4 < found.most.prompt_tokens / 10 < n_bytes


async def test_money_follows_the_price_table_and_thoughts_are_counted(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[models]\nm = { input = 1.0, output = 3.0 }\n")
    given, _, _ = await asked(0.0, prices=tmp_path / "prices.toml")
    plain = estimate(given, [(sample(), PUZZLE)], 1).least
    assert plain.usd == pytest.approx((plain.prompt_tokens + 3 * plain.completion_tokens) / 1e6)
    thinking = given.model_copy(update={"writer": given.writer.model_copy(update={"reasoning_effort": "high"})})
    thought = estimate(thinking, [(sample(), PUZZLE)], 1).least
    assert thought.completion_tokens == plain.completion_tokens + plain.calls * THOUGHT_TOKENS["high"]
    unknown = given.model_copy(update={"prices": None})
    assert estimate(unknown, [(sample(), PUZZLE)], 1).least == replace(plain, usd=None)


async def test_no_sample_no_estimate() -> None:
    given, _, _ = await asked(0.0)
    assert estimate(given, [], 0).from_samples == 0
