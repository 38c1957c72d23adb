"""What is done with one sample, wherever it runs: the challenge made, the journal opened, the challenge solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from soar2cot.config import RunConfig
from soar2cot.engines.base import Engine
from soar2cot.journal import Journal
from soar2cot.ledger.base import Claim
from soar2cot.records import Outcome, Sample
from soar2cot.soar_loader import ArcTask, shared_challenge
from soar2cot.solve import solve_challenge


@dataclass(frozen=True, slots=True)
class Solver:
    """Solves samples in this process; `journal` is None for an engine that pays for nothing."""

    config: RunConfig
    engine: Engine
    tasks: Mapping[str, ArcTask]
    journal: Journal | None = None

    async def __call__(self, sample: Sample, claim: Claim) -> Outcome:
        """Raises: as `solve_challenge` does; ChallengeError: the row does not fit its task."""
        if self.journal is None:
            return await self._solve(sample)
        async with self.journal.opened(claim):
            return await self._solve(sample)

    async def _solve(self, sample: Sample) -> Outcome:
        challenge, solutions = shared_challenge(sample, self.tasks)  # engines only read: programs run elsewhere
        return await solve_challenge(challenge, solutions, self.config, sample.code, sample=sample, engine=self.engine)


def portable(error: Exception) -> Exception:
    """The same error without what another process may not be able to read; its class keeps the name, so that failures
    group alike."""
    return type(type(error).__name__, (_Foreign,), {})(f"{type(error).__name__}: {error}")


class _Foreign(Exception):
    """An error of a worker's own code."""

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self).__name__, str(self))


def _rebuilt(name: str, message: str) -> Exception:
    return type(name, (_Foreign,), {})(message)
