"""Where a run's answers come from: its own journal and the models, or, replaying, the journal of another run alone.

    soar2cot run --run-dir runs/again --replay runs/first

What `runs/first` finished is scored and selected anew into `runs/again`, from the answers on record: after a change of
the scoring, or with another choice of steps and votes. Nothing is sent, no connection is opened.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from soar2cot.config import RunConfig
from soar2cot.done_keys import known_keys
from soar2cot.errors import ConfigError
from soar2cot.events import Events
from soar2cot.journal import Journal
from soar2cot.keyset import KeySet
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Ledger


@dataclass(frozen=True, slots=True)
class Answers:
    """The journal of a run; `finished`: what may be worked on, None where that is everything."""

    journal: Journal
    finished: KeySet | None = None


@asynccontextmanager
async def opened_answers(config: RunConfig, ledger: Ledger, events: Events) -> AsyncGenerator[Answers]:
    """The answers that the configuration names; the other run's ledger is only read, and closed at the end.

    Raises: ConfigError: the other run directory cannot be replayed, or this configuration cannot.
    """
    if config.replay is None:
        yield Answers(Journal(ledger, events))
        return
    check_replay(config)
    other = await open_ledger(_ledger_of(config.replay), read_only=True)
    try:
        yield Answers(Journal(other, events, replay=True), (await known_keys(other)).keys)
    finally:
        await other.aclose()


def check_replay(config: RunConfig) -> None:
    """Raises: ConfigError: the other run directory cannot be replayed, or this configuration cannot."""
    replay = config.replay
    if replay is None:
        return
    problems = [
        (config.engine != "llm", f"the {config.engine} engine asks no model: only runs of --engine llm are replayed"),
        (config.executor != "local", "workers on other machines ask for themselves: take --executor local"),
        (replay.resolve() == config.run_dir.resolve(), "the new results need a --run-dir of their own"),
        (not (replay / "config.toml").exists(), f"{replay} is no run directory: it has no config.toml"),
    ]
    wrong = [text for is_wrong, text in problems if is_wrong]
    if wrong:
        raise ConfigError(f"--replay {replay}: " + "; ".join(wrong))


def _ledger_of(run_dir: Path) -> str:
    named = tomllib.loads((run_dir / "config.toml").read_text()).get("ledger")
    return named or f"sqlite:///{run_dir / 'ledger.db'}"
