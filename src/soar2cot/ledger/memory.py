"""The ledger in memory: the double that tests use, and the plainest statement of what a ledger does.

Nothing is durable, everything else is as the contract says.
"""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from soar2cot.errors import LeaseLostError, LedgerError
from soar2cot.ledger.base import Claim, CompletedColumns, CompletedPage, Counts, Finding, RunInfo, Superseded
from soar2cot.ledger.rows import check_outcome, key_row, utc_text
from soar2cot.records import Call, Failure, GuessRecord, InstructionRecord, Outcome, SampleKey


@dataclass
class _Held:
    """A claim on record; `end` is on the ledger's clock."""

    claim: Claim
    end: float
    run_id: str


@dataclass
class _Kept:
    """A batch of history."""

    batch: Superseded
    done: dict[SampleKey, int | None]
    outcomes: dict[SampleKey, Outcome]
    calls: dict[SampleKey, dict[str, Call]]


@dataclass
class _Tables:
    runs: list[RunInfo] = field(default_factory=list[RunInfo])
    meta: dict[str, str] = field(default_factory=dict[str, str])
    done: dict[SampleKey, int | None] = field(default_factory=dict[SampleKey, "int | None"])  # → token
    order: dict[SampleKey, int] = field(default_factory=dict[SampleKey, int])  # → seq, ascending
    outcomes: dict[SampleKey, Outcome] = field(default_factory=dict[SampleKey, Outcome])
    failures: dict[SampleKey, tuple[Failure, int]] = field(default_factory=dict[SampleKey, tuple[Failure, int]])
    claims: dict[SampleKey, _Held] = field(default_factory=dict[SampleKey, _Held])
    calls: dict[SampleKey, dict[str, Call]] = field(default_factory=dict[SampleKey, dict[str, Call]])
    history: list[_Kept] = field(default_factory=list[_Kept])


