"""Where the work runs. `open_executor` is the only place that knows all executors."""

from __future__ import annotations

from soar2cot.config import ApiKeys, RunConfig
from soar2cot.events import Events
from soar2cot.executor.base import Executor
from soar2cot.executor.local import LocalExecutor
from soar2cot.journal import Journal
from soar2cot.ledger.base import Ledger
from soar2cot.pipeline import Shows

__all__ = ["Executor", "open_executor"]


def open_executor(
    config: RunConfig,
    *,
    run_id: str,
    ledger: Ledger,
    journal: Journal,
    events: Events,
    shows: Shows,
    keys: ApiKeys,
) -> Executor:
    """The executor that the configuration names."""
    return LocalExecutor(config, run_id, ledger, journal, events, shows, keys)
