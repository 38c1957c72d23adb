"""The synthetic job of `soar2cot crashtest`: samples out of a number, done as a run does them, told when durable.

What a worker says, it says only after the ledger returned: whatever was said must be found after any kill.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from soar2cot.errors import LeaseLostError
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Claim, Ledger
from soar2cot.records import Call, ExampleScore, GuessRecord, InstructionRecord, Outcome, SampleKey

N_TASKS = 40
_BATCH = 8
_TEXT = "Every cell of the grid is looked at once, row by row, and gets the colour that the rule gives it. " * 20


@dataclass(frozen=True)
class Job:
    """How much is to be done and how. `lease_s`: of each claim; `pause_s`: how long a sample takes."""

    url: str
    n_samples: int
    concurrency: int = 16
    lease_s: float = 30.0
    pause_s: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What a check found; all zero is what a ledger promises. `completed` is what it found done."""

    completed: int
    lost: int
    lost_answers: int
    doubled: int
    torn: int
    notes: tuple[str, ...] = ()


def sample_key(n: int) -> SampleKey:
    """The n-th sample, round by round."""
    return SampleKey(f"{n % N_TASKS:08x}", n // N_TASKS, "hindsight" if n % 3 == 0 else "original")


def sample_number(key: SampleKey) -> int:
    """The inverse of `sample_key`."""
    return key.round_index * N_TASKS + int(key.task_id, 16)


def sample_outcome(n: int) -> Outcome:
    """The n-th result: all that it holds follows from n, so that what is torn is seen."""
    key = sample_key(n)
    id_ = f"{key.round_index:06d}-{key.task_id}-{key.data_type[0]}"
    record = InstructionRecord(
        id=id_,
        key=key,
        task_hash=f"{n:064x}",
        instructions=f"{n}: {_TEXT}",
        input_output_analysis=f"analysis {n}",
        transformation_method=f"method {n}",
        chain_of_thought=(f"thought {n}",),
        model="crashtest",
        example_scores=(ExampleScore(0, (n % 101) / 100, n % 101 == 100, (n % 101) / 100),),
        score=(n % 101) / 100,
        step='{"kind":"write"}',
        soar_code=f"def transform(grid):\n    return {n}\n",
        soar_source_model="crashtest",
        soar_generation=n % 7,
        is_hindsight=key.data_type == "hindsight",
    )
    grid = [[n % 10, (n // 10) % 10], [(n // 100) % 10, 0]]
    guesses = (
        GuessRecord(f"{id_}-1", id_, 1, (grid,), "crashtest", 0.5, (0.5,)),
        GuessRecord(f"{id_}-2", id_, 2, (None,), "crashtest", 0.0, (0.0,)),
    )
    return Outcome(key, record, guesses)


def sample_call(n: int) -> Call:
    """The one call of the n-th sample, announced."""
    key = sample_key(n)
    return Call(f"{key}#0", key, "0.write.0", "crashtest", "nowhere", f"{n:064x}", "{}", sent_at="2026-01-01T00:00:00Z")


def sample_answer(n: int) -> Call:
    """The same call with its answer."""
    return replace(sample_call(n), answer=f"answer {n}", finish_reason="stop", prompt_tokens=n, completion_tokens=1)


async def work(job: Job, say: Callable[[str], None]) -> None:
    """Does what is left of the job. Says `open`, `claimed n t`, `answered n`, `done n t`, `finished`.

    `t`: nanoseconds of the machine's monotonic clock, the same for all processes; before asking for the claim, and
    after the commit.
    """
    ledger = await open_ledger(job.url)
    say("open")
    run_id = await ledger.start_run(config={}, fingerprint="crashtest", data_identity=None, engine_version="1")
    while True:
        done = {sample_number(key) for key in (await ledger.completed()).keys}
        todo = [n for n in range(job.n_samples) if n not in done]
        if not todo:
            break
        left = iter(todo)
        async with asyncio.TaskGroup() as group:
            for _ in range(job.concurrency):
                group.create_task(_slot(ledger, job, run_id, left, say))
        await asyncio.sleep(0.01)  # what others hold is left
    await ledger.finish_run(run_id, reason="done")
    await ledger.aclose()
    say("finished")


async def _slot(ledger: Ledger, job: Job, run_id: str, left: Iterator[int], say: Callable[[str], None]) -> None:
    while batch := [n for n, _ in zip(left, range(_BATCH), strict=False)]:
        asked = time.monotonic_ns()
        claims = await ledger.claim([sample_key(n) for n in batch], run_id=run_id, lease_s=job.lease_s)
        for claim in claims:
            say(f"claimed {sample_number(claim.key)} {asked}")
        for claim in claims:
            try:
                await _one(ledger, job, run_id, claim, say)
            except LeaseLostError:
                say(f"overtaken {sample_number(claim.key)}")


async def _one(ledger: Ledger, job: Job, run_id: str, claim: Claim, say: Callable[[str], None]) -> None:
    n = sample_number(claim.key)
    if not any(call.answer for call in await ledger.calls(claim.key)):
        await ledger.intend(sample_call(n), claim=claim)
        await ledger.answer(sample_answer(n))
        say(f"answered {n}")
    if job.pause_s:
        await asyncio.sleep(job.pause_s)
    await ledger.commit(claim, sample_outcome(n), run_id=run_id)
    say(f"done {n} {time.monotonic_ns()}")


async def inspect(job: Job, done: set[int], answered: set[int], *, whole: bool) -> Verdict:
    """Opens the ledger after a kill and compares it with what was said.

    Args: whole: look at every row, not only at what is there.
    """
    ledger = await open_ledger(job.url)
    try:
        completed = [sample_number(key) for key in (await ledger.completed()).keys]
        lost = done - set(completed)
        doubled = 0
        torn: list[str] = []
        lost_answers: set[int] = set()
        if whole:
            doubled, torn = await _look_at_rows(ledger)
            lost_answers = {n for n in answered if not await _is_answered(ledger, n)}
        notes = [
            *(f"lost {n}" for n in sorted(lost)[:3]),
            *torn[:3],
            *(f"no answer {n}" for n in list(lost_answers)[:3]),
        ]
        return Verdict(len(set(completed)), len(lost), len(lost_answers), doubled, len(torn), tuple(notes))
    finally:
        await ledger.aclose()


async def _look_at_rows(ledger: Ledger) -> tuple[int, list[str]]:
    seen: list[int] = []
    torn = [f"{item.kind}: {item.example} ({item.n})" for item in await ledger.check()]
    async for record, guesses in ledger.records():
        n = sample_number(record.key)
        seen.append(n)
        if Outcome(record.key, record, guesses) != sample_outcome(n):
            torn.append(f"sample {n} is not what was written")
    return len(seen) - len(set(seen)), torn


async def _is_answered(ledger: Ledger, n: int) -> bool:
    return [call.answer for call in await ledger.calls(sample_key(n))] == [f"answer {n}"]


async def take_back_and_restore(job: Job, n_samples: int) -> None:
    """Forgets the first samples and brings them back: the act that `ledger.forget.before_commit` strikes."""
    ledger = await open_ledger(job.url)
    await ledger.forget([sample_key(n) for n in range(n_samples)], reason="crashtest")
    await ledger.restore()
    await ledger.aclose()


async def mend_history(job: Job, n_samples: int) -> int:
    """After a kill in `take_back_and_restore`: brings back what was taken. Gives 1 where part of it was taken."""
    ledger = await open_ledger(job.url)
    done = {sample_number(key) for key in (await ledger.completed()).keys}
    missing = set(range(n_samples)) - done
    if missing:
        await ledger.restore()
    await ledger.aclose()
    return int(bool(missing) and len(missing) != n_samples)
