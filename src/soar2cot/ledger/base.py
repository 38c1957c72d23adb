"""The contract of the ledger: the one truth about what is done, and the only place where it is kept.

Every backend, and the in-memory double, passes the same contract tests. Asynchronous, and used from one event
loop; a backend hides its threads. Whatever a method returns from is durable: it survives a power cut.

    claim ──► (journal: intend, answer)* ──► commit     the sample is done, once
                        │
                        └──► fail                       parked; another run claims it again
                        └──► release                    nothing happened
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soar2cot.records import Call, Failure, GuessRecord, InstructionRecord, Outcome, SampleKey


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do one sample for a time.

    `token` rises with every claim of this key: a write with an older one is refused (fencing).
    `attempt` counts the executions of this sample, this one included, over all runs: 1 for the first.
    `deaths` counts the claims of this key, one after the other up to this one, whose holder died with it
    (lease expired, process gone): 0 after any claim that ended in commit, fail or release.
    `begun`: whether calls of this sample may be on record; False spares the look at the journal.
    """

    key: SampleKey
    token: int
    attempt: int
    deaths: int = 0
    begun: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, at one instant. `mean_score` and `n_perfect` are over `instructions`."""

    completed: int
    failed: int
    claimed: int
    calls: int
    mean_score: float | None
    n_perfect: int


@dataclass(frozen=True, slots=True)
class CompletedPage:
    """Completed keys in order of completion, with what is needed to ask for the next ones.

    `cursor`: give it to `completed` to get what was completed after this page, and to `mark_shown` once the
    page stands in progress.json. Keys near a cursor may come twice (PostgreSQL), never not at all.
    """

    keys: tuple[SampleKey, ...]
    cursor: int


@dataclass(frozen=True, slots=True, eq=False)
class CompletedColumns:
    """Completed keys, column by column, 9 bytes a key; position i of each array belongs to key i; in no order.

    Shapes: task, round_index, is_hindsight: (n,). `task` holds positions in `tasks`. Whatever was completed up to
    `cursor` is among them, and perhaps some that were completed after it.
    """

    tasks: tuple[str, ...]
    task: NDArray[np.int32]
    round_index: NDArray[np.int32]
    is_hindsight: NDArray[np.bool_]
    cursor: int

    def __len__(self) -> int:
        return len(self.task)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A row of `runs`: one start of the product on this ledger. Times are UTC, ISO 8601; None while it goes on."""

    run_id: str
    started_at: str
    finished_at: str | None
    reason: str | None
    config: dict[str, Any]
    fingerprint: str
    data_identity: str | None
    engine_version: str
    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class Superseded:
    """One act by which results moved to history: `batch` names it for `restore`."""

    batch: int
    reason: str
    superseded_at: str
    n_samples: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the ledger that is not as it must be.

    `kind` names the rule that is broken; `n` counts how often; `example` is one of them. `mended`: it could be
    proved what belongs there, and it was put there.
    """

    kind: str
    n: int
    example: str
    mended: bool = False


SampleState: TypeAlias = Literal["completed", "failed"]


class Ledger(Protocol):
    """One database, open.

    Raises: LedgerUnavailableError: the database is away (after the backend's own patience); LedgerError: it
            refused. In both cases the act did not happen, or happened whole and is found by repeating it:
            every write is idempotent.
    """

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        ...

    # --- runs and settings

    async def start_run(
        self, *, config: dict[str, Any], fingerprint: str, data_identity: str | None, engine_version: str
    ) -> str:
        """Opens a row of `runs`; gives its id. Stale claims of dead processes on this host are released."""
        ...

    async def finish_run(self, run_id: str, *, reason: str) -> None:
        """Closes the row: `done`, `interrupted`, `terminated`, `failed`, `budget`."""
        ...

    async def runs(self) -> list[RunInfo]:
        """All runs, the oldest first."""
        ...

    async def get_meta(self, name: str) -> str | None:
        """A small named value, None where it was never set."""
        ...

    async def set_meta(self, name: str, value: str) -> None:
        """Sets a small named value, durably."""
        ...

    async def first_meta(self, name: str, value: str) -> str:
        """Sets a named value unless it is set already; gives the one that stands. One of many callers wins."""
        ...

    # --- the life of a sample

    async def claim(self, keys: Sequence[SampleKey], *, run_id: str, lease_s: float) -> list[Claim]:
        """Takes those of `keys` that are neither completed nor claimed by a living worker, in the given order.

        Crash: a claim expires after `lease_s` seconds without `renew`; its attempt stays counted.
        """
        ...

    async def renew(self, claims: Sequence[Claim], *, lease_s: float) -> list[Claim]:
        """Extends the leases; gives those that are still ours."""
        ...

    async def release(self, claims: Sequence[Claim]) -> None:
        """Gives the claims back, as if they had never been taken: the attempt is not counted."""
        ...

    async def expire(self, keys: Sequence[SampleKey], *, run_id: str) -> None:
        """Ends the leases that a dead worker of this run has on these samples, before their time; attempts stay
        counted. Should the worker live after all, its writes are refused from here on."""
        ...

    async def commit(self, claim: Claim, outcome: Outcome, *, run_id: str) -> None:
        """Instructions, guesses and completion in one transaction; failures and claim of the key are removed.

        Concurrent commits share one transaction and one sync. Returns when durable. Repeating it with the
        same claim is no error and writes nothing twice.

        Raises: LeaseLostError: the claim is no longer ours, or somebody completed the sample; nothing is written.
        Crash:  all of it or nothing.
        """
        ...

    async def fail(self, claim: Claim, *, run_id: str, error_type: str, message: str) -> Failure:
        """Parks the sample: writes its row of `failures` (attempts counted on), ends the claim."""
        ...

    async def unpark(self, keys: Sequence[SampleKey]) -> int:
        """Takes samples out of the failures and forgets their attempts: the next claim is as the first.

        Returns: how many of the keys were parked.
        """
        ...

    async def adopt(self, keys: Sequence[SampleKey], *, run_id: str) -> int:
        """Marks samples as completed without a result (from an edited or older progress.json).

        Returns: how many of them were new.
        """
        ...

    async def forget(self, keys: Sequence[SampleKey], *, reason: str) -> int:
        """Takes completions back in one transaction; results move to history, nothing is destroyed.

        The journal's calls of these samples move to history too, so that they are really done again.
        Returns: how many of the keys were completed.
        """
        ...

    async def restore(self, batch: int | None = None) -> int:
        """Brings back what `forget` batch `batch` (None: the latest) superseded; what was done since then moves to
        history itself. Returns: how many samples were brought back."""
        ...

    async def superseded(self) -> list[Superseded]:
        """The batches in history that can be restored, the latest first."""
        ...

    # --- completed keys, for the filter and for progress.json

    async def completed(self, after: int = 0, *, limit: int | None = None) -> CompletedPage:
        """Keys completed after the cursor `after` (0: all), in order of completion."""
        ...

    async def completed_columns(self) -> CompletedColumns:
        """Every completed key as columns, for the filter of millions: a few seconds, no Python object a key."""
        ...

    async def mark_shown(self, cursor: int) -> None:
        """Notes that everything up to `cursor` stands in progress.json, durably on disk."""
        ...

    async def shown(self) -> int:
        """The cursor of the last `mark_shown`, 0 where there was none: entries after it may be missing in
        progress.json because of a crash, entries up to it only because somebody removed them."""
        ...

    # --- the journal

    async def calls(self, key: SampleKey) -> list[Call]:
        """The calls on record for a sample, intents without answer included, in order of sending."""
        ...

    async def intend(self, call: Call, *, claim: Claim) -> None:
        """Durable word that this call is about to be sent. Concurrent ones share a sync. Idempotent by id.

        Raises: LeaseLostError: the claim is no longer ours.
        """
        ...

    async def answer(self, call: Call) -> None:
        """The answer of an intended call, durable on return. Kept whoever holds the claim by now, and though the
        caller is cancelled meanwhile: it is paid for."""
        ...

    async def spent(self) -> tuple[int, float]:
        """(tokens, US dollars) of all answered calls ever made on this ledger, superseded ones included."""
        ...

    async def half_done(self) -> tuple[int, int]:
        """(samples neither done nor parked for which there are calls on record, answers on record of all samples
        without a result, parked ones included: what a run does not pay for again)."""
        ...

    # --- reading

    async def counts(self) -> Counts:
        """The sums that people see."""
        ...

    async def record(self, key: SampleKey) -> Outcome | None:
        """The result of one sample, None where there is none."""
        ...

    def records(
        self, *, after: str = "", limit: int | None = None
    ) -> AsyncIterator[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
        """All results by ascending `instructions.id`, from the first id greater than `after`; read as a stream."""
        ...

    async def failures(self) -> list[Failure]:
        """The parked samples, by key."""
        ...

    async def matching(self, where: str) -> list[SampleKey]:
        """Keys of the results for which an SQL expression over the columns of `instructions` holds, in order.

        Raises: LedgerError: the expression cannot be evaluated. It can change nothing: it runs read-only.
        """
        ...

    async def check(self, *, mend: bool = False) -> list[Finding]:
        """Looks for what must not be: orphans, doubles, results without completion, wrong sums, damaged pages.

        `mend` repairs what can be proved (sums, orphans of no sample) and marks those findings as mended.
        """
        ...

    async def aclose(self) -> None:
        """Finishes what is queued, then closes. Idempotent."""
        ...
