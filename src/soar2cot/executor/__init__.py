"""Where the work runs. `open_executor` is the only place that knows all executors."""

from __future__ import annotations

from soar2cot.config import ApiKeys, RunConfig
from soar2cot.errors import ConfigError
from soar2cot.events import Events
from soar2cot.executor.base import Executor
from soar2cot.executor.local import LocalExecutor
from soar2cot.journal import Journal
from soar2cot.ledger.base import Ledger
from soar2cot.pipeline import Shows

__all__ = ["Executor", "check_executor", "open_executor"]


def check_executor(config: RunConfig) -> None:
    """Refuses a place to work from which the ledger cannot be reached.

    Raises: ConfigError. Nothing was opened or changed.
    """
    if config.executor == "ray" and not (config.ledger or "").startswith(("postgresql://", "postgres://")):
        raise ConfigError(
            "--executor ray needs a ledger that all machines can write to at once, and a SQLite file is none: give "
            "--ledger postgresql://USER@HOST/DATABASE (docs/cluster.md), or leave --executor out to use this machine"
        )


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
    if config.executor == "ray":
        from soar2cot.executor.ray import RayExecutor

        return RayExecutor(config, run_id, ledger, events, shows, keys)
    return LocalExecutor(config, run_id, ledger, journal, events, shows, keys)
