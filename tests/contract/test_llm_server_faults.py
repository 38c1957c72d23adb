"""Every fault that the scripted server has on order, against the whole engine: what a user gets in the end."""

from __future__ import annotations

import asyncio

import pytest

from soar2cot.errors import ModelSetupError, NoInstructionError
from soar2cot.events import Waiting
from soar2cot.testing import FAULTS, Oracle, ScriptedServer
from tests.llm_kit import bench, config, endpoint

FEW_CALLS = {"first_byte_timeout_s": 0.3, "total_timeout_s": 0.6}
SURVIVED = {
    "429": {"times": 3},
    "500": {"times": 2},
    "502": {"times": 2},
    "503": {"times": 2},
    "html": {"times": 2},
    "reset": {"times": 2},
    "lost": {"times": 2},
    "half": {"times": 2},
    "drip": {"times": 1},
    "silence": {"times": 1},
    "empty": {"times": 1},
    "schema": {"times": 1},
    "no_json": {"times": 1},
    "fence": {"times": None},
    "comment": {"times": None},
    "length": {"times": 1},
}
COSTS_A_FOLLOWER = {"ragged": "`grid`", "wide": "1 to 30", "value10": "0 to 9"}


@pytest.mark.parametrize("fault", SURVIVED)
async def test_the_sample_is_done_in_spite_of(fault: str) -> None:
    async with ScriptedServer() as server:
        server.order(fault, **SURVIVED[fault])
        async with bench(config(server, writer=endpoint(server, **FEW_CALLS))) as given:
            outcome = await given.solve()
        assert outcome.record.score == 1
        assert outcome.guesses[0].avg_score == 1
        assert server.counts.faults[fault] >= 1


@pytest.mark.parametrize("fault", COSTS_A_FOLLOWER)
async def test_a_grid_that_is_none_gets_one_correction(fault: str) -> None:
    async with ScriptedServer() as server, bench(config(server)) as given:
        server.order(fault, times=1, after=1)  # two could meet the same follower, where answers are slow
        assert (await given.solve()).record.score == 1
        assert server.counts.faults[fault] == 1
        assert server.counts.started.total() == 1 + 3 + 1 + 1


@pytest.mark.parametrize("fault", COSTS_A_FOLLOWER)
async def test_a_follower_that_gives_no_grid_twice_counts_as_zero_and_is_named(fault: str) -> None:
    async with ScriptedServer() as server, bench(config(server)) as given:
        server.order(fault, times=None, after=1)
        outcome = await given.solve()
    assert outcome.record.score == 0
    assert all(COSTS_A_FOLLOWER[fault] in (score.error or "") for score in outcome.record.example_scores)
    assert outcome.guesses[0].grids == (None,)


@pytest.mark.parametrize(("fault", "said"), [("refusal", "refused"), ("too_long", "too long")])
async def test_a_refusal_is_not_asked_again(fault: str, said: str) -> None:
    async with ScriptedServer() as server, bench(config(server)) as given:
        server.order(fault, times=None)
        with pytest.raises(NoInstructionError, match=said):
            await given.solve()
        assert server.counts.faults[fault] == 1


async def test_an_answer_that_never_ends_climbs_the_ladder_and_is_parked() -> None:
    async with ScriptedServer() as server:
        writer = endpoint(server, max_output_tokens=10, max_output_tokens_cap=40, reasoning_effort="high")
        async with bench(config(server, writer=writer)) as given:
            server.order("length", times=None)
            with pytest.raises(
                NoInstructionError, match=r"no usable answer in 4 calls \(cut off at 10 tokens"
            ) as error:
                await given.solve()
        assert "cut off at 40 tokens" in str(error.value)


async def test_an_expired_key_stops_the_run_with_one_line_and_without_the_key() -> None:
    async with ScriptedServer() as server, bench(config(server), api_key="sk-mine-abcdefgh") as given:
        server.order("expired_key", times=None)
        with pytest.raises(ModelSetupError, match="invalid_api_key") as error:
            await given.solve()
        assert "sk-" not in str(error.value)
        assert server.counts.faults["expired_key"] == 1


async def test_a_wrong_model_stops_the_run() -> None:
    async with ScriptedServer(models=("right",)) as server, bench(config(server)) as given:
        with pytest.raises(ModelSetupError, match="'m' does not exist"):
            await given.solve()


async def test_a_setup_that_is_refused_every_time_stops_the_run_after_three() -> None:
    async with ScriptedServer() as server, bench(config(server, steps=[{"kind": "write", "times": 4}])) as given:
        server.order("400", times=None)
        with pytest.raises(ModelSetupError, match="every one of the first 3 calls"):
            await given.solve()


async def test_a_server_that_is_gone_is_waited_for_and_that_is_said() -> None:
    server = ScriptedServer()
    await server.start()
    async with bench(config(server)) as given:
        await server.stop()
        solving = asyncio.ensure_future(given.solve())
        await asyncio.sleep(0.3)
        assert not solving.done()
        waiting = [event for event in given.told if isinstance(event, Waiting)]
        assert len(waiting) == 1, "once a minute, not once a try"
        assert server.base_url in waiting[0].reason
        await server.start()
        assert (await solving).record.score == 1
        await server.stop()


async def test_what_is_wrong_on_purpose_is_revised_and_pooled() -> None:
    steps = [{"kind": "write", "times": 2}, {"kind": "revise"}, {"kind": "pool"}]
    async with ScriptedServer(Oracle(wrong=1)) as server:
        async with bench(config(server, steps=steps, lift=True)) as given:
            outcome = await given.solve()
        places = [event.call.place for event in given.told if hasattr(event, "call")]
    assert any(".revise." in place for place in places) and any(".pool." in place for place in places)
    assert any("text_only" in place for place in places) and any("examples_only" in place for place in places)
    assert 0 < outcome.record.score < 1


def test_every_fault_has_a_test() -> None:
    tried = {*SURVIVED, *COSTS_A_FOLLOWER, "refusal", "too_long", "expired_key", "400"}
    assert tried == set(FAULTS)
