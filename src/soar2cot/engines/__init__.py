"""Who writes and follows instructions. `open_engine` is the one place that knows every engine."""

from __future__ import annotations

from soar2cot.config import RunConfig
from soar2cot.engines.base import Engine
from soar2cot.journal import Journal
from soar2cot.sandbox.base import Sandbox


def open_engine(
    config: RunConfig,
    *,
    sandbox: Sandbox,
    journal: Journal | None = None,
    api_key: str | None = None,
    follower_api_key: str | None = None,
) -> Engine:
    """The engine that the configuration names. It uses `sandbox` and `journal` but does not close them.

    Args: journal: None for an engine without model calls, and for single calls whose answers are not kept.
          api_key: for the models' servers, from the environment at the edge; the symbolic engine needs none.

    Raises: ConfigError: the engine cannot be opened as configured.
    """
    if config.engine == "symbolic":
        from soar2cot.engines.symbolic.engine import SymbolicEngine

        return SymbolicEngine(sandbox, length=config.chain_of_thought)
    from soar2cot.engines.llm.engine import open_llm_engine

    return open_llm_engine(config, journal=journal, api_key=api_key, follower_api_key=follower_api_key)


def engine_version(config: RunConfig) -> str:
    """The version of the engine that the configuration names, without opening it."""
    if config.engine == "symbolic":
        from soar2cot.engines.symbolic.version import VERSION

        return VERSION
    from soar2cot.engines.llm.engine import LlmEngine

    return LlmEngine.version
