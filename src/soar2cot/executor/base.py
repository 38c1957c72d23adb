"""The contract of an executor: where the work runs. It changes no step of it."""

from __future__ import annotations

from typing import Protocol

from soar2cot.ledger.base import Claim
from soar2cot.records import Outcome, Sample


class Executor(Protocol):
    """Solves claimed samples somewhere and gives their outcomes back; committing is the pipeline's."""

    @property
    def capacity(self) -> int:
        """How many samples it wants in flight."""
        ...

    async def solve(self, sample: Sample, claim: Claim) -> Outcome:
        """Runs `solve_challenge` for the sample.

        Raises: SampleError and other errors of `errors.py`, as `solve_challenge` does.
        Crash:  whatever the journal holds is found again.
        """
        ...

    async def aclose(self) -> None:
        """Ends its workers."""
        ...