class MemoryLedger:
    """See `base.Ledger`.

    Args: clock: seconds that only go on; tests give a clock that jumps.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tables = _Tables()
        self._token = self._seq = self._batch = 0
        self._tokens, self._usd = 0, 0.0
        self._closed = False

    @property
    def url(self) -> str:
        """Where it is."""
        return "memory:"

    # --- runs and settings

    async def start_run(
        self, *, config: dict[str, Any], fingerprint: str, data_identity: str | None, engine_version: str
    ) -> str:
        """See `base.Ledger`."""
        self._open()
        runs = self._tables.runs
        told = (config, fingerprint, data_identity, engine_version, platform.node(), os.getpid())
        runs.append(RunInfo(f"run-{len(runs) + 1}", utc_text(time.time()), None, None, *told))
        return runs[-1].run_id

    async def finish_run(self, run_id: str, *, reason: str) -> None:
        """See `base.Ledger`."""
        self._open()
        runs = self._tables.runs
        now = utc_text(time.time())
        runs[:] = [
            replace(run, finished_at=run.finished_at or now, reason=reason) if run.run_id == run_id else run
            for run in runs
        ]

    async def runs(self) -> list[RunInfo]:
        """See `base.Ledger`."""
        return list(self._tables.runs)

    async def get_meta(self, name: str) -> str | None:
        """See `base.Ledger`."""
        return self._tables.meta.get(name)

    async def set_meta(self, name: str, value: str) -> None:
        """See `base.Ledger`."""
        self._open()
        self._tables.meta[name] = value

    async def first_meta(self, name: str, value: str) -> str:
        """See `base.Ledger`."""
        if (known := await self.get_meta(name)) is None:
            await self.set_meta(name, value)
        return known if known is not None else value

    # --- the life of a sample

    async def claim(self, keys: Sequence[SampleKey], *, run_id: str, lease_s: float) -> list[Claim]:
        """See `base.Ledger`."""
        self._open()
        free = [key for key in dict.fromkeys(keys) if key_row(key) and key not in self._tables.done]
        return [self._take(key, run_id, lease_s) for key in free if not self._alive(key)]

    def _take(self, key: SampleKey, run_id: str, lease_s: float) -> Claim:
        held, failed = self._tables.claims.get(key), self._tables.failures.get(key)
        before = held.claim.attempt if held else failed[0].attempts if failed else 0
        self._token += 1
        claim = Claim(key, self._token, before + 1, begun=bool(self._tables.calls.get(key)))
        self._tables.claims[key] = _Held(claim, self._clock() + lease_s, run_id)
        return claim

    async def renew(self, claims: Sequence[Claim], *, lease_s: float) -> list[Claim]:
        """See `base.Ledger`."""
        ours = [claim for claim in claims if self._ours(claim)]
        for claim in ours:
            self._tables.claims[claim.key].end = self._clock() + lease_s
        return ours

    async def release(self, claims: Sequence[Claim]) -> None:
        """See `base.Ledger`."""
        self._open()
        for claim in claims:
            held = self._tables.claims.get(claim.key)
            if held and held.claim.token == claim.token:
                self._uncount(claim)

    async def expire(self, keys: Sequence[SampleKey], *, run_id: str) -> None:
        """See `base.Ledger`."""
        self._open()
        for key in keys:
            held = self._tables.claims.get(key)
            if held and held.run_id == run_id:
                held.end = min(held.end, self._clock())

    def _uncount(self, claim: Claim) -> None:
        failed = self._tables.failures.get(claim.key)
        if claim.attempt - 1 <= (failed[0].attempts if failed else 0):
            del self._tables.claims[claim.key]
        else:  # the attempt of a dead claim before it stays counted
            self._tables.claims[claim.key] = _Held(Claim(claim.key, 0, claim.attempt - 1), 0.0, "")

    async def commit(self, claim: Claim, outcome: Outcome, *, run_id: str) -> None:
        """See `base.Ledger`."""
        self._open()
        check_outcome(claim.key, outcome)
        if not self._ours(claim):
            if self._tables.done.get(claim.key) != claim.token:
                raise _lost(claim)
            return
        self._tables.outcomes[claim.key] = outcome
        self._complete(claim.key, claim.token)

    async def fail(self, claim: Claim, *, run_id: str, error_type: str, message: str) -> Failure:
        """See `base.Ledger`."""
        self._open()
        known = self._tables.failures.get(claim.key)
        if known and known[1] == claim.token:
            return known[0]
        if not self._ours(claim):
            raise _lost(claim)
        failure = Failure(claim.key, claim.attempt, error_type, message, utc_text(time.time()))
        self._tables.failures[claim.key] = failure, claim.token
        del self._tables.claims[claim.key]
        return failure

    async def unpark(self, keys: Sequence[SampleKey]) -> int:
        """See `base.Ledger`."""
        self._open()
        return sum(self._tables.failures.pop(key, None) is not None for key in dict.fromkeys(keys))

    async def adopt(self, keys: Sequence[SampleKey], *, run_id: str) -> int:
        """See `base.Ledger`."""
        self._open()
        new = [key for key in dict.fromkeys(keys) if key_row(key) and key not in self._tables.done]
        for key in new:
            self._complete(key, None)
        return len(new)

    def _complete(self, key: SampleKey, token: int | None) -> None:
        self._seq += 1
        self._tables.done[key], self._tables.order[key] = token, self._seq
        self._tables.claims.pop(key, None)
        self._tables.failures.pop(key, None)

    # --- history

    async def forget(self, keys: Sequence[SampleKey], *, reason: str) -> int:
        """See `base.Ledger`."""
        self._open()
        return self._supersede([key for key in dict.fromkeys(keys) if key in self._tables.done], reason)

    def _supersede(self, keys: Iterable[SampleKey], reason: str) -> int:
        tables = self._tables
        keys = [key for key in keys if key in tables.done or key in tables.calls]
        if not keys:
            return 0
        done = {key: tables.done.pop(key) for key in keys if key in tables.done}
        outcomes = {key: tables.outcomes.pop(key) for key in keys if key in tables.outcomes}
        calls = {key: tables.calls.pop(key) for key in keys if key in tables.calls}
        for key in done:
            del tables.order[key]
        self._batch += 1
        batch = Superseded(self._batch, reason, utc_text(time.time()), len(done))
        tables.history.append(_Kept(batch, done, outcomes, calls))
        return len(done)

    async def restore(self, batch: int | None = None) -> int:
        """See `base.Ledger`."""
        self._open()
        known = [kept for kept in self._tables.history if kept.batch.n_samples and batch in {None, kept.batch.batch}]
        if not known:
            return _nothing(batch)
        kept = known[-1]
        self._supersede(kept.done, f"restored from batch {kept.batch.batch}")
        self._tables.history.remove(kept)
        for key in sorted(kept.done, key=key_row):
            self._complete(key, kept.done[key])
        self._tables.outcomes.update(kept.outcomes)
        self._tables.calls.update(kept.calls)
        return len(kept.done)

    async def superseded(self) -> list[Superseded]:
        """See `base.Ledger`."""
        return [kept.batch for kept in reversed(self._tables.history) if kept.batch.n_samples]

    # --- completed keys

    async def completed(self, after: int = 0, *, limit: int | None = None) -> CompletedPage:
        """See `base.Ledger`."""
        found = [(seq, key) for key, seq in self._tables.order.items() if seq > after][:limit]
        return CompletedPage(tuple(key for _, key in found), found[-1][0] if found else after)

    async def completed_columns(self) -> CompletedColumns:
        """See `base.Ledger`."""
        from soar2cot.ledger.columns import columns_of_rounds

        rounds = ((key.round_index, key_row(key)[2], key.task_id) for key in self._tables.done)
        return columns_of_rounds(rounds, self._seq)

    async def mark_shown(self, cursor: int) -> None:
        """See `base.Ledger`."""
        await self.set_meta("shown", str(cursor))

    async def shown(self) -> int:
        """See `base.Ledger`."""
        return int(await self.get_meta("shown") or 0)

    # --- the journal

    async def calls(self, key: SampleKey) -> list[Call]:
        """See `base.Ledger`."""
        return list(self._tables.calls.get(key, {}).values())

    async def intend(self, call: Call, *, claim: Claim) -> None:
        """See `base.Ledger`."""
        self._open()
        if not self._ours(claim):
            raise _lost(claim)
        self._tables.calls.setdefault(call.key, {}).setdefault(call.id, call)

    async def answer(self, call: Call) -> None:
        """See `base.Ledger`."""
        self._open()
        table = self._place_of(call)
        known = table.get(call.id)
        if known is None:
            table[call.id] = call
        elif known.answer is None:
            told = {name: getattr(call, name) for name in _ANSWER}
            table[call.id] = replace(known, **told)
        else:
            return
        self._tokens += call.prompt_tokens + call.completion_tokens
        self._usd += call.cost_usd or 0.0

    def _place_of(self, call: Call) -> dict[str, Call]:
        """Where the call stands: announced, superseded meanwhile, or nowhere yet."""
        current = self._tables.calls.get(call.key, {})
        if call.id not in current:
            for kept in reversed(self._tables.history):
                if call.id in kept.calls.get(call.key, {}):
                    return kept.calls[call.key]
        return self._tables.calls.setdefault(call.key, current)

    async def spent(self) -> tuple[int, float]:
        """See `base.Ledger`."""
        return self._tokens, self._usd

    async def half_done(self) -> tuple[int, int]:
        """See `base.Ledger`."""
        half = {key: calls for key, calls in self._tables.calls.items() if calls and key not in self._tables.done}
        n_answered = sum(call.answer is not None for calls in half.values() for call in calls.values())
        return len(half.keys() - self._tables.failures.keys()), n_answered

    # --- reading

    async def counts(self) -> Counts:
        """See `base.Ledger`."""
        scores = [outcome.record.score for outcome in self._tables.outcomes.values()]
        return Counts(
            completed=len(self._tables.done),
            failed=len(self._tables.failures),
            claimed=sum(map(self._alive, self._tables.claims)),
            calls=sum(map(len, self._tables.calls.values())),
            mean_score=sum(scores) / len(scores) if scores else None,
            n_perfect=sum(score >= 1 for score in scores),
        )

    async def record(self, key: SampleKey) -> Outcome | None:
        """See `base.Ledger`."""
        return self._tables.outcomes.get(key)

    async def records(
        self, *, after: str = "", limit: int | None = None
    ) -> AsyncIterator[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
        """See `base.Ledger`."""
        by_id = sorted(self._tables.outcomes.values(), key=lambda outcome: outcome.record.id)
        for outcome in [outcome for outcome in by_id if outcome.record.id > after][:limit]:
            await asyncio.sleep(0)
            yield outcome.record, outcome.guesses

    async def failures(self) -> list[Failure]:
        """See `base.Ledger`."""
        return sorted((failure for failure, _ in self._tables.failures.values()), key=lambda item: item.key)

    async def matching(self, where: str) -> list[SampleKey]:
        """See `base.Ledger`."""
        from soar2cot.ledger.memory_sql import matching

        return matching(self._tables.outcomes.values(), where)

    async def check(self, *, mend: bool = False) -> list[Finding]:
        """Nothing here can be torn."""
        return []

    async def aclose(self) -> None:
        """See `base.Ledger`."""
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise LedgerError("ledger memory:: it is closed; nothing was written")

    def _alive(self, key: SampleKey) -> bool:
        held = self._tables.claims.get(key)
        return held is not None and held.end > self._clock()

    def _ours(self, claim: Claim) -> bool:
        held = self._tables.claims.get(claim.key)
        return held is not None and held.claim.token == claim.token and held.end > self._clock()


_ANSWER = (
    "answer",
    "reasoning",
    "finish_reason",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "cost_usd",
    "latency_s",
)


def _lost(claim: Claim) -> LeaseLostError:
    return LeaseLostError(
        f"sample {claim.key}: claim {claim.token} expired or was taken over; nothing was written, claim it again"
    )


def _nothing(batch: int | None) -> int:
    if batch is None:
        return 0
    raise LedgerError(f"batch {batch}: nothing of that number can be restored; `soar2cot progress restore --list`")
