"""The contract of an executor: where the work runs. It changes no step of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from soar2cot.pipeline import Stop, Summary
from soar2cot.records import Sample
from soar2cot.soar_loader import BadRow


class Executor(Protocol):
    """Works a stream of samples off through the ordinary pipeline, in one place or many."""

    async def run(self, samples: Iterator[Sample | BadRow], stop: Stop) -> Summary:
        """Takes samples in order while it has room, until the stream ends or `stop` says so.

        Returns: what this run did, over all workers. Everything in it is durable.
        Raises:  errors that would hit every sample alike (ModelSetupError, LedgerError …), after what was in
                 flight has been finished or left to the journal.
        """
        ...
