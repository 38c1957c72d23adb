"""The worker loop: who stops it, who does not, what is given back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from soar2cot.errors import BudgetSpentError, InputError, LeaseLostError, ModelSetupError, ProgramError
from soar2cot.events import Draining, Event, Events, SampleCompleted, SampleFailed
from soar2cot.garbage import THRESHOLDS
from soar2cot.ledger.base import Claim
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.pipeline import Pipeline, Settings, Stop, Summary
from soar2cot.records import Outcome, Sample, SampleKey
from soar2cot.soar_loader import BadRow
from tests.ledger_kit import RUN, key, outcome


def sample(n: int) -> Sample:
    return Sample(key(n), "def transform(grid): return grid", "m", 0, (True,), ([[1]],), (True,), ([[1]],))


async def solved(item: Sample, claim: Claim) -> Outcome:
    await asyncio.sleep(0)
    return outcome(item.key)


async def shown(_: SampleKey) -> None: ...


class Bench:
    """A pipeline on the ledger in memory, with its events on record."""

    def __init__(self, **settings: Any) -> None:
        self.ledger = MemoryLedger()
        self.stop = Stop()
        self.told: list[Event] = []
        self.events = Events()
        self.events.subscribe(self.told.append)
        self.settings = settings

    async def run(self, items: Iterator[Sample | BadRow], solve: Any = solved) -> Summary:
        run_id = await self.ledger.start_run(**RUN)
        settings = Settings(run_id, self.settings.pop("max_in_flight", 3), **self.settings)
        pipeline = Pipeline(self.ledger, solve, events=self.events, settings=settings, shows=shown)
        return await pipeline.run(items, self.stop)

    async def n_claimed(self) -> int:
        return (await self.ledger.counts()).claimed


async def test_all_samples_are_done_and_told_once() -> None:
    bench = Bench()
    assert await bench.run(map(sample, range(20))) == Summary(completed=20)
    assert sorted(event.outcome.key for event in bench.told if isinstance(event, SampleCompleted)) == sorted(
        map(key, range(20))
    )
    assert await bench.n_claimed() == 0


async def test_never_more_in_flight_than_slots() -> None:
    now = most = 0
    full = asyncio.Event()

    async def solve(item: Sample, claim: Claim) -> Outcome:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 4:
            full.set()
        await full.wait()
        now -= 1
        return outcome(item.key)

    await Bench(max_in_flight=4).run(map(sample, range(30)), solve)
    assert most == 4


async def test_free_slots_are_filled_with_samples_that_are_claimed_together() -> None:
    claimed: list[int] = []

    class Counting(MemoryLedger):
        async def claim(self, keys: Sequence[SampleKey], *, run_id: str, lease_s: float) -> list[Claim]:
            claimed.append(len(keys))
            return await super().claim(keys, run_id=run_id, lease_s=lease_s)

    bench = Bench(max_in_flight=40)
    bench.ledger = Counting()
    assert (await bench.run(map(sample, range(40)))).completed == 40
    assert claimed == [40]


async def test_the_collector_works_as_before_once_the_work_is_over() -> None:
    before, meanwhile = gc.get_threshold(), []

    async def solve(item: Sample, claim: Claim) -> Outcome:
        meanwhile.append(gc.get_threshold()[0])
        return outcome(item.key)

    await Bench().run(map(sample, range(1)), solve)
    assert meanwhile == [THRESHOLDS[0]]
    assert gc.get_threshold() == before


async def test_a_failed_sample_costs_itself_and_is_grouped_by_its_kind() -> None:
    async def solve(item: Sample, claim: Claim) -> Outcome:
        if item.key == key(3):
            raise ProgramError("it ran too long", kind="timeout")
        return outcome(item.key)

    bench = Bench()
    summary = await bench.run(map(sample, range(6)), solve)
    assert (summary.completed, summary.failed) == (5, {"ProgramError/timeout": 1})
    [failed] = [event.failure for event in bench.told if isinstance(event, SampleFailed)]
    assert (failed.key, failed.error_type, failed.message) == (key(3), "ProgramError/timeout", "it ran too long")


async def test_a_bug_costs_its_sample_alone() -> None:
    async def solve(item: Sample, claim: Claim) -> Outcome:
        return outcome(item.key) if item.key != key(0) else int("no number")

    assert (await Bench().run(map(sample, range(4)), solve)).failed == {"ValueError": 1}


async def test_a_bad_row_is_parked_with_its_reason() -> None:
    bench = Bench()
    summary = await bench.run(iter([BadRow(key(0), InputError("row 0: a hole"), row=0), sample(1)]))
    assert (summary.completed, summary.failed) == (1, {"InputError": 1})
    assert [failure.message for failure in await bench.ledger.failures()] == ["row 0: a hole"]


async def test_a_wrong_key_stops_the_run_and_gives_the_samples_back() -> None:
    asked = 0

    async def solve(item: Sample, claim: Claim) -> Outcome:
        nonlocal asked
        asked += 1
        raise ModelSetupError("401: the key is not accepted")

    bench = Bench(max_in_flight=2)
    with pytest.raises(ModelSetupError, match="401"):
        await bench.run(map(sample, range(100)), solve)
    assert asked <= 2
    assert await bench.n_claimed() == 0
    assert await bench.ledger.failures() == []


async def test_a_spent_budget_drains() -> None:
    async def solve(item: Sample, claim: Claim) -> Outcome:
        if item.key == key(5):
            raise BudgetSpentError("the next call would exceed 1.00 USD")
        return outcome(item.key)

    summary = await Bench(max_in_flight=1).run(map(sample, range(100)), solve)
    assert (summary.reason, summary.completed) == ("budget", 5)
    assert summary.failed == {}


async def test_a_sample_that_is_somebody_elses_is_left_alone() -> None:
    bench = Bench()
    other = await bench.ledger.start_run(**RUN)
    await bench.ledger.claim([key(1)], run_id=other, lease_s=600)
    assert (await bench.run(map(sample, range(3)))).completed == 2


async def test_a_lost_lease_is_no_failure() -> None:
    async def solve(item: Sample, claim: Claim) -> Outcome:
        if item.key == key(1):
            raise LeaseLostError("another worker has it")
        return outcome(item.key)

    bench = Bench()
    summary = await bench.run(map(sample, range(3)), solve)
    assert (summary.completed, summary.failed) == (2, {})
    assert await bench.ledger.failures() == []


async def test_a_drain_finishes_what_is_in_flight_and_starts_nothing_new() -> None:
    bench = Bench(max_in_flight=2)

    async def solve(item: Sample, claim: Claim) -> Outcome:
        bench.stop.drain("interrupted")
        await asyncio.sleep(0)
        return outcome(item.key)

    summary = await bench.run(map(sample, range(50)), solve)
    assert summary.reason == "interrupted"
    assert 1 <= summary.completed <= 2
    assert summary.left == 0
    assert any(isinstance(event, Draining) for event in bench.told)


async def test_what_outlives_its_grace_is_given_back() -> None:
    bench = Bench(max_in_flight=1, grace_s=0.0)

    async def solve(item: Sample, claim: Claim) -> Outcome:
        bench.stop.drain("terminated")
        await asyncio.Event().wait()
        return outcome(item.key)

    summary = await bench.run(map(sample, range(5)), solve)
    assert (summary.reason, summary.completed, summary.left) == ("terminated", 0, 1)
    assert await bench.n_claimed() == 0


async def test_the_second_stop_does_not_wait_for_the_grace() -> None:
    bench = Bench(max_in_flight=1, grace_s=3_600.0)

    async def solve(item: Sample, claim: Claim) -> Outcome:
        bench.stop.drain("interrupted")
        bench.stop.now("interrupted")
        await asyncio.Event().wait()
        return outcome(item.key)

    assert (await asyncio.wait_for(bench.run(map(sample, range(5)), solve), 5)).left == 1


async def test_a_watcher_that_breaks_is_taken_off_and_the_run_goes_on() -> None:
    bench = Bench()
    bench.events.subscribe(lambda event: int("no number"))
    assert (await bench.run(map(sample, range(5)))).completed == 5
