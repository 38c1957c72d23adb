"""From the ledger to a data set for training: checked by execution, rendered into views, written whole.

Each name is loaded when it is first used: the names of the views are wanted without all that writes them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soar2cot.export.dataset import ExportOptions, ExportSummary, export
    from soar2cot.export.views import VIEWS

_ROOMS = {"VIEWS": "views", "ExportOptions": "dataset", "ExportSummary": "dataset", "export": "dataset"}

__all__ = ["VIEWS", "ExportOptions", "ExportSummary", "export"]


def __getattr__(name: str) -> Any:
    """Loads a name from the module that it lives in."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'soar2cot.export' has no attribute {name!r}")
    return getattr(import_module(f"soar2cot.export.{_ROOMS[name]}"), name)
