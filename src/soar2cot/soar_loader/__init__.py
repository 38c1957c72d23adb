"""From SOAR files to samples: label, filter, stream, without ever holding the file in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soar2cot.soar_loader.arc import ArcTask, load_arc_tasks
from soar2cot.soar_loader.data import SoarData, open_soar
from soar2cot.soar_loader.decode import BadRow
from soar2cot.soar_loader.pairing import create_challenge_from_soar, shared_challenge
from soar2cot.soar_loader.select import Selected, looks_into_rows

if TYPE_CHECKING:
    from soar2cot.soar_loader.compacting import CompactReport, compact
    from soar2cot.soar_loader.downloading import DownloadReport, download
    from soar2cot.soar_loader.frame import load_soar_data_labeled
    from soar2cot.soar_loader.labelling import LabelReport, label

__all__ = [
    "ArcTask",
    "BadRow",
    "CompactReport",
    "DownloadReport",
    "LabelReport",
    "Selected",
    "SoarData",
    "compact",
    "create_challenge_from_soar",
    "download",
    "label",
    "load_arc_tasks",
    "load_soar_data_labeled",
    "looks_into_rows",
    "open_soar",
    "shared_challenge",
]

_LATER = {
    "CompactReport": "soar2cot.soar_loader.compacting",
    "compact": "soar2cot.soar_loader.compacting",
    "DownloadReport": "soar2cot.soar_loader.downloading",
    "download": "soar2cot.soar_loader.downloading",
    "LabelReport": "soar2cot.soar_loader.labelling",
    "label": "soar2cot.soar_loader.labelling",
    "load_soar_data_labeled": "soar2cot.soar_loader.frame",
}


def __getattr__(name: str) -> Any:
    """What a run does not need is loaded when it is asked for: polars alone costs a second."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)
