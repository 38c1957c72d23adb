"""soar2cot: checked natural-language instructions and chain of thought from SOAR programs.

The names below are the public API; each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soar2cot.challenge import Challenge, Example, Input
    from soar2cot.config import RunConfig, Step, StepRevision, StepRevisionPool
    from soar2cot.errors import Soar2CotError
    from soar2cot.ledger import open_ledger
    from soar2cot.progress_tracker import ProgressTracker
    from soar2cot.records import Grid, Outcome, Sample, SampleKey
    from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, load_soar_data_labeled, open_soar
    from soar2cot.solve import solve_challenge

_ROOMS = {
    "Challenge": "challenge",
    "Example": "challenge",
    "Grid": "records",
    "Input": "challenge",
    "Outcome": "records",
    "ProgressTracker": "progress_tracker",
    "RunConfig": "config",
    "Sample": "records",
    "SampleKey": "records",
    "Soar2CotError": "errors",
    "Step": "config",
    "StepRevision": "config",
    "StepRevisionPool": "config",
    "create_challenge_from_soar": "soar_loader",
    "load_arc_tasks": "soar_loader",
    "load_soar_data_labeled": "soar_loader",
    "open_ledger": "ledger",
    "open_soar": "soar_loader",
    "solve_challenge": "solve",
}

__all__ = [
    "Challenge",
    "Example",
    "Grid",
    "Input",
    "Outcome",
    "ProgressTracker",
    "RunConfig",
    "Sample",
    "SampleKey",
    "Soar2CotError",
    "Step",
    "StepRevision",
    "StepRevisionPool",
    "create_challenge_from_soar",
    "load_arc_tasks",
    "load_soar_data_labeled",
    "open_ledger",
    "open_soar",
    "solve_challenge",
]


def __getattr__(name: str) -> Any:
    """Loads a public name from the room that it lives in."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'soar2cot' has no attribute {name!r}")
    return getattr(import_module(f"soar2cot.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
