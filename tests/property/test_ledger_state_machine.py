"""After any history of claims, commits, failures, crashes, forgetting and restoring, double and real agree."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from soar2cot.errors import LeaseLostError
from soar2cot.ledger.base import Claim, Ledger
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.records import SampleKey
from tests.ledger_kit import RUN, answered, call, key, outcome, place

N_KEYS = 6
# The server's own clock goes on while a history runs: leases end hours apart, so that no machine is too slow for it.
_HOUR = 3_600.0
numbers = st.integers(0, N_KEYS - 1)
subsets = st.lists(numbers, min_size=1, max_size=4)
RAM = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


class Histories(RuleBasedStateMachine):
    """Two ledgers side by side; `pairs` holds the claims that both gave out."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=RAM))
        self.stack = AsyncExitStack()
        self.pairs: list[tuple[Claim, Claim]] = []

    def do(self, act: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(act)

    async def both(self, ask: Any) -> tuple[Any, Any]:
        """The same question to both; a lost lease is an answer too."""
        told = []
        for n, ledger in enumerate((self.double, self.real)):
            try:
                told.append(await ask(ledger, n))
            except LeaseLostError:
                told.append("lost")
        return told[0], told[1]

    def agree(self, ask: Any) -> Any:
        double, real = self.do(self.both(ask))
        assert double == real
        return double

    @initialize()
    def begin(self) -> None:
        async def opening() -> None:
            self.site = await self.stack.enter_async_context(place(self.kind, self.folder))
            twin = await self.stack.enter_async_context(place("memory", self.folder))
            self.twin_time = twin.pass_time
            self.double: MemoryLedger = await twin.open()
            self.real: Ledger = await self.site.open()
            self.run = await self.double.start_run(**RUN)
            assert await self.real.start_run(**RUN) == self.run

        self.do(opening())

    def teardown(self) -> None:
        if hasattr(self, "real"):
            self.do(self.real.aclose())
        self.do(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(ns=subsets, lease_s=st.sampled_from([10 * _HOUR, 60 * _HOUR]))
    def claim(self, ns: list[int], lease_s: float) -> None:
        keys = [key(n) for n in ns]
        double, real = self.do(self.both(lambda ledger, _: ledger.claim(keys, run_id=self.run, lease_s=lease_s)))
        assert [(c.key, c.attempt) for c in double] == [(c.key, c.attempt) for c in real]
        self.pairs += zip(double, real, strict=True)

    @precondition(lambda self: self.pairs)
    @rule(data=st.data(), score=st.sampled_from([0.0, 0.25, 1.0]))
    def commit(self, data: st.DataObject, score: float) -> None:
        pair = data.draw(st.sampled_from(self.pairs))
        self.agree(lambda ledger, n: ledger.commit(pair[n], outcome(pair[n].key, score=score), run_id=self.run))

    @precondition(lambda self: self.pairs)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        pair = data.draw(st.sampled_from(self.pairs))

        async def ask(ledger: Ledger, n: int) -> tuple[SampleKey, int, str]:
            failure = await ledger.fail(pair[n], run_id=self.run, error_type="X", message="m")
            return failure.key, failure.attempts, failure.message

        self.agree(ask)

    @precondition(lambda self: self.pairs)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        pair = data.draw(st.sampled_from(self.pairs))
        self.agree(lambda ledger, n: ledger.release([pair[n]]))

    @precondition(lambda self: self.pairs)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        pairs = data.draw(st.lists(st.sampled_from(self.pairs), max_size=3))

        async def ask(ledger: Ledger, n: int) -> list[SampleKey]:
            return [claim.key for claim in await ledger.renew([pair[n] for pair in pairs], lease_s=60 * _HOUR)]

        self.agree(ask)

    @precondition(lambda self: self.pairs)
    @rule(data=st.data(), n_call=st.integers(0, 2), is_answered=st.booleans())
    def journal(self, data: st.DataObject, n_call: int, *, is_answered: bool) -> None:
        pair = data.draw(st.sampled_from(self.pairs))
        item = call(pair[0].key, n_call)
        if is_answered:
            self.agree(lambda ledger, _: ledger.answer(answered(item)))
        else:
            self.agree(lambda ledger, n: ledger.intend(item, claim=pair[n]))

    @rule(ns=subsets)
    def adopt(self, ns: list[int]) -> None:
        self.agree(lambda ledger, _: ledger.adopt([key(n) for n in ns], run_id=self.run))

    @rule(ns=subsets)
    def unpark(self, ns: list[int]) -> None:
        self.agree(lambda ledger, _: ledger.unpark([key(n) for n in ns]))

    @rule(ns=subsets)
    def forget(self, ns: list[int]) -> None:
        self.agree(lambda ledger, _: ledger.forget([key(n) for n in ns], reason="again"))

    @rule()
    def restore_the_latest(self) -> None:
        self.agree(lambda ledger, _: ledger.restore())

    @rule(data=st.data())
    def restore_any(self, data: st.DataObject) -> None:
        batches = [batch.batch for batch in self.do(self.double.superseded())]
        if batches:
            batch = data.draw(st.sampled_from(batches))
            self.agree(lambda ledger, _: ledger.restore(batch))

    @rule(seconds=st.sampled_from([5 * _HOUR, 30 * _HOUR, 61 * _HOUR]))
    def let_time_pass(self, seconds: float) -> None:
        self.do(self.site.pass_time(seconds))
        self.do(self.twin_time(seconds))

    @rule()
    def crash(self) -> None:
        """The process dies and another one starts when every lease is over."""

        async def dying() -> None:
            await self.real.aclose()
            for wait in (self.site.pass_time, self.twin_time):
                await wait(1_000 * _HOUR)
            self.real = await self.site.open()

        self.do(dying())

    @invariant()
    def agree_on_everything(self) -> None:
        if not hasattr(self, "real"):
            return

        async def everything(ledger: Ledger, _: int) -> dict[str, Any]:
            counts = await ledger.counts()
            mean = None if counts.mean_score is None else round(counts.mean_score, 6)
            return {
                "completed": set((await ledger.completed()).keys),
                "failures": [(f.key, f.attempts, f.error_type, f.message) for f in await ledger.failures()],
                "counts": (counts.completed, counts.failed, counts.claimed, counts.calls, mean, counts.n_perfect),
                "records": [item async for item in ledger.records()],
                "superseded": [(item.batch, item.reason, item.n_samples) for item in await ledger.superseded()],
                "calls": [await ledger.calls(key(n)) for n in range(N_KEYS)],
                "spent": tuple(round(value, 6) for value in await ledger.spent()),
                "findings": await ledger.check(),
            }

        self.agree(everything)


class PostgresHistories(Histories):
    kind = "postgres"


def _settings(max_examples: int) -> settings:
    return settings(
        max_examples=max_examples,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


TestSqliteAgainstTheDouble = Histories.TestCase
TestSqliteAgainstTheDouble.settings = _settings(25)


@pytest.mark.postgres
class TestPostgresAgainstTheDouble(PostgresHistories.TestCase):
    settings = _settings(3)


@pytest.mark.slow
class TestSqliteAgainstTheDoubleAtLength(Histories.TestCase):
    settings = _settings(500)
