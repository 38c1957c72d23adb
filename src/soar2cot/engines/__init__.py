"""Who writes and follows instructions. `open_engine` is the one place that knows every engine."""

from __future__ import annotations

from soar2cot.config import RunConfig
from soar2cot.engines.base import Engine
from soar2cot.journal import Journal
from soar2cot.sandbox import open_sandbox


def open_engine(
    config: RunConfig,
    *,
    journal: Journal | None = None,
    api_key: str | None = None,
    follower_api_key: str | None = None,
) -> Engine:
    """The engine that the configuration names, with a sandbox of its own if it runs programs.

    Args: journal: not closed here; None for an engine without model calls, and for calls whose answers are not kept.
          api_key: for the models' servers, from the environment at the edge; the symbolic engine needs none.

    Raises: ConfigError: the engine cannot be opened as configured. SandboxError: its sandbox cannot.
    """
    if config.engine == "symbolic":
        from soar2cot.engines.symbolic.engine import SymbolicEngine

        sandbox = open_sandbox(config.sandbox, config.program_limits)
        return SymbolicEngine(sandbox, length=config.chain_of_thought)
    from soar2cot.engines.llm.engine import open_llm_engine

    return open_llm_engine(config, journal=journal, api_key=api_key, follower_api_key=follower_api_key)


def check_engine(config: RunConfig) -> None:
    """Refuses models that are not named, and budgets that cannot be kept. Raises: ConfigError. Nothing was opened."""
    if config.engine == "llm":
        from soar2cot.engines.llm.engine import check_models

        check_models(config)


def engine_version(config: RunConfig) -> str:
    """The version of the engine that the configuration names, without opening it."""
    if config.engine == "symbolic":
        from soar2cot.engines.symbolic.version import VERSION

        return VERSION
    from soar2cot.engines.llm.engine import LlmEngine

    return LlmEngine.version
